using Escalation.Grains.Calendars;
using Escalation.TestKit;
using static Escalation.Grains.Tests.Calendars.Week;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>
/// Due instants by hand: the wall clock was read from a printed calendar of the year and turned into UTC with the zone's
/// published change dates, never with the code that is tested.
/// </summary>
public sealed class DueTests
{
    [Theory, Rule("CLK-2")]
    [InlineData(Office, "2026-11-20T16:30Z", "01:00", "2026-11-23T09:30Z")] // Friday to Monday
    [InlineData(Office, "2026-11-20T16:00Z", "01:00", "2026-11-20T17:00Z")] // ends as the team closes: due then
    [InlineData(Office, "2026-11-20T17:00Z", "00:00:00.000001", "2026-11-23T09:00:00.000001Z")] // closing is not working time
    [InlineData(Office, "2026-11-20T09:00Z", "08:00", "2026-11-20T17:00Z")] // a full day from its opening
    [InlineData(Office, "2026-11-20T08:59:59.999999Z", "00:00:00.000001", "2026-11-20T09:00:00.000001Z")]
    [InlineData(Office, "2026-11-21T12:00Z", "00:00", "2026-11-23T09:00Z")] // zero: the first moment of work
    [InlineData(Office, "2026-11-20T17:00Z", "00:00", "2026-11-23T09:00Z")] // zero at closing: the next opening
    [InlineData(Office, "2026-11-20T10:00Z", "00:00", "2026-11-20T10:00Z")] // zero at work: now
    [InlineData("mon-fri 09:00-12:00,13:00-17:00", "2026-11-20T11:30Z", "01:00", "2026-11-20T13:30Z")] // over lunch
    [InlineData("mon-fri 09:00-12:00,13:00-17:00", "2026-11-20T11:00Z", "01:00", "2026-11-20T12:00Z")] // till lunch
    [InlineData("mon-fri 09:00-12:00,12:00-17:00", "2026-11-20T11:30Z", "01:00", "2026-11-20T12:30Z")] // openings that touch
    [InlineData("tue 09:00-10:00; fri 09:00-10:00", "2026-11-20T09:30Z", "01:30", "2026-11-24T10:00Z")] // days without hours
    [InlineData("mon 00:00-24:00; tue 00:00-24:00", "2026-11-23T23:59:30Z", "00:01", "2026-11-24T00:00:30Z")] // no lost minute
    [InlineData("mon 22:00-06:00", "2026-11-23T23:00Z", "02:00", "2026-11-24T01:00Z")] // a night shift
    [InlineData("mon 22:00-06:00", "2026-11-24T05:00Z", "02:00", "2026-11-30T23:00Z")] // from one night shift to the next
    [InlineData("sun 22:00-02:00", "2026-11-22T23:00Z", "02:00", "2026-11-23T01:00Z")] // over the end of the week
    [InlineData("mon-sun 22:00-00:00", "2026-11-22T23:00Z", "02:00", "2026-11-23T23:00Z")] // 00:00 as an end is 24:00
    [InlineData(Always, "2026-11-20T16:30Z", "2400:00", "2027-02-28T16:30Z")] // 100 days of 24/7
    public void Working_time_runs_only_while_the_team_works(string week, string start, string target, string due) =>
        Assert.Equal(At(due), Calendar("UTC", week).Due(At(start), Target.Working(Length(target))).At);

