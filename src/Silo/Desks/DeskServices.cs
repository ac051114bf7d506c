using Escalation.Grains.Desks;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Escalation.Silo.Desks;

/// <summary>What has cases come to desks.</summary>
internal static class DeskServices
{
    public static IServiceCollection AddDeskRouting(this IServiceCollection services)
    {
        services.TryAddSingleton<DeskBook>();
        services.AddSingleton<DeskPresence>();
        services.AddSingleton<IDeskPresence>(provider => provider.GetRequiredService<DeskPresence>());
        services.AddHostedService(provider => provider.GetRequiredService<DeskPresence>());
        services.AddHostedService<DeskRouter>();
        services.TryAddSingleton<CaseViewers>();
        services.AddHostedService<ViewerRelay>();
        return services;
    }
}
