using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Promises;

public sealed class PromiseTests
{
    private static readonly DateTimeOffset Due = Noon.AddHours(5);

    [Fact, Rule("PRM-1")]
    public void A_promise_needs_a_due_instant_in_the_future()
    {
        Assert.Equal("dueAt", Opened().Refuse(new MakePromise("call", Noon, null)).Field);
        Assert.Equal("ana", Promised().Case.Promises.Single().Owner);
    }

    [Fact, Rule("PRM-3")]
    public void At_send_by_the_platform_explains_by_itself_with_reason_and_new_date()
    {
        var story = Promised().After(TimeSpan.FromHours(4.5));

        var moved = Assert.Single(story.All<PromiseExplained>());
        Assert.Equal((1, true, Due, Due.AddDays(1)), (moved.Revision, moved.Automatic, moved.WasDueAt, moved.DueAt));
        var notice = Assert.Single(story.All<NoticeDecided>(), e => e.NoticeKind == NoticeKind.Explanation);
        Assert.Contains("vineri, 20 noiembrie 2026, ora 19:00 (Europe/Chisinau)", notice.Body, StringComparison.Ordinal);
        Assert.Contains(TestPolicy.Shipped.Current.Texts.For("ro").ReasonFor("brokenPromise"), notice.Body, StringComparison.Ordinal);
        Assert.Equal(PromiseState.Explained, story.Case.Promises.Single().State);
    }

    [Fact, Rule("PRM-3")]
    public void A_kept_promise_is_not_explained()
    {
        var story = Promised().Tell(new KeepPromise(1, "delivered")).After(TimeSpan.FromDays(2));

        Assert.Empty(story.All<PromiseExplained>());
        Assert.Empty(story.All<PromiseLapsed>());
    }

    [Fact, Rule("PRM-3")]
    public void An_explanation_is_dropped_just_before_sending_when_the_promise_was_kept_meanwhile()
    {
        var story = Promised().After(TimeSpan.FromHours(4.5)).Tell(new KeepPromise(1, "delivered"));

        var explanation = story.Explanations().Single();
        story.Tell(new RecheckNotice(explanation.Number), Actor.Notifier);

        explanation = story.Explanations().Single();
        Assert.Equal((NoticeState.Dropped, "promise.kept"), (explanation.State, explanation.Reason));
    }

    [Fact, Rule("PRM-3")]
    public void An_older_explanation_is_dropped_when_the_promise_moved_again()
    {
        var story = Promised().Tell(new ExplainDelay(1, "the van broke down", Due.AddHours(2)));
        story.Tell(new ExplainDelay(1, "the spare van too", Due.AddHours(6)), Irina);

        foreach (var explanation in story.Explanations())
        {
            story.Tell(new RecheckNotice(explanation.Number), Actor.Notifier);
        }

        Assert.Equal([NoticeState.Dropped, NoticeState.Decided], story.Explanations().Select(n => n.State));
    }

    [Fact, Rule("PRM-4")]
    public void A_second_delay_needs_a_supervisor_and_a_third_needs_a_call()
    {
        var story = Promised().Tell(new ExplainDelay(1, "van", Due.AddHours(2)));

        story.Tell(new ExplainDelay(1, "again", Due.AddHours(4)), Irina);
        Assert.Equal("promise.moveLimit", story.Refuse(new ExplainDelay(1, "and again", Due.AddHours(6)), Irina).Code);
    }

    [Fact, Rule("PRM-4")]
    public void A_second_delay_is_not_moved_by_the_machine_a_person_calls_and_the_case_goes_up_before_it_lapses()
    {
        var story = Promised().After(TimeSpan.FromHours(4.5)).MailIsAccepted();
        var second = story.Case.Promises.Single();

        story.After(second.SendBy - story.Now);

        Assert.Single(story.All<PromiseExplained>());
        Assert.Equal(CallTask.SecondDelay, Assert.Single(story.Case.CallTasks).Reason);
        Assert.Equal(Level.Specialist, story.Case.Level);
        Assert.True(story.Now < second.DueAt);
    }