    [Fact, Rule("CLK-2")]
    public void Holidays_and_special_days_change_hours()
    {
        // 2026-12-24 is a Thursday. The 26th is a Saturday, and no holiday moves.
        var calendar = Calendar("UTC", Office, "2026-12-28", "12-25,12-26,01-01", ("2026-12-24", "09:00-12:00"), ("2027-01-01", "10:00-11:00"));

        Assert.Equal(At("2026-12-24T12:00Z"), Due("2026-12-24T09:00Z", 3));
        Assert.Equal(At("2026-12-29T10:00Z"), Due("2026-12-24T09:00Z", 4)); // 25th recurring, 26th and 27th weekend, 28th dated
        Assert.Equal(At("2027-01-01T11:00Z"), Due("2027-01-01T00:00Z", 1)); // its own hours are stronger than the holiday
        Assert.Equal(At("2028-01-03T10:00Z"), Due("2028-01-01T00:00Z", 1)); // and hold that year only

        DateTimeOffset Due(string start, int hours) => calendar.Due(At(start), Target.Working(TimeSpan.FromHours(hours))).At;
    }

    [Theory, Rule("CLK-5")]
    [InlineData("2028-02-28T16:00Z", "", 2, "2028-02-29T10:00Z")] // Monday to the leap day
    [InlineData("2028-02-28T16:00Z", "02-29", 2, "2028-03-01T10:00Z")] // the leap day as a holiday
    [InlineData("2026-02-27T16:00Z", "02-29", 2, "2026-03-02T10:00Z")] // which other years do not have
    [InlineData("2100-02-26T16:00Z", "02-29", 2, "2100-03-01T10:00Z")] // nor 2100: Friday to Monday
    public void Leap_days_are_days(string start, string recurring, int hours, string due) =>
        Assert.Equal(At(due), Calendar("UTC", Office, "", recurring).Due(At(start), Target.Working(TimeSpan.FromHours(hours))).At);

    [Theory, Rule("CLK-5")]
    // Paris: 2026-03-29 01:00Z clocks go from 02:00 to 03:00; 2026-10-25 01:00Z from 03:00 to 02:00.
    [InlineData("Europe/Paris", "mon-sun 02:00-03:00", "2026-03-28T01:30Z", 60, "2026-03-30T00:30Z")] // the skipped hour counts for nothing
    [InlineData("Europe/Paris", "mon-sun 02:00-03:00", "2026-10-25T00:00Z", 90, "2026-10-25T01:30Z")] // the repeated one twice
    [InlineData("Europe/Paris", "mon-sun 02:30-03:00", "2026-10-25T00:00Z", 45, "2026-10-25T01:45Z")] // with a break in between
    [InlineData("Europe/Paris", Office, "2026-03-27T15:30Z", 60, "2026-03-30T07:30Z")] // Friday 16:30 to Monday 09:30, now UTC+2
    // New York: 2026-03-08 07:00Z and 2026-11-01 06:00Z.
    [InlineData("America/New_York", "sat 22:00-06:00", "2026-03-08T03:00Z", 420, "2026-03-08T10:00Z")] // a night of seven hours
    [InlineData("America/New_York", "sat 22:00-06:00", "2026-11-01T02:00Z", 540, "2026-11-01T11:00Z")] // a night of nine
    // Sydney: 2026-04-04 16:00Z from 03:00 to 02:00; 2026-10-03 16:00Z from 02:00 to 03:00.
    [InlineData("Australia/Sydney", "sun 00:00-24:00", "2026-04-04T13:00Z", 1500, "2026-04-05T14:00Z")]
    [InlineData("Australia/Sydney", "sun 00:00-24:00", "2026-10-03T14:00Z", 1380, "2026-10-04T13:00Z")]
    // Lord Howe moves by half an hour: 2026-04-04 15:00Z and 2026-10-03 15:30Z.
    [InlineData("Australia/Lord_Howe", "sun 00:00-24:00", "2026-04-04T13:00Z", 1470, "2026-04-05T13:30Z")]
    [InlineData("Australia/Lord_Howe", "sun 00:00-24:00", "2026-10-03T13:30Z", 1410, "2026-10-04T13:00Z")]
    public void Working_time_is_what_really_passes_while_clocks_change(string zone, string week, string start, int minutes, string due) =>
        Assert.Equal(At(due), Calendar(zone, week).Due(At(start), Target.Working(TimeSpan.FromMinutes(minutes))).At);

