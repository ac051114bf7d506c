using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Clocks;

/// <summary>CLK-2: which targets judge a case, and what a change of them keeps.</summary>
public sealed class ReplanTests
{
    private const string Levels =
        """
          - id: gold
            when: {customerGroup: [gold], level: [buffer]}
            calendar: always
            targets: {acknowledge: PT10M, silence: PT4H, resolution: PT24H}
          - id: russian
            when: {language: [ru], type: [brokenPromise]}
            calendar: always
            targets: {acknowledge: PT20M, silence: PT4H, resolution: PT30H}
          - id: urgent
            when: {heat: [aggressive, public]}
            calendar: always
            targets: {acknowledge: PT30M, silence: PT8H, resolution: PT48H}
          - id: head
            when: {level: [head, management]}
            calendar: office
            targets: {acknowledge: PT30M, silence: PT8H, resolution: {workingDays: 3}}
          - id: standard
            calendar: always
            targets: {acknowledge: PT1H, silence: PT24H, resolution: {working: PT72H, warn: [0.75]}}
        """;

    [Fact, Rule("CLK-2")]
    public void The_first_policy_whose_conditions_hold_judges_the_case()
    {
        var policies = SlaStory.Policy(Levels);

        Assert.Equal("standard", SlaStory.Opened(policies).Clock(Clock.Resolution).Plan.Sla);
        Assert.Equal("gold", SlaStory.Opened(policies, group: "Gold").Clock(Clock.Resolution).Plan.Sla);
        Assert.Equal("russian", SlaStory.Opened(policies, CaseStory.Ioana with { Language = "ru-MD" }).Clock(Clock.Resolution).Plan.Sla);
        Assert.Equal("standard", SlaStory.Opened(policies, CaseStory.Ioana with { Language = "rup" }).Clock(Clock.Resolution).Plan.Sla);
    }

    [Fact, Rule("CLK-2")]
    public void More_heat_shortens_the_target_and_keeps_what_was_consumed_and_paused()
    {
        var story = SlaStory.Opened(SlaStory.Policy(Levels)).After(TimeSpan.FromHours(20))
            .Tell(new PauseCase("waitingForSupplier")).After(TimeSpan.FromHours(10)).Tell(new ResumeCase());

        story.Tell(new SetHeat(Heat.Public, null));

        // 20 of 48 hours are consumed; 28 are left from now, which is 30 hours after the start.
        var resolution = story.Clock(Clock.Resolution);
        Assert.Equal(CaseStory.Noon.AddHours(58), resolution.DueAt);
        Assert.Equal((TimeSpan.FromHours(20), TimeSpan.FromHours(10)), (resolution.Progress.Consumed, resolution.Progress.PausedInAll));
    }

    [Fact, Rule("CLK-2")]
    public void Back_again_the_clock_is_due_when_it_was_due_at_first()
    {
        var story = SlaStory.Opened(SlaStory.Policy(Levels)).After(TimeSpan.FromHours(20));
        var due = story.Clock(Clock.Resolution).DueAt;

        story.Tell(new SetHeat(Heat.Public, null)).After(TimeSpan.FromHours(3)).Tell(new SetHeat(Heat.Tense, null));

        Assert.Equal(due, story.Clock(Clock.Resolution).DueAt);
    }

    [Fact, Rule("CLK-2")]
    public void A_target_shorter_than_what_was_consumed_is_overdue_at_once_and_says_so_once()
    {
        var story = SlaStory.Opened(SlaStory.Policy(Levels)).After(TimeSpan.FromHours(60)).Tell(new SetHeat(Heat.Public, null));

        Assert.Equal(story.Now, story.Clock(Clock.Resolution).DueAt);
        Assert.Single(story.After(TimeSpan.FromHours(1)).All<ClockBreached>(), breached => breached.Clock == Clock.Resolution);
    }

    [Fact, Rule("CLK-2")]
    public void A_breach_stays_a_breach_whatever_holds_afterwards()
    {
        var story = SlaStory.Opened(SlaStory.Policy(Levels), group: "gold").After(TimeSpan.FromHours(25)).Tell(new Escalate("now", Level.Head));

        Assert.Equal((ClockState.Breached, "gold"), (story.Clock(Clock.Resolution).State, story.Clock(Clock.Resolution).Plan.Sla));
    }

