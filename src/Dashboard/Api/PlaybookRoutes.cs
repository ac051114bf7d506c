using Escalation.Dashboard.Access;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>PLY-1: what the company knows about a conflict type, and about a case of it.</summary>
internal static class PlaybookRoutes
{
    private static readonly QueryParameter Language =
        new("language", "BCP 47. Default, and for languages without playbooks: en.", false, new OpenApiSchema { Type = JsonSchemaType.String });

    private static readonly QueryParameter Gloss =
        new("gloss", "BCP 47: in which language each text is given once more. Default, and for languages without playbooks: en.", false, new OpenApiSchema { Type = JsonSchemaType.String });

    public static void Map(Routes routes, CaseDesk desk, IPolicySource policies)
    {
        var byType = new Operation("playbooks.get", Rights.PolicyRead, "PLY-1, PLY-2: the playbook in force for a conflict type.")
        {
            Tag = "Policy",
            Answer = typeof(PlaybookView),
            Query = [Language, Gloss],
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/playbooks/{type}", byType, context =>
            AnswerAsync(context, policies.Current, CaseDesk.RouteText(context, "type"), context.Request.Query[Language.Name].ToString(), null));

        var ofCase = new Operation(
            "cases.playbook", Rights.CasesRead, "PLY-1, CASE-2: the playbook that the case is judged by, in the customer's language, and which steps are done.")
        {
            Tag = "Cases",
            Answer = typeof(PlaybookView),
            Query = [Gloss],
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/cases/{id}/playbook", ofCase, async context =>
        {
            if (await desk.FindAsync(context) is var (state, _))
            {
                await AnswerAsync(context, PolicyOf(state, policies), state.Opening!.Type, state.Language, state);
            }
        });
    }

    /// <summary>A case that is older than its type's playbook is helped by the one in force.</summary>
    private static Policy PolicyOf(Case state, IPolicySource policies) =>
        policies.Find(state.PolicyVersion) is { } policy && policy.Playbooks.Types.ContainsKey(state.Opening!.Type) ? policy : policies.Current;

    private static Task AnswerAsync(HttpContext context, Policy policy, string type, string? language, Case? state) =>
        policy.Playbooks.Types.TryGetValue(type, out var playbook)
            ? JsonAnswer.WriteAsync(context, PlaybookView.Of(playbook, policy, language, context.Request.Query[Gloss.Name].ToString(), state))
            : Problems.NotFound("playbook", type).WriteAsync(context);
}
