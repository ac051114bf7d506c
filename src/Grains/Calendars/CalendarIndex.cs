namespace Escalation.Grains.Calendars;

/// <summary>
/// Working time summed up over some years of a calendar, so that a question costs two searches however far it reaches.
/// Immutable. Time is counted on the wall clock, day by day, and joined over the zone's spans of constant offset: within
/// a span both run alike, and between spans the wall clock jumps while the count does not.
/// </summary>
internal sealed class CalendarIndex
{
    private const long Day = TimeSpan.TicksPerDay;

    private readonly ZoneSpans _zone;

    // By wall clock days.
    private readonly int _firstDay;
    private readonly DayHours[] _hours;
    private readonly long[] _workedBefore;
    private readonly int[] _workingDaysBefore;

    // By spans of constant offset; the first begins with the index.
    private readonly int _firstSpan;
    private readonly long[] _spanWorked;
    private readonly long[] _spanLocalWorked;

    public CalendarIndex(WorkCalendar calendar, int firstYear, int lastYear)
    {
        _zone = calendar.Zone;
        (FirstYear, LastYear) = (firstYear, lastYear);
        (From, To) = (new DateTime(firstYear, 1, 1).Ticks, new DateTime(lastYear + 1, 1, 1).Ticks);

        _firstDay = (int)((From - ZoneSpans.Margin) / Day);
        var days = (int)((To + ZoneSpans.Margin) / Day) - _firstDay + 1;
        _hours = new DayHours[days];
        _workedBefore = new long[days + 1];
        calendar.FillHours(_firstDay, _hours);
        for (var i = 0; i < days; i++)
        {
            _workedBefore[i + 1] = _workedBefore[i] + _hours[i].Total;
        }

        _workingDaysBefore = CountWorkingDays();

        _firstSpan = _zone.At(From);
        var spans = _zone.At(To - 1) - _firstSpan + 1;
        _spanWorked = new long[spans + 1];
        _spanLocalWorked = new long[spans];
        for (var i = 0; i < spans; i++)
        {
            var offset = _zone.OffsetOf(_firstSpan + i);
            _spanLocalWorked[i] = LocalWorkedBy(StartOf(i) + offset);
            _spanWorked[i + 1] = _spanWorked[i] + LocalWorkedBy(EndOf(i) + offset) - _spanLocalWorked[i];
        }
    }

    public int FirstYear { get; }

    public int LastYear { get; }

    /// <summary>The first instant that is covered.</summary>
    public long From { get; }

    /// <summary>The instant at which the index ends.</summary>
    public long To { get; }

    /// <summary>Ticks worked from the beginning of the index to its end.</summary>
    public long Total => _spanWorked[^1];

    /// <summary>Ticks worked from the beginning of the index to an instant in it.</summary>
    public long WorkedBy(long instant)
    {
        var span = _zone.At(instant);
        var i = Math.Clamp(span - _firstSpan, 0, _spanLocalWorked.Length - 1);
        return _spanWorked[i] + LocalWorkedBy(instant + _zone.OffsetOf(_firstSpan + i)) - _spanLocalWorked[i];
    }

    /// <summary>The first instant by which so much is worked; more than nothing, at most <see cref="Total"/>.</summary>
    public long Reach(long worked)
    {
        var i = LastBelow(_spanWorked, 0, _spanLocalWorked.Length, worked);
        var local = _spanLocalWorked[i] + worked - _spanWorked[i];
        var day = LastBelow(_workedBefore, DayIn(i), _hours.Length, local);
        return ToInstant(i, day, _hours[day].Reach(local - _workedBefore[day]));
    }

    /// <summary>The last instant by which no more than so much is worked: there work begins or goes on. Less than <see cref="Total"/>.</summary>
    public long Open(long worked)
    {
        var i = LastBelow(_spanWorked, 0, _spanLocalWorked.Length, worked + 1);
        var local = _spanLocalWorked[i] + worked - _spanWorked[i];
        var day = LastBelow(_workedBefore, DayIn(i), _hours.Length, local + 1);
        return ToInstant(i, day, _hours[day].Open(local - _workedBefore[day]));
    }

    /// <summary>Number of the n-th working day after a day, or null when the index ends before.</summary>
    public int? WorkingDayAfter(int day, int count)
    {
        var wanted = (long)_workingDaysBefore[day - _firstDay + 1] + count;
        if (wanted > WorkingDaysBy(To))
        {
            return null;
        }

        var (low, high) = (day - _firstDay, _hours.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _workingDaysBefore[middle + 1] >= wanted ? (low, middle) : (middle + 1, high);
        }

        return _firstDay + low;
    }

