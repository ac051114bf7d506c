using System.Globalization;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>Days of the lunar calendars of East Asia.</summary>
internal static class LunarCalendar
{
    private static readonly EastAsianLunisolarCalendar Chinese = new ChineseLunisolarCalendar();
    private static readonly EastAsianLunisolarCalendar Korean = new KoreanLunisolarCalendar();

    /// <summary>The calendar that a country goes by; null when it is not known here, as Vietnam's, which differs by a day or a month.</summary>
    public static EastAsianLunisolarCalendar? Of(string region) => region.Split('_')[0] switch
    {
        "cn" or "hk" or "mo" or "tw" or "sg" or "my" => Chinese,
        "kr" => Korean,
        _ => null,
    };

    /// <summary>Does the calendar reach to the lunar year that begins in <paramref name="year"/>?</summary>
    public static bool Reaches(this EastAsianLunisolarCalendar calendar, int year) =>
        year > calendar.MinSupportedDateTime.Year && year < calendar.MaxSupportedDateTime.Year;

    /// <summary>
    /// A day of a lunar month; of the first, where the month comes twice. The 30th of a month that has 29 days is its last:
    /// it stands for the eve of the next.
    /// </summary>
    public static DateOnly Day(this EastAsianLunisolarCalendar calendar, int year, int month, int day)
    {
        var leap = calendar.GetLeapMonth(year);
        var place = leap > 0 && month >= leap ? month + 1 : month;
        return DateOnly.FromDateTime(calendar.ToDateTime(year, place, Math.Min(day, calendar.GetDaysInMonth(year, place)), 0, 0, 0, 0));
    }
}
