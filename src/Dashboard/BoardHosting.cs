using Escalation.Dashboard.Hubs;
using Escalation.Dashboard.Pages;
using Escalation.Grains;
using Escalation.Grains.Board;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Escalation.Dashboard;

/// <summary>The board end to end: its read model, its hub and its pages.</summary>
public static class BoardHosting
{
    /// <summary>
    /// Adds the board. The host fills it: <see cref="Board.Load"/> once, then <see cref="Board.Apply"/> from the tail. A
    /// policy named <see cref="BoardHub.Policy"/> must exist.
    /// </summary>
    public static IServiceCollection AddBoard(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Board>();
        services.TryAddSingleton<BoardTraces>();
        services.TryAddSingleton<Happenings>();
        services.TryAddSingleton<Grains.Desks.CaseViewers>();
        services.TryAddSingleton<WebFiles>();
        services.AddOptionsWithValidateOnStart<BoardStreamOptions>()
            .BindConfiguration(BoardStreamOptions.Section)
            .ValidateDataAnnotations();
        services.AddSignalR().AddJsonProtocol(json => Wire.Configure(json.PayloadSerializerOptions));
        return services;
    }

    /// <summary>Maps <c>/hubs/board</c> and the pages.</summary>
    public static IEndpointRouteBuilder MapBoard(this IEndpointRouteBuilder routes)
    {
        routes.MapHub<BoardHub>(BoardHub.Path);
        routes.MapPages();
        return routes;
    }
}
