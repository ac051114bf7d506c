using Escalation.Silo.Intake;
using Escalation.TestKit;
using NodaTime;
using static Escalation.Silo.Tests.Intake.Incidents;

namespace Escalation.Silo.Tests.Intake;

public sealed class IncidentSlaTests
{
    private const string Zone = "Europe/Bucharest";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // 153.4 hours from Friday 4 March, 12:00, are 12 in that week, 120 in the next, and 21.4 from Monday the 14th.
    [Theory, Rule("CLK-2")]
    [InlineData("2 - Medium", "14/3/2016 21:24", false)]
    [InlineData("2 - Medium", "14/3/2016 21:25", true)]
    [InlineData("3 - Low", "14/3/2016 21:25", false)]
    [InlineData("3 - Low", "24/3/2016 21:36", false)]
    [InlineData("3 - Low", "24/3/2016 21:37", true)]
    [InlineData("1 - High", "14/3/2017 21:25", null)]
    public async Task A_case_is_late_when_it_took_more_than_its_priority_s_weekday_hours(string impact, string closed, bool? expected)
    {
        var zone = DateTimeZoneProviders.Tzdb[Zone];
        var (cases, _) = await ReadAllAsync(Read(
            Csv(
                Line("INC1", "New", "4/3/2016 12:01", 0, opened: "4/3/2016 12:00", closed: closed, impact: "1 - High"),
                Line("INC1", "Closed", closed, 1, opened: "4/3/2016 12:00", closed: closed, impact: impact)),
            zone));

        Assert.Equal(expected, new IncidentSla(zone).IsBreached(cases[0]));
    }

    [Fact, Rule("CLK-2")]
    public async Task Only_what_ended_closed_is_compared_and_a_file_may_say_nothing_of_it()
    {
        var open = Line("INC1", "Active", "4/3/2016 12:01", 0, closed: "?");
        var reopened = Csv(Line("INC1", "Closed", "4/3/2016 12:01", 0), Line("INC1", "Active", "4/3/2016 12:02", 1));
        var without = Csv(Line("INC1", "Closed", "4/3/2016 12:01", 0)).Replace("made_sla", "other", StringComparison.Ordinal);

        Assert.Equal((0, 0, ""), await JudgeAsync(Read(Csv(open))));
        Assert.Equal((0, 0, ""), await JudgeAsync(Read(reopened)));
        Assert.Equal((0, 0, ""), await JudgeAsync(Read(without)));
        var (compared, agreeing, report) = await JudgeAsync(Read(Csv(
            Line("INC1", "Closed", "4/3/2016 12:01", 0, opened: "4/3/2016 12:00", closed: "4/3/2016 12:01"),
            Line("INC2", "Closed", "4/3/2016 12:01", 0, opened: "4/3/2016 12:00", closed: "4/3/2016 12:01", madeSla: false))));
        Assert.Equal((2, 1), (compared, agreeing));
        Assert.Contains("1 of         2  50.00 %", report, StringComparison.Ordinal);
    }

    [Fact, Rule("CLK-2")]
    public async Task Our_working_time_comes_to_the_source_s_verdict_in_99_of_100_real_cases()
    {
        var path = SharedData.Find(RealLog);
        Assert.SkipWhen(path is null, SharedData.Missing(RealLog));

        var (compared, agreeing, report) = await JudgeAsync(IncidentLog.Of(path!, DateTimeZone.Utc));

        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(compared > 16_000, report);
        Assert.True(agreeing >= 0.99 * compared, report);
    }

    private static async Task<(long Compared, long Agreeing, string Report)> JudgeAsync(IncidentLog log)
    {
        var sla = new IncidentSla(log.Zone);
        await foreach (var incident in log.ReadAsync(null, Token))
        {
            sla.Judge(incident);
        }

        return (sla.Compared, sla.Agreeing, sla.ToString());
    }
}
