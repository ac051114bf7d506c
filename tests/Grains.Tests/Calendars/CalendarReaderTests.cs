using Escalation.Grains.Calendars;
using Escalation.TestKit;
using static Escalation.Grains.Tests.Calendars.Week;

namespace Escalation.Grains.Tests.Calendars;

public sealed class CalendarReaderTests
{
    [Fact, Rule("CLK-2")]
    public void Everything_wrong_is_said_at_once()
    {
        var text = new CalendarText
        {
            TimeZone = "Mars/Olympus",
            Base = Version("", "mon 9:00-17:00,09:00-24:01,24:00-25:00; tue 09:00-12:00,11:00-13:00; wed 10:00-10:00; thu 22:00-06:00; fri 05:00-09:00",
                "2026-02-29,25.12.2026", "02-30,12-25", ("2026-12-32", "09:00-12:00"), ("2026-12-24", "22:00-06:00")),
            Versions = [Version("soon", "sat 09:00-17:00"), Version("2027-01-01", "sat 09:00-17:00,16:00-18:00"), Version("2027-01-01", "")],
        };

        Assert.False(WorkCalendar.TryRead(text, out _, out var faults));

        Assert.Equal(
            [
                "holidays[0]", "holidays[1]", "hours.fri[0]", "hours.mon[0]", "hours.mon[1]", "hours.mon[2]", "hours.tue[1]", "hours.wed[0]",
                "recurringHolidays[0]", "specialDays.2026-12-24[0]", "specialDays.2026-12-32", "timeZone", "versions[0].from",
                "versions[1].hours.sat[1]", "versions[2].from",
            ],
            faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Theory, Rule("CLK-2")]
    [InlineData("mon 09:00-17:00,16:59-18:00", "hours.mon[1]")]
    [InlineData("mon 09:00-17:00,10:00-11:00", "hours.mon[1]")]
    [InlineData("sun 22:00-09:01; mon 09:00-17:00", "hours.mon[0]")] // a night into the next week
    [InlineData("mon 22:00-06:00,21:00-23:00", "hours.mon[0]")]
    [InlineData("", "hours")]
    public void Openings_that_cannot_be_are_refused(string week, string path)
    {
        Assert.False(WorkCalendar.TryRead(Text("UTC", week), out _, out var faults));
        Assert.Equal([path], faults.Select(fault => fault.Path));
    }

    [Fact, Rule("CLK-2")]
    public void Unknown_weekdays_are_named()
    {
        var hours = new Dictionary<string, IReadOnlyList<OpeningText>> { ["monday"] = [new("09:00", "17:00")] };

        Assert.False(WorkCalendar.TryRead(new CalendarText { Base = new CalendarVersionText { Hours = hours } }, out _, out var faults));
        Assert.Equal(["hours.monday"], faults.Select(fault => fault.Path));
    }

    [Fact, Rule("CLK-2")]
    public void Every_zone_can_be_counted_in()
    {
        foreach (var zone in NodaTime.DateTimeZoneProviders.Tzdb.Ids)
        {
            var calendar = Calendar(zone, Always);
            var from = At("1970-01-01T00:00Z");
            Assert.Equal(At("2199-12-31T00:00Z") - from, calendar.Worked(from, At("2199-12-31T00:00Z")));
        }
    }
}