    [Theory, Rule("CLK-5")]
    [InlineData("Europe/Paris", "2026-03-28T00:00Z", "2026-03-30T12:00Z", "sun", 23)]
    [InlineData("Europe/Paris", "2026-10-24T00:00Z", "2026-10-26T12:00Z", "sun", 25)]
    [InlineData("Australia/Lord_Howe", "2026-04-03T00:00Z", "2026-04-07T00:00Z", "sun", 24.5)]
    [InlineData("Australia/Lord_Howe", "2026-10-02T00:00Z", "2026-10-06T00:00Z", "sun", 23.5)]
    [InlineData("Europe/Istanbul", "2015-10-24T00:00Z", "2015-10-27T00:00Z", "sun", 24)] // put off for an election
    [InlineData("Europe/Istanbul", "2015-11-07T00:00Z", "2015-11-10T00:00Z", "sun", 25)]
    [InlineData("Europe/Istanbul", "2016-10-29T00:00Z", "2016-11-01T00:00Z", "sun", 24)] // and given up
    [InlineData("Pacific/Apia", "2011-12-26T00:00Z", "2012-01-02T00:00Z", "fri", 0)] // 2011-12-30 was left out
    [InlineData("Asia/Pyongyang", "2015-08-12T00:00Z", "2015-08-17T00:00Z", "fri", 24.5)] // half an hour back at midnight
    [InlineData("America/St_Johns", "2010-11-05T12:00Z", "2010-11-08T12:00Z", "sat", 24 + (59 / 60.0))] // 00:01 on Sunday back to Saturday
    [InlineData("Asia/Kathmandu", "2026-11-20T00:00Z", "2026-11-23T00:00Z", "sun", 24)]
    public void A_day_is_as_long_as_its_zone_made_it(string zone, string from, string to, string day, double hours) =>
        Assert.Equal(
            TimeSpan.FromMinutes(Math.Round(hours * 60)), Calendar(zone, $"{day} 00:00-24:00").Worked(At(from), At(to)));

    [Theory, Rule("CLK-2")]
    [InlineData("2026-11-20T16:00Z", 3, "2026-11-25T16:00Z")] // Friday to Wednesday
    [InlineData("2026-11-21T12:00Z", 3, "2026-11-26T09:00Z")] // from Monday's opening
    [InlineData("2026-11-20T17:00Z", 1, "2026-11-24T09:00Z")] // at closing nobody works: from Monday's opening
    [InlineData("2026-11-20T09:00Z", 1, "2026-11-23T09:00Z")]
    [InlineData("2026-11-20T16:00Z", 0, "2026-11-20T16:00Z")]
    [InlineData("2026-11-21T12:00Z", 0, "2026-11-23T09:00Z")]
    [InlineData("2026-12-22T16:00Z", 2, "2026-12-24T16:00Z")] // the same clock time, also on a short day
    [InlineData("2026-12-23T16:00Z", 2, "2026-12-28T16:00Z")] // a short day counts, a holiday does not
    public void Working_days_keep_the_clock_time(string start, int days, string due) =>
        Assert.Equal(
            At(due),
            Calendar("UTC", Office, "2026-12-25", "", ("2026-12-24", "09:00-12:00")).Due(At(start), Target.WorkingDays(days)).At);

