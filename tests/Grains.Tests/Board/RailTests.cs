using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Promises;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using LiveBoard = Escalation.Grains.Board.Board;

namespace Escalation.Grains.Tests.Board;

[Rule("BRD-1")]
public sealed class RailTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 19, 14, 32, 8, TimeSpan.Zero);

    [Fact]
    public void What_waits_is_kept_as_rows_come_and_go_the_most_pressing_first()
    {
        var feed = new RandomFeed(5, Now);
        var board = new LiveBoard();
        board.Load([], 0);
        for (var i = 0; i < 400; i++)
        {
            feed.Happen(cases: 60);
            board.Apply(feed.Batch(i, 1, i + 1));
        }

        var expected = feed.RowsAt(feed.Length).Where(row => row.Escalations.Length > 0)
            .OrderBy(row => row.Escalations.Min(one => one.AcknowledgeBy ?? one.RaisedAt)).ThenBy(row => row.Id).Select(row => row.Id).ToList();
        Assert.NotEmpty(expected);
        Assert.Equal(expected, board.ReadEscalated(500).Select(row => row.Id));
        Assert.Equal(expected.Take(3), board.ReadEscalated(3).Select(row => row.Id));

        var first = board.Find(expected[0])!;
        var silent = first with { Version = first.Version + 1, Escalations = [], Promises = [new RowPromise("p1", Now, Now, 0, AskState.Unanswered)] };
        Put(board, silent);
        Assert.Equal([silent.Id], board.ReadSilent(5).Select(row => row.Id));
        Assert.Equal(1, board.Read(BoardView.Default, Now).Counts.Silent);
        Assert.DoesNotContain(silent.Id, board.ReadEscalated(500).Select(row => row.Id));
        Put(board, silent with { Version = silent.Version + 1, Promises = [] });
        Assert.Empty(board.ReadSilent(5));
    }

    [Fact]
    public async Task Happenings_are_the_last_ones_with_the_numbers_of_their_cases()
    {
        var feed = new RandomFeed(6, Now);
        var board = new LiveBoard();
        var happenings = new Happenings();
        board.Load([], 0);
        var numbers = new Dictionary<Guid, long>();
        var closed = 0;
        for (var i = 0; i < 4000; i++)
        {
            feed.Happen(cases: 60);
            var batch = feed.Batch(i, 1, i + 1);
            var more = happenings.MoreThan(happenings.Read().Count);
            happenings.Apply(batch, board);
            board.Apply(batch);
            foreach (var row in batch.Rows.Values)
            {
                numbers[row.Id] = row.Number;
            }

            if (batch.Entries[0].Event is CaseEvent.CaseClosed)
            {
                closed++;
                await more.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
            }
        }

        var (last, count) = happenings.Read();
        Assert.Equal((closed, Math.Min(closed, Happenings.Most)), (count, last.Count));
        Assert.All(last, one => Assert.Equal(("caseClosed", numbers[one.Case]), (one.Kind, one.Number)));
        Assert.True(last.Zip(last.Skip(1)).All(pair => pair.First.Position < pair.Second.Position));
    }

    private static void Put(LiveBoard board, BoardRow row) => board.Apply(new TailBatch(
        [new Entry(row.Id, Case.Category, row.Version, board.Position + 1, Now, "test", row.Id, new CaseEvent.NoteAdded(null))],
        new Dictionary<Guid, BoardRow> { [row.Id] = row },
        new TailCursor(1, board.Position + 1)));
}
