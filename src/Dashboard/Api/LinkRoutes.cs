using Escalation.Dashboard.Access;
using Escalation.Grains.Links;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Dashboard.Api;

/// <summary>A link to the customer's page, to be handed to the customer of the case and to nobody else.</summary>
public sealed record LinkView(string Url, DateTimeOffset ExpiresAt, int Generation);

/// <summary>CUS-8: giving a customer the way to their case, and taking it back.</summary>
internal static class LinkRoutes
{
    public static void Map(Routes routes, CaseDesk desk, ICustomerLinks links, TimeProvider time)
    {
        var show = new Operation("links.get", Rights.CasesWork, "CUS-8: a link to the customer's own page, for the customer.")
        {
            Tag = "Links",
            Answer = typeof(LinkView),
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/cases/{id}/links", show, async context =>
        {
            if (await desk.FindAsync(context) is var (state, _))
            {
                var link = new CustomerLink(
                    state.Id, state.LinkGeneration, DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + links.Lifetime).ToUnixTimeSeconds()));
                context.Response.Headers.CacheControl = "no-store";
                await JsonAnswer.WriteAsync(context, new LinkView(links.UrlOf(link), link.ExpiresAt, link.Generation));
            }
        });

        var revoke = new Operation("links.revoke", Rights.CasesWork, "CUS-8: every link that the customer was given stops working.")
        {
            Tag = "Links",
            Body = [],
            Answer = typeof(Receipt),
            Representation = typeof(CaseView),
            HasETag = true,
            TakesIfMatch = true,
            Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
        };
        routes.Post("/api/cases/{id}/links/revoke", revoke, desk.Tells(revoke, (_, _) => new RevokeLinks()));
    }
}
