using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Promises;

/// <summary>PRM-6: what the customer says to a new date, and what their silence means.</summary>
public sealed class AnswerTests
{
    private static readonly DateTimeOffset Due = Noon.AddHours(5);

    [Fact, Rule("PRM-6")]
    public void Fine_is_recorded_and_is_a_contact_from_the_customer()
    {
        var story = Moved().Tell(Answer(CustomerAnswer.Fine), Customer);

        Assert.Equal(CustomerAnswer.Fine, LastMove(story).Answer);
        Assert.Equal((Direction.FromCustomer, Channel.Web), (story.All<ContactLogged>().Single().Direction, story.All<ContactLogged>().Single().Channel));
        Assert.Empty(story.Case.CallTasks);
        story.After(Due - story.Now);
        Assert.Empty(story.All<DelayUnanswered>());
    }

    [Fact, Rule("PRM-6")]
    public void Not_fine_makes_it_one_step_hotter_and_asks_a_person_to_call()
    {
        var story = Moved();

        story.Tell(Answer(CustomerAnswer.CallMe), Customer);

        Assert.Equal(Heat.Heated, story.Case.Heat);
        Assert.Equal((CallTask.CallMe, 1), (story.Case.CallTasks.Single().Reason, story.Case.CallTasks.Single().Promise));
    }

    [Fact, Rule("PRM-6")]
    public void What_is_heated_already_is_not_made_hotter_by_an_answer()
    {
        var story = Moved().Tell(new SetHeat(Heat.Public, null)).Tell(Answer(CustomerAnswer.CallMe), Customer);

        Assert.Equal(Heat.Public, story.Case.Heat);
    }

    [Fact, Rule("PRM-6")]
    public void Cancel_withdraws_the_promise_and_leaves_a_person_something_to_do()
    {
        var story = Moved().Tell(Answer(CustomerAnswer.Cancel), Customer);

        Assert.Equal(PromiseState.Withdrawn, story.Case.Promises.Single().State);
        Assert.True(story.All<PromiseWithdrawn>().Single().ByCustomer);
        Assert.Equal(CallTask.Cancelled, story.Case.CallTasks.Single().Reason);
        Assert.Empty(story.Try(Answer(CustomerAnswer.Cancel), Customer).Events);
    }

    [Fact, Rule("PRM-6")]
    public void The_same_answer_again_changes_nothing_and_another_one_is_a_change_of_mind()
    {
        var story = Moved().Tell(Answer(CustomerAnswer.Fine), Customer);

        Assert.Empty(story.Try(Answer(CustomerAnswer.Fine), Customer).Events);
        Assert.Equal(CustomerAnswer.CallMe, LastMove(story.Tell(Answer(CustomerAnswer.CallMe), Customer)).Answer);
    }

    [Fact, Rule("PRM-6")]
    public void An_answer_to_a_date_that_has_moved_since_is_refused()
    {
        var story = Moved().Tell(new ExplainDelay(1, "again", Due.AddDays(3)), Irina);

        Assert.Equal("promise.answer.superseded", story.Refuse(Answer(CustomerAnswer.Fine), Customer).Code);
    }

    [Fact, Rule("PRM-6")]
    public void There_is_nothing_to_answer_while_a_promise_has_its_first_date() =>
        Assert.Equal("promise.notMoved", Opened().Tell(new MakePromise("delivery", Due, null))
            .Refuse(new AnswerDelay(1, null, CustomerAnswer.Fine, Channel.Web), Customer).Code);

    [Fact, Rule("PRM-6")]
    public void Silence_after_a_first_delay_is_recorded_at_the_old_date_and_is_no_yes()
    {
        var story = Moved();
        story.After(Due - story.Now);

        Assert.Equal((null, true), (LastMove(story).Answer, LastMove(story).Unanswered));
        Assert.Empty(story.Case.CallTasks);
    }

