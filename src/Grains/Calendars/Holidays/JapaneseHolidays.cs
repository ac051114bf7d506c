namespace Escalation.Grains.Calendars.Holidays;

/// <summary>What Japan's rules need beside weekdays: the equinoxes, and days off for holidays on Sundays.</summary>
/// <param name="isFixed">Is this day of a month a holiday?</param>
internal sealed class JapaneseHolidays(Func<DateOnly, bool> isFixed)
{
    /// <summary>The equinoxes are reckoned for these years; further ones are decided by observation.</summary>
    public static bool KnowsEquinox(int year) => year is >= 1900 and <= 2150;

    public static DateOnly VernalEquinox(int year) =>
        Equinox(year, 3, year switch { < 1980 => 20.8357, < 2100 => 20.8431, _ => 21.8510 });

    public static DateOnly AutumnalEquinox(int year) =>
        Equinox(year, 9, year switch { < 1980 => 23.2588, < 2100 => 23.2488, _ => 24.2488 });

    /// <summary>A day between two holidays is one: the Tuesday before an equinox on a Wednesday.</summary>
    public static DateOnly? CitizensHoliday(int year) =>
        AutumnalEquinox(year) is { DayOfWeek: DayOfWeek.Wednesday } equinox ? equinox.AddDays(-1) : null;

    /// <summary>The day off for a holiday on a Sunday: the next that is neither Sunday nor a holiday.</summary>
    public DateOnly? Substitute(DateOnly holiday)
    {
        if (holiday.DayOfWeek != DayOfWeek.Sunday)
        {
            return null;
        }

        var day = holiday.AddDays(1);
        while (day.DayOfWeek == DayOfWeek.Sunday || isFixed(day))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    /// <summary>The sun is back 0.242194 days later each year, less the leap days.</summary>
    private static DateOnly Equinox(int year, int month, double dayIn1980) => new(
        year, month, (int)Math.Floor(dayIn1980 + (0.242194 * (year - 1980)) - Math.Floor((year - 1980) / 4.0)));
}
