using System.Collections.Frozen;

namespace Escalation.Grains.Calendars;

/// <summary>Hours and holidays that hold from a day on, until the next version's day.</summary>
/// <param name="FromDay">Number of the first day on which it holds.</param>
/// <param name="Week">Openings by day of the week, Sunday first.</param>
/// <param name="Holidays">Numbers of days on which nobody works.</param>
/// <param name="RecurringHolidays">Month and day, as month times 100 plus day, on which nobody works in any year.</param>
/// <param name="SpecialDays">Days with their own hours, which are stronger than holidays and weekdays.</param>
internal sealed record CalendarVersion(
    int FromDay,
    IReadOnlyList<DayHours> Week,
    FrozenSet<int> Holidays,
    FrozenSet<int> RecurringHolidays,
    FrozenDictionary<int, DayHours> SpecialDays)
{
    public bool EverWorks => Week.Any(day => day.Total > 0) || SpecialDays.Values.Any(day => day.Total > 0);

    public DayHours HoursOf(int day)
    {
        if (SpecialDays.Count > 0 && SpecialDays.TryGetValue(day, out var special))
        {
            return special;
        }

        // Day 0 of the common era's calendar is a Monday.
        var hours = Week[(day + 1) % 7];
        return hours.Total == 0 || IsHoliday(day) ? DayHours.Closed : hours;
    }

    private bool IsHoliday(int day)
    {
        if (Holidays.Contains(day))
        {
            return true;
        }

        if (RecurringHolidays.Count == 0)
        {
            return false;
        }

        var date = DateOnly.FromDayNumber(day);
        return RecurringHolidays.Contains((date.Month * 100) + date.Day);
    }
}
