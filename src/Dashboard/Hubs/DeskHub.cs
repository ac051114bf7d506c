using System.Runtime.CompilerServices;
using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Dashboard.Api;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Escalation.Dashboard.Hubs;

/// <summary>DSK-1 to DSK-7: a person's desk, live, at <c>/hubs/desk</c>.</summary>
[Authorize(Policy = Rights.DeskUseName)]
internal sealed class DeskHub(
    DeskBook desks, Board board, IDeskPresence presence, CaseViewers viewers, CaseDesk cases, DeskRoutes routes, IGrains grains,
    IPolicySource policies, IOptions<BoardStreamOptions> options, TimeProvider time) : Hub
{
    public const string Path = "/hubs/desk";

    private Actor By => ActorPrincipal.Of(Context.User) ?? throw new HubException("access.unauthenticated: nobody is signed in.");

    /// <summary>The desk of whoever is signed in, who is there while they read it.</summary>
    public IAsyncEnumerable<DeskMessage> Desk(CancellationToken cancellationToken) =>
        new DeskStream(desks, board, presence, options.Value, time).Follow(By, cancellationToken);

    /// <summary>DSK-4.</summary>
    public async Task<AcceptReply> Accept(string offerId)
    {
        if (!Offer.TryParseId(offerId ?? "", out var caseId, out var number))
        {
            return new AcceptReply(false, null, "offer.notFound", $"There is no offer '{offerId}'.", null);
        }

        var refusal = await TellAsync(caseId, new CaseCommand.AcceptOffer(number));
        if (refusal is null)
        {
            return new AcceptReply(true, caseId, null, null, null);
        }

        var (state, _) = await grains.Case(caseId).Get();
        return new AcceptReply(false, caseId, refusal.Code, refusal.Detail, state.Owner);
    }

    /// <summary>DSK-3.</summary>
    public async Task<DeclineReply> Decline(string offerId, string reason)
    {
        var refusal = Offer.TryParseId(offerId ?? "", out var caseId, out var number)
            ? await TellAsync(caseId, new CaseCommand.DeclineOffer(number, reason ?? ""))
            : new Refused("offer.notFound", $"There is no offer '{offerId}'.");
        return new DeclineReply(refusal is null, refusal?.Code, refusal?.Detail);
    }

    /// <summary>DSK-1.</summary>
    public async Task<PresenceReply> SetPresence(string presence)
    {
        var words = Enum.GetValues<Presence>();
        if (!Array.Exists(words, word => JsonNamingPolicy.CamelCase.ConvertName(word.ToString()) == presence))
        {
            return new PresenceReply(false, "presence.invalid", $"'{presence}' is none of {string.Join(", ", words.Select(word => JsonNamingPolicy.CamelCase.ConvertName(word.ToString())))}.");
        }

        var refusal = await WhileUpAsync(() => routes.ChooseAsync(By, By.Id, Enum.Parse<Presence>(presence, ignoreCase: true)));
        return new PresenceReply(refusal is null, refusal?.Code, refusal?.Detail);
    }

    /// <summary>BRD-5: who looks at a case; the caller is one of them while they listen.</summary>
    public async IAsyncEnumerable<LookMessage> Look(Guid caseId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = Context.ConnectionId;
        viewers.Join(caseId, connection, By.Id);
        try
        {
            while (true)
            {
                var (now, changed) = viewers.Read(caseId);
                var policy = policies.Current;
                yield return new LookMessage([.. now.Select(viewer => new CaseViewer(viewer.Person, policy.NameOf(viewer.Person), viewer.Editing))]);
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            viewers.Leave(caseId, connection);
        }
    }

    /// <summary>BRD-5: whoever looks at a case changes something in it, or no more.</summary>
    public void Editing(Guid caseId, bool editing) => viewers.Edit(caseId, Context.ConnectionId, editing);

    private async Task<Refused?> TellAsync(Guid caseId, CaseCommand command) => await WhileUpAsync(async () =>
        await cases.TellOwnerAsync(caseId, new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), By, command), isKeyed: false) is Answer.No no
            ? no.Refusal
            : null);

    private static async Task<Refused?> WhileUpAsync(Func<Task<Refused?>> tell)
    {
        try
        {
            return await tell();
        }
        catch (LogUnavailableException)
        {
            return new Refused("database.away", "The database is away. Nothing was lost; try again.");
        }
    }
}
