using System.Runtime.CompilerServices;
using Escalation.Grains.Board;

namespace Escalation.Dashboard.Hubs;

/// <summary>
/// One viewer's stream: a snapshot, then what changed since the last message that went out. The next reading is taken
/// only when the viewer has taken the last message, so a slow viewer gets fewer, larger patches and costs nothing.
/// </summary>
internal sealed class BoardStream(Board board, BoardStreamOptions options, TimeProvider time)
{
    public async IAsyncEnumerable<BoardMessage> Follow(
        BoardView view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = board.Watch(view);
        for (var sequence = 0L; !board.IsLoaded; sequence++)
        {
            await board.ChangedSince(sequence).WaitAsync(cancellationToken);
        }

        var seq = 1L;
        var readAt = time.GetTimestamp();
        var now = time.GetUtcNow();
        var page = watch.Read(now);
        yield return new BoardMessage.Snapshot(
            seq, page.Position, now, Milliseconds(page.Lag), page.StaleSince, page.Counts,
            BoardMessage.ProtocolVersion, options.Beat.TotalMilliseconds, page.Rows, page.Next?.ToString());

        var sentAt = time.GetTimestamp();
        while (true)
        {
            if (await ChangedAsync(page.Sequence, options.Beat - time.GetElapsedTime(sentAt), cancellationToken))
            {
                await DelayAsync(options.Frame - time.GetElapsedTime(readAt), cancellationToken);
            }

            readAt = time.GetTimestamp();
            now = time.GetUtcNow();
            var next = watch.Read(now);
            var message = Difference(page, next, seq + 1, now);
            page = next;
            if (message is BoardMessage.Beat && time.GetElapsedTime(sentAt) < options.Beat)
            {
                continue;
            }

            seq++;
            yield return message;
            sentAt = time.GetTimestamp();
        }
    }

    /// <summary>
    /// From one reading to the next. A row's place depends on the row alone, so rows that did not change keep their
    /// order among each other, and the places of the others say everything.
    /// </summary>
    internal static BoardMessage Difference(BoardPage from, BoardPage to, long seq, DateTimeOffset now)
    {
        var leaving = from.Rows.ToDictionary(row => row.Id, row => row.Version);
        List<BoardRow> upserts = [];
        List<int> places = [];
        for (var place = 0; place < to.Rows.Count; place++)
        {
            var row = to.Rows[place];
            if (!leaving.Remove(row.Id, out var version) || version != row.Version)
            {
                upserts.Add(row);
                places.Add(place);
            }
        }

        return leaving.Count + upserts.Count > 0 || from.Counts != to.Counts || from.StaleSince != to.StaleSince
            ? new BoardMessage.Patch(
                seq, to.Position, now, Milliseconds(to.Lag), to.StaleSince, to.Counts,
                [.. leaving.Keys], upserts, places, to.Next?.ToString())
            : new BoardMessage.Beat(seq, to.Position, now, Milliseconds(to.Lag), to.StaleSince, to.Counts);
    }

    /// <summary>True when the board has changed, false when it has been quiet for <paramref name="patience"/>.</summary>
    private async Task<bool> ChangedAsync(long sequence, TimeSpan patience, CancellationToken cancellationToken)
    {
        var changed = board.ChangedSince(sequence);
        if (changed.IsCompleted || patience <= TimeSpan.Zero)
        {
            return changed.IsCompleted;
        }

        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var beat = Task.Delay(patience, time, quiet.Token);
        var first = await Task.WhenAny(changed, beat);
        await quiet.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == changed;
    }

    private Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;

    private static double Milliseconds(TimeSpan lag) => Math.Round(lag.TotalMilliseconds, 1);
}
