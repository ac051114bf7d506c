using Escalation.Dashboard.Access;
using Escalation.Grains;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>What a request asks of a grain that is no case.</summary>
internal static class GrainCommand
{
    /// <summary>The grain's id from the address and the command from the body; null, with the problem answered, when it is not taken.</summary>
    /// <param name="what">For people: <c>customer</c>.</param>
    public static async Task<(Guid Id, Envelope<TCommand> Envelope)?> ReadAsync<TCommand>(
        HttpContext context, Operation operation, string what, TimeProvider time, Func<Fields, TCommand> read)
        where TCommand : class
    {
        if (!Guid.TryParseExact(CaseDesk.RouteText(context, "id"), "D", out var id))
        {
            await Problems.NotFound(what, CaseDesk.RouteText(context, "id")).WriteAsync(context);
            return null;
        }

        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, id, 0, time, faults);
        var (command, problem) = await JsonBody.ReadAsync(context, faults, operation.BodyMayBeEmpty, 0, (fields, _) => read(fields));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return null;
        }

        return (id, new Envelope<TCommand>(ids.Command, by, command!));
    }
}
