using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Promises;

public sealed class SendByTests
{
    /// <summary>Instants in UTC; Chișinău is two hours ahead in November.</summary>
    [Theory, Rule("PRM-2")]
    [InlineData("2026-11-19T10:00Z", "2026-11-19T15:00Z", "UTC", "2026-11-19T14:00Z")] // a fifth of five hours
    [InlineData("2026-11-19T10:00Z", "2026-11-19T12:00Z", "UTC", "2026-11-19T11:30Z")] // at least 30 minutes
    [InlineData("2026-11-01T10:00Z", "2026-11-19T10:00Z", "UTC", "2026-11-18T10:00Z")] // at most 24 hours
    [InlineData("2026-11-19T10:00Z", "2026-11-19T10:20Z", "UTC", "2026-11-19T10:10Z")] // too short: at half its length
    [InlineData("2026-11-19T12:00Z", "2026-11-20T08:00Z", "UTC", "2026-11-19T21:00Z")] // 04:00 is quiet: the evening before
    [InlineData("2026-11-19T12:00Z", "2026-11-20T08:00Z", "Europe/Chisinau", "2026-11-19T19:00Z")] // the customer's evening
    [InlineData("2026-11-19T21:30Z", "2026-11-20T09:00Z", "UTC", "2026-11-20T08:00Z")] // made at night: when the night ends
    public void An_explanation_is_sent_well_before_due_and_never_at_night(string from, string due, string zone, string expected) =>
        Assert.Equal(At(expected), SendBy.Of(At(from), At(due), zone, new PromisePolicy()));

    [Fact, Rule("PRM-2")]
    public void It_lies_between_making_and_due_whatever_the_promise()
    {
        const int Seed = 20261119;
        var random = new Random(Seed);
        string[] zones = ["UTC", "Europe/Chisinau", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"];
        for (var i = 0; i < 20_000; i++)
        {
            var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(365 * 86400));
            var due = from.AddSeconds(random.Next(1, 40 * 86400));
            var sendBy = SendBy.Of(from, due, zones[random.Next(zones.Length)], new PromisePolicy());
            Assert.True(sendBy >= from && sendBy < due, $"seed {Seed}, step {i}: {from:o} {due:o} {sendBy:o}");
        }
    }

    [Fact, Rule("PRM-3")]
    public void A_day_later_is_the_same_wall_clock_also_when_summer_ends() =>
        Assert.Equal(
            At("2026-10-25T16:00Z"), SendBy.SameTimeLater(At("2026-10-24T15:00Z"), 1, "Europe/Chisinau", WorkCalendar.Always));

    [Fact, Rule("PRM-3")]
    public void A_new_date_does_not_fall_on_a_day_without_work()
    {
        var office = TestPolicy.Shipped.Current.Promises.Calendar;

        // Friday evening to Monday evening; and over Christmas Day, a Friday, and the weekend after it.
        Assert.Equal(At("2026-11-23T17:00Z"), SendBy.SameTimeLater(At("2026-11-20T17:00Z"), 1, "Europe/Chisinau", office));
        Assert.Equal(At("2026-12-28T10:00Z"), SendBy.SameTimeLater(At("2026-12-24T10:00Z"), 1, "Europe/Chisinau", office));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
