using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Approvals;

/// <summary>PRM-4: a second delay waits for a supervisor.</summary>
public sealed class ApprovalTests
{
    private static readonly DateTimeOffset Due = Noon.AddHours(29);
    private static readonly DateTimeOffset Later = Due.AddDays(2);

    [Fact, Rule("PRM-4")]
    public void A_second_delay_by_an_agent_waits_for_a_supervisor_and_moves_nothing_yet()
    {
        var story = AskedTwice();

        var approval = story.Case.Approvals.Single();
        Assert.Equal(
            (ApprovalKind.SecondDelay, "ana", ApprovalState.Open, Later, story.Case.Promises.Single().SendBy),
            (approval.Kind, approval.AskedBy, approval.State, approval.NewDueAt, approval.DecideBy));
        Assert.Equal(1, story.Case.Promises.Single().Revision);
    }

    [Fact, Rule("PRM-4")]
    public void Approved_it_moves_the_promise_and_asks_for_the_customers_consent()
    {
        var story = AskedTwice().Tell(new DecideApproval(1, true, null), Irina);

        var promise = story.Case.Promises.Single();
        Assert.Equal((2, Later, ApprovalState.Approved), (promise.Revision, promise.DueAt, story.Case.Approvals.Single().State));
        var told = story.Explanations().Last();
        Assert.Contains("{answerFine}", told.Body, StringComparison.Ordinal);
        Assert.Equal(2, told.Revision);
        Assert.True(promise.Moves[^1].IsWaiting);
    }

    [Fact, Rule("PRM-4")]
    public void A_denial_needs_a_reason_and_puts_the_question_to_the_owner_again()
    {
        var story = AskedTwice();

        Assert.Equal("reason", story.Refuse(new DecideApproval(1, false, " "), Irina).Field);
        story.Tell(new DecideApproval(1, false, "Send the spare van."), Irina);

        Assert.Equal((ApprovalState.Denied, AskState.Asked), (story.Case.Approvals.Single().State, story.Case.Promises.Single().Ask));
        Assert.Equal(1, story.Case.Promises.Single().Revision);
    }

    [Fact, Rule("PRM-4"), Rule("CLM-3")]
    public void Nobody_approves_what_they_asked_for_and_agents_approve_nothing()
    {
        var story = AskedTwice();

        Assert.Equal("approval.ownRequest", story.Refuse(new DecideApproval(1, true, null), Ana with { Roles = Roles.Supervisor }).Code);
        Assert.Equal("approval.needsSupervisor", story.Refuse(new DecideApproval(1, true, null), new Actor("mihai", Roles.Agent)).Code);
    }

    [Fact, Rule("PRM-4")]
    public void Of_two_decisions_the_first_holds_and_the_other_is_told_whose()
    {
        var story = AskedTwice().Tell(new DecideApproval(1, true, null), Irina);

        Assert.Contains("Irina approved", story.Refuse(new DecideApproval(1, false, "no"), Vlad).Detail, StringComparison.Ordinal);
        Assert.Empty(story.Try(new DecideApproval(1, true, null), Irina).Events);
    }

    [Fact, Rule("PRM-4")]
    public void Asked_again_for_the_same_nothing_more_happens_and_for_another_date_it_is_refused()
    {
        var story = AskedTwice();

        Assert.Empty(story.Try(new ExplainDelay(1, "the part is late again", Later)).Events);
        Assert.Equal("approval.waiting", story.Refuse(new ExplainDelay(1, "later still", Later.AddDays(1))).Code);
    }

    [Fact, Rule("PRM-4")]
    public void Not_decided_by_send_by_a_person_calls_and_the_case_goes_up_and_it_can_still_be_decided_until_due()
    {
        var story = AskedTwice().MailIsAccepted();
        story.After(story.Case.Promises.Single().SendBy - story.Now);

        Assert.Contains(story.Case.CallTasks, task => task.Reason == CallTask.SecondDelay);
        Assert.Equal(Level.Specialist, story.Case.Level);
        Assert.True(story.Case.Approvals.Single().IsOpen);

        story.Tell(new DecideApproval(1, true, null), Irina);
        Assert.Equal((2, Level.Buffer), (story.Case.Promises.Single().Revision, story.Case.Level));
    }

    [Fact, Rule("PRM-4")]
    public void An_approval_ends_with_what_it_was_about()
    {
        Assert.Equal("promise.kept", AskedTwice().Tell(new KeepPromise(1, "done")).Case.Approvals.Single().DecisionReason);
        Assert.Equal("promise.lapsed", AskedTwice().After(TimeSpan.FromDays(9)).Case.Approvals.Single().DecisionReason);
        Assert.Equal("approval.dropped", AskedTwice().Tell(new KeepPromise(1, "done")).Refuse(new DecideApproval(1, true, null), Irina).Code);
    }

    [Fact, Rule("PRM-4")]
    public void The_limit_reached_there_is_no_further_move_for_anyone()
    {
        var story = AskedTwice().Tell(new DecideApproval(1, true, null), Irina).MailIsAccepted();

        Assert.Equal("promise.moveLimit", story.Refuse(new ExplainDelay(1, "third", Later.AddDays(1))).Code);
        var promise = story.Case.Promises.Single();
        story.After(promise.SendBy - story.Now);
        Assert.Contains(story.Case.CallTasks, task => task.Reason == CallTask.SecondDelay && task.RaisedAt < promise.DueAt);
        Assert.Equal(Level.Specialist, story.Case.Level);
    }

    /// <summary>Moved once by ana, who then asks for a second delay.</summary>
    private static CaseStory AskedTwice() => Opened().Tell(new MakePromise("The dishwasher is delivered", Noon.AddHours(5), null))
        .Tell(new ExplainDelay(1, "the part is late", Due)).Tell(new ExplainDelay(1, "the part is late again", Later));
}
