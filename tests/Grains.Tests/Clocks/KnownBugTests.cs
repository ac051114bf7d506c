using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Clocks;

/// <summary>
/// What goes wrong with deadlines elsewhere, by the report that told of it; each is a test that it does not happen here.
/// </summary>
public sealed class KnownBugTests
{
    private const string Supplier = "waitingForSupplier";

    private static TestPolicy NineToFive => SlaStory.Policy(
        """
          - id: hot
            when: {heat: [public]}
            calendar: office
            targets: {acknowledge: PT1H, silence: PT8H, resolution: {working: PT20H, warn: [PT1H]}}
          - id: mild
            calendar: office
            targets: {acknowledge: PT30H, silence: PT8H, resolution: {working: PT40H, warn: [0.5, 0.75]}, stage: {contact: PT4H}}
        """);

    /// <summary>osTicket 3034: no way to stop the clock while parts are awaited.</summary>
    [Fact, Rule("CLK-3")]
    public void OsTicket_3034_waiting_for_parts_stops_the_clock()
    {
        var story = SlaStory.Opened().Tell(new PauseCase(Supplier)).After(TimeSpan.FromDays(30));

        Assert.DoesNotContain(story.All<ClockBreached>(), breached => breached.Clock == Clock.Resolution);
    }

    /// <summary>GLPI 6902, 15605: a change of urgency loses the pause.</summary>
    [Fact, Rule("CLK-2")]
    public void Glpi_6902_another_urgency_keeps_what_was_paused()
    {
        var story = SlaStory.Opened(NineToFive).Tell(new PauseCase(Supplier)).After(TimeSpan.FromDays(14)).Tell(new ResumeCase());

        story.Tell(new SetHeat(Heat.Public, null));

        Assert.Equal(TimeSpan.FromDays(14), story.Clock(Clock.Resolution).Progress.PausedInAll);
        Assert.Equal(TimeSpan.Zero, story.Clock(Clock.Resolution).Progress.Consumed);
        Assert.True(story.Clock(Clock.Resolution).DueAt > story.Now.AddDays(2));
    }

    /// <summary>GLPI 24481: breached while it is pending.</summary>
    [Fact, Rule("CLK-3")]
    public void Glpi_24481_nothing_is_breached_while_paused()
    {
        var story = SlaStory.Opened().After(TimeSpan.FromHours(71.9)).Tell(new PauseCase(Supplier)).After(TimeSpan.FromDays(100));

        Assert.Equal(ClockState.Paused, story.Clock(Clock.Resolution).State);
    }

