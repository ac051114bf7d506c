using Escalation.Grains.Board;
using Escalation.Grains.Desks;
using Escalation.TestKit;
using Escalation.TestKit.Boards;

namespace Escalation.Grains.Tests.Board;

[Rule("BRD-4")]
public sealed class BoardViewTests
{
    [Fact]
    public void A_view_reads_back_from_the_query_it_writes()
    {
        var feed = new RandomFeed(11, DateTimeOffset.UnixEpoch);
        for (var i = 0; i < 100; i++)
        {
            var view = feed.View() with { After = new BoardRank(-5, i, Guid.AllBitsSet), Case = i % 2 == 0 ? Guid.Empty : null };
            Assert.True(BoardView.TryParse(Fields(view.ToQuery()), PeopleBook.Empty, out var read, out _));
            Assert.Equal(view.ToQuery(), read.ToQuery());
        }
    }

    [Fact]
    public void Nothing_asked_is_the_whole_board_by_urgency()
    {
        Assert.True(BoardView.TryParse(_ => null, PeopleBook.Empty, out var view, out _));
        Assert.Equal("", view.ToQuery());
        Assert.Equal((BoardView.DefaultLimit, BoardSort.Urgency, false), (view.Limit, view.Sort, view.IsFiltered));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("level=boss", "level")]
    [InlineData("level=1", "level")]
    [InlineData("heat=calm,warm", "heat")]
    [InlineData("stage=contact%2C7", "stage")]
    [InlineData("sort=colour", "sort")]
    [InlineData("after=here", "after")]
    [InlineData("case=7", "case")]
    public void What_cannot_be_read_is_named(string query, string field)
    {
        Assert.False(BoardView.TryParse(Fields(query), PeopleBook.Empty, out _, out var errors));
        Assert.Equal([field], errors.Keys);
    }

    [Theory]
    [InlineData("level=head,management&heat=Public", "level=head%2Cmanagement&heat=public")]
    [InlineData("level=management,head,head", "level=head%2Cmanagement")]
    [InlineData("limit=20&q=+Novák+", "q=Nov%C3%A1k&limit=20")]
    public void Views_that_mean_the_same_are_written_the_same(string query, string canonical)
    {
        Assert.True(BoardView.TryParse(Fields(query.Replace('+', ' ')), PeopleBook.Empty, out var view, out _));
        Assert.Equal(canonical, view.ToQuery());
    }

    private static Func<string, string?> Fields(string query)
    {
        var fields = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        return name => fields.GetValueOrDefault(name);
    }
}