    [Theory, Rule("CLK-5")]
    [InlineData("Europe/Paris", Office, "2026-03-27T15:00Z", 1, "2026-03-30T14:00Z")] // 16:00 stays 16:00
    [InlineData("Europe/Paris", Office, "2026-10-23T14:00Z", 1, "2026-10-26T15:00Z")]
    [InlineData("Europe/Paris", "mon-sun 00:00-04:00", "2026-03-28T01:30Z", 1, "2026-03-29T01:30Z")] // 02:30 was skipped: 03:30
    [InlineData("Europe/Paris", "mon-sun 00:00-04:00", "2026-10-24T00:30Z", 1, "2026-10-25T00:30Z")] // 02:30 came twice: the first
    [InlineData("Europe/Paris", "mon-sun 02:00-03:00", "2026-03-28T01:30Z", 1, "2026-03-30T00:30Z")] // a day without its hours is none
    [InlineData("Pacific/Apia", Office, "2011-12-29T20:00Z", 1, "2012-01-01T20:00Z")] // Thursday 10:00, no Friday, Monday 10:00
    public void Working_days_are_days_on_the_wall(string zone, string week, string start, int days, string due) =>
        Assert.Equal(At(due), Calendar(zone, week).Due(At(start), Target.WorkingDays(days)).At);

    [Theory, Rule("CLK-5")]
    [InlineData("Europe/Paris", "2026-03-28T15:00Z", 1, "2026-03-29T14:00Z")]
    [InlineData("Europe/Paris", "2026-10-24T14:00Z", 3, "2026-10-27T15:00Z")]
    [InlineData("Europe/Paris", "2026-03-28T01:30Z", 1, "2026-03-29T01:30Z")] // 02:30 was skipped: 03:30
    [InlineData("Europe/Paris", "2026-10-24T00:30Z", 1, "2026-10-25T00:30Z")] // 02:30 came twice: the first
    [InlineData("Europe/Paris", "2026-10-25T01:30Z", 1, "2026-10-26T01:30Z")] // from the second
    [InlineData("Europe/Paris", "2026-10-25T01:30Z", 0, "2026-10-25T01:30Z")]
    [InlineData("Australia/Sydney", "2026-04-03T22:30Z", 1, "2026-04-04T23:30Z")]
    [InlineData("Australia/Lord_Howe", "2026-04-03T23:00Z", 1, "2026-04-04T23:30Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-02T15:40Z", 1, "2026-10-03T15:40Z")] // 02:10 was skipped: 02:40
    [InlineData("UTC", "2027-02-28T10:00Z", 1, "2027-03-01T10:00Z")]
    [InlineData("UTC", "2028-02-28T10:00Z", 1, "2028-02-29T10:00Z")]
    [InlineData("UTC", "2028-02-29T10:00Z", 366, "2029-03-01T10:00Z")]
    [InlineData("Pacific/Apia", "2011-12-29T20:00Z", 2, "2011-12-30T20:00Z")] // Thursday 10:00, Saturday 10:00: a day later
    public void Calendar_days_keep_the_wall_clock(string zone, string start, int days, string due) =>
        Assert.Equal(At(due), Calendar(zone, Office).Due(At(start), Target.CalendarDays(days)).At);

    [Fact, Rule("CLK-2")]
    public void Hours_and_holidays_hold_from_their_day_on()
    {
        var calendar = Read(Text("Europe/Chisinau", Office, "2026-12-31") with
        {
            Versions = [Version("2027-01-04", "mon-thu 10:00-18:00"), Version("2026-12-07", "mon-fri 08:00-16:00", "2026-12-08")],
        });

        // Chișinău is two hours ahead of UTC in winter. Friday 4th 16:00 + 2 h, one of them on Monday from 08:00.
        Assert.Equal(At("2026-12-07T07:00Z"), Due("2026-12-04T14:00Z", 2));
        Assert.Equal(At("2026-12-09T07:00Z"), Due("2026-12-07T13:00Z", 2)); // closed on the 8th
        Assert.Equal(At("2026-12-31T07:00Z"), Due("2026-12-31T05:00Z", 1)); // the older holiday holds no longer
        Assert.Equal(At("2027-01-04T09:00Z"), Due("2027-01-01T14:00Z", 1)); // Friday at closing; from Monday 10:00
        Assert.Equal(At("2027-01-11T09:00Z"), Due("2027-01-07T16:00Z", 1)); // and no Fridays

        DateTimeOffset Due(string start, int hours) => calendar.Due(At(start), Target.Working(TimeSpan.FromHours(hours))).At;
    }

