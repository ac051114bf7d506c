using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Log;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using LiveBoard = Escalation.Grains.Board.Board;

namespace Escalation.Grains.Tests.Board;

[Rule("BRD-4")]
public sealed class TeamTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 19, 14, 32, 8, TimeSpan.Zero);
    private static readonly PeopleBook People = Book(("Ana Rusu", "front"), ("Dan Popa", "front"), ("Elena Voicu", "billing"), ("mihai", "billing"), ("Lidia Moraru", null));

    [Fact]
    public void A_team_is_one_that_the_policy_knows()
    {
        Assert.True(BoardView.TryParse(name => name == "team" ? "front,billing,front" : null, People, out var view, out _));
        Assert.Equal("team=billing%2Cfront", view.ToQuery());
        Assert.True(view.IsFiltered);

        Assert.False(BoardView.TryParse(name => name == "team" ? "front,north" : null, People, out _, out var errors));
        Assert.Equal("'north' is none of front, billing.", errors["team"]);
        Assert.False(BoardView.TryParse(name => name == "team" ? "north" : null, PeopleBook.Empty, out _, out errors));
        Assert.Equal("'north' is no team: the policy has none.", errors["team"]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20418)]
    public async Task A_teams_cases_are_its_peoples_and_those_that_ring_at_their_desks(int seed)
    {
        var feed = new RandomFeed(seed, Now);
        var board = new LiveBoard();
        board.Load([], 0);
        using var watched = await board.WatchAsync(BoardView.Default with { Teams = ["billing"], People = People, Limit = BoardView.MaxLimit });
        for (var i = 0; i < 500; i++)
        {
            feed.Happen(cases: 60);
            board.Apply(feed.Batch(i, 1, i + 1));
        }

        var rows = feed.RowsAt(feed.Length).ToList();
        var free = rows.First(row => row.Owner is null);
        var ringing = free with { Version = free.Version + 1, Offer = new RowOffer("o1", "Mihai", "Mihai Dinu", Now.AddSeconds(30), Now, [], null, Guid.Empty) };
        Put(board, ringing);
        rows[rows.IndexOf(free)] = ringing;

        var expected = rows.Where(row => row.Owner == "Elena Voicu" || row.Id == ringing.Id).Select(row => row.Id).ToHashSet();
        Assert.True(expected.SetEquals(watched.Read(Now).Rows.Select(row => row.Id)));
        Assert.Equal(expected.Count, board.Read(watched.View, Now).Counts.Matched);
        var counts = board.Read(BoardView.Default with { People = People }, Now).Counts;
        Assert.Equal(expected.Count, counts.ByTeam!["billing"]);
        Assert.Equal(rows.Count(row => row.Owner is "Ana Rusu" or "Dan Popa"), counts.ByTeam["front"]);
        Assert.Null(board.Read(BoardView.Default, Now).Counts.ByTeam);

        // Another policy puts people elsewhere: the same question is another one.
        var moved = Book(("Ana Rusu", "billing"), ("Elena Voicu", "front"));
        Assert.Equal(
            rows.Where(row => row.Owner == "Ana Rusu").Select(row => row.Id).ToHashSet(),
            board.Read(watched.View with { People = moved }, Now).Rows.Select(row => row.Id).ToHashSet());
        Assert.Equal(rows.Count(row => row.Owner == "Elena Voicu"), board.Read(BoardView.Default with { People = moved }, Now).Counts.ByTeam!["front"]);
    }

    [Fact]
    [Rule("BRD-6")]
    public void A_board_of_the_past_knows_its_teams()
    {
        var feed = new RandomFeed(8, Now);
        for (var i = 0; i < 300; i++)
        {
            feed.Happen(cases: 40);
        }

        var board = new LiveBoard();
        board.Load(feed.RowsAt(feed.Length), feed.Position);
        var past = PastBoard.Read(board.ToPast(Now).Write(), Now, feed.Position, new PastChanges())!;
        var view = BoardView.Default with { Teams = ["front"], People = People, Limit = BoardView.MaxLimit };
        Assert.NotEmpty(past.Read(view).Rows);
        Assert.Equal(board.Read(view, Now).Rows.Select(row => row.Id), past.Read(view).Rows.Select(row => row.Id));
        Assert.Equal(board.Read(view, Now).Counts.ByTeam, past.Read(view).Counts.ByTeam);
    }

    [Fact]
    [Rule("BRD-1")]
    public void Promises_ahead_are_counted_by_when_they_fall_due_and_come_to_be_at_risk()
    {
        var feed = new RandomFeed(4, Now);
        for (var i = 0; i < 400; i++)
        {
            feed.Happen(cases: 60);
        }

        var board = new LiveBoard();
        board.Load(feed.RowsAt(feed.Length), feed.Position);
        var promises = feed.RowsAt(feed.Length).SelectMany(row => row.Promises).ToArray();
        var step = TimeSpan.FromMinutes(30);
        var ahead = board.ReadAhead(Now, step, 6);
        Assert.Equal(Enumerable.Range(1, 6).Select(i => Now + (i * step)), ahead.Select(one => one.Until));
        Assert.Equal(ahead.Select(one => promises.Count(promise => promise.DueAt > one.Until - step && promise.DueAt <= one.Until)), ahead.Select(one => one.Due));
        Assert.Equal(ahead.Select(one => promises.Count(promise => RiskOf(promise) > one.Until - step && RiskOf(promise) <= one.Until)), ahead.Select(one => one.AtRisk));
        Assert.True(ahead.Sum(one => one.Due) > 10);

        static DateTimeOffset RiskOf(RowPromise promise) => promise.SendBy < promise.DueAt.AddMinutes(-30) ? promise.SendBy : promise.DueAt.AddMinutes(-30);
    }

    [Fact]
    [Rule("BRD-5")]
    public async Task Who_looks_at_which_case_is_known_all_at_once()
    {
        var viewers = new CaseViewers();
        var (first, second) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        var (cases, changed) = viewers.ReadAll();
        Assert.Empty(cases);
        viewers.Join(first, "c1", "ana");
        viewers.Told("other", second, [("dan", true)], Now);
        await changed.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        (cases, changed) = viewers.ReadAll();
        Assert.Equal([("ana", false)], cases[first]);
        Assert.Equal([("dan", true)], cases[second]);
        Assert.False(changed.IsCompleted);
        viewers.Leave(first, "c1");
        Assert.True(changed.IsCompleted);
        Assert.Equal([second], viewers.ReadAll().Cases.Keys);
    }

    private static PeopleBook Book(params (string Id, string? Team)[] people) => new(
        people.ToDictionary(each => each.Id, each => new Person(each.Id, each.Id, each.Team, Level.Buffer, [], [], [], 5)),
        [new Team("front", new("Front line")), new Team("billing", new("Billing"))]);

    private static void Put(LiveBoard board, BoardRow row) => board.Apply(new TailBatch(
        [new Entry(row.Id, Case.Category, row.Version, board.Position + 1, Now, "test", row.Id, new CaseEvent.NoteAdded(null))],
        new Dictionary<Guid, BoardRow> { [row.Id] = row },
        new TailCursor(1, board.Position + 1)));
}
