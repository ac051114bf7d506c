using System.Runtime.CompilerServices;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;

namespace Escalation.Dashboard.Hubs;

/// <summary>
/// BRD-6: what a viewer would have seen, from an instant in the past until now, at a chosen speed. Each message says with
/// <c>at</c> which instant it shows. The next picture is made when the last one has been taken; whoever wants to pause
/// cancels, and starts again where they were.
/// </summary>
internal sealed class BoardReplay(IPastBoards pasts, BoardStreamOptions options, TimeProvider time)
{
    public const double MostSpeed = 600;

    /// <summary>How often a picture is made; what is between two of them is shown together.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>So often the viewer hears how far the time is.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <param name="view">What to show.</param>
    /// <param name="from">Where to start, not in the future.</param>
    /// <param name="speed">How many seconds pass in one: 1 to 600.</param>
    /// <param name="cancellationToken">Pauses, for good.</param>
    public async IAsyncEnumerable<BoardMessage> Play(
        BoardView view, DateTimeOffset from, double speed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var past = await pasts.GetAsync(from, cancellationToken);
        var page = await pasts.ReadAsync(past, view, null, cancellationToken);
        var seq = 1L;
        var started = time.GetTimestamp();
        var sentAt = started;
        yield return new BoardMessage.Snapshot(
            seq, page.Position, time.GetUtcNow(), 0, null, page.Counts, BoardMessage.ProtocolVersion, options.Beat.TotalMilliseconds, page.Rows, page.Next?.ToString())
        {
            At = from,
        };
        for (var arrived = false; !arrived;)
        {
            await Task.Delay(Step, time, cancellationToken);
            var now = time.GetUtcNow();
            var next = (from + (time.GetElapsedTime(started) * speed)).ToMicroseconds();
            arrived = next >= now;
            var at = arrived ? now : next;
            past = await pasts.MoveAsync(past, at, cancellationToken);
            var shown = await pasts.ReadAsync(past, view, page, cancellationToken);
            var message = BoardStream.Difference(page, shown, seq + 1, now);
            page = shown;
            if (message is BoardMessage.Beat && !arrived && time.GetElapsedTime(sentAt) < Tick)
            {
                continue;
            }

            seq++;
            sentAt = time.GetTimestamp();
            yield return message with { At = at };
        }
    }
}
