using System.Globalization;
using Escalation.Grains.Calendars;
using NodaTime;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>Calendars and instants at random, half of them close to a change of the clock.</summary>
internal static class AnyCalendar
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Paris", "Europe/Chisinau", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Europe/Istanbul",
        "Pacific/Apia", "Pacific/Kwajalein", "America/St_Johns", "Asia/Pyongyang", "Africa/Casablanca", "America/Santiago", "Asia/Gaza",
        "Asia/Kathmandu", "America/Caracas", "Antarctica/Troll", "Europe/Moscow", "Europe/Dublin", "Pacific/Chatham",
    ];

    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static (CalendarText Text, DateTimeOffset Start) Of(Random random)
    {
        var zone = Zones[random.Next(Zones.Length)];
        var start = Start(random, zone);
        return (new CalendarText
        {
            TimeZone = zone,
            Base = Version(random, start, ""),
            Versions = random.Next(3) > 0 ? [] : [Version(random, start, Day(start.AddDays(random.Next(-3, 9))))],
        }, start);
    }

    private static DateTimeOffset Start(Random random, string zone)
    {
        var start = new DateTimeOffset(1975, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(75 * 365 * 1440));
        if (random.Next(2) == 0)
        {
            var interval = DateTimeZoneProviders.Tzdb[zone].GetZoneInterval(Instant.FromDateTimeOffset(start));
            if (interval.HasEnd && interval.End < Instant.FromUtc(2050, 1, 1, 0, 0))
            {
                start = interval.End.ToDateTimeOffset().AddMinutes(random.Next(-4320, 600));
            }
        }

        return random.Next(3) == 0 ? start.AddMicroseconds(random.Next(60_000_000)) : start;
    }

    private static CalendarVersionText Version(Random random, DateTimeOffset near, string from) => new()
    {
        From = from,
        Hours = Weekdays.Where(_ => random.Next(4) > 0).ToDictionary(day => day, IReadOnlyList<OpeningText> (_) => Openings(random, mayPassMidnight: true)),
        Holidays = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Day(near.AddDays(random.Next(-1, 12))))],
        RecurringHolidays = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Day(near.AddDays(random.Next(-1, 12)))[5..])],
        SpecialDays = Enumerable.Range(0, random.Next(4)).Select(_ => Day(near.AddDays(random.Next(-1, 12)))).Distinct()
            .ToDictionary(day => day, IReadOnlyList<OpeningText> (_) => Openings(random, mayPassMidnight: false)),
    };

    private static List<OpeningText> Openings(Random random, bool mayPassMidnight)
    {
        if (random.Next(5) == 0)
        {
            return [new OpeningText("00:00", "24:00")];
        }

        // Nights end before days begin, so that nothing overlaps unless a whole day follows a night.
        var night = mayPassMidnight && random.Next(4) == 0;
        var marks = Enumerable.Range(0, 2 * random.Next(4)).Select(_ => random.Next(night ? 300 : 0, night ? 1200 : 1441)).Distinct().Order().ToList();
        var openings = Enumerable.Range(0, marks.Count / 2).Select(i => new OpeningText(Time(marks[2 * i]), Time(marks[(2 * i) + 1]))).ToList();
        if (night)
        {
            openings.Add(new OpeningText(Time(random.Next(1200, 1440)), Time(random.Next(0, 300))));
        }

        return openings;
    }

    private static string Day(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}");
}
