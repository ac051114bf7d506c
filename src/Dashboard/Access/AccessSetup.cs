using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Escalation.Dashboard.Access;

/// <summary>Composes sign-in and rights.</summary>
internal static class AccessSetup
{
    /// <summary>Needs an <see cref="IAccessStore"/> from the host.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SignIns>();
        services.AddSingleton<IAuthorizationHandler, RightHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedAccess>();
        services.AddSingleton<IStartupFilter, UnguardedEndpoints>();
        services.AddAuthorization(options =>
        {
            foreach (var right in Rights.All.Where(right => !right.IsPublic))
            {
                options.AddPolicy(right.Name, policy => policy.AddRequirements(new RightRequirement(right)));
            }
        });
        return services;
    }

    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) =>
        app.UseMiddleware<Authentication>().UseMiddleware<SameOrigin>();
}