    [Fact, Rule("CLK-2")]
    public void Another_level_may_count_on_another_calendar_and_in_days()
    {
        var story = SlaStory.Opened(SlaStory.Policy(Levels)).After(TimeSpan.FromHours(2)).Tell(new Escalate("now", Level.Head));

        // Thursday 12:00 UTC is 14:00 in Chisinau; three working days later is Tuesday 14:00.
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), story.Clock(Clock.Resolution).DueAt);
    }

    [Fact, Rule("CLK-2")]
    public void A_paused_clock_is_planned_anew_and_still_stands_still()
    {
        var story = SlaStory.Opened(SlaStory.Policy(Levels)).After(TimeSpan.FromHours(10)).Tell(new PauseCase("waitingForSupplier"))
            .After(TimeSpan.FromHours(5)).Tell(new SetHeat(Heat.Public, null)).After(TimeSpan.FromHours(100)).Tell(new ResumeCase());

        Assert.Equal(CaseStory.Noon.AddHours(10 + 105 + 38), story.Clock(Clock.Resolution).DueAt);
    }

    [Fact, Rule("CLK-4")]
    public void A_due_instant_that_comes_back_to_where_it_was_is_not_warned_of_a_second_time()
    {
        var story = SlaStory.Opened(SlaStory.Policy(
            """
              - id: hot
                when: {heat: [public]}
                calendar: always
                targets: {acknowledge: PT1H, silence: PT24H, resolution: {working: PT60H, warn: [0.5]}}
              - id: mild
                calendar: always
                targets: {acknowledge: PT1H, silence: PT24H, resolution: {working: PT72H, warn: [0.5]}}
            """)).After(TimeSpan.FromHours(40));

        story.Tell(new SetHeat(Heat.Public, null)).After(TimeSpan.FromMinutes(5)).Tell(new SetHeat(Heat.Tense, null)).After(TimeSpan.FromMinutes(5));

        Assert.Equal(2, story.All<ClockWarned>().Count(warned => warned.Clock == Clock.Resolution));
        Assert.Equal(CaseStory.Noon.AddHours(72), story.Clock(Clock.Resolution).DueAt);
        Assert.Single(story.All<ClockWarned>(), warned => warned.Clock == Clock.Resolution && warned.DueAt == CaseStory.Noon.AddHours(72));
    }

    [Fact, Rule("CLK-4")]
    public void A_plan_that_does_not_move_the_due_instant_warns_of_nothing_anew()
    {
        var policies = SlaStory.Policy(Levels);
        var story = SlaStory.Opened(policies).After(TimeSpan.FromHours(60));
        policies.Change((SlaStory.SlaFile, SlaStory.Sla(Levels.Replace("silence: PT24H", "silence: PT25H", StringComparison.Ordinal))));

        story.Tell(new ApplyPolicy(), CaseStory.Irina).After(TimeSpan.FromMinutes(30));

        Assert.Equal(policies.Current.Version, story.Clock(Clock.Resolution).Plan.Version);
        Assert.Single(story.All<ClockWarned>(), warned => warned.Clock == Clock.Resolution);
    }

    [Fact, Rule("CLK-2")]
    public void A_changed_policy_judges_an_open_case_only_when_it_is_applied_to_it()
    {
        var policies = SlaStory.Policy(Levels);
        var story = SlaStory.Opened(policies);
        policies.Change((SlaStory.SlaFile, SlaStory.Sla(Levels.Replace("PT72H", "PT80H", StringComparison.Ordinal))));

        story.After(TimeSpan.FromHours(1)).Tell(new PauseCase("waitingForSupplier")).After(TimeSpan.FromHours(1)).Tell(new ResumeCase());
        Assert.Equal(CaseStory.Noon.AddHours(73), story.Clock(Clock.Resolution).DueAt);

        story.Tell(new ApplyPolicy(), CaseStory.Irina);
        Assert.Equal(CaseStory.Noon.AddHours(81), story.Clock(Clock.Resolution).DueAt);
        Assert.Empty(story.Try(new ApplyPolicy(), CaseStory.Irina).Events);
    }

    [Fact, Rule("CLK-2")]
    public void A_holiday_that_is_brought_in_moves_what_runs_over_it_and_the_hours_already_counted_stay()
    {
        var policies = SlaStory.OnOffice;
        var story = SlaStory.Opened(policies).After(TimeSpan.FromHours(2));
        policies.Change(
            (SlaStory.SlaFile, SlaStory.Sla(
                """
                  - id: standard
                    calendar: office
                    targets: {acknowledge: PT2H, silence: {workingDays: 1}, resolution: {working: PT40H}}
                """)),
            ("calendars/office.yaml",
                """
                timeZone: Europe/Chisinau
                hours: {mon: [09:00-18:00], tue: [09:00-18:00], wed: [09:00-18:00], thu: [09:00-18:00], fri: [09:00-18:00]}
                holidays: ["2026-11-20"]
                """));
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 16, 0, 0, TimeSpan.Zero), story.Clock(Clock.Resolution).DueAt);

        story.Tell(new ApplyPolicy(), CaseStory.Irina);

        Assert.Equal(TimeSpan.FromHours(2), story.Clock(Clock.Resolution).Progress.Consumed);
        Assert.Equal(new DateTimeOffset(2026, 11, 26, 16, 0, 0, TimeSpan.Zero), story.Clock(Clock.Resolution).DueAt);
    }

    [Fact, Rule("CLK-1")]
    public void Each_stage_has_its_own_target_and_leaving_it_meets_it()
    {
        var story = SlaStory.Opened().Reached(Stage.Clarify);
        Assert.Equal("workingDays", Measure(story.Clock(Clock.Stage).Plan.Target));

        story.After(TimeSpan.FromDays(2)).Reached(Stage.Options);

        Assert.Contains(story.All<ClockBreached>(), breached => breached.Clock == Clock.Stage);
        Assert.Equal((ClockState.Running, story.Now), (story.Clock(Clock.Stage).State, story.Clock(Clock.Stage).StartedAt));
    }

    private static string Measure(Target target) => target is Target.WorkingDayCount ? "workingDays" : "other";
}
