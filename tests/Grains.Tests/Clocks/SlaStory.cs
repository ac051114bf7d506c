using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Log;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Clocks;

/// <summary>Stories of clocks under a policy of their own.</summary>
internal static class SlaStory
{
    public const string SlaFile = "sla.yaml";

    /// <summary>Every clock counts on the office's calendar: Monday to Friday, 09:00 to 18:00 in Chisinau.</summary>
    public static TestPolicy OnOffice => Policy(
        """
          - id: standard
            calendar: office
            targets:
              acknowledge: PT2H
              silence: {workingDays: 1}
              resolution: {working: PT40H, warn: [0.5, PT4H]}
              stage: {contact: {working: PT9H}}
        """);

    public static TestPolicy UnderLaw => Policy(
        """
          - id: standard
            calendar: always
            targets: {acknowledge: PT1H, silence: PT24H, resolution: PT72H}

        statutory:
          - {id: finalResponse, calendar: always, target: {calendarDays: 56, warn: 0.75}, metBy: close}
        """);

    public static TestPolicy Policy(string policies) => TestPolicy.With((SlaFile, Sla(policies)), (TestPolicy.LadderFile, TestPolicy.PatientLadder));

    public static string Sla(string policies) =>
        $"""
        pauseReasons:
          waitingForCustomer: {"{clocks: [silence, stage, resolution]}"}
          waitingForSupplier: {"{clocks: [stage, resolution]}"}

        policies:
        {policies}
        """;

    public static CaseStory Opened(TestPolicy? policies = null, CustomerContact? customer = null, string? group = null)
    {
        var story = new CaseStory { Policies = policies ?? TestPolicy.Patient };
        return story.Tell(CaseStory.Opening(customer) with { CustomerGroup = group });
    }

    public static Clock Clock(this CaseStory story, string name) => story.Case.Clocks.Single(clock => clock.Name == name);

    /// <summary>Lets time pass until an instant.</summary>
    public static CaseStory Until(this CaseStory story, DateTimeOffset instant) => story.After(instant - story.Now);

    /// <summary>CLK-6, from the story's history.</summary>
    public static ClockExplanation Why(this CaseStory story, string name) => ClockExplanation.Of(
        story.Clock(name),
        story.History.Zip(story.Instants, (happened, at) => new Entry(
            story.Case.Id, Case.Category, 1, 1, at, "", Guid.Empty, happened)),
        version => story.Policies.Find(version) ?? story.Policies.Current);
}
