namespace Escalation.Grains.Calendars;

/// <summary>An opening within a day, as times on the clock; the end may be 24:00 and does not belong to it.</summary>
internal readonly record struct Opening(long From, long To);

/// <summary>The openings of one kind of day, in order, with the time worked before each.</summary>
internal sealed class DayHours
{
    private readonly Opening[] _openings;
    private readonly long[] _before;

    /// <param name="openings">Not overlapping, none of them empty.</param>
    public DayHours(IEnumerable<Opening> openings)
    {
        _openings = Joined(openings);
        _before = new long[_openings.Length];
        foreach (var (i, opening) in _openings.Index())
        {
            _before[i] = Total;
            Total += opening.To - opening.From;
        }
    }

    public static DayHours Closed { get; } = new([]);

    public ReadOnlySpan<Opening> Openings => _openings;

    /// <summary>Ticks worked on such a day.</summary>
    public long Total { get; }

    /// <summary>Ticks worked by this time of day.</summary>
    public long WorkedBy(long time)
    {
        for (var i = _openings.Length - 1; i >= 0; i--)
        {
            if (time > _openings[i].From)
            {
                return _before[i] + Math.Min(time, _openings[i].To) - _openings[i].From;
            }
        }

        return 0;
    }

    /// <summary>The first time of day by which so much is worked; more than nothing, at most <see cref="Total"/>.</summary>
    public long Reach(long worked)
    {
        var i = _openings.Length - 1;
        while (_before[i] >= worked)
        {
            i--;
        }

        return _openings[i].From + worked - _before[i];
    }

    /// <summary>The last time of day by which no more than so much is worked; less than <see cref="Total"/>.</summary>
    public long Open(long worked)
    {
        var i = _openings.Length - 1;
        while (_before[i] > worked)
        {
            i--;
        }

        return _openings[i].From + worked - _before[i];
    }

    private static Opening[] Joined(IEnumerable<Opening> openings)
    {
        var joined = new List<Opening>();
        foreach (var opening in openings.OrderBy(opening => opening.From))
        {
            if (joined.Count > 0 && joined[^1].To >= opening.From)
            {
                joined[^1] = joined[^1] with { To = Math.Max(joined[^1].To, opening.To) };
            }
            else
            {
                joined.Add(opening);
            }
        }

        return [.. joined];
    }
}
