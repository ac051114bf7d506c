using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Desks;

/// <summary>DSK-6: a place at an agent's desk for a case that is given to them by hand, before the case is told.</summary>
public static class DeskErrands
{
    /// <summary>
    /// Keeps a place for the case at the desk of <paramref name="agent"/>. A supervisor needs none, nor does who is in no team.
    /// </summary>
    /// <returns>The place, if one is kept, and why none can be.</returns>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    public static async Task<(Reservation? Place, Refused? Refusal)> KeepPlaceAsync(
        IGrains grains, Policy policy, Actor by, Guid caseId, string? agent, Guid commandId, CancellationToken cancellationToken)
    {
        if (by.IsSupervisor || (by.Roles & Roles.System) != 0 || policy.People.TeamOf(agent) is not { } team)
        {
            return (null, null);
        }

        var (state, _) = await grains.Case(caseId).Get(cancellationToken);
        if (!state.IsOpen || state.Owner == agent)
        {
            return (null, null);
        }

        var take = new TeamDeskCommand.TakePlace(caseId, agent!, policy.Desk.WeightOf(state.Opening!.Type));
        var answer = await grains.TeamDesk(team.Stream).Tell(
            new Envelope<TeamDeskCommand>(ErrandId.Of("place", commandId.ToString("N")), by, take), cancellationToken);
        return answer switch
        {
            Answer.Done done => (done.Events.OfType<TeamDeskEvent.PlacesReserved>().FirstOrDefault()?.Places[0], null),
            Answer.No no => (null, no.Refusal),
            _ => (null, null),
        };
    }

    /// <summary>The case said no: the place is free again.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away; whoever carries on for the desk frees it later.</exception>
    public static Task FreePlaceAsync(IGrains grains, Policy policy, Reservation place, CancellationToken cancellationToken)
    {
        var team = policy.People.TeamOf(place.Agent);
        var note = new TeamDeskCommand.NoteCases([new CaseNote(place.CaseId, 0, null, 0, true, [new EndedPlace(place.Id, OfferState.Withdrawn)])]);
        return team is null
            ? Task.CompletedTask
            : grains.TeamDesk(team.Stream).Tell(new Envelope<TeamDeskCommand>(ErrandId.Of("free", place.Id.ToString("N")), Actor.Errands, note), cancellationToken);
    }
}
