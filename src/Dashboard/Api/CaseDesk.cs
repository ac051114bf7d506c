using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>Brings requests to cases, and cases' answers to those who asked.</summary>
internal sealed class CaseDesk(IGrains grains, IPolicySource policies, TimeProvider time, FirstAnswers firstAnswers)
{
    /// <summary>Writes the answer to a command that was taken.</summary>
    public delegate Task Answering(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done);

    /// <summary>A route that sends a command to the case whose id stands in the address.</summary>
    public RequestDelegate Tells(Operation operation, Func<Fields, int, CaseCommand> read, Answering? answer = null) => context =>
        TryCase(context, out var caseId)
            ? TellAsync(context, operation, caseId, 0, read, answer)
            : Problems.NotFound("case", RouteText(context, "id")).WriteAsync(context);

    /// <summary>Sends one command, and answers.</summary>
    public async Task TellAsync(
        HttpContext context, Operation operation, Guid caseId, int part, Func<Fields, int, CaseCommand> read, Answering? answer = null)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, caseId, part, time, faults);
        var expected = Preconditions.ExpectedVersion(context, faults);
        var (command, problem) = await JsonBody.ReadAsync(context, faults, operation.BodyMayBeEmpty, part, read);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var grain = grains.Case(caseId);
        switch (await TellOwnerAsync(caseId, new Envelope<CaseCommand>(ids.Command, by, command!, expected), ids.IsKeyed))
        {
            case Answer.Done done:
                await (answer ?? ReceiptAsync)(context, grain, caseId, done);
                break;
            case Answer.No no:
                await Problems.Of(no.Refusal).WriteAsync(context);
                break;
            case Answer.Stale stale:
                await Problems.Of(stale).WriteAsync(context);
                break;
        }
    }

    /// <summary>
    /// Sends a command; the same key again gets the first answer. Not cancelled when the caller goes away: what was
    /// asked is done, and a repeat with the same key learns of it.
    /// </summary>
    public async ValueTask<Answer> TellAsync(ICaseGrain grain, Envelope<CaseCommand> envelope, bool isKeyed)
    {
        if (isKeyed && firstAnswers.Find(envelope.CommandId) is { } first)
        {
            return first;
        }

        var answer = await grain.Tell(envelope, CancellationToken.None);
        return isKeyed && LeftNoTrace(answer) ? firstAnswers.Remember(envelope.CommandId, answer) : answer;
    }

    /// <summary>
    /// As <see cref="TellAsync(ICaseGrain, Envelope{CaseCommand}, bool)"/>. DSK-6: before a case is given to an agent by hand, other than
    /// by accepting what was offered to them, a place is kept at their desk, or the answer is no.
    /// </summary>
    public async ValueTask<Answer> TellOwnerAsync(Guid caseId, Envelope<CaseCommand> envelope, bool isKeyed)
    {
        var grain = grains.Case(caseId);
        var agent = envelope.Command switch
        {
            CaseCommand.AssignOwner c => c.Owner,
            CaseCommand.AcceptOffer c when (await grain.Get(CancellationToken.None)).State.Offer is { IsOpen: true } open &&
                open.Number == c.Offer && open.Agent != envelope.By.Id => envelope.By.Id,
            _ => null,
        };
        if (agent is null)
        {
            return await TellAsync(grain, envelope, isKeyed);
        }

        var (place, refusal) = await DeskErrands.KeepPlaceAsync(
            grains, policies.Current, envelope.By, caseId, agent, envelope.CommandId, CancellationToken.None);
        if (refusal is not null)
        {
            return new Answer.No(refusal);
        }

        var answer = await TellAsync(grain, envelope, isKeyed);
        if (place is not null && answer is not Answer.Done)
        {
            await DeskErrands.FreePlaceAsync(grains, policies.Current, place, CancellationToken.None);
        }

        return answer;
    }

    /// <summary>False, with the problem answered, when the case in the address does not exist.</summary>
    public async Task<(Case State, int Version)?> FindAsync(HttpContext context)
    {
        if (TryCase(context, out var caseId))
        {
            var (state, version) = await grains.Case(caseId).Get(context.RequestAborted);
            if (state.Exists)
            {
                return (state, version);
            }
        }

        await Problems.NotFound("case", RouteText(context, "id")).WriteAsync(context);
        return null;
    }

    /// <summary>Reads a case's id as we write them.</summary>
    public static bool TryCase(HttpContext context, out Guid caseId) => Guid.TryParseExact(RouteText(context, "id"), "D", out caseId);

    public static string RouteText(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>What does not exist yet may come to exist, and a stale version is no answer to the command itself.</summary>
    private static bool LeftNoTrace(Answer answer) => answer switch
    {
        Answer.Done done => done.Events.Count == 0,
        Answer.No no => !no.Refusal.Code.EndsWith(".notFound", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>The answer of a write that another grain has a say in: given when that has spoken, so that the case says all.</summary>
    public async Task SettledAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var (_, version) = await SettleAsync(caseId);
        await ReceiptAsync(context, grain, caseId, done with { Version = Math.Max(version, done.Version) });
    }

    /// <summary>Runs what the case needs of other grains to its end; the case after that.</summary>
    public async Task<(Case State, int Version)> SettleAsync(Guid caseId)
    {
        await Errands.RunAsync(grains, caseId, CancellationToken.None);
        return await grains.Case(caseId).Get(CancellationToken.None);
    }

    /// <summary>The answer that most writes give.</summary>
    public static async Task ReceiptAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var state = await grain.GetAt(done.Version, CancellationToken.None);
        context.Response.Headers.ETag = Preconditions.ETag(done.Version);
        if (Preconditions.WantsRepresentation(context))
        {
            context.Response.Headers["Preference-Applied"] = "return=representation";
            await JsonAnswer.WriteAsync(context, CaseView.Of(state, done.Version));
            return;
        }

        Receipt.Write(context, state, done.Version, done.Events);
    }
}
