using System.Text.Json;
using Escalation.Grains.Board;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using LiveBoard = Escalation.Grains.Board.Board;

namespace Escalation.Grains.Tests.Board;

[Rule("BRD-6")]
public sealed class PastBoardTests
{
    private const int Steps = 600;

    private static readonly DateTimeOffset Start = new(2026, 6, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Seeds that ever failed belong here by number, with what they found.</summary>
    public static TheoryData<int> Seeds => [1, 2, Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_stored_board_with_the_stored_changes_since_is_the_board_of_then(int seed)
    {
        var feed = Feed(seed);
        var (stored, end) = (feed.Random.Next(Steps / 2), feed.Random.Next(Steps / 2, Steps));
        var written = LiveAt(feed, stored).ToPast(At(stored)).Write();
        var changes = feed.Changes.Select((change, i) => (At(i + 1), change.Position, change.Id, change.Row)).Take(stored..end).ToList();
        var stretch = PastChanges.Write(At(stored), changes.OrderBy(_ => feed.Random.Next()));
        for (var round = 0; round < 10; round++)
        {
            var then = feed.Random.Next(stored, end + 1);
            var since = new PastChanges();
            Assert.True(since.Take(stretch, At(stored), At(then)));
            var past = PastBoard.Read(written, At(then), feed.PositionAt(then), since)!;
            Same(feed, then, past, seed);

            // A little later by stored changes, then back by rows that were read again.
            var later = feed.Random.Next(then, end + 1);
            var more = new PastChanges();
            more.Take(stretch, At(then), At(later));
            var moved = past.With(At(later), feed.PositionAt(later), more);
            Same(feed, later, moved, seed);
            var back = new PastChanges();
            var rows = feed.RowsAt(then).ToDictionary(row => row.Id);
            foreach (var id in changes.Skip(then - stored).Take(later - then).Select(change => change.Id).Distinct())
            {
                back.Take(id, rows.GetValueOrDefault(id));
            }

            Same(feed, then, moved.With(At(then), feed.PositionAt(then), back), seed);
        }
    }

    [Fact]
    public void A_board_of_many_rows_is_looked_at_in_parts_and_says_the_same()
    {
        var feed = Feed(3);
        var some = feed.RowsAt(Steps);
        var rows = Enumerable.Range(0, 40_000).Select(i => some[i % some.Count] with { Id = Guid.CreateVersion7(At(i)), Number = i }).ToList();
        var live = new LiveBoard();
        live.Load(rows, 7);
        var past = PastBoard.Read(live.ToPast(At(Steps)).Write(), At(Steps), 7, new PastChanges())!;
        Assert.Equal(rows.Count, past.OpenCases);
        for (var round = 0; round < 20; round++)
        {
            Same(live, past, feed.View() with { Text = null }, At(Steps), 3);
        }

        // So many changes that all is put in order anew.
        var changes = new PastChanges();
        foreach (var (row, i) in rows.Select((row, i) => (row, i)).Where(one => one.i % 2 == 0))
        {
            changes.Take(row.Id, i % 4 == 0 ? null : row with { Version = row.Version + 1, Number = rows.Count + i });
        }

        var after = new LiveBoard();
        after.Load(rows.Select((row, i) => i % 2 != 0 ? row : row with { Version = row.Version + 1, Number = rows.Count + i }).Where((_, i) => i % 4 != 0), 8);
        var moved = past.With(At(Steps), 8, changes);
        Assert.Equal(30_000, moved.OpenCases);
        for (var round = 0; round < 20; round++)
        {
            Same(after, moved, feed.View() with { Text = null }, At(Steps), 3);
        }
    }

    [Fact]
    public void What_another_version_of_the_platform_stored_is_passed_over()
    {
        byte[] other = [99, 0, 0, 0];
        Assert.Null(PastBoard.Read(other, Start, 1, new PastChanges()));
        Assert.False(new PastChanges().Take(other, Start, Start));
    }

    private static RandomFeed Feed(int seed)
    {
        var feed = new RandomFeed(seed, Start);
        for (var i = 0; i < Steps; i++)
        {
            feed.Happen(cases: 60);
        }

        return feed;
    }

    private static DateTimeOffset At(int length) => Start.AddSeconds(length);

    private static LiveBoard LiveAt(RandomFeed feed, int length)
    {
        var live = new LiveBoard();
        live.Load(feed.RowsAt(length), feed.PositionAt(length));
        return live;
    }

    private static void Same(RandomFeed feed, int then, PastBoard past, int seed)
    {
        var live = LiveAt(feed, then);
        Assert.Equal(feed.PositionAt(then), past.Position);
        for (var round = 0; round < 5; round++)
        {
            Same(live, past, feed.View() with { Text = null }, At(then), seed);
        }
    }

    /// <summary>This page and the next one.</summary>
    private static void Same(LiveBoard live, PastBoard past, BoardView view, DateTimeOffset at, int seed)
    {
        var (expected, actual) = (live.Read(view, at), past.Read(view));
        Assert.True(Text(expected) == Text(actual), $"Seed {seed}, {at:O}, view '{view.ToQuery()}': expected {Text(expected)}, got {Text(actual)}.");
        if (expected.Next is { } next)
        {
            Assert.Equal(Text(live.Read(view with { After = next }, at)), Text(past.Read(view with { After = next })));
        }
    }

    private static string Text(BoardPage page) =>
        JsonSerializer.Serialize(new { Rows = page.Rows.Select(row => (row.Id, row.Version).ToString()), page.Counts, Next = page.Next?.ToString() }, Wire.Json);
}
