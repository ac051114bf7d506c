using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Dashboard.Api;

/// <summary>A desk, read once.</summary>
/// <param name="Position">Position of the last event that it knows.</param>
/// <param name="ServerTime">The host's clock.</param>
/// <param name="StaleSince">Since when it cannot be trusted; absent while it can.</param>
/// <param name="Me">Whose desk it is.</param>
/// <param name="Offers">What rings there.</param>
/// <param name="Cases">What they own, the most harmful first.</param>
/// <param name="Waiting">What is asked of them, the most pressing first.</param>
public sealed record DeskReply(
    long Position,
    DateTimeOffset ServerTime,
    DateTimeOffset? StaleSince,
    DeskMe Me,
    IReadOnlyList<DeskOffer> Offers,
    IReadOnlyList<BoardRow> Cases,
    IReadOnlyList<DeskAsk> Waiting);

/// <summary>DSK-1: an agent as the board's rail shows them.</summary>
/// <param name="Id">The name they sign in with.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Team">Of which team.</param>
/// <param name="Level">The highest level whose cases they take.</param>
/// <param name="Presence">Whether they can be offered a case.</param>
/// <param name="Load">The weight of what they own.</param>
/// <param name="Capacity">How much of it they take on.</param>
/// <param name="Offer">What rings at their desk; absent for nothing.</param>
public sealed record AgentView(
    string Id, string Name, string? Team, Grains.Cases.Level Level, Presence Presence, int Load, int Capacity, AgentOfferView? Offer);

/// <summary>An offer that rings at an agent's desk.</summary>
public sealed record AgentOfferView(string Id, Guid CaseId, long Number, DateTimeOffset Until);

/// <summary>A reason for which an offer may be declined.</summary>
/// <param name="Reason">The word that is sent.</param>
/// <param name="Label">What people read.</param>
public sealed record DeclineReasonView(string Reason, string Label);

/// <summary>What an agent is to others from now on.</summary>
public sealed record PresenceView(string Id, Presence Presence);

/// <summary>DSK-1 to DSK-7 over HTTP: the desk, offers' answers, who is there.</summary>
internal sealed class DeskRoutes(IGrains grains, CaseDesk desk, DeskBook desks, Board board, IPolicySource policies, TimeProvider time)
{
    private static readonly TextField ReasonField = new("reason", 100, true, "One of GET /api/desk/reasons.", lines: false);

    private static readonly WordField<Presence> PresenceField = new("presence", true, "What to be from now on.");

    public void Map(Routes routes)
    {
        routes.Get("/api/desk", Read("desk.get", "DSK-7: one's own desk: offers, cases in order of harm, what to do next.", typeof(DeskReply)), context =>
        {
            var by = ActorPrincipal.Of(context.User)!;
            var page = desks.Read(by.Id, by.IsSupervisor);
            return JsonAnswer.WriteAsync(context, new DeskReply(
                board.Position, time.GetUtcNow(), board.StaleSince, page.Me, page.Offers, page.Cases, page.Waiting));
        });
        routes.Get("/api/desk/reasons", Read("desk.reasons", "DSK-3: why an offer may be declined.", typeof(Page<DeclineReasonView>)), context =>
            JsonAnswer.WriteAsync(context, new Page<DeclineReasonView>(
                [.. policies.Current.Desk.DeclineReasons.Select(reason => new DeclineReasonView(reason.Key, reason.Value))], null)));
        routes.Get("/api/agents", Read("agents.list", "DSK-1: who takes cases, who is there, and what each has.", typeof(Page<AgentView>)), context =>
            JsonAnswer.WriteAsync(context, new Page<AgentView>([.. desks.Agents().Select(each => ViewOf(each.Agent, each.Offer))], null)));

        OnOffer("accept", "DSK-4: takes the case; of two who do so at once one has it, and the other is told who.", [], (_, offer) => new AcceptOffer(offer));
        OnOffer("decline", "DSK-3: not now; it goes to the next.", [ReasonField], (f, offer) => new DeclineOffer(offer, f.Get(ReasonField)));

        var presence = Of("agents.presence", "DSK-1: one's own presence; a supervisor sets anyone's.") with
        {
            Body = [PresenceField],
            Answer = typeof(PresenceView),
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Put("/api/agents/{id}/presence", presence, ChooseAsync);

        void OnOffer(string word, string summary, IReadOnlyList<Field> body, Func<Fields, int, Grains.Cases.CaseCommand> read)
        {
            var operation = Of($"offers.{word}", summary) with
            {
                Body = body,
                Answer = typeof(Receipt),
                Representation = typeof(CaseView),
                HasETag = true,
                TakesIfMatch = true,
                Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
            };
            routes.Post($"/api/offers/{{id}}/{word}", operation, context =>
            {
                var id = CaseDesk.RouteText(context, "id");
                return Offer.TryParseId(id, out var caseId, out var number)
                    ? desk.TellAsync(context, operation, caseId, number, read)
                    : Problems.NotFound("offer", id).WriteAsync(context);
            });
        }
    }

    /// <summary>DSK-1: what an agent chooses to be.</summary>
    public async Task<Refused?> ChooseAsync(Actor by, string agent, Presence presence)
    {
        if (policies.Current.People.TeamOf(agent) is not { } team)
        {
            return policies.Current.People.Find(agent) is null && agent != by.Id
                ? new Refused("agent.notFound", $"There is nobody called '{agent}'.")
                : new Refused("presence.noTeam", $"{agent} is in no team whose cases are offered at a desk.");
        }

        var command = new TeamDeskCommand.ChoosePresence(agent, presence);
        var answer = await grains.TeamDesk(team.Stream).Tell(
            new Envelope<TeamDeskCommand>(Guid.CreateVersion7(time.GetUtcNow()), by, command), CancellationToken.None);
        return answer is Answer.No no ? no.Refusal : null;
    }

    private async Task ChooseAsync(HttpContext context)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var agent = CaseDesk.RouteText(context, "id");
        var (presence, problem) = await JsonBody.ReadAsync(context, new Faults(), mayBeEmpty: false, 0, (f, _) => f.Get(PresenceField));
        if (problem is null && agent != by.Id && !by.IsSupervisor)
        {
            problem = new Problem(StatusCodes.Status403Forbidden, "access.forbidden", $"{by.Id} is no supervisor, and sets nobody's presence but their own.");
        }

        if (problem is null && await ChooseAsync(by, agent, presence) is { } refusal)
        {
            problem = Problems.Of(refusal);
        }

        await (problem is null ? JsonAnswer.WriteAsync(context, new PresenceView(agent, presence)) : problem.WriteAsync(context));
    }

    private static AgentView ViewOf(DeskMe agent, DeskOffer? offer) => new(
        agent.Id, agent.Name, agent.Team, agent.Level, agent.Presence, agent.Load, agent.Capacity,
        offer is null ? null : new AgentOfferView(offer.Id, offer.CaseId, offer.Number, offer.Until));

    private static Operation Read(string name, string summary, Type answer) => Of(name, summary) with { Answer = answer };

    private static Operation Of(string name, string summary) => new(name, Rights.DeskUse, summary) { Tag = "Desk" };
}
