using System.Buffers;
using System.Text;
using System.Text.Json;
using Escalation.Grains.Board;
using Escalation.TestKit;
using Escalation.TestKit.Boards;

namespace Escalation.Grains.Tests.Board;

[Rule("BRD-2")]
public sealed class RowTextTests
{
    private readonly RowText _texts = new();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"a":null,"b":true,"c":false,"d":[],"e":{}}""")]
    [InlineData("""{"n":[0,1,-1,-0,1e2,127,128,16383,16384,999999999999999999,1000000000000000000,1.50,1e400]}""")]
    [InlineData("""{"stage":"hearOut","stage":"","stage":"ab","owner":"Ștefan \u0041 \"o\" \\ 🙂","type":"0123456789012345678901234567890123456789012345678901234567890123456789"}""")]
    [InlineData("""{"id":"01890a5d-ac96-774b-bcce-b302099a8057","up":"01890A5D-AC96-774B-BCCE-B302099A8057","no":"01890a5d-ac96-774b-bcce-b302099a805g","esc":"01890a5d-ac96-774b-bcce-b30209\u00398057"}""")]
    [InlineData("""{"at":["2026-11-22T08:17:41Z","2026-11-22T08:17:41.5Z","2026-11-22T08:17:41.120000Z","2026-11-22T08:17:41.1234567Z","2026-11-22T08:17:00.000001Z","9999-12-31T23:59:59.9999999Z","0001-01-01T00:00:00Z"]}""")]
    [InlineData("""{"at":["2026-11-22T08:17:41+00:00","2026-11-22T08:17:41.123+02:00","2026-02-30T08:17:41Z","2026-11-22t08:17:41Z","2026-11-22T08:17Z","2026-11-22"]}""")]
    [InlineData(""" { "spaced" : [ 1 , "two" ] } """)]
    public void A_text_comes_back_byte_for_byte(string json)
    {
        Assert.Equal(json, Unpacked(_texts.Pack(Encoding.UTF8.GetBytes(json))));
    }

    [Fact]
    public void A_long_text_comes_back_byte_for_byte()
    {
        for (var length = 245; length < 260; length++)
        {
            var json = JsonSerializer.Serialize(new { summary = new string('x', length), next = "y" });
            Assert.Equal(json, Unpacked(_texts.Pack(Encoding.UTF8.GetBytes(json))));
        }
    }

    [Fact]
    public void What_is_of_a_shape_or_a_word_that_there_is_no_room_for_comes_back_too()
    {
        for (var i = 0; i < 70_000; i++)
        {
            var json = $$"""{"field{{i}}":1,"site":"place {{i}}"}""";
            Assert.Equal(json, Unpacked(_texts.Pack(Encoding.UTF8.GetBytes(json))));
        }
    }

    [Fact]
    public void Rows_come_back_and_take_half_the_room()
    {
        var feed = new RandomFeed(12, DateTimeOffset.UnixEpoch);
        for (var i = 0; i < 400; i++)
        {
            feed.Happen(200);
        }

        var rows = feed.RowsAt(feed.Length);
        Assert.NotEmpty(rows);
        var (plain, packed) = (0, 0);
        foreach (var json in rows.Select(row => JsonSerializer.Serialize(row, Wire.Json)))
        {
            var text = _texts.Pack(Encoding.UTF8.GetBytes(json));
            Assert.Equal(json, Unpacked(text));
            (plain, packed) = (plain + json.Length, packed + text.Length);
        }

        Assert.InRange(packed, 1, plain / 2);
    }

    private string Unpacked(byte[] packed)
    {
        var text = new ArrayBufferWriter<byte>();
        _texts.Unpack(packed, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
