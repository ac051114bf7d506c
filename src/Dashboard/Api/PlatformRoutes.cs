using Escalation.Dashboard.Access;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Dashboard.Api;

/// <summary>The host's health, the public figures, and the developer's outbox.</summary>
internal static class PlatformRoutes
{
    public static void Map(Routes routes, IPlatformStatus status)
    {
        var health = new Operation("health.live", Rights.Public, "Is the host alive?") { Tag = "Platform", Answer = typeof(HealthView) };
        routes.Get("/healthz", health, context => JsonAnswer.WriteAsync(context, new HealthView("alive")));
        routes.Get("/readyz", health with
        {
            Name = "health.ready",
            Summary = "Is the host ready: database reachable, log caught up?",
            Refusals = [StatusCodes.Status503ServiceUnavailable],
        }, async context =>
        {
            var reason = await status.NotReadyBecauseAsync(context.RequestAborted);
            await (reason is null
                ? JsonAnswer.WriteAsync(context, new HealthView("ready"))
                : new Problem(StatusCodes.Status503ServiceUnavailable, "host.notReady", reason) { RetryAfter = Problems.DatabaseRetry }
                    .WriteAsync(context));
        });
        routes.Get("/api/status", health with
        {
            Name = "status.get",
            Summary = "The platform's public figures.",
            Answer = typeof(StatusView),
        }, context => JsonAnswer.WriteAsync(context, status.Read()));
    }

    /// <summary>For Development only.</summary>
    public static void MapOutbox(Routes routes) =>
        routes.Get("/api/dev/outbox", new Operation("dev.outbox", Rights.DevOutbox, "Messages that no mail server took, newest first.")
        {
            Tag = "Development",
            Answer = typeof(Page<OutboxView>),
            Query = [Paging.Parameters[0]],
            Refusals = [StatusCodes.Status404NotFound],
        }, OutboxAsync);

    private static async Task OutboxAsync(HttpContext context)
    {
        var faults = new Faults();
        var page = Paging.Of(context, faults, 100);
        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        if (context.RequestServices.GetService<IOutbox>() is not { } outbox)
        {
            await new Problem(StatusCodes.Status404NotFound, "outbox.notFound", "A mail server is configured; messages go there.").WriteAsync(context);
            return;
        }

        var messages = await outbox.ReadAsync(page.Limit, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, new Page<OutboxView>([.. messages.Select(OutboxView.Of)], null));
    }
}
