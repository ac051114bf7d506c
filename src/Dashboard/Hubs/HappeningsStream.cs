using System.Runtime.CompilerServices;
using Escalation.Grains.Board;

namespace Escalation.Dashboard.Hubs;

/// <summary>What happened across all cases.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="Missed">How many more there were that a slow viewer is not told of.</param>
/// <param name="ServerTime">The host's clock.</param>
public sealed record HappeningsMessage(IReadOnlyList<HappeningView> Items, long Missed, DateTimeOffset ServerTime);

/// <summary>One thing that happened; the customer's name only while the case is open.</summary>
public sealed record HappeningView(string Kind, Guid Case, long Number, string? Customer, DateTimeOffset At, string By);

/// <summary>One viewer's stream of what happens: the last hundred at once, then what is new, together when it is much.</summary>
internal sealed class HappeningsStream(Happenings happenings, Board board, TimeProvider time)
{
    private const int First = 100;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    public async IAsyncEnumerable<HappeningsMessage> Follow([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (last, count) = happenings.Read();
        yield return Message([.. last.TakeLast(First)], 0);
        while (true)
        {
            await happenings.MoreThan(count).WaitAsync(cancellationToken);
            var known = count;
            (last, count) = happenings.Read();
            var news = (int)Math.Min(count - known, last.Count);
            yield return Message([.. last.TakeLast(news)], count - known - news);
            await Task.Delay(Rest, time, cancellationToken);
        }
    }

    private HappeningsMessage Message(IReadOnlyList<Happening> items, long missed) => new(
        [.. items.Select(one => new HappeningView(one.Kind, one.Case, one.Number, board.Find(one.Case)?.Customer, one.At, one.By))],
        missed, time.GetUtcNow());
}
