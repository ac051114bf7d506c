using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;

namespace Escalation.Dashboard.Api;

/// <summary>What became of a customer's word.</summary>
/// <param name="CaseId">The case that has it now.</param>
/// <param name="Answer">That case's answer.</param>
/// <param name="IsNew">CASE-4: the case was opened for it.</param>
internal sealed record Heard(Guid CaseId, Answer Answer, bool IsNew);

/// <summary>
/// CASE-4, CASE-8: brings what a customer has to say to the case that it belongs to by now: the case itself, the one that it was
/// merged into, or, when it was closed too long ago to be reopened, the one that goes on from it. That one is opened where there
/// is none, so that no customer is turned away; of several words at once the first opens it, and the others go there.
/// </summary>
internal sealed class CustomerDesk(IGrains grains, ICaseNumbers numbers, IPolicySource policies)
{
    private const string GoesOn = "case.goesOn";
    private const string Words = "case.goesOn.words";

    /// <summary>Of a customer with more cases than that, an older one that goes on from the closed one is not looked for.</summary>
    private const int MostLookedAt = 100;

    /// <summary>Brings <paramref name="command"/> where it belongs; the same <paramref name="commandId"/> again changes nothing.</summary>
    /// <param name="summary">What a new case would be about.</param>
    public async Task<Heard> TellAsync(Guid caseId, Guid commandId, Actor by, CaseCommand command, Channel channel, string summary)
    {
        while (true)
        {
            var answer = await grains.Case(caseId).Tell(new Envelope<CaseCommand>(commandId, by, command), CancellationToken.None);
            if (answer is Answer.Done { Events: [CaseEvent.CaseOpened, ..] })
            {
                return await FollowUpAsync(caseId, commandId, by, command);
            }

            if (answer is not Answer.No no)
            {
                return new Heard(caseId, answer, IsNew: false);
            }

            var (state, _) = await grains.Case(caseId).Get(CancellationToken.None);
            if (state.MergedInto is { } survivor)
            {
                caseId = survivor;
            }
            else if (no.Refusal.Code != CaseCommand.ReopenCase.TooLate || state.Opening is not { Customer: { } contact } opening)
            {
                return new Heard(caseId, answer, IsNew: false);
            }
            else
            {
                caseId = await NextAsync(state, opening) ?? await OpenAsync(state, opening, contact, commandId, by, channel, summary);
            }
        }
    }

    /// <summary>What opened a case is in its history in their own words, and with what they wish, too.</summary>
    private async Task<Heard> FollowUpAsync(Guid caseId, Guid commandId, Actor by, CaseCommand command)
    {
        var id = CommandIds.OfKey(by, Words, caseId, 0, $"{commandId:N}").Command;
        var answer = await grains.Case(caseId).Tell(new Envelope<CaseCommand>(id, by, command), CancellationToken.None);
        return new Heard(caseId, answer, IsNew: true);
    }

    /// <summary>The case that goes on from a closed one, whoever opened it; null when there is none.</summary>
    private async Task<Guid?> NextAsync(Case closed, CaseEvent.CaseOpened opening)
    {
        var (_, customer, _) = await grains.SurvivingCustomerAsync(opening.CustomerId);
        foreach (var id in customer.Cases.Reverse().Take(MostLookedAt).Prepend(IdAfter(closed)).Where(id => id != closed.Id))
        {
            var (state, _) = await grains.Case(id).Get(CancellationToken.None);
            if (state.Opening?.Previous == closed.Id && await SurvivorAsync(state) is var survivor && survivor != closed.Id)
            {
                return survivor;
            }
        }

        return null;
    }

    private async Task<Guid> SurvivorAsync(Case state)
    {
        while (state.MergedInto is { } survivor)
        {
            (state, _) = await grains.Case(survivor).Get(CancellationToken.None);
        }

        return state.Id;
    }

    /// <summary>Opens it under an id that follows from the closed case, so that two who open it at once open one.</summary>
    private async Task<Guid> OpenAsync(
        Case closed, CaseEvent.CaseOpened opening, CustomerContact contact, Guid commandId, Actor by, Channel channel, string summary)
    {
        var id = IdAfter(closed);
        var policy = policies.Current;
        var type = policy.ConflictTypes.Contains(opening.Type) ? opening.Type : policy.ConflictTypes.Order(StringComparer.Ordinal).First();
        contact = (await grains.SurvivingCustomerAsync(opening.CustomerId)).State.Contact ?? contact;
        var (customer, _) = await grains.TellCustomerAsync(
            opening.CustomerId, new Envelope<CustomerCommand>(commandId, by, new CustomerCommand.AddCase(contact, id, type, IsOwed: true)));
        var (_, knows, _) = await grains.SurvivingCustomerAsync(customer);
        await grains.Case(id).Tell(
            new Envelope<CaseCommand>(commandId, by, new CaseCommand.OpenCase(
                await numbers.NextAsync(CancellationToken.None), customer, contact, type, summary, channel, Heat.Calm, null,
                opening.Product, opening.Site, null, opening.CustomerGroup, knows.LevelBeside(id),
                knows.LikeComplaints(id, policy.Ladder.Causes.LikeComplaintsWithin), closed.Id)),
            CancellationToken.None);
        return id;
    }

    private static Guid IdAfter(Case closed) => CommandIds.OfKey(Actor.Errands, GoesOn, closed.Id, closed.Round, $"{closed.ClosedAt:O}").Subject;
}
