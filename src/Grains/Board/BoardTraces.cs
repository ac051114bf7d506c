using System.Diagnostics;

namespace Escalation.Grains.Board;

/// <summary>
/// Which traces changed which cases lately, so that a click can be followed to the other screens. Remembers nothing while
/// nobody listens, and never more than <see cref="Capacity"/>.
/// </summary>
public sealed class BoardTraces
{
    private const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<(long Position, Guid Case, ActivityContext Trace)> _recent = [];

    /// <summary>Call it before the board shows <paramref name="position"/>.</summary>
    public void Add(long position, IReadOnlyList<(Guid Case, ActivityContext Trace)> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        if (traces.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var (id, trace) in traces)
            {
                _recent.Enqueue((position, id, trace));
            }

            while (_recent.Count > Capacity)
            {
                _recent.Dequeue();
            }
        }
    }

    /// <summary>
    /// A span for showing <paramref name="cases"/> to a viewer who stood at <paramref name="after"/> and now stands at
    /// <paramref name="upTo"/>: part of the first trace that changed them, linked to the others; null when none did.
    /// </summary>
    public Activity? Show(long after, long upTo, IEnumerable<Guid> cases)
    {
        if (!Telemetry.Spans.HasListeners())
        {
            return null;
        }

        (long Position, Guid Case, ActivityContext Trace)[] recent;
        lock (_lock)
        {
            recent = [.. _recent.Where(trace => trace.Position > after && trace.Position <= upTo)];
        }

        if (recent.Length == 0)
        {
            return null;
        }

        var shown = cases.ToHashSet();
        var traces = recent.Where(trace => shown.Contains(trace.Case)).Select(trace => trace.Trace).Distinct().ToList();
        return traces.Count == 0
            ? null
            : Telemetry.Spans.StartActivity("board patch", ActivityKind.Producer, traces[0], links: traces.Skip(1).Select(trace => new ActivityLink(trace)));
    }
}
