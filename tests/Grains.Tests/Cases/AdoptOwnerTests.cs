using Escalation.Grains.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Cases;

public sealed class AdoptOwnerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    private static readonly Actor Import = new("import", Roles.System);

    [Fact]
    public void A_hand_over_to_the_same_owner_is_recorded()
    {
        var owned = Told(Opened(), new AdoptOwner("north"));

        var decision = Decide(owned, new AdoptOwner("north"), Import);

        Assert.Equal([new OwnerAssigned("north", "north")], decision.Events);
    }

    [Fact]
    public void A_closed_case_can_be_handed_over()
    {
        var closed = Told(Opened(), new AdoptStage(Stage.Closed, "done elsewhere"));

        Assert.Equal([new OwnerAssigned("north", null)], Decide(closed, new AdoptOwner("north"), Import).Events);
    }

    [Fact]
    public void Only_an_import_may()
    {
        var decision = Decide(Opened(), new AdoptOwner("north"), new Actor("ana", Roles.Agent | Roles.Supervisor));

        Assert.Equal("case.owner.importOnly", decision.Refusal?.Code);
    }

    private static Case Opened() => Told(Case.Empty(Guid.Empty), new OpenCase(
        1, Guid.Empty, new CustomerContact("A", null, null, "en", "UTC"), "quality", "broken", Channel.Phone, Heat.Calm, null, null, null, null));

    private static Case Told(Case state, CaseCommand command) =>
        Decide(state, command, Import).Events.Aggregate(state, (folded, happened) => folded.Evolve(happened, Now, Import.Id));

    private static Decision<CaseEvent> Decide(Case state, CaseCommand command, Actor by) =>
        state.Decide(command, new Context(Now, by, TestPolicy.Shipped.Current));
}
