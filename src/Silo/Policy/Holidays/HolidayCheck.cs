using Escalation.Grains.Calendars;
using Escalation.Grains.Calendars.Holidays;

namespace Escalation.Silo.Policy.Holidays;

/// <summary>How a date that a file expects something of came out.</summary>
internal enum HolidayVerdict
{
    Matched,

    /// <summary>Missing, because the rule of that name could not be applied; or of a region that the rules do not have.</summary>
    NotSupported,
    Wrong,
}

/// <summary>
/// Compares the dates that files expect with working time: a holiday is a date on which a calendar that is otherwise open
/// day and night has none.
/// </summary>
internal sealed class HolidayCheck(HolidayRules rules)
{
    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly IReadOnlyList<OpeningText> AllDay = [new OpeningText("00:00", "24:00")];

    private readonly Dictionary<(string Regions, int Year, bool Observed, bool Informal), (HolidayList List, WorkCalendar Calendar)> _years = [];

    /// <summary>How one date of an expectation comes out, and what is off that day.</summary>
    public (HolidayVerdict Verdict, string Found) Ask(HolidayExpectation expected, DateOnly date)
    {
        var (list, calendar) = YearOf(expected, date.Year);
        var midnight = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        var isOff = calendar.Worked(midnight, midnight.AddDays(1)) == TimeSpan.Zero;
        var names = list.Days.Where(day => day.Date == date).Select(day => day.Name).ToList();
        var found = isOff ? string.Join(", ", names) : "working time";
        if (isOff == expected.IsHoliday && (!isOff || expected.Name is null || names.Contains(expected.Name)))
        {
            return (HolidayVerdict.Matched, found);
        }

        var isMissing = expected.IsHoliday &&
            (list.LeftOut.Any(left => left.Rule.Name == expected.Name) || !expected.Regions.Any(rules.Has));
        return (isMissing ? HolidayVerdict.NotSupported : HolidayVerdict.Wrong, found);
    }

    private (HolidayList List, WorkCalendar Calendar) YearOf(HolidayExpectation expected, int year)
    {
        var key = (string.Join(',', expected.Regions), year, expected.Observed, expected.Informal);
        if (_years.TryGetValue(key, out var known))
        {
            return known;
        }

        var list = rules.Of(new HolidayQuery(expected.Regions, year, year) { Observed = expected.Observed, Informal = expected.Informal });
        var text = new CalendarText
        {
            Base = new CalendarVersionText { Hours = Weekdays.ToDictionary(day => day, _ => AllDay), Holidays = list.Dates },
        };
        return _years[key] = WorkCalendar.TryRead(text, out var calendar, out var faults)
            ? (list, calendar)
            : throw new InvalidOperationException($"Holidays are no calendar: {string.Join("; ", faults)}");
    }
}
