namespace Escalation.Grains.Calendars.Holidays;

/// <summary>Easter Sunday, by both reckonings, as a date of today's calendar.</summary>
internal static class Easter
{
    /// <summary>Of the western churches. The anonymous Gregorian computus, with its letters.</summary>
    public static DateOnly Western(int year)
    {
        var a = year % 19;
        var (b, c) = Math.DivRem(year, 100);
        var (d, e) = Math.DivRem(b, 4);
        var g = ((8 * b) + 13) / 25;
        var h = ((19 * a) + b - d - g + 15) % 30;
        var (i, k) = Math.DivRem(c, 4);
        var l = (32 + (2 * e) + (2 * i) - h - k) % 7;
        var m = (a + (11 * h) + (19 * l)) / 433;
        return new DateOnly(year, 3, 22).AddDays(h + l - (7 * m));
    }

    /// <summary>Of the Orthodox churches: reckoned in the Julian calendar, which falls behind three days in four centuries.</summary>
    public static DateOnly Orthodox(int year)
    {
        var fullMoon = ((19 * (year % 19)) + 15) % 30;
        var toSunday = ((2 * (year % 4)) + (4 * (year % 7)) - fullMoon + 34) % 7;
        return new DateOnly(year, 3, 22).AddDays(fullMoon + toSunday + (year / 100) - (year / 400) - 2);
    }
}
