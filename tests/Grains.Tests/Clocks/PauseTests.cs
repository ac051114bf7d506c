using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Clocks;

/// <summary>CLK-3: what stands still, for what, until when, and what comes back.</summary>
public sealed class PauseTests
{
    private const string WaitingForCustomer = "waitingForCustomer";
    private const string WaitingForSupplier = "waitingForSupplier";

    [Fact, Rule("CLK-3")]
    public void A_pause_gives_back_exactly_what_it_took()
    {
        var story = SlaStory.Opened().Tell(new PauseCase(WaitingForSupplier)).DownFor(TimeSpan.FromSeconds(100_001)).Tell(new ResumeCase());

        var resolution = story.Clock(Clock.Resolution);
        Assert.Equal(CaseStory.Noon.AddHours(72).AddSeconds(100_001), resolution.DueAt);
        Assert.Equal(TimeSpan.FromSeconds(100_001), resolution.Progress.PausedInAll);
    }

    [Fact, Rule("CLK-3")]
    public void Only_the_clocks_that_the_reason_names_stand_still()
    {
        var story = SlaStory.Opened().Tell(new PauseCase(WaitingForSupplier));

        Assert.True(story.Clock(Clock.Resolution).IsPaused);
        Assert.False(story.Clock(Clock.Silence).IsPaused);
        Assert.False(story.Clock(Clock.Acknowledge).IsPaused);
    }

    [Fact, Rule("CLK-3")]
    public void Any_contact_from_the_customer_ends_the_pause_at_once()
    {
        var story = SlaStory.Opened().Tell(new PauseCase(WaitingForCustomer)).After(TimeSpan.FromHours(5))
            .Tell(new LogContact(Direction.FromCustomer, Channel.Email, "here is the receipt"));

        Assert.Null(story.Case.PausedFor);
        Assert.Equal("contact", story.All<CaseResumed>().Single().Cause);
        Assert.Equal(CaseStory.Noon.AddHours(77), story.Clock(Clock.Resolution).DueAt);
    }

