using System.Runtime.CompilerServices;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Desks;

namespace Escalation.Dashboard.Hubs;

/// <summary>
/// One desk's stream: a snapshot, then what changed since the last message that went out. It wakes for its own changes only, so
/// thousands of desks cost what happens at them. While it runs, its person counts as being there (DSK-1). It is paced by the machine's
/// own clock, whatever time it is for the rules.
/// </summary>
internal sealed class DeskStream(DeskBook desks, Board board, IDeskPresence presence, BoardStreamOptions options, TimeProvider time)
{
    private static TimeProvider Pace => TimeProvider.System;

    public async IAsyncEnumerable<DeskMessage> Follow(Actor person, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var sequence = 0L; !desks.IsLoaded; sequence++)
        {
            await Task.WhenAny(board.ChangedSince(sequence), Task.Delay(options.Beat, Pace, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        using var watch = desks.Watch(person.Id, person.IsSupervisor);
        presence.Open(person.Id);
        try
        {
            await foreach (var message in Follow(watch, cancellationToken))
            {
                yield return message;
            }
        }
        finally
        {
            presence.Close(person.Id);
        }
    }

    private async IAsyncEnumerable<DeskMessage> Follow(DeskWatch watch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seq = 1L;
        var changed = watch.Changed;
        var readAt = Pace.GetTimestamp();
        var page = watch.Read();
        var stale = board.StaleSince;
        yield return new DeskMessage.Snapshot(
            seq, board.Position, time.GetUtcNow(), stale, DeskMessage.ProtocolVersion, options.Beat.TotalMilliseconds,
            page.Me, page.Offers, page.Cases, page.Waiting);

        var sentAt = Pace.GetTimestamp();
        while (true)
        {
            if (await EndsAsync(changed, options.Beat - Pace.GetElapsedTime(sentAt), cancellationToken))
            {
                await DelayAsync(options.Frame - Pace.GetElapsedTime(readAt), cancellationToken);
            }

            changed = watch.Changed;
            readAt = Pace.GetTimestamp();
            var (next, position, now, staleNow) = (watch.Read(), board.Position, time.GetUtcNow(), board.StaleSince);
            var message = Difference(page, next, stale != staleNow, seq + 1, position, now, staleNow);
            (page, stale) = (next, staleNow);
            if (message is DeskMessage.Beat && Pace.GetElapsedTime(sentAt) < options.Beat)
            {
                continue;
            }

            seq++;
            yield return message;
            sentAt = Pace.GetTimestamp();
        }
    }

    /// <summary>From one reading to the next; a case's place depends on the case alone, so the places of those that changed say everything.</summary>
    internal static DeskMessage Difference(
        DeskPage from, DeskPage to, bool isNews, long seq, long position, DateTimeOffset now, DateTimeOffset? staleSince)
    {
        var leaving = from.Cases.ToDictionary(row => row.Id, row => row.Version);
        List<BoardRow> upserts = [];
        List<int> places = [];
        for (var place = 0; place < to.Cases.Count; place++)
        {
            var row = to.Cases[place];
            if (!leaving.Remove(row.Id, out var version) || version != row.Version)
            {
                upserts.Add(row);
                places.Add(place);
            }
        }

        var me = from.Me == to.Me ? null : to.Me;
        var offers = from.Offers.SequenceEqual(to.Offers) ? null : to.Offers;
        var waiting = from.Waiting.SequenceEqual(to.Waiting) ? null : to.Waiting;
        return isNews || me is not null || offers is not null || waiting is not null || leaving.Count + upserts.Count > 0
            ? new DeskMessage.Patch(seq, position, now, staleSince, me, offers, waiting, [.. leaving.Keys], upserts, places)
            : new DeskMessage.Beat(seq, position, now, staleSince);
    }

    /// <summary>True when <paramref name="changed"/> has ended, false when it has not for <paramref name="patience"/>.</summary>
    private static async Task<bool> EndsAsync(Task changed, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (changed.IsCompleted || patience <= TimeSpan.Zero)
        {
            return changed.IsCompleted;
        }

        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(changed, Task.Delay(patience, Pace, quiet.Token));
        await quiet.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == changed;
    }

    private static Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, Pace, cancellationToken) : Task.CompletedTask;
}
