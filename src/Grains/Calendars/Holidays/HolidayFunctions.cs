using System.Collections.Frozen;
using static System.DayOfWeek;
using static Escalation.Grains.Calendars.Holidays.Days;
using static Escalation.Grains.Calendars.Holidays.HolidayFunction;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>
/// The functions that holiday rules name. Some are known by name to every file. Others a file defines itself, as Ruby,
/// which is not run: a table of years is read as it stands, and any other is known by its text, whatever its name is.
/// A text that is not known is not guessed at.
/// </summary>
internal sealed class HolidayFunctions
{
    private static readonly FrozenDictionary<string, HolidayFunction> WellKnown = new Dictionary<string, HolidayFunction>
    {
        ["easter"] = OfYear(year => Easter.Western(year)),
        ["orthodox_easter"] = OfYear(year => Easter.Orthodox(year)),
        ["to_monday_if_sunday"] = OfDate(Days.OffSunday),
        ["to_monday_if_weekend"] = OfDate(Days.ToMonday),
        ["to_weekday_if_weekend"] = OfDate(date => date.Moved((Saturday, -1), (Sunday, 1))),
        ["to_weekday_if_boxing_weekend"] = OfDate(Days.PastBoxingWeekend),
        ["to_tuesday_if_sunday_or_monday_if_saturday"] = OfDate(Days.PastWeekend),
        ["to_weekday_if_boxing_weekend_from_year"] = OfYear(year => new DateOnly(year, 12, 26).PastWeekend()),
        ["to_weekday_if_boxing_weekend_from_year_or_to_tuesday_if_monday"] =
            OfYear(year => new DateOnly(year, 12, 26).PastBoxingWeekend()),
        ["to_previous_day_if_leap_year"] = OfDate(date => DateTime.IsLeapYear(date.Year) ? date.AddDays(-1) : date),

        // Hong Kong works on Saturdays: the days after one that moves off a Sunday.
        ["to_the_weekday_after"] = OfDate(date => date.OffSunday().AddDays(1).OffSunday()),
        ["to_the_second_weekday_after"] = OfDate(date => date.OffSunday().AddDays(1).OffSunday().AddDays(1).OffSunday()),
    }.ToFrozenDictionary();

    private readonly IReadOnlyDictionary<string, string> _sources;
    private readonly FrozenDictionary<string, HolidayFunction> _byText;

    /// <param name="sources">The functions that the file defines, by name.</param>
    /// <param name="isFixed">Is this day of a month a holiday of the file?</param>
    public HolidayFunctions(IReadOnlyDictionary<string, string> sources, Func<DateOnly, bool> isFixed)
    {
        _sources = sources;
        _byText = Known(new JapaneseHolidays(isFixed)).ToFrozenDictionary();
    }

    /// <summary>The function of that name; null when it is not known.</summary>
    /// <param name="name">Its name, without arguments.</param>
    /// <param name="regions">Of the rule that names it.</param>
    public HolidayFunction? Find(string name, IReadOnlyList<string> regions)
    {
        if (_sources.ContainsKey(name))
        {
            var text = FunctionText.Of(name, _sources);
            return text.Table is { } table ? OfTable(table, text) : _byText.GetValueOrDefault(text.Print);
        }

        return name == "lunar_to_solar" ? Lunar(regions) : WellKnown.GetValueOrDefault(name);
    }

    private HolidayFunction? OfTable(FrozenDictionary<int, DateOnly> table, FunctionText text)
    {
        if (text.Otherwise is null)
        {
            return new HolidayFunction(call => table[call.Year]) { Knows = table.ContainsKey };
        }

        return _byText.TryGetValue(FunctionText.PrintOf(text.Otherwise), out var otherwise)
            ? new HolidayFunction(call => table.TryGetValue(call.Year, out var date) ? date : otherwise.Compute(call))
            : null;
    }

