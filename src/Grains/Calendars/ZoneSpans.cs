using System.Collections.Concurrent;
using NodaTime;

namespace Escalation.Grains.Calendars;

/// <summary>A zone as stretches of constant offset, in ticks.</summary>
internal sealed class ZoneSpans
{
    /// <summary>No zone is further from UTC than this.</summary>
    public const long Margin = 2 * TimeSpan.TicksPerDay;

    // Bounded by the number of zones.
    private static readonly ConcurrentDictionary<string, ZoneSpans> Known = new(StringComparer.Ordinal);

    private readonly long[] _starts;
    private readonly long[] _offsets;

    private ZoneSpans(DateTimeZone zone)
    {
        var starts = new List<long>();
        var offsets = new List<long>();
        var intervals = zone.GetZoneIntervals(Instant(WorkCalendar.EarliestTicks - Margin), Instant(WorkCalendar.LatestTicks + Margin));
        foreach (var interval in intervals)
        {
            // A zone may change its abbreviation and nothing else.
            if (offsets.Count == 0 || offsets[^1] != interval.WallOffset.Ticks)
            {
                starts.Add(starts.Count == 0 ? 0 : interval.Start.ToUnixTimeTicks() + DateTime.UnixEpoch.Ticks);
                offsets.Add(interval.WallOffset.Ticks);
            }
        }

        _starts = [.. starts];
        _offsets = [.. offsets];
    }

    public int Count => _starts.Length;

    public static ZoneSpans Of(DateTimeZone zone) => Known.GetOrAdd(zone.Id, static (_, zone) => new ZoneSpans(zone), zone);

    public long StartOf(int span) => _starts[span];

    public long EndOf(int span) => span + 1 < _starts.Length ? _starts[span + 1] : long.MaxValue;

    public long OffsetOf(int span) => _offsets[span];

    /// <summary>The span that an instant falls into.</summary>
    public int At(long instant)
    {
        var found = Array.BinarySearch(_starts, instant);
        return found >= 0 ? found : Math.Max(0, ~found - 1);
    }

    public long ToLocal(long instant) => instant + _offsets[At(instant)];

    /// <summary>
    /// The instant at which clocks show a local time: the first of two when it came twice; when it was skipped, as much
    /// after the skip as the local time lies after its beginning.
    /// </summary>
    public long ToInstant(long local)
    {
        var span = At(local - Margin);
        while (EndOf(span) != long.MaxValue && local >= EndOf(span) + _offsets[span])
        {
            if (local < EndOf(span) + _offsets[span + 1])
            {
                break;
            }

            span++;
        }

        return local - _offsets[span];
    }

    private static Instant Instant(long ticks) => NodaTime.Instant.FromUnixTimeTicks(ticks - DateTime.UnixEpoch.Ticks);
}
