using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Delivery;

/// <summary>CASE-9: a word to the customer is signed by a person, by the name that the policy has for them.</summary>
public sealed class NameTests
{
    private const string People =
        """
        people:
          ana: {name: Ana-Maria Ciobanu, channels: []}
          irina: {name: Irina Rusu, channels: []}
        """;

    private static TestPolicy Named => TestPolicy.With((TestPolicy.LadderFile, TestPolicy.PatientLadder), ("people.yaml", People));

    [Fact, Rule("CASE-9"), Rule("PRM-3")]
    public void Letters_are_signed_with_the_name_of_who_answers_and_of_who_promised()
    {
        var story = new CaseStory { Policies = Named }.Tell(Opening()).Tell(new AssignOwner("ana"))
            .Tell(new MakePromise("delivery", Noon.AddHours(5), "irina"))
            .Tell(new ExplainDelay(1, "The van broke down.", Noon.AddHours(30)), Irina);

        Assert.Contains("Irina Rusu", story.Explanations().Single().Body, StringComparison.Ordinal);
        story.Tell(new WithdrawPromise(1, "no longer wanted")).Tell(new CloseCase(Outcome.Withdrawn, "It was withdrawn."), Irina);
        Assert.Contains("Ana-Maria Ciobanu", story.Case.Notices.Last(notice => notice.Kind == NoticeKind.Closing).Body, StringComparison.Ordinal);
    }

    [Fact, Rule("CASE-9")]
    public void A_person_whom_the_policy_does_not_name_signs_with_their_sign_in_and_nobody_with_the_companys_word()
    {
        var story = Opened();
        Assert.Contains(TestPolicy.Patient.Current.Texts.For("ro").Signature, story.Case.Notices.Single().Body, StringComparison.Ordinal);

        story.Tell(new MakePromise("delivery", Noon.AddHours(5), "oleg"));
        Assert.Contains("Oleg", story.Case.Notices.Single(notice => notice.Kind == NoticeKind.Promise).Body, StringComparison.Ordinal);
    }

    [Fact, Rule("PRM-4")]
    public void What_waits_for_leave_names_who_asked_for_it()
    {
        var story = new CaseStory { Policies = Named }.Tell(Opening()).Tell(new MakePromise("delivery", Noon.AddHours(5), null))
            .Tell(new ExplainDelay(1, "The van broke down.", Noon.AddHours(30)))
            .Tell(new ExplainDelay(1, "The spare van too.", Noon.AddHours(60)));

        Assert.Contains("Ana-Maria Ciobanu", story.Refuse(new DecideApproval(1, true, null), new Actor("ana", Roles.Supervisor)).Detail, StringComparison.Ordinal);
        story.Tell(new DecideApproval(1, true, null), Irina);
        Assert.Contains("Irina Rusu", story.Refuse(new DecideApproval(1, true, null), Vlad).Detail, StringComparison.Ordinal);
    }
}
