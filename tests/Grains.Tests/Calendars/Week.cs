using System.Globalization;
using Escalation.Grains.Calendars;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>Calendars written shortly: <c>mon-fri 09:00-12:00,13:00-17:00; sat 10:00-12:00</c>.</summary>
internal static class Week
{
    public const string Office = "mon-fri 09:00-17:00";
    public const string Always = "mon-sun 00:00-24:00";

    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static WorkCalendar Calendar(
        string zone, string week, string holidays = "", string recurring = "", params (string Day, string Openings)[] special) =>
        Read(Text(zone, week, holidays, recurring, special));

    public static CalendarText Text(
        string zone, string week, string holidays = "", string recurring = "", params (string Day, string Openings)[] special) =>
        new() { TimeZone = zone, Base = Version("", week, holidays, recurring, special) };

    public static CalendarVersionText Version(
        string from, string week, string holidays = "", string recurring = "", params (string Day, string Openings)[] special) => new()
        {
            From = from,
            Hours = Hours(week),
            Holidays = Split(holidays),
            RecurringHolidays = Split(recurring),
            SpecialDays = special.ToDictionary(day => day.Day, day => Openings(day.Openings)),
        };

    public static WorkCalendar Read(CalendarText text)
    {
        Assert.True(WorkCalendar.TryRead(text, out var calendar, out var faults), string.Join("; ", faults));
        return calendar;
    }

    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static Dictionary<string, IReadOnlyList<OpeningText>> Hours(string week)
    {
        var hours = new Dictionary<string, IReadOnlyList<OpeningText>>();
        foreach (var part in week.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (days, openings) = (part.Split(' ')[0].Split('-'), part.Split(' ')[1]);
            for (var i = Array.IndexOf(Days, days[0]); i <= Array.IndexOf(Days, days[^1]); i++)
            {
                hours.Add(Days[i], Openings(openings));
            }
        }

        return hours;
    }

    private static IReadOnlyList<OpeningText> Openings(string text) =>
        [.. Split(text).Select(opening => new OpeningText(opening.Split('-')[0], opening.Split('-')[1]))];

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
