using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Desks;

namespace Escalation.Dashboard.Hubs;

/// <summary>
/// One viewer's stream: a snapshot, then what changed since the last message that went out. The next reading is taken
/// only when the viewer has taken the last message, so a slow viewer gets fewer, larger patches and costs nothing. A
/// viewer sleeps while nothing happens to the rows of the view; figures of the whole board follow a little later.
/// </summary>
internal sealed class BoardStream(Board board, BoardTraces traces, Func<PeopleBook> people, BoardStreamOptions options, TimeProvider time)
{
    public async IAsyncEnumerable<BoardMessage> Follow(
        BoardView view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var viewer = new CountedViewer();
        for (var sequence = 0L; !board.IsLoaded; sequence++)
        {
            await board.ChangedSince(sequence).WaitAsync(cancellationToken);
        }

        using var watching = new Watching(await board.WatchAsync(view));
        var seq = 1L;
        var readAt = time.GetTimestamp();
        var now = time.GetUtcNow();
        var page = watching.Watch.Read(now);
        yield return Snapshot(page, seq, now);

        var sentAt = time.GetTimestamp();
        while (true)
        {
            await DelayAsync(options.Frame - time.GetElapsedTime(readAt), cancellationToken);
            if (!await FirstAsync(watching.Watch.RowsChangedSince(page), options.Figures - time.GetElapsedTime(readAt), cancellationToken))
            {
                await FirstAsync(board.ChangedSince(page.Sequence), options.Beat - time.GetElapsedTime(sentAt), cancellationToken);
            }

            readAt = time.GetTimestamp();
            now = time.GetUtcNow();
            if (!ReferenceEquals(people(), watching.Watch.View.People))
            {
                watching.GoOn(await board.WatchAsync(view with { People = people() }));
            }

            var next = watching.Watch.Read(now, page);
            var message = Difference(page, next, seq + 1, now);
            var stoodAt = page.Position;
            page = next;
            if (message is BoardMessage.Beat && time.GetElapsedTime(sentAt) < options.Beat)
            {
                continue;
            }

            seq++;
            using (message is BoardMessage.Patch patch ? traces.Show(stoodAt, page.Position, patch.Removes.Concat(patch.Upserts.Select(row => row.Id))) : null)
            {
                yield return message;
            }

            sentAt = time.GetTimestamp();
        }
    }

    private BoardMessage.Snapshot Snapshot(BoardPage page, long seq, DateTimeOffset now) => new(
        seq, page.Position, now, Milliseconds(page.Lag), page.StaleSince, page.Counts,
        BoardMessage.ProtocolVersion, options.Beat.TotalMilliseconds, page.Rows, page.Next?.ToString());

    /// <summary>
    /// From one reading to the next. A row's place depends on the row alone, so rows that did not change keep their
    /// order among each other, and the places of the others say everything.
    /// </summary>
    internal static BoardMessage Difference(BoardPage from, BoardPage to, long seq, DateTimeOffset now)
    {
        var (removes, upserts, places) = Difference(from.Rows, to.Rows);
        return removes.Count + upserts.Count > 0 || from.Counts != to.Counts || from.StaleSince != to.StaleSince
            ? new BoardMessage.Patch(
                seq, to.Position, now, Milliseconds(to.Lag), to.StaleSince, to.Counts, removes, upserts, places, to.Next?.ToString())
            : new BoardMessage.Beat(seq, to.Position, now, Milliseconds(to.Lag), to.StaleSince, to.Counts);
    }

    private static (IReadOnlyList<Guid> Removes, IReadOnlyList<KeptRow> Upserts, IReadOnlyList<int> Places) Difference(
        IReadOnlyList<KeptRow> from, IReadOnlyList<KeptRow> to)
    {
        if (ReferenceEquals(from, to) || from.SequenceEqual(to))
        {
            return ([], [], []);
        }

        var leaving = new Dictionary<Guid, int>(from.Count);
        foreach (var row in from)
        {
            leaving.Add(row.Id, row.Version);
        }

        List<KeptRow> upserts = [];
        List<int> places = [];
        for (var place = 0; place < to.Count; place++)
        {
            var row = to[place];
            if (!leaving.Remove(row.Id, out var version) || version != row.Version)
            {
                upserts.Add(row);
                places.Add(place);
            }
        }

        return ([.. leaving.Keys], upserts, places);
    }

    /// <summary>True when <paramref name="signal"/> came, false when it did not within <paramref name="patience"/>.</summary>
    private async Task<bool> FirstAsync(Task signal, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (signal.IsCompleted || patience <= TimeSpan.Zero)
        {
            return signal.IsCompleted;
        }

        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(signal, Task.Delay(patience, time, quiet.Token));
        await quiet.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == signal;
    }

    private Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;

    private static double Milliseconds(TimeSpan lag) => Math.Round(lag.TotalMilliseconds, 1);

    /// <summary>What is watched now: another after a policy has put people into other teams.</summary>
    private sealed class Watching(BoardWatch first) : IDisposable
    {
        public BoardWatch Watch { get; private set; } = first;

        public void GoOn(BoardWatch next)
        {
            Watch.Dispose();
            Watch = next;
        }

        public void Dispose() => Watch.Dispose();
    }

    /// <summary>One viewer more, for as long as it lives.</summary>
    private sealed class CountedViewer : IDisposable
    {
        private static readonly UpDownCounter<int> Viewers =
            Telemetry.Figures.CreateUpDownCounter<int>("escalation.board.viewers", "{viewer}", "Streams of the board that are open.");

        public CountedViewer() => Viewers.Add(1);

        public void Dispose() => Viewers.Add(-1);
    }
}
