using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Escalation.Grains.Calendars;

/// <summary>
/// CLK-2: when a team works. An instant is working time when the clock on the wall of the calendar's zone shows hours of
/// that day; what is counted is time that really passes, so a skipped hour counts for nothing and a repeated one twice.
/// Immutable; safe for any number of threads.
/// </summary>
public sealed class WorkCalendar
{
    internal const long EarliestTicks = 599_266_080_000_000_000; // 1900-01-01
    internal const long LatestTicks = 725_493_888_000_000_000; // 2300-01-01

    private const long TenYears = 3653 * TimeSpan.TicksPerDay;
    private const int MostDays = 400 * 366;

    private static readonly TimeSpan MostTime = TimeSpan.FromTicks(LatestTicks - EarliestTicks);

    private readonly Lock _growing = new();
    private readonly CalendarVersion[] _versions;

    // A cache of what follows from the versions; it only ever grows, and at most to Latest.
    private volatile CalendarIndex? _index;

    /// <param name="zone">Whose wall clock counts.</param>
    /// <param name="versions">In order; the first holds from the beginning of time.</param>
    internal WorkCalendar(DateTimeZone zone, IEnumerable<CalendarVersion> versions)
    {
        TimeZone = zone.Id;
        Zone = ZoneSpans.Of(zone);
        _versions = [.. versions];
    }

    /// <summary>True 24/7 in UTC.</summary>
    public static WorkCalendar Always { get; } = AroundTheClock();

    /// <summary>Instants are taken from here on.</summary>
    public static DateTimeOffset Earliest { get; } = new(EarliestTicks, TimeSpan.Zero);

    /// <summary>Instants are taken up to here.</summary>
    public static DateTimeOffset Latest { get; } = new(LatestTicks, TimeSpan.Zero);

    private static Refused TooFar { get; } =
        new("calendar.tooFar", $"The target is not used up before the year {Latest.Year}.", "target");

    /// <summary>IANA id of the zone.</summary>
    public string TimeZone { get; }

    internal ZoneSpans Zone { get; }

    /// <summary>Reads a calendar, or says everything that is wrong with it at once.</summary>
    public static bool TryRead(
        CalendarText text, [NotNullWhen(true)] out WorkCalendar? calendar, out IReadOnlyList<CalendarFault> faults)
    {
        var reader = new CalendarReader();
        calendar = reader.Read(text);
        faults = reader.Faults;
        return calendar is not null;
    }