    [Fact, Rule("CLK-3")]
    public void Our_own_call_does_not_end_it_and_what_it_starts_stands_still_too()
    {
        var story = SlaStory.Opened().Tell(new PauseCase(WaitingForCustomer)).Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "did you find it?"));

        Assert.Equal(WaitingForCustomer, story.Case.PausedFor);
        Assert.True(story.Clock(Clock.Silence).IsPaused);
    }

    [Fact, Rule("CLK-3")]
    public void An_unknown_reason_is_refused_with_those_known()
    {
        var refused = SlaStory.Opened().Refuse(new PauseCase("lunch"));

        Assert.Equal(("case.pause.unknownReason", "reason"), (refused.Code, refused.Field));
        Assert.Contains("waitingForCustomer, waitingForSupplier", refused.Detail, StringComparison.Ordinal);
    }

    [Fact, Rule("CLK-3")]
    public void Pausing_again_for_the_same_reason_changes_nothing() =>
        Assert.Empty(SlaStory.Opened().Tell(new PauseCase(WaitingForCustomer)).After(TimeSpan.FromHours(1)).Try(new PauseCase(WaitingForCustomer)).Events);

    [Fact, Rule("CLK-3")]
    public void Another_reason_takes_the_place_of_the_first_without_a_gap()
    {
        var story = SlaStory.Opened().Tell(new PauseCase(WaitingForSupplier)).DownFor(TimeSpan.FromHours(3))
            .Tell(new PauseCase(WaitingForCustomer)).DownFor(TimeSpan.FromHours(4)).Tell(new ResumeCase());

        Assert.Equal(CaseStory.Noon.AddHours(79), story.Clock(Clock.Resolution).DueAt);
        Assert.Equal(CaseStory.Noon.AddHours(28), story.Clock(Clock.Silence).DueAt);
    }

    [Fact, Rule("CLK-3")]
    public void Pausing_and_resuming_at_the_same_instant_a_hundred_times_moves_nothing_and_warns_of_nothing_anew()
    {
        var story = SlaStory.Opened().After(TimeSpan.FromHours(60));
        var before = story.Clock(Clock.Resolution);
        for (var i = 0; i < 100; i++)
        {
            story.Tell(new PauseCase(WaitingForSupplier)).Tell(new ResumeCase());
        }

        var after = story.Clock(Clock.Resolution);
        Assert.Equal((before.DueAt, ClockState.Warned), (after.DueAt, after.State));
        Assert.Single(story.After(TimeSpan.FromHours(1)).All<ClockWarned>(), warned => warned.Clock == Clock.Resolution);
    }

    [Fact, Rule("CLK-4")]
    public void A_due_instant_that_moved_is_warned_of_again()
    {
        var story = SlaStory.Opened().After(TimeSpan.FromHours(60)).Tell(new PauseCase(WaitingForSupplier)).After(TimeSpan.FromHours(10))
            .Tell(new ResumeCase()).After(TimeSpan.FromHours(1));

        Assert.Equal(2, story.All<ClockWarned>().Count(warned => warned.Clock == Clock.Resolution));
    }

    [Fact, Rule("CLK-3")]
    public void A_pause_over_night_and_holiday_takes_no_working_time_and_gives_none_back()
    {
        // 25 December is a holiday of the office, whose time at noon UTC is 14:00.
        var story = SlaStory.Opened(SlaStory.OnOffice).Until(new(2026, 12, 24, 16, 0, 0, TimeSpan.Zero));
        var due = story.Clock(Clock.Stage).DueAt;

        story.Tell(new PauseCase(WaitingForSupplier)).Until(new(2026, 12, 28, 7, 0, 0, TimeSpan.Zero)).Tell(new ResumeCase());

        Assert.Equal(due, story.Clock(Clock.Stage).DueAt);
        Assert.Equal(TimeSpan.Zero, story.Clock(Clock.Stage).Progress.Paused);
    }

    [Fact, Rule("CLK-3")]
    public void Closing_while_paused_is_no_breach()
    {
        var story = SlaStory.Opened().Reached(Stage.FollowThrough).Tell(new PauseCase(WaitingForCustomer)).After(TimeSpan.FromDays(30))
            .Tell(new CloseCase(Outcome.Agreed, "settled"));

        Assert.Empty(story.All<ClockBreached>());
        Assert.All(story.Case.Clocks, clock => Assert.False(clock.IsRunning));
    }

    [Fact, Rule("CLK-3")]
    public void A_clock_whose_time_was_up_is_breached_before_it_pauses()
    {
        var story = SlaStory.Opened().DownFor(TimeSpan.FromHours(73)).Tell(new PauseCase(WaitingForSupplier));

        Assert.Equal(ClockState.Breached, story.Clock(Clock.Resolution).State);
    }

    [Fact, Rule("CLK-1"), Rule("CLK-3")]
    public void The_clock_of_the_law_and_the_promise_do_not_pause()
    {
        var story = SlaStory.Opened(SlaStory.UnderLaw).Tell(new MakePromise("Money back", CaseStory.Noon.AddHours(30), null));
        var (law, promise) = (story.Clock("finalResponse").DueAt, story.Case.Promises[0].SendBy);

        story.Tell(new PauseCase(WaitingForCustomer)).After(TimeSpan.FromHours(29)).Tell(new ResumeCase());

        Assert.Equal(ClockState.Running, story.Clock("finalResponse").State);
        Assert.Equal(law, story.Clock("finalResponse").DueAt);
        Assert.Equal((CaseStory.Noon.AddHours(30), promise), (story.Case.Promises[0].FirstDueAt, story.All<PromiseExplained>().Count() == 1 ? promise : default));
    }

    [Fact, Rule("CLK-1")]
    public void The_clock_of_the_law_is_met_by_the_close_and_breached_without_it()
    {
        var late = SlaStory.Opened(SlaStory.UnderLaw).After(TimeSpan.FromDays(57));
        var met = SlaStory.Opened(SlaStory.UnderLaw).Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "done"));

        Assert.Equal((ClockState.Breached, ClockKind.Statutory), (late.Clock("finalResponse").State, late.Clock("finalResponse").Kind));
        Assert.Equal(ClockState.Met, met.Clock("finalResponse").State);
    }

    [Fact, Rule("CLK-3")]
    public void A_case_of_a_closed_round_pauses_no_more()
    {
        var story = SlaStory.Opened().Reached(Stage.FollowThrough).Tell(new PauseCase(WaitingForCustomer)).Tell(new CloseCase(Outcome.Agreed, "done"));

        Assert.Equal("case.closed", story.Refuse(new PauseCase(WaitingForCustomer)).Code);
        Assert.Null(story.Tell(new ReopenCase("again")).Case.PausedFor);
        Assert.All(story.Case.Clocks.Where(clock => clock.Name != Clock.Stage), clock => Assert.True(clock is { IsRunning: true, IsPaused: false }));
    }
}
