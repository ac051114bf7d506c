using System.Text.Json;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using LiveBoard = Escalation.Grains.Board.Board;

namespace Escalation.Grains.Tests.Board;

public sealed class BoardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 19, 14, 32, 8, TimeSpan.Zero);

    /// <summary>Seeds that ever failed, with what they found; the others are simply many.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60), Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    [Rule("BRD-2")]
    public async Task Changes_applied_in_any_order_and_repeated_give_what_a_fresh_load_gives(int seed)
    {
        var feed = new RandomFeed(seed, Now);
        var random = feed.Random;
        for (var i = 0; i < 300; i++)
        {
            feed.Happen(cases: 25);
        }

        // Rows are read a little later than the place in the log they are said to belong to.
        var from = random.Next(feed.Length);
        var board = new LiveBoard();
        board.Load(feed.RowsAt(random.Next(from, feed.Length + 1)), feed.PositionAt(from));
        using var watched = await board.WatchAsync(feed.View());
        List<TailBatch> batches = [];
        for (var first = from; first < feed.Length;)
        {
            var count = Math.Min(random.Next(1, 20), feed.Length - first);
            batches.Add(feed.Batch(first, count, readAt: random.Next(first + count, feed.Length + 1)));
            first += random.Next(8) == 0 ? Math.Max(1, count / 2) : count;
        }

        var repeats = batches.Where(_ => random.Next(4) == 0);
        TailBatch[] arriving = [.. batches, .. repeats];
        random.Shuffle(arriving);
        foreach (var batch in arriving)
        {
            board.Apply(batch);
        }

        var fresh = new LiveBoard();
        fresh.Load(feed.RowsAt(feed.Length), feed.Position);
        AssertSame(fresh, board, BoardView.Default with { Limit = BoardView.MaxLimit }, seed);
        AssertSame(fresh, board, watched.View, seed);
        for (var i = 0; i < 10; i++)
        {
            AssertSame(fresh, board, feed.View(), seed);
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(42)]
    [Rule("BRD-2")]
    public void Counts_are_those_of_the_rows(int seed)
    {
        var (board, rows) = Filled(seed, 400);
        var counts = board.Read(BoardView.Default with { Levels = [Level.Head] }, Now).Counts;
        var promises = rows.SelectMany(row => row.Promises).ToArray();
        Assert.Equal(
            new BoardCounts(
                rows.Count,
                rows.Count(row => row.Level == Level.Head),
                new LevelCounts(On(Level.Buffer), On(Level.Specialist), On(Level.Head), On(Level.Management)),
                new HeatCounts(At(Heat.Calm), At(Heat.Tense), At(Heat.Heated), At(Heat.Aggressive), At(Heat.Public)),
                rows.Count(row => row.Due?.DueAt <= Now),
                promises.Length,
                promises.Count(promise => promise.SendBy <= Now || promise.DueAt <= Now.AddMinutes(30)),
                promises.Length == 0 ? null : promises.Min(promise => promise.DueAt),
                rows.Sum(row => row.Escalations.Length))
            {
                ByStage = new StageCounts(Stands(Stage.Contact), Stands(Stage.Clarify), Stands(Stage.Options), Stands(Stage.Agreement), Stands(Stage.FollowThrough)),
                ByType = new CountDictionary(rows.CountBy(row => row.Type)),
            },
            counts);

        int On(Level level) => rows.Count(row => row.Level == level);
        int At(Heat heat) => rows.Count(row => row.Heat == heat);
        int Stands(Stage stage) => rows.Count(row => row.Stage == stage);
    }

    [Theory]
    [InlineData(3)]
    [Rule("BRD-1")]
    public void Rows_stand_by_nearest_due_then_law_promise_target_then_id(int seed)
    {
        var (board, rows) = Filled(seed, 400);
        var expected = rows.OrderBy(row => row.Due?.DueAt ?? DateTimeOffset.MaxValue).ThenByDescending(row => row.Due?.Kind).ThenBy(row => row.Id);
        Assert.Equal(
            expected.Select(row => row.Id),
            board.Read(BoardView.Default with { Limit = BoardView.MaxLimit }, Now).Rows.Select(row => row.Id));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [Rule("BRD-4")]
    public void Pages_follow_each_other_without_gap_or_repeat(int seed)
    {
        var (board, rows) = Filled(seed, 300);
        foreach (var sort in Enum.GetValues<BoardSort>())
        {
            var view = BoardView.Default with { Sort = sort, Limit = 7 };
            List<Guid> seen = [];
            BoardRank? next;
            do
            {
                var page = board.Read(view, Now);
                seen.AddRange(page.Rows.Select(row => row.Id));
                next = page.Next;
                view = view with { After = next };
            }
            while (next is not null);

            Assert.Equal(rows.Count, seen.Count);
            Assert.Equal(rows.Count, seen.Distinct().Count());
        }
    }

    [Fact]
    [Rule("BRD-2")]
    public async Task Whoever_waits_for_a_change_is_told()
    {
        var feed = new RandomFeed(1, Now);
        feed.Happen(1);
        var board = new LiveBoard();
        board.Load([], 0);
        var page = board.Read(BoardView.Default, Now);
        var changed = board.ChangedSince(page.Sequence);
        Assert.False(changed.IsCompleted);

        using var other = await board.WatchAsync(BoardView.Default with { Text = "x" });
        Assert.False(changed.IsCompleted);
        board.Apply(feed.Batch(0, 1, 1));
        await changed.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(feed.Position, board.Position);
    }

    [Fact]
    [Rule("BRD-2")]
    public void A_stale_board_says_since_when_until_it_has_caught_up()
    {
        var board = new LiveBoard();
        board.Load([], 0);
        board.MarkStale(Now);
        board.MarkStale(Now.AddMinutes(1));
        Assert.Equal(Now, board.Read(BoardView.Default, Now).StaleSince);
        board.MarkLive();
        Assert.Null(board.Read(BoardView.Default, Now).StaleSince);
    }

    [Fact]
    [Rule("BRD-4")]
    public async Task Readers_beside_the_writer_always_see_one_consistent_moment()
    {
        var feed = new RandomFeed(9, Now);
        for (var i = 0; i < 3000; i++)
        {
            feed.Happen(cases: 100);
        }

        var board = new LiveBoard();
        board.Load([], 0);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            using var watch = await board.WatchAsync(BoardView.Default with { Levels = [Level.Head], Limit = BoardView.MaxLimit });
            while (!done.IsCancellationRequested)
            {
                var page = watch.Read(Now);
                Assert.Equal(page.Counts.Matched, page.Rows.Count);
                Assert.Equal(page.Counts.ByLevel.Head, page.Rows.Count);
            }
        })).ToArray();
        for (var i = 0; i < feed.Length; i++)
        {
            board.Apply(feed.Batch(i, 1, i + 1));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    private static (LiveBoard Board, IReadOnlyList<BoardRow> Rows) Filled(int seed, int events)
    {
        var feed = new RandomFeed(seed, Now);
        for (var i = 0; i < events; i++)
        {
            feed.Happen(cases: 80);
        }

        var board = new LiveBoard();
        board.Load([], 0);
        board.Apply(feed.Batch(0, feed.Length, feed.Length));
        return (board, feed.RowsAt(feed.Length));
    }

    private static void AssertSame(LiveBoard fresh, LiveBoard kept, BoardView view, int seed)
    {
        var (expected, actual) = (fresh.Read(view, Now), kept.Read(view, Now));
        Assert.True(
            Text(expected) == Text(actual),
            $"Seed {seed}, view '{view.ToQuery()}': expected {Text(expected)}, got {Text(actual)}.");
    }

    private static string Text(BoardPage page) =>
        JsonSerializer.Serialize(new { page.Rows, page.Counts, Next = page.Next?.ToString(), page.Position }, Wire.Json);
}