    /// <summary>
    /// When a target that starts to run at <paramref name="start"/> is used up. Working time that ends as the team closes is
    /// due then, not at the next opening; a target of zero is due at the first moment of work from start on.
    /// </summary>
    public DueAnswer Due(DateTimeOffset start, Target target)
    {
        if (FaultOf(start, target) is { } refusal)
        {
            return refusal;
        }

        return target switch
        {
            Target.WorkingTime time => DueWorking(start.UtcTicks, time.Length.Ticks),
            Target.WorkingDayCount days => DueWorkingDays(start.UtcTicks, days.Days),
            Target.CalendarDayCount days => DueCalendarDays(start.UtcTicks, days.Days),
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "There is no such measure."),
        };
    }

    /// <summary>CLK-6: the due instant, and what adds up to it.</summary>
    /// <param name="limit">How many intervals are listed one by one; more are put together by months, then years.</param>
    public DueExplanation Explain(DateTimeOffset start, Target target, int limit = 500)
    {
        var due = Due(start, target);
        return new DueExplanation(due, due.IsRefused ? [] : target switch
        {
            Target.WorkingTime => Intervals(start, due.At, limit),
            Target.WorkingDayCount days => WorkingDaySteps(start.UtcTicks, days.Days, limit),
            Target.CalendarDayCount { Days: 0 } => [],
            Target.CalendarDayCount days => [new CountedInterval(start.ToUniversalTime(), due.At, TimeSpan.FromDays(days.Days))],
            _ => [],
        });
    }

    /// <summary>Working time between two instants; none when <paramref name="to"/> is not after <paramref name="from"/>.</summary>
    public TimeSpan Worked(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
        {
            return TimeSpan.Zero;
        }

        var index = Cover(from, to);
        return TimeSpan.FromTicks(index.WorkedBy(to.UtcTicks) - index.WorkedBy(from.UtcTicks));
    }

    /// <summary>Stretches of work between two instants. What they count sums exactly to <see cref="Worked"/>.</summary>
    /// <param name="limit">How many are listed one by one; more are put together by months, then years.</param>
    public IReadOnlyList<CountedInterval> Intervals(DateTimeOffset from, DateTimeOffset to, int limit = 500)
    {
        if (to <= from)
        {
            return [];
        }

        var index = Cover(from, to);
        var stretches = index.Stretches(from.UtcTicks, to.UtcTicks).Take(limit + 1).ToList();
        if (stretches.Count <= limit)
        {
            return [.. stretches.Select(stretch => Interval(stretch.From, stretch.To, stretch.To - stretch.From))];
        }

        var months = ((to.Year - from.Year) * 12) + to.Month - from.Month;
        return [.. Together(index, from.UtcTicks, to.UtcTicks, months < limit ? 1 : 12)];
    }

    /// <summary>Is this an instant of work? An opening is, a closing is not.</summary>
    public bool IsWorking(DateTimeOffset instant)
    {
        var index = Cover(instant, instant);
        var worked = index.WorkedBy(instant.UtcTicks);
        return worked < index.Total && index.Open(worked) == instant.UtcTicks;
    }

    internal void FillHours(int firstDay, DayHours[] hours)
    {
        var version = 0;
        for (var i = 0; i < hours.Length; i++)
        {
            while (version + 1 < _versions.Length && _versions[version + 1].FromDay <= firstDay + i)
            {
                version++;
            }

            hours[i] = _versions[version].HoursOf(firstDay + i);
        }
    }

    private DueAnswer DueWorking(long start, long target)
    {
        var index = Cover(start, start);
        var begin = start;
        while (true)
        {
            var end = Math.Min(begin + TenYears, LatestTicks);
            if (Find(index, index.WorkedBy(start) + target, target) is { } due && due <= end)
            {
                return DueAnswer.Of(due);
            }

            if (index.To < end)
            {
                index = Cover(start, end);
            }
            else if (end == LatestTicks)
            {
                return TooFar;
            }
            else if (index.WorkedBy(begin) == index.WorkedBy(end))
            {
                return NoWork(begin);
            }
            else
            {
                begin = end;
            }
        }
    }

    private static long? Find(CalendarIndex index, long worked, long target) =>
        target > 0
            ? worked <= index.Total ? index.Reach(worked) : null
            : worked < index.Total ? index.Open(worked) : null;

    private DueAnswer DueWorkingDays(long start, int days)
    {
        var opening = DueWorking(start, 0);
        return opening.IsRefused || days == 0 ? opening : WorkingDaysLater(opening.At.UtcTicks, days);
    }

    private DueAnswer WorkingDaysLater(long opening, int days)
    {
        var local = Zone.ToLocal(opening);
        var (day, time) = ((int)(local / TimeSpan.TicksPerDay), local % TimeSpan.TicksPerDay);
        var index = Cover(opening, opening);
        var begin = opening;
        while (true)
        {
            var end = Math.Min(begin + TenYears, LatestTicks);
            if (index.WorkingDayAfter(day, days) * TimeSpan.TicksPerDay is { } due && due < end)
            {
                return DueAnswer.Of(Zone.ToInstant(due + time));
            }

            if (index.To < end)
            {
                index = Cover(opening, end);
            }
            else if (end == LatestTicks)
            {
                return TooFar;
            }
            else if (index.WorkingDaysBy(begin) == index.WorkingDaysBy(end))
            {
                return NoWork(begin);
            }
            else
            {
                begin = end;
            }
        }
    }

    private DueAnswer DueCalendarDays(long start, int days)
    {
        if (days == 0)
        {
            return DueAnswer.Of(start);
        }

        var local = Zone.ToLocal(start) + (days * TimeSpan.TicksPerDay);
        return local > LatestTicks ? TooFar : DueAnswer.Of(Zone.ToInstant(local));
    }

    /// <summary>From the same clock time on one working day to that on a later one, as many as make the list short enough.</summary>
    private List<CountedInterval> WorkingDaySteps(long start, int days, int limit)
    {
        var steps = new List<CountedInterval>();
        var opening = DueWorking(start, 0).At.UtcTicks;
        var from = opening;
        var stride = (days + limit - 1) / limit;
        for (var counted = 0; counted < days;)
        {
            var next = Math.Min(counted + stride, days);
            var to = WorkingDaysLater(opening, next).At.UtcTicks;
            steps.Add(Interval(from, to, (next - counted) * TimeSpan.TicksPerDay));
            (from, counted) = (to, next);
        }

        return steps;
    }

    private IEnumerable<CountedInterval> Together(CalendarIndex index, long from, long to, int months)
    {
        var local = new DateTime(Zone.ToLocal(from));
        var next = new DateTime(local.Year, months == 12 ? 1 : local.Month, 1);
        for (var begin = from; begin < to;)
        {
            next = next.AddMonths(months);
            var end = Math.Min(Zone.ToInstant(next.Ticks), to);
            var (before, after) = (index.WorkedBy(begin), index.WorkedBy(end));
            if (after > before)
            {
                yield return Interval(index.Open(before), index.Reach(after), after - before);
            }

            begin = end;
        }
    }

    /// <summary>What is counted for the years from one instant to another, and maybe more.</summary>
    private CalendarIndex Cover(DateTimeOffset from, DateTimeOffset to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, Earliest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, Latest);
        return Cover(from.UtcTicks, to.UtcTicks);
    }

    private CalendarIndex Cover(long from, long to)
    {
        var index = _index;
        return index is not null && index.From <= from && index.To >= to ? index : Grow(from, to);
    }

    private CalendarIndex Grow(long from, long to)
    {
        lock (_growing)
        {
            var index = _index;
            if (index is not null && index.From <= from && index.To >= to)
            {
                return index;
            }

            var first = new DateTime(Math.Min(from, LatestTicks - 1)).Year;
            var last = Math.Min(new DateTime(to).Year + 1, Latest.Year - 1);
            if (index is not null)
            {
                // Growing by a share of what there is keeps the whole cost of growing within a few times the last.
                var share = (index.LastYear - index.FirstYear + 1) / 2;
                first = first < index.FirstYear ? Math.Max(Earliest.Year, Math.Min(first, index.FirstYear - share)) : index.FirstYear;
                last = last > index.LastYear ? Math.Min(Latest.Year - 1, Math.Max(last, index.LastYear + share)) : index.LastYear;
            }

            return _index = new CalendarIndex(this, first, last);
        }
    }

    private static CountedInterval Interval(long from, long to, long counted) =>
        new(new DateTimeOffset(from, TimeSpan.Zero), new DateTimeOffset(to, TimeSpan.Zero), TimeSpan.FromTicks(counted));

    private static Refused? FaultOf(DateTimeOffset start, Target target)
    {
        if (start < Earliest || start >= Latest)
        {
            return new Refused("calendar.outOfRange", $"{start:O} is not between the years {Earliest.Year} and {Latest.Year}.", "start");
        }

        var isNegative = target switch
        {
            Target.WorkingTime time => time.Length < TimeSpan.Zero,
            Target.WorkingDayCount days => days.Days < 0,
            Target.CalendarDayCount days => days.Days < 0,
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "There is no such measure."),
        };
        if (isNegative)
        {
            return new Refused("calendar.negativeTarget", "A target is zero or more: nothing is due before it starts.", "target");
        }

        var isTooLong = target switch
        {
            Target.WorkingTime time => time.Length > MostTime,
            Target.WorkingDayCount days => days.Days > MostDays,
            Target.CalendarDayCount days => days.Days > MostDays,
            _ => false,
        };
        return isTooLong ? TooFar : null;
    }

    private static Refused NoWork(long from) => new(
        "calendar.noWorkingTime",
        $"The calendar has no working time in the ten years from {new DateTime(from):yyyy-MM-dd} on. Give it hours, or fewer holidays.",
        "calendar");

    private static WorkCalendar AroundTheClock()
    {
        var day = new DayHours([new Opening(0, TimeSpan.TicksPerDay)]);
        return new WorkCalendar(
            DateTimeZone.Utc,
            [new CalendarVersion(0, [day, day, day, day, day, day, day], [], [], FrozenDictionary<int, DayHours>.Empty)]);
    }
}
