using System.Globalization;
using Escalation.Grains.Calendars;
using NodaTime;

namespace Escalation.Bench;

/// <summary>The plain way to a due instant: one day after the other, its openings turned into instants. The peer of the benchmark.</summary>
internal sealed class DayWalk
{
    private readonly DateTimeZone _zone;
    private readonly (TimeSpan From, TimeSpan To)[][] _week = new (TimeSpan, TimeSpan)[7][];
    private readonly HashSet<LocalDate> _holidays;
    private readonly HashSet<AnnualDate> _recurring;
    private readonly Dictionary<LocalDate, (TimeSpan From, TimeSpan To)[]> _special;

    public DayWalk(CalendarText text)
    {
        string[] names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        _zone = DateTimeZoneProviders.Tzdb[text.TimeZone];
        for (var i = 0; i < 7; i++)
        {
            var today = Openings(text.Base.Hours.GetValueOrDefault(names[i], []));
            var yesterday = Openings(text.Base.Hours.GetValueOrDefault(names[(i + 6) % 7], []));
            _week[i] =
            [
                .. yesterday.Where(opening => opening.To < opening.From).Select(opening => (TimeSpan.Zero, opening.To)),
                .. today.Select(opening => opening.To < opening.From ? (opening.From, TimeSpan.FromDays(1)) : opening),
            ];
        }

        _holidays = [.. text.Base.Holidays.Select(Date)];
        _recurring = [.. text.Base.RecurringHolidays.Select(day => Date($"2000-{day}")).Select(day => new AnnualDate(day.Month, day.Day))];
        _special = text.Base.SpecialDays.ToDictionary(day => Date(day.Key), day => Openings(day.Value));
    }

    public DateTimeOffset Due(DateTimeOffset start, TimeSpan target)
    {
        var from = Instant.FromDateTimeOffset(start);
        var left = Duration.FromTimeSpan(target);
        for (var day = from.InZone(_zone).Date; ; day = day.PlusDays(1))
        {
            foreach (var opening in HoursOf(day))
            {
                var begin = Instant.Max(At(day, opening.From), from);
                var end = At(day, opening.To);
                if (end <= begin)
                {
                    continue;
                }

                if (left <= end - begin)
                {
                    return (begin + left).ToDateTimeOffset();
                }

                left -= end - begin;
            }
        }
    }

    private (TimeSpan From, TimeSpan To)[] HoursOf(LocalDate day) =>
        _special.TryGetValue(day, out var special) ? special
        : _holidays.Contains(day) || _recurring.Contains(new AnnualDate(day.Month, day.Day)) ? []
        : _week[(int)day.DayOfWeek - 1];

    private Instant At(LocalDate day, TimeSpan time) =>
        (day.AtMidnight() + Period.FromTicks(time.Ticks)).InZoneLeniently(_zone).ToInstant();

    private static LocalDate Date(string text)
    {
        var date = DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new LocalDate(date.Year, date.Month, date.Day);
    }

    private static (TimeSpan From, TimeSpan To)[] Openings(IReadOnlyList<OpeningText> openings) =>
        [.. openings.Select(opening => (Time(opening.From), Time(opening.To))).Order()];

    private static TimeSpan Time(string text) => text == "24:00" ? TimeSpan.FromDays(1) : TimeSpan.ParseExact(text, @"hh\:mm", CultureInfo.InvariantCulture);
}