    [Fact, Rule("PRM-5")]
    public void An_explanation_that_no_server_takes_becomes_a_call_task_before_due()
    {
        var story = Promised().After(TimeSpan.FromHours(4.5));
        var fallbackAt = story.Explanations().Single().FallbackAt!.Value;
        Assert.True(fallbackAt < Due);

        story.After(fallbackAt - story.Now);

        Assert.Equal((CallTask.NotAccepted, fallbackAt), (story.Case.CallTasks.Single().Reason, story.Case.CallTasks.Single().RaisedAt));
    }

    [Fact, Rule("PRM-5")]
    public void An_acknowledgement_that_is_given_up_becomes_a_call_task()
    {
        var story = Opened().Tell(new RecordNoticeFailed(1, "no such mailbox", 1), Actor.Notifier);

        Assert.Equal((CallTask.NotAccepted, null), (story.Case.CallTasks.Single().Reason, story.Case.CallTasks.Single().Promise));
    }

    [Fact, Rule("PRM-5")]
    public void A_customer_without_an_address_is_called()
    {
        var story = Opened(Ioana with { Email = null }).Tell(new MakePromise("delivery", Due, null)).After(TimeSpan.FromHours(4.5));

        Assert.Equal(CallTask.NoChannel, Assert.Single(story.Case.CallTasks).Reason);
    }

    [Fact, Rule("PRM-5")]
    public void A_call_that_was_made_is_no_longer_asked_for()
    {
        var story = Opened(Ioana with { Email = null }).Tell(new MakePromise("delivery", Due, null)).After(TimeSpan.FromHours(4.5));

        story.Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "told her"));

        Assert.NotNull(story.Case.CallTasks.Single().DoneAt);
    }

    [Fact, Rule("PRM-7")]
    public void Kept_after_due_is_recorded_as_lapsed_and_kept_late()
    {
        var story = Promised().DownFor(TimeSpan.FromHours(6)).Tell(new KeepPromise(1, "delivered at last"));

        Assert.Equal(["PromiseLapsed", "PromiseKept"], story.History.Where(e => e is PromiseLapsed or PromiseKept).Select(e => e.GetType().Name));
        Assert.True(story.All<PromiseKept>().Single().Late);
        Assert.Equal(PromiseState.Lapsed, story.Case.Promises.Single().State);
        Assert.Empty(story.Try(new KeepPromise(1, "again")).Events);
    }

    [Fact, Rule("PRM-8")]
    public void A_lapsed_promise_goes_to_head_and_a_platform_that_was_down_says_that_it_was_silent()
    {
        var story = Promised().DownFor(TimeSpan.FromHours(5)).Tell(new Tick(), Actor.Clock);

        Assert.True(story.All<PromiseLapsed>().Single().Silently);
        Assert.Equal(Level.Head, story.Case.Level);
        Assert.Equal("promise.lapsed:p1", story.All<EscalationRaised>().Single().Cause);
    }

    [Fact, Rule("PRM-8")]
    public void With_the_platform_up_no_promise_lapses_silently()
    {
        var story = Promised().After(TimeSpan.FromDays(10));

        Assert.False(Assert.Single(story.All<PromiseLapsed>()).Silently);
    }

    [Fact, Rule("ESC-5")]
    public void Keeping_the_promise_closes_the_escalation_that_it_caused()
    {
        var story = Promised().After(TimeSpan.FromDays(3)).Tell(new KeepPromise(1, "delivered"));

        Assert.Equal(Level.Buffer, story.Case.Level);
        Assert.All(story.All<EscalationClosed>(), e => Assert.Equal("promise.kept", e.Reason));
    }

    [Fact, Rule("PRM-4")]
    public void A_new_date_must_be_later_than_the_one_the_customer_has() =>
        Assert.Equal("newDueAt", Promised().Refuse(new ExplainDelay(1, "sooner", Due.AddMinutes(-1))).Field);

    [Fact, Rule("PRM-1")]
    public void An_unknown_promise_is_not_found() =>
        Assert.Equal("promise.notFound", Opened().Refuse(new KeepPromise(1, "?")).Code);

    private static CaseStory Promised() => Opened().Tell(new MakePromise("The dishwasher is delivered and fitted", Due, null));
}
