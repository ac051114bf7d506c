using System.Diagnostics.Metrics;
using Escalation.Grains;
using Escalation.Grains.Board;

namespace Escalation.Silo.Deadlines;

/// <summary>CLK-7: how late the deadline clock fired (effect on disk minus due), over the last 10,000 firings.</summary>
internal sealed class Lateness
{
    private const int Window = 10_000;

    private static readonly Histogram<double> Seconds =
        Telemetry.Figures.CreateHistogram<double>("escalation.deadline.lateness", "s", "From a due instant until its effect is on disk.");

    private readonly Lock _lock = new();
    private readonly double[] _milliseconds = new double[Window];
    private long _fired;

    public void Record(TimeSpan late)
    {
        Seconds.Record(late.TotalSeconds);
        lock (_lock)
        {
            _milliseconds[_fired++ % Window] = late.TotalMilliseconds;
        }
    }

    public LatenessFigures Read()
    {
        double[] sorted;
        long fired;
        lock (_lock)
        {
            fired = _fired;
            sorted = _milliseconds[..(int)Math.Min(fired, Window)];
        }

        Array.Sort(sorted);
        return sorted.Length == 0
            ? new LatenessFigures(0, 0, 0, 0)
            : new LatenessFigures(At(0.50), At(0.99), Math.Round(sorted[^1], 1), fired);

        double At(double share) => Math.Round(sorted[(int)Math.Ceiling(share * sorted.Length) - 1], 1);
    }
}
