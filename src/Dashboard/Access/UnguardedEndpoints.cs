using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Dashboard.Access;

/// <summary>Fails closed: a host with a route that names no right does not start.</summary>
internal sealed class UnguardedEndpoints : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        var unguarded = app.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints.Where(IsUnguarded)
            .Select(endpoint => endpoint.DisplayName).ToList();
        if (unguarded.Count > 0)
        {
            throw new InvalidOperationException(
                $"These routes name no right, so nobody decided who may use them: {string.Join("; ", unguarded)}. " +
                $"Add .{nameof(RightExtensions.Requires)}(Rights.X).");
        }
    };

    private static bool IsUnguarded(Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return false;
        }

        var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
        return policies.Count == 0 || policies.All(policy => Rights.All.All(right => right.Name != policy.Policy));
    }
}

/// <summary>How a route names its right.</summary>
public static class RightExtensions
{
    /// <summary>Lets only those in who hold <paramref name="right"/>.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder builder, Right right)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(right);
        return right.IsPublic ? builder.AllowAnonymous() : builder.RequireAuthorization(right.Name);
    }
}
