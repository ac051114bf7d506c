using Escalation.Dashboard.Hubs;
using Escalation.Grains.Desks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Escalation.Dashboard;

/// <summary>The desk's hub.</summary>
public static class DeskHosting
{
    /// <summary>Beside the API and the board; from the host it needs <see cref="IDeskPresence"/>, and a feed that fills <see cref="DeskBook"/>.</summary>
    public static IServiceCollection AddDesk(this IServiceCollection services)
    {
        services.TryAddSingleton<Grains.Desks.DeskBook>();
        services.TryAddSingleton<CaseViewers>();
        return services;
    }

    /// <summary>Maps <c>/hubs/desk</c>.</summary>
    public static IEndpointRouteBuilder MapDesk(this IEndpointRouteBuilder routes)
    {
        routes.MapHub<DeskHub>(DeskHub.Path);
        return routes;
    }
}