    /// <summary>Working days of the index before the wall clock's day at an instant.</summary>
    public int WorkingDaysBy(long instant) => _workingDaysBefore[(int)(instant / Day) - _firstDay];

    /// <summary>Every stretch of work between two instants of the index, those that touch joined.</summary>
    public IEnumerable<(long From, long To)> Stretches(long from, long to)
    {
        (long From, long To) stretch = (from, from);
        foreach (var next in Openings(from, to))
        {
            if (next.From == stretch.To)
            {
                stretch.To = next.To;
                continue;
            }

            if (stretch.To > stretch.From)
            {
                yield return stretch;
            }

            stretch = next;
        }

        if (stretch.To > stretch.From)
        {
            yield return stretch;
        }
    }

    private IEnumerable<(long From, long To)> Openings(long from, long to)
    {
        for (var span = _zone.At(from); span < _zone.Count && _zone.StartOf(span) < to; span++)
        {
            var offset = _zone.OffsetOf(span);
            var begin = Math.Max(from, _zone.StartOf(span)) + offset;
            var end = Math.Min(to, _zone.EndOf(span)) + offset;
            for (var day = begin / Day; day * Day < end; day++)
            {
                var hours = _hours[day - _firstDay];
                for (var i = 0; i < hours.Openings.Length; i++)
                {
                    var opens = Math.Max(begin, (day * Day) + hours.Openings[i].From);
                    var closes = Math.Min(end, (day * Day) + hours.Openings[i].To);
                    if (opens < closes)
                    {
                        yield return (opens - offset, closes - offset);
                    }
                }
            }
        }
    }

    /// <summary>A day works when clocks show some of its hours: one that the zone skipped does not.</summary>
    private int[] CountWorkingDays()
    {
        var skipped = SkippedDays();
        var before = new int[_hours.Length + 1];
        for (var i = 0; i < _hours.Length; i++)
        {
            before[i + 1] = before[i] + (_hours[i].Total > 0 && !skipped.Contains(i) ? 1 : 0);
        }

        return before;
    }

    /// <summary>Days whose openings all fell into a jump of the wall clock.</summary>
    private HashSet<int> SkippedDays()
    {
        var skipped = new HashSet<int>();
        for (var span = _zone.At(From - Day) + 1; span < _zone.Count && _zone.StartOf(span) < To + Day; span++)
        {
            var begin = _zone.StartOf(span) + _zone.OffsetOf(span - 1);
            var end = _zone.StartOf(span) + _zone.OffsetOf(span);
            for (var day = begin / Day; day * Day < end; day++)
            {
                var lost = Math.Max(begin, day * Day);
                var rest = Math.Min(end, (day + 1) * Day);
                var hours = _hours[day - _firstDay];
                if (hours.Total > 0 && hours.WorkedBy(rest - (day * Day)) - hours.WorkedBy(lost - (day * Day)) == hours.Total)
                {
                    skipped.Add((int)(day - _firstDay));
                }
            }
        }

        return skipped;
    }

    private long StartOf(int i) => Math.Max(From, _zone.StartOf(_firstSpan + i));

    private long EndOf(int i) => Math.Min(To, _zone.EndOf(_firstSpan + i));

    /// <summary>Ticks worked by a wall clock time, as if the wall clock had never jumped.</summary>
    private long LocalWorkedBy(long local)
    {
        var day = (int)(local / Day) - _firstDay;
        return _workedBefore[day] + _hours[day].WorkedBy(local % Day);
    }

    private int DayIn(int i) => (int)((StartOf(i) + _zone.OffsetOf(_firstSpan + i)) / Day) - _firstDay;

    private long ToInstant(int i, int day, long time) => ((_firstDay + day) * Day) + time - _zone.OffsetOf(_firstSpan + i);

    /// <summary>
    /// The last place from <paramref name="low"/> on, and before <paramref name="end"/>, at which an ascending sum is still
    /// below a value; <paramref name="low"/> when there is none. Doubles its steps, as most answers are near.
    /// </summary>
    private static int LastBelow(long[] sums, int low, int end, long value)
    {
        var step = 1;
        while (low + step < end && sums[low + step] < value)
        {
            low += step;
            step *= 2;
        }

        var high = Math.Min(low + step, end);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = sums[middle] < value ? (middle, high) : (low, middle);
        }

        return low;
    }
}