    /// <summary>Frappe Helpdesk 3776: red at once for agents in another zone, and hold time forgotten from paused to resolved.</summary>
    [Fact, Rule("CLK-3"), Rule("CLK-5")]
    public void Frappe_3776_zones_do_not_shift_due_instants_and_closing_while_paused_is_no_breach()
    {
        var far = SlaStory.Opened(customer: CaseStory.Ioana with { TimeZone = "Pacific/Kiritimati" });
        var near = SlaStory.Opened();
        Assert.Equal(near.Case.Clocks.Select(clock => clock.DueAt), far.Case.Clocks.Select(clock => clock.DueAt));

        var paused = SlaStory.Opened().Reached(Stage.FollowThrough).Tell(new PauseCase(Supplier)).After(TimeSpan.FromDays(20))
            .Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "it is here")).Tell(new CloseCase(Outcome.Agreed, "done"));
        Assert.Equal(ClockState.Met, paused.Clock(Clock.Resolution).State);
    }

    /// <summary>Frappe Helpdesk 2449: hold time given back as wall clock, wrong over holidays.</summary>
    [Fact, Rule("CLK-2"), Rule("CLK-3")]
    public void Frappe_2449_a_pause_over_the_weekend_gives_back_working_time_only()
    {
        // Friday 16:00 to Monday 10:00 in Chisinau: three hours of work.
        var story = SlaStory.Opened(NineToFive).Until(Utc("2026-11-20T14:00")).Tell(new PauseCase(Supplier)).Until(Utc("2026-11-23T08:00"));
        var before = story.Clock(Clock.Resolution).DueAt;

        story.Tell(new ResumeCase());

        Assert.Equal(TimeSpan.FromHours(3), Worked(before, story.Clock(Clock.Resolution).DueAt));
    }

    /// <summary>Chatwoot 13392: Friday 16:30 and one hour was Friday 17:30.</summary>
    [Fact, Rule("CLK-2")]
    public void Chatwoot_13392_an_hour_from_Friday_half_past_five_is_Monday_half_past_nine() =>
        Assert.Equal(Utc("2026-11-23T07:30"), Office.Due(Utc("2026-11-20T15:30"), Target.Working(TimeSpan.FromHours(1))).At);

    /// <summary>Chatwoot 10178, 15024: the clock runs on after the end, thanks breach it, and how late it is grows for ever.</summary>
    [Fact, Rule("CLK-8")]
    public void Chatwoot_10178_after_the_end_nothing_runs_whatever_the_customer_says()
    {
        var story = SlaStory.Opened().Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "done"));
        story.Try(new LogContact(Direction.FromCustomer, Channel.Email, "thanks"));

        story.After(TimeSpan.FromDays(60));

        Assert.Empty(story.All<ClockBreached>());
        Assert.All(story.Case.Clocks, clock => Assert.Null(clock.NextAt));
    }

    /// <summary>Zammad 3180: a 24/7 calendar that is closed for the last minute of each day.</summary>
    [Fact, Rule("CLK-2")]
    public void Zammad_3180_true_round_the_clock_loses_no_minute_at_midnight()
    {
        var week = Utc("2026-11-16T00:00");

        Assert.Equal(TimeSpan.FromDays(7), WorkCalendar.Always.Worked(week, week.AddDays(7)));
        Assert.Equal(week.AddHours(24), WorkCalendar.Always.Due(week.AddMinutes(1439), Target.Working(TimeSpan.FromMinutes(1))).At);
    }

    /// <summary>Zammad 5177: the time to the next answer overrides a longer time to the first.</summary>
    [Fact, Rule("CLK-1")]
    public void Zammad_5177_each_metric_has_its_own_due_instant()
    {
        var story = SlaStory.Opened(NineToFive);

        Assert.Equal(
            (TimeSpan.FromHours(30), TimeSpan.FromHours(8)),
            (Worked(story.Now, story.Clock(Clock.Acknowledge).DueAt), Worked(story.Now, story.Clock(Clock.Silence).DueAt)));
    }

    /// <summary>Zammad 5624, 4353: the former group's clock goes on; a target that was taken away still breaches.</summary>
    [Fact, Rule("CLK-2"), Rule("CLK-8")]
    public void Zammad_5624_a_target_that_no_longer_holds_stops_and_stays_silent()
    {
        var story = SlaStory.Opened(NineToFive).Tell(new SetHeat(Heat.Public, null));

        Assert.False(story.Clock(Clock.Stage).IsRunning);
        Assert.DoesNotContain(story.After(TimeSpan.FromDays(30)).All<ClockBreached>(), breached => breached.Clock == Clock.Stage);
        Assert.All(story.Case.Clocks.Where(clock => clock.IsRunning), clock => Assert.Equal("hot", clock.Plan.Sla));
    }

    /// <summary>Zammad 1322, 2091: an answer through the portal did not count as one.</summary>
    [Theory, Rule("CLK-3")]
    [InlineData(Channel.Web)]
    [InlineData(Channel.Email)]
    [InlineData(Channel.Chat)]
    [InlineData(Channel.Sms)]
    [InlineData(Channel.Phone)]
    [InlineData(Channel.Visit)]
    [InlineData(Channel.Letter)]
    [InlineData(Channel.Review)]
    [InlineData(Channel.Api)]
    public void Zammad_1322_the_customers_answer_starts_the_clock_again_whatever_way_it_comes(Channel channel) =>
        Assert.All(
            SlaStory.Opened().Tell(new PauseCase("waitingForCustomer")).Tell(new LogContact(Direction.FromCustomer, channel, "here")).Case.Clocks,
            clock => Assert.False(clock.IsPaused));

    /// <summary>OnCall 3261, OneUptime 1890: after daylight saving everything is an hour off.</summary>
    [Theory, Rule("CLK-5")]
    [InlineData("2026-03-27T10:00", "2026-03-30T09:00")] // Friday 12:00 winter time to Monday 12:00 summer time
    [InlineData("2026-10-23T09:00", "2026-10-26T10:00")] // and back
    public void OnCall_3261_nine_in_the_morning_stays_nine_through_daylight_saving(string start, string due) =>
        Assert.Equal(Utc(due), Office.Due(Utc(start), Target.Working(TimeSpan.FromHours(9))).At);

    /// <summary>osTicket 6739: a schedule that lacks weekdays makes everything overdue at once.</summary>
    [Fact, Rule("CLK-2")]
    public void OsTicket_6739_a_week_of_two_days_is_a_week()
    {
        Assert.True(WorkCalendar.TryRead(
            new CalendarText
            {
                Base = new CalendarVersionText
                {
                    Hours = new Dictionary<string, IReadOnlyList<OpeningText>> { ["tue"] = [new("09:00", "17:00")], ["thu"] = [new("09:00", "17:00")] },
                },
            },
            out var calendar, out _));

        Assert.Equal(Utc("2026-12-01T13:00"), calendar.Due(Utc("2026-11-21T00:00"), Target.Working(TimeSpan.FromHours(20))).At);
    }

    /// <summary>GLPI 1996, 2408: a level fires at each run of the scheduler, hundreds of times.</summary>
    [Fact, Rule("CLK-4"), Rule("CLK-7")]
    public void Glpi_1996_a_thousand_wake_ups_warn_once()
    {
        var story = SlaStory.Opened().After(TimeSpan.FromMinutes(50));
        for (var i = 0; i < 1000; i++)
        {
            story.DownFor(TimeSpan.FromMilliseconds(1)).Tell(new Tick(), Actor.Clock);
        }

        Assert.Single(story.All<ClockWarned>(), warned => warned.Clock == Clock.Acknowledge);
    }

    /// <summary>GLPI 22678: an hour before due was midnight of the next day.</summary>
    [Fact, Rule("CLK-4")]
    public void Glpi_22678_an_hour_before_is_an_hour_of_work_before()
    {
        var clock = SlaStory.Opened(NineToFive).Tell(new SetHeat(Heat.Public, null)).Clock(Clock.Resolution);

        Assert.Equal(TimeSpan.FromHours(1), Worked(clock.WarnAt!.Value, clock.DueAt));
    }

    /// <summary>osTicket 4658: warned only after the breach, and at one threshold.</summary>
    [Fact, Rule("CLK-4")]
    public void OsTicket_4658_warnings_at_half_and_at_three_quarters()
    {
        var story = SlaStory.Opened(NineToFive).After(TimeSpan.FromDays(14));

        Assert.Equal(
            [TimeSpan.FromHours(20), TimeSpan.FromHours(30)],
            story.All<ClockWarned>().Where(warned => warned.Clock == Clock.Resolution).Select(warned => Worked(CaseStory.Noon, warned.WarnAt)));
        Assert.Single(story.All<ClockBreached>(), breached => breached.Clock == Clock.Resolution);
    }

    /// <summary>LibreDesk 70, osTicket 5955: mails about breaches of what was closed, or as soon as it is reopened.</summary>
    [Fact, Rule("CLK-8"), Rule("CASE-4")]
    public void OsTicket_5955_reopening_what_was_overdue_breaches_nothing_at_once()
    {
        var story = SlaStory.Opened().After(TimeSpan.FromDays(5)).Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "late, but done"))
            .After(TimeSpan.FromDays(3));
        var breaches = story.All<ClockBreached>().Count();

        story.Tell(new ReopenCase("again")).Tell(new Tick(), Actor.Clock);

        Assert.Equal(breaches, story.All<ClockBreached>().Count());
        Assert.All(story.Case.Clocks.Where(clock => clock.IsRunning), clock => Assert.Equal(ClockState.Running, clock.State));
    }

    private static WorkCalendar Office => TestPolicy.Shipped.Current.Sla.Calendars["office"];

    private static TimeSpan Worked(DateTimeOffset from, DateTimeOffset to) => Office.Worked(from, to);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
