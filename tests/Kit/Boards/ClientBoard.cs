using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;

namespace Escalation.TestKit.Boards;

/// <summary>What a viewer knows from the messages alone; the same few lines as the page's board-store.ts.</summary>
public sealed class ClientBoard
{
    private readonly List<string> _rows = [];
    private readonly List<Guid> _ids = [];
    private long _seq;

    public long Position { get; private set; }

    public string Counts { get; private set; } = "";

    public IReadOnlyList<string> Rows => _rows;

    public IReadOnlyList<Guid> Ids => _ids;

    public DateTimeOffset? StaleSince { get; private set; }

    /// <summary>Takes the next message of a stream.</summary>
    public void Take(JsonElement message)
    {
        var seq = message.GetProperty("seq").GetInt64();
        var kind = message.GetProperty("kind").GetString();
        if (kind == "snapshot" ? seq != 1 : seq != _seq + 1)
        {
            throw new InvalidOperationException($"A {kind} with seq {seq} came after {_seq}.");
        }

        _seq = seq;
        Position = message.GetProperty("position").GetInt64();
        Counts = message.GetProperty("counts").GetRawText();
        StaleSince = message.TryGetProperty("staleSince", out var since) ? since.GetDateTimeOffset() : null;
        switch (kind)
        {
            case "snapshot":
                _rows.Clear();
                _ids.Clear();
                Insert(message.GetProperty("rows"), null);
                break;
            case "patch":
                foreach (var id in message.GetProperty("removes").EnumerateArray().Select(id => id.GetGuid())
                    .Concat(message.GetProperty("upserts").EnumerateArray().Select(row => row.GetProperty("id").GetGuid())))
                {
                    var at = _ids.IndexOf(id);
                    if (at >= 0)
                    {
                        _ids.RemoveAt(at);
                        _rows.RemoveAt(at);
                    }
                }

                Insert(message.GetProperty("upserts"), message.GetProperty("places"));
                break;
            default:
                break;
        }
    }

    /// <summary>A page as a viewer would know it.</summary>
    public static (IReadOnlyList<string> Rows, string Counts) Expect(BoardPage page) =>
        ([.. page.Rows.Select(row => row.ToString())], JsonSerializer.Serialize(page.Counts, Wire.Json));

    private void Insert(JsonElement rows, JsonElement? places)
    {
        var i = 0;
        foreach (var row in rows.EnumerateArray())
        {
            var at = places is { } given ? given[i].GetInt32() : i;
            _ids.Insert(at, row.GetProperty("id").GetGuid());
            _rows.Insert(at, row.GetRawText());
            i++;
        }
    }
}