    [Fact, Rule("CLK-2")]
    public void Twenty_four_seven_is_plain_time()
    {
        foreach (var calendar in new[] { WorkCalendar.Always, Calendar("America/New_York", Always) })
        {
            foreach (var hours in new[] { 0, 1, 23, 24, 25, 9999 })
            {
                var target = TimeSpan.FromHours(hours) + TimeSpan.FromMicroseconds(1);
                Assert.Equal(At("2026-03-07T23:59:59.999999Z") + target, calendar.Due(At("2026-03-07T23:59:59.999999Z"), Target.Working(target)).At);
            }
        }
    }

    [Fact, Rule("CLK-2")]
    public void A_running_clock_keeps_what_it_has_used()
    {
        var office = Calendar("UTC", Office);
        var extended = Calendar("UTC", "mon-sat 08:00-20:00");
        var progress = ClockProgress.From(At("2026-11-20T15:00Z"))
            .Ran(office, At("2026-11-20T15:00Z"), At("2026-11-20T16:00Z"))
            .Rested(office, At("2026-11-20T16:00Z"), At("2026-11-23T10:00Z"))
            .Ran(office, At("2026-11-23T10:00Z"), At("2026-11-23T11:00Z"));

        Assert.Equal(new ClockProgress(At("2026-11-20T15:00Z"), TimeSpan.FromHours(2), TimeSpan.FromHours(2), TimeSpan.FromHours(66)), progress);
        var now = At("2026-11-23T11:00Z");
        Assert.Equal(At("2026-11-24T09:00Z") + TimeSpan.FromHours(1), progress.Due(office, now, Target.Working(TimeSpan.FromHours(9))).At);
        Assert.Equal(At("2026-11-23T18:00Z"), progress.Due(extended, now, Target.Working(TimeSpan.FromHours(9))).At);
        Assert.Equal(now, progress.Due(office, now, Target.Working(TimeSpan.FromHours(2))).At); // used up: due now
        Assert.Equal(now, progress.Due(office, now, Target.Working(TimeSpan.FromHours(1))).At);
        Assert.Equal(At("2026-11-24T17:00Z"), progress.Due(office, now, Target.WorkingDays(2)).At); // Tuesday 15:00 and the two hours paused
        Assert.Equal(At("2026-11-25T09:00Z"), progress.Due(office, now, Target.CalendarDays(2)).At); // Sunday 15:00 and 66 hours
        Assert.True(progress.Due(office, now, Target.Working(-TimeSpan.FromHours(1))).IsRefused);
    }