    [Fact, Rule("PRM-6")]
    public void Silence_after_a_second_delay_opens_a_call_task()
    {
        var story = Moved().Tell(new ExplainDelay(1, "again", Due.AddDays(3)), Irina).MailIsAccepted();
        var old = LastMove(story).WasDueAt;

        story.After(old - story.Now);

        Assert.Equal((CallTask.NoAnswer, old), (story.Case.CallTasks.Single().Reason, story.Case.CallTasks.Single().RaisedAt));
    }

    [Fact, Rule("PRM-6")]
    public void A_customer_who_could_not_be_asked_is_not_called_silent()
    {
        var story = Opened(Ioana with { Email = null }).Tell(new MakePromise("delivery", Due, null)).After(TimeSpan.FromDays(3));

        Assert.Empty(story.All<DelayUnanswered>());
    }

    [Fact, Rule("CUS-8")]
    public void A_customer_adds_to_the_case_asks_for_a_call_and_for_someone_higher_each_once()
    {
        var story = Opened();
        foreach (var wish in new[] { CustomerWish.None, CustomerWish.Call, CustomerWish.Call, CustomerWish.Higher, CustomerWish.Higher })
        {
            story.Tell(new HearCustomer("Nobody called.", wish), Customer);
        }

        Assert.Equal(5, story.All<ContactLogged>().Count(e => e.Direction == Direction.FromCustomer));
        Assert.Equal(CallTask.CallMe, story.Case.CallTasks.Single().Reason);
        Assert.Equal(("customer", Level.Specialist), (story.Case.Escalations.Single().Cause, story.Case.Level));
    }

    [Fact, Rule("CASE-4"), Rule("CUS-8")]
    public void A_customer_who_writes_on_the_page_of_a_closed_case_reopens_it()
    {
        var story = Opened().Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "Delivered."));

        story.Tell(new HearCustomer("It leaks.", CustomerWish.None), Customer);

        Assert.Equal((true, 2), (story.Case.IsOpen, story.Case.Round));
        Assert.Equal(NoticeKind.Reopening, story.Case.Notices[^1].Kind);
    }

    [Fact, Rule("CASE-9")]
    public void The_customer_is_told_of_each_step_once_in_their_language_and_by_name()
    {
        var story = Opened().Reached(Stage.Agreement).Tell(new MakePromise("Delivered on Saturday", Due, null))
            .Tell(new KeepPromise(1, "signed for")).Tell(new KeepPromise(1, "signed for"))
            .Tell(new ReachAgreement("yes", [1], true)).Tell(new MoveToStage(Stage.FollowThrough, null))
            .Tell(new CloseCase(Outcome.Agreed, "Delivered.")).Tell(new ReopenCase(null));

        Assert.Equal(
            [NoticeKind.Acknowledgement, NoticeKind.Promise, NoticeKind.Kept, NoticeKind.Closing, NoticeKind.Reopening],
            story.Case.Notices.Select(notice => notice.Kind));
        Assert.Contains("joi, 19 noiembrie 2026, ora 19:00 (Europe/Chisinau)", story.Case.Notices[1].Body, StringComparison.Ordinal);
        Assert.EndsWith("Ana\n", story.Case.Notices[1].Body, StringComparison.Ordinal);
        Assert.EndsWith("Echipa de relații cu clienții\n", story.Case.Notices[0].Body, StringComparison.Ordinal);
    }

    [Fact, Rule("CUS-8")]
    public void Revoked_links_make_way_for_a_new_generation() =>
        Assert.Equal(2, Opened().Tell(new RevokeLinks()).Tell(new RevokeLinks()).Case.LinkGeneration);

    /// <summary>Promised for five hours on, and explained by the platform at send-by; the mail went out.</summary>
    private static CaseStory Moved() =>
        Opened().Tell(new MakePromise("The dishwasher is delivered", Due, null)).After(TimeSpan.FromHours(4)).MailIsAccepted();

    private static AnswerDelay Answer(CustomerAnswer answer) => new(1, 1, answer, Channel.Web);

    private static PromiseMove LastMove(CaseStory story) => story.Case.Promises.Single().Moves[^1];
}
