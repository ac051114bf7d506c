using System.Globalization;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using LiveBoard = Escalation.Grains.Board.Board;

namespace Escalation.Grains.Tests.Board;

[Rule("BRD-4")]
public sealed class BoardLookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 19, 14, 32, 8, TimeSpan.Zero);

    /// <summary>Seeds that ever failed belong here by number, with what they found.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20), Environment.TickCount];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_look_a_watch_and_every_row_unpacked_agree(int seed)
    {
        var feed = new RandomFeed(seed, Now);
        var random = feed.Random;
        var board = new LiveBoard();
        board.Load([], 0);
        var watches = new List<BoardWatch>();
        for (var step = 0; step < 12; step++)
        {
            var from = feed.Length;
            for (var i = random.Next(1, 120); i > 0; i--)
            {
                feed.Happen(cases: 400);
            }

            // A watch that begins while changes come sees all of them.
            var watching = board.WatchAsync(View(feed));
            board.Apply(feed.Batch(from, feed.Length - from, feed.Length));
            watches.Add(await watching);
        }

        var rows = feed.RowsAt(feed.Length);
        foreach (var view in watches.Select(watch => watch.View).Concat(Enumerable.Range(0, 20).Select(_ => View(feed))))
        {
            var expected = Plain(rows, view);
            var looked = board.Read(view, Now);
            using var watch = await board.WatchAsync(view);
            var watched = watch.Read(Now);
            Assert.True(expected.Take(view.Limit).Select(row => row.Id).SequenceEqual(looked.Rows.Select(row => row.Id)), $"Seed {seed}, a look at '{view.ToQuery()}'.");
            Assert.True(looked.Rows.SequenceEqual(watched.Rows), $"Seed {seed}, a watch of '{view.ToQuery()}'.");
            Assert.Equal((expected.Count, looked.Next), (looked.Counts.Matched, watched.Next));
            Assert.Equal(looked.Counts, watched.Counts);
        }

        watches.ForEach(watch => watch.Dispose());
    }

    [Theory]
    [InlineData("NOVÁK", true)]
    [InlineData("novák jakub", true)]
    [InlineData("jakub inlet kit", true)]
    [InlineData("  kit   20008 ", true)]
    [InlineData("ana.rusu quality", true)]
    [InlineData("novák refund", false)]
    [InlineData("kitand", false)]
    public void Every_word_has_to_be_found_somewhere(string text, bool found)
    {
        var board = new LiveBoard();
        board.Load(
            [
                new BoardRow(
                    Guid.CreateVersion7(Now), 3, 20_008, Guid.Empty, "Jakub Novák", "quality", "The parcel came without the inlet kit", Stage.Contact, 1,
                    Heat.Calm, Level.Buffer, "ana.rusu", null, Now, null, [], [], 0),
            ],
            1);
        var view = BoardView.Default with { Text = text };
        Assert.Equal(found ? 1 : 0, board.Read(view, Now).Rows.Count);
        Assert.Equal(found, view.Finds("Jakub Novák", "20008", "The parcel came without the inlet kit", "quality", "ana.rusu"));
    }

    private static BoardView View(RandomFeed feed)
    {
        var view = feed.View();
        return feed.Random.Next(3) == 0 ? view with { Text = feed.Random.Next(2) == 0 ? "an parcel" : "200" } : view;
    }

    private static List<BoardRow> Plain(IReadOnlyList<BoardRow> rows, BoardView view) =>
    [
        .. rows.Where(row =>
                (view.Levels.Count == 0 || view.Levels.Contains(row.Level)) && (view.Stages.Count == 0 || view.Stages.Contains(row.Stage)) &&
                (view.Heats.Count == 0 || view.Heats.Contains(row.Heat)) && (view.Types.Count == 0 || view.Types.Contains(row.Type)) &&
                (view.Owner is null || string.Equals(view.Owner, row.Owner, StringComparison.OrdinalIgnoreCase)) &&
                view.Finds(row.Customer, row.Number.ToString(CultureInfo.InvariantCulture), row.Summary, row.Type, row.Owner))
            .OrderBy(row => view.Sort switch
            {
                BoardSort.Heat => -(long)row.Heat,
                BoardSort.Waiting => row.ComplainedAt.UtcTicks,
                BoardSort.Newest => -row.Number,
                BoardSort.Urgency => row.Due?.DueAt.UtcTicks ?? long.MaxValue,
            })
            .ThenBy(row => view.Sort == BoardSort.Heat ? row.Due?.DueAt.UtcTicks ?? long.MaxValue : view.Sort == BoardSort.Urgency ? -(long)(row.Due?.Kind ?? 0) : 0)
            .ThenBy(row => row.Id),
    ];
}