    [Fact, Rule("CLK-2")]
    public void What_can_never_be_due_is_refused()
    {
        var start = At("2026-11-20T10:00Z");
        var past = Calendar("UTC", "", "", "", ("2020-01-01", "09:00-17:00"));
        var once = Calendar("UTC", "", "", "", ("2030-01-01", "09:00-17:00"));
        var later = Read(Text("UTC", "") with { Versions = [Version("2040-01-01", Office)] });

        Assert.Equal("calendar.noWorkingTime", past.Due(start, Target.Working(TimeSpan.FromHours(1))).Refusal?.Code);
        Assert.Equal("calendar.noWorkingTime", past.Due(start, Target.WorkingDays(0)).Refusal?.Code);
        Assert.Equal(At("2030-01-01T17:00Z"), once.Due(start, Target.Working(TimeSpan.FromHours(8))).At);
        Assert.Equal("calendar.noWorkingTime", once.Due(start, Target.Working(TimeSpan.FromHours(9))).Refusal?.Code);
        Assert.Equal("calendar.noWorkingTime", once.Due(start, Target.WorkingDays(1)).Refusal?.Code);
        Assert.Equal("calendar.noWorkingTime", later.Due(start, Target.Working(TimeSpan.Zero)).Refusal?.Code);
        Assert.False(later.Due(At("2031-01-01T00:00Z"), Target.Working(TimeSpan.FromHours(1))).IsRefused);
        later.Worked(start, At("2060-01-01T00:00Z"));
        Assert.Equal("calendar.noWorkingTime", later.Due(start, Target.Working(TimeSpan.Zero)).Refusal?.Code); // whatever is known already
        var office = Calendar("UTC", Office);
        Assert.Equal("calendar.tooFar", office.Due(start, Target.Working(TimeSpan.FromDays(100_000))).Refusal?.Code);
        Assert.Equal("calendar.tooFar", office.Due(start, Target.Working(TimeSpan.MaxValue)).Refusal?.Code);
        Assert.Equal("calendar.tooFar", office.Due(start, Target.WorkingDays(90_000)).Refusal?.Code);
        Assert.Equal("calendar.tooFar", office.Due(start, Target.WorkingDays(int.MaxValue)).Refusal?.Code);
        Assert.Equal("calendar.tooFar", office.Due(start, Target.CalendarDays(120_000)).Refusal?.Code);
        Assert.Equal("calendar.outOfRange", office.Due(DateTimeOffset.MaxValue, Target.WorkingDays(1)).Refusal?.Code);
        Assert.Equal("calendar.outOfRange", office.Due(default, Target.WorkingDays(1)).Refusal?.Code);
        Assert.Equal("calendar.negativeTarget", office.Due(start, Target.CalendarDays(-1)).Refusal?.Code);
        Assert.Equal("calendar.negativeTarget", office.Due(start, Target.Working(-TimeSpan.FromTicks(1))).Refusal?.Code);
    }

    [Fact, Rule("CLK-6")]
    public void A_due_instant_explains_itself()
    {
        var explained = Calendar("UTC", "mon-fri 09:00-12:00,13:00-17:00").Explain(At("2026-11-20T11:00Z"), Target.Working(TimeSpan.FromHours(7)));

        Assert.Equal(At("2026-11-23T11:00Z"), explained.Due.At);
        Assert.Equal(
            [
                new CountedInterval(At("2026-11-20T11:00Z"), At("2026-11-20T12:00Z"), TimeSpan.FromHours(1)),
                new CountedInterval(At("2026-11-20T13:00Z"), At("2026-11-20T17:00Z"), TimeSpan.FromHours(4)),
                new CountedInterval(At("2026-11-23T09:00Z"), At("2026-11-23T11:00Z"), TimeSpan.FromHours(2)),
            ],
            explained.Intervals);
    }

    [Fact, Rule("CLK-6")]
    public void Working_days_explain_themselves_day_by_day() =>
        Assert.Equal(
            [
                new CountedInterval(At("2026-11-20T16:00Z"), At("2026-11-23T16:00Z"), TimeSpan.FromDays(1)),
                new CountedInterval(At("2026-11-23T16:00Z"), At("2026-11-24T16:00Z"), TimeSpan.FromDays(1)),
            ],
            Calendar("UTC", Office).Explain(At("2026-11-20T16:00Z"), Target.WorkingDays(2)).Intervals);

    [Fact, Rule("CLK-6")]
    public void Round_the_clock_is_one_interval_however_clocks_change() =>
        Assert.Equal(
            [new CountedInterval(At("2026-01-01T00:00Z"), At("2027-01-01T00:00Z"), TimeSpan.FromDays(365))],
            Calendar("Europe/Paris", Always).Explain(At("2026-01-01T00:00Z"), Target.Working(TimeSpan.FromDays(365))).Intervals);

    private static TimeSpan Length(string text)
    {
        var parts = text.Split(':');
        return TimeSpan.FromHours(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)) +
            TimeSpan.FromMinutes(int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)) +
            (parts.Length > 2 ? TimeSpan.FromSeconds((double)decimal.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)) : default);
    }
}
