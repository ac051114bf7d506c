using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Notices;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Cases;

public sealed class CaseTests
{
    [Fact, Rule("CASE-1")]
    public void Clocks_run_from_the_moment_the_customer_complained()
    {
        var story = Opened(complainedAt: Noon.AddMinutes(-40));

        Assert.Equal(Noon.AddMinutes(20), ClockOf(story, Clock.Acknowledge).DueAt);
        Assert.Equal(Noon.AddMinutes(-40).AddDays(3), ClockOf(story, Clock.Resolution).DueAt);
    }

    [Fact, Rule("CASE-1")]
    public void Opening_with_a_complaint_in_the_future_is_refused() =>
        Assert.Equal("complainedAt", new CaseStory().Refuse(Opening(complainedAt: Noon.AddMinutes(1))).Field);

    [Fact, Rule("CASE-1")]
    public void Opening_with_an_unknown_type_names_the_known_ones() =>
        Assert.Contains("brokenPromise", new CaseStory().Refuse(Opening() with { Type = "weather" }).Detail, StringComparison.Ordinal);

    [Fact, Rule("CASE-2")]
    public void Each_stage_is_left_only_with_its_required_steps_done()
    {
        var story = Opened();

        Assert.Equal("case.stage.incomplete", story.Refuse(new MoveToStage(Stage.Clarify, null)).Code);
        story.Reached(Stage.Clarify);
        Assert.Equal("case.stage.incomplete", story.Refuse(new MoveToStage(Stage.Options, null)).Code);
        story.Reached(Stage.Options).Tell(new OfferOption("one solution", null));
        Assert.Contains("two solutions", story.Refuse(new MoveToStage(Stage.Agreement, null)).Detail, StringComparison.Ordinal);
        story.Tell(new OfferOption("another", null)).Tell(new MoveToStage(Stage.Agreement, null));
        story.Tell(new ReachAgreement("yes", [1], RemedyGiven: false));
        Assert.Contains("promise", story.Refuse(new MoveToStage(Stage.FollowThrough, null)).Detail, StringComparison.Ordinal);
        story.Tell(new MakePromise("delivery", story.Now.AddDays(2), null)).Tell(new MoveToStage(Stage.FollowThrough, null));
        Assert.Equal(Stage.FollowThrough, story.Case.Stage);
    }

    [Fact, Rule("CASE-2")]
    public void A_stage_is_never_skipped() =>
        Assert.Equal("case.stage.oneStep", Opened().Refuse(new MoveToStage(Stage.Options, null)).Code);

    [Fact, Rule("CASE-2")]
    public void Closing_waits_for_follow_through_and_for_every_promise()
    {
        var story = Opened();

        Assert.Equal("case.close.tooEarly", story.Refuse(new CloseCase(Outcome.Agreed, "done")).Code);
        story.Reached(Stage.FollowThrough).Tell(new MakePromise("call", story.Now.AddHours(5), null));
        Assert.Equal("case.promisesOpen", story.Refuse(new CloseCase(Outcome.Agreed, "done")).Code);
        story.Tell(new KeepPromise(1, "called at 14:00")).Tell(new CloseCase(Outcome.Agreed, "delivered on Saturday"));
        Assert.Equal((Stage.Closed, Outcome.Agreed), (story.Case.Stage, story.Case.Outcome));
        Assert.Contains(story.All<NoticeDecided>(), notice => notice.NoticeKind == NoticeKind.Closing && notice.Body!.Contains("delivered on Saturday", StringComparison.Ordinal));
    }

    [Fact, Rule("CASE-3")]
    public void No_agreement_goes_back_to_contact_as_the_next_round_and_hides_nothing()
    {
        var story = Opened().Reached(Stage.Agreement).Tell(new MoveToStage(Stage.Contact, "neither suits"));

        Assert.Equal((Stage.Contact, 2), (story.Case.Stage, story.Case.Round));
        Assert.Equal(2, story.Case.Options.Count(option => option.Round == 1));
        Assert.Equal("case.stage.incomplete", story.Refuse(new MoveToStage(Stage.Clarify, null)).Code);
    }