    private static HolidayFunction? Lunar(IReadOnlyList<string> regions)
    {
        var calendars = regions.Select(LunarCalendar.Of).Distinct().ToList();
        return calendars is [{ } calendar]
            ? new HolidayFunction(call => calendar.Day(call.Year, call.Month, call.Day!.Value)) { NeedsDay = true, Knows = calendar.Reaches }
            : null;
    }

    /// <summary>By the print of their text (<see cref="FunctionText"/>).</summary>
    private static Dictionary<string, HolidayFunction> Known(JapaneseHolidays japan) => new()
    {
        // The United States
        ["037dee23f407"] = OfYear(year => Nth(year, 11, 4, Thursday)!.Value.AddDays(1)),
        ["288e3cab8207"] = OfYear(ElectionDay),
        ["e3f64bcf08b5"] = OfYear(year => year % 2 == 0 ? ElectionDay(year) : null),
        ["c939ce959f98"] = new(call => call.Year % 4 == 1 ? new DateOnly(call.Year, call.Month, 20) : null),
        ["290677c5a164"] = OfDate(date => date.Moved((Saturday, -1), (Sunday, -2))),
        ["d1f91e1b6070"] = new(call => new DateOnly(call.Year, call.Month, 26).Back(Monday)),
        ["e0319a2d0ff2"] = new(call => Nth(call.Year, call.Month, 3, Monday)!.Value.Back(Friday)),

        // Canada
        ["ad2b3c704b21"] = OfYear(year => new DateOnly(year, 5, 24).Back(Monday)),

        // Germany: the Wednesday before 23 November
        ["11caba1bddf4"] = OfYear(year => new DateOnly(year, 11, 22).Back(Wednesday)),

        // Switzerland
        ["a7675d7aa1f4"] = OfYear(year => Nth(year, 9, 1, Sunday)!.Value.AddDays(15)),
        ["ec8e34a004b8"] = OfYear(year => Nth(year, 9, 1, Sunday)!.Value.AddDays(4)),
        ["6eca465ff5a3"] = OfYear(NaefelserFahrt),
        ["9037b2ebe232"] = OfYear(year => Nth(year, 11, 1, Monday)!.Value.AddDays(21)),

        // Finland, Sweden, Iceland
        ["05f680f82fab"] = OfYear(year => new DateOnly(year, 6, 19).On(Friday)),
        ["a7e848f21d62"] = OfYear(year => new DateOnly(year, 6, 20).On(Saturday)),
        ["f5e425ac0174"] = OfYear(year => new DateOnly(year, 10, 31).On(Saturday)),
        ["93bd9dc88d47"] = OfYear(year => new DateOnly(year, 4, 19).On(Thursday)),

        // Argentina, Chile, Colombia
        ["1e49a67faca6"] = OfDate(date => date.Moved((Tuesday, -1), (Wednesday, -2), (Thursday, 4), (Friday, 3))),
        ["49da7d756115"] = OfYear(year => ToChileanMonday(new DateOnly(year, 6, 29))),
        ["afeb0b3a2475"] = OfYear(year => ToChileanMonday(new DateOnly(year, 10, 12))),
        ["2301f6cd0196"] = OfYear(year => new DateOnly(year, 10, 31).Moved((Tuesday, -4), (Wednesday, 2))),
        ["95282d5a867f"] = OfDate(date => date.On(Monday)),
        ["2ba9d1c76db0"] = OfYear(year => new DateOnly(year, 1, 6).On(Monday)),
        ["f01126bc8066"] = OfYear(year => new DateOnly(year, 3, 19).On(Monday)),
        ["249d232d43a8"] = OfYear(year => new DateOnly(year, 6, 29).On(Monday)),
        ["50782413233c"] = OfYear(year => new DateOnly(year, 8, 15).On(Monday)),
        ["7d83099d1289"] = OfYear(year => new DateOnly(year, 10, 12).On(Monday)),
        ["a6d40eb63e75"] = OfYear(year => new DateOnly(year, 11, 1).On(Monday)),
        ["8ebc6d5783e2"] = OfYear(year => new DateOnly(year, 11, 11).On(Monday)),

        // Australia
        ["7eacd2cc647d"] = OfYear(year => Nth(year, 9, -1, Friday)),
        ["dd4083656458"] = OfYear(year => Nth(year, 10, 1, Monday)),
        ["d31c0d4368a9"] = OfYear(year => Nth(year, 6, 2, Monday)),
        ["65c55035d277"] = OfYear(year => Nth(year, 5, 1, Monday)),
        ["62e5bb3c2545"] = OfYear(year => Nth(year, 10, 4, Saturday)!.Value.AddDays(-2)),
        ["f100a74e96a8"] = OfYear(year => Nth(year, 3, 2, Monday)),
        ["f196e4658c04"] = OfYear(year => Nth(year, 5, 3, Monday)),
        ["06a486cd13ab"] = OfYear(year => new DateOnly(year, 8, 5).On(Friday).AddDays(5)),
        ["5dbaff9c83f1"] = OfDate(date => date.On(Monday)),

        // New Zealand
        ["e35b64174797"] = OfDate(date => date.AddDays(-3).On(Monday)),
        ["4c6ba7457f23"] = OfDate(date => date.AddDays(-3)),
        ["59a9d3186c9b"] = OfDate(date => date.AddDays(7)),

        // The Philippines. The text says 1 September when August ends on a Sunday; the law, and this, the last Monday of August.
        ["8c54ab5d3cba"] = OfYear(year => Nth(year, 8, -1, Monday)),

        // Japan
        ["8581dd58dfa8"] = OfYear(year => JapaneseHolidays.VernalEquinox(year)) with { Knows = JapaneseHolidays.KnowsEquinox },
        ["0d93c1381e17"] = OfYear(year => JapaneseHolidays.AutumnalEquinox(year)) with { Knows = JapaneseHolidays.KnowsEquinox },
        ["017ff27d61b1"] = OfYear(JapaneseHolidays.CitizensHoliday) with { Knows = JapaneseHolidays.KnowsEquinox },
        ["86d75bc73d31"] = OfYear(year => new DateOnly(year, 8, 11)),
        ["a29f3ab6e5e3"] = new(call => call.Date is { } date ? japan.Substitute(date) : null) { NeedsDay = true },
        ["0d13e5312d68"] = OfYear(year => japan.Substitute(JapaneseHolidays.VernalEquinox(year))) with { Knows = JapaneseHolidays.KnowsEquinox },
        ["35b4ffac240d"] = OfYear(year => japan.Substitute(JapaneseHolidays.AutumnalEquinox(year))) with { Knows = JapaneseHolidays.KnowsEquinox },
        ["f983c3e2c685"] = OfYear(year => japan.Substitute(new DateOnly(year, 8, 11))),

        // These would make up for holidays that always are Mondays: there is never anything to make up for.
        ["37d3e7c5564c"] = OfYear(_ => null),
        ["d0116c12e193"] = OfYear(_ => null),
        ["fb98034da159"] = OfYear(_ => null),
    };

    /// <summary>The Tuesday after the first Monday of November.</summary>
    private static DateOnly? ElectionDay(int year) => Nth(year, 11, 1, Monday)!.Value.AddDays(1);

    private static DateOnly ToChileanMonday(DateOnly date) =>
        date.Moved((Tuesday, -1), (Wednesday, -2), (Thursday, -3), (Friday, 3));

    /// <summary>The first Thursday of April, or the next when that is Maundy Thursday.</summary>
    private static DateOnly? NaefelserFahrt(int year)
    {
        var thursday = Nth(year, 4, 1, Thursday)!.Value;
        return thursday == Easter.Western(year).AddDays(-3) ? thursday.AddDays(7) : thursday;
    }
}
