using static System.DayOfWeek;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>Steps from a day to a weekday near it.</summary>
internal static class Days
{
    /// <summary>The n-th weekday of a month, from its end when negative; null when the month has none such.</summary>
    public static DateOnly? Nth(int year, int month, int week, DayOfWeek weekday)
    {
        var last = DateTime.DaysInMonth(year, month);
        var date = week > 0
            ? new DateOnly(year, month, 1).On(weekday).AddDays(7 * (week - 1))
            : new DateOnly(year, month, last).Back(weekday).AddDays(7 * (week + 1));
        return date.Month == month ? date : null;
    }

    /// <summary>That weekday, on this day or after.</summary>
    public static DateOnly On(this DateOnly date, DayOfWeek weekday) => date.AddDays((weekday - date.DayOfWeek + 7) % 7);

    /// <summary>That weekday, on this day or before.</summary>
    public static DateOnly Back(this DateOnly date, DayOfWeek weekday) => date.AddDays(-((date.DayOfWeek - weekday + 7) % 7));

    /// <summary>Moves by so many days on some weekdays, and else not at all.</summary>
    public static DateOnly Moved(this DateOnly date, params ReadOnlySpan<(DayOfWeek On, int By)> moves)
    {
        foreach (var (on, by) in moves)
        {
            if (date.DayOfWeek == on)
            {
                return date.AddDays(by);
            }
        }

        return date;
    }

    /// <summary>Sunday to Monday.</summary>
    public static DateOnly OffSunday(this DateOnly date) => date.Moved((Sunday, 1));

    /// <summary>Saturday and Sunday to Monday.</summary>
    public static DateOnly ToMonday(this DateOnly date) => date.Moved((Saturday, 2), (Sunday, 1));

    /// <summary>From the weekend by two days: to Monday or Tuesday, where Monday makes up for the day before already.</summary>
    public static DateOnly PastWeekend(this DateOnly date) => date.Moved((Saturday, 2), (Sunday, 2));

    /// <summary>The same; and Monday, to which the Sunday before it moved, to Tuesday.</summary>
    public static DateOnly PastBoxingWeekend(this DateOnly date) => date.Moved((Saturday, 2), (Sunday, 2), (Monday, 1));
}