    [Fact, Rule("CASE-4")]
    public void A_customer_coming_back_within_14_days_reopens_the_case_as_its_next_round()
    {
        var story = Opened().Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "done")).After(TimeSpan.FromDays(14));

        story.Tell(new ReopenCase("it broke again"));

        Assert.Equal((Stage.Contact, 2), (story.Case.Stage, story.Case.Round));
        Assert.All(story.Case.Clocks.Where(clock => clock.Name != Escalation.Grains.Clocks.Clock.Stage), clock => Assert.True(clock.IsRunning));
    }

    [Fact, Rule("CASE-4")]
    public void A_customer_coming_back_later_gets_a_new_case() =>
        Assert.Equal("case.reopen.tooLate", Opened().Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "done"))
            .After(TimeSpan.FromDays(14.01)).Refuse(new ReopenCase("again")).Code);

    [Fact, Rule("CASE-6")]
    public void Heat_is_recorded_with_what_it_was_and_the_same_heat_changes_nothing()
    {
        var story = Opened().Tell(new SetHeat(Heat.Heated, "shouts"));

        Assert.Equal((Heat.Heated, Heat.Tense), story.All<HeatSet>().Select(e => (e.Heat, e.Was)).Single());
        Assert.Empty(story.Try(new SetHeat(Heat.Heated, "still")).Events);
    }

    [Fact, Rule("CASE-7")]
    public void Only_a_supervisor_closes_with_nothing_to_be_done()
    {
        var story = Opened();

        Assert.Equal("case.close.needsSupervisor", story.Refuse(new CloseCase(Outcome.NoActionPossible, "the law forbids it")).Code);
        story.Tell(new CloseCase(Outcome.NoActionPossible, "the law forbids it"), Irina);
        Assert.Contains(story.All<NoticeDecided>(), notice => notice.NoticeKind == NoticeKind.Closing);
    }

    [Fact, Rule("CASE-9")]
    public void The_customer_is_told_at_once_in_their_language()
    {
        var notice = Assert.Single(Opened().All<NoticeDecided>());

        Assert.Equal(("ro", "ioana@example.org", NoticeKind.Acknowledgement), (notice.Language, notice.To, notice.NoticeKind));
        Assert.Contains("20418", notice.Subject, StringComparison.Ordinal);
        Assert.Contains("joi, 19 noiembrie 2026, ora 15:00 (Europe/Chisinau)", notice.Body, StringComparison.Ordinal);
    }

    [Fact, Rule("CASE-2")]
    public void A_closed_case_takes_no_more_work()
    {
        var story = Opened().Tell(new CloseCase(Outcome.Withdrawn, "found it"));

        Assert.Equal("case.closed", story.Refuse(new MakePromise("x", story.Now.AddDays(1), null)).Code);
        Assert.Empty(story.Try(new CloseCase(Outcome.Withdrawn, "again")).Events);
    }

    [Fact, Rule("ESC-2")]
    public void The_same_word_for_the_same_level_does_not_escalate_twice()
    {
        var story = Opened().Tell(new Escalate("customer asks for the head", Level.Head));

        Assert.Empty(story.Try(new Escalate("still asks", Level.Head)).Events);
        Assert.Equal(Level.Head, story.Case.Level);
        story.Tell(new AcknowledgeEscalation(1), Irina);
        Assert.Equal("escalation.alreadyAcknowledged", story.Refuse(new AcknowledgeEscalation(1), Ana).Code);
    }

    [Fact]
    public void An_unknown_case_is_not_found() =>
        Assert.Equal("case.notFound", new CaseStory().Refuse(new AddNote("hello")).Code);

    private static Clock ClockOf(CaseStory story, string name) => story.Case.Clocks.Single(clock => clock.Name == name);
}
