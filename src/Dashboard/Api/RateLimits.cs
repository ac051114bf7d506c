using System.Threading.RateLimiting;
using Escalation.Dashboard.Access;
using Escalation.Dashboard.CustomerPages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Escalation.Dashboard.Api;

/// <summary>No single caller takes the API from the others.</summary>
internal static class RateLimits
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services)
    {
        services.AddRateLimiter();
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<ApiOptions>, IOptions<CustomerPageOptions>>((limiter, api, pages) =>
        {
            var perSecond = api.Value.RequestsPerSecond;
            var pagesPerSecond = pages.Value.RequestsPerSecond;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                PartitionOf(context, perSecond, pagesPerSecond));
            limiter.OnRejected = RefuseAsync;
        });
        return services;
    }

    private static RateLimitPartition<string> PartitionOf(HttpContext context, int perSecond, int pagesPerSecond)
    {
        if (context.Request.Path.StartsWithSegments(CustomerRoutes.Path))
        {
            return RateLimitPartition.GetTokenBucketLimiter($"page@{context.Connection.RemoteIpAddress}", _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = pagesPerSecond * 3,
                TokensPerPeriod = pagesPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                AutoReplenishment = true,
            });
        }

        if (!context.Request.Path.StartsWithSegments("/api"))
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        var caller = ActorPrincipal.Of(context.User)?.Id ?? $"@{context.Connection.RemoteIpAddress}";
        return RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = Math.Max(1, perSecond / 10),
            ReplenishmentPeriod = perSecond < 10 ? TimeSpan.FromSeconds(1.0 / perSecond) : TimeSpan.FromMilliseconds(100),
            AutoReplenishment = true,
        });
    }

    private static ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        return new ValueTask(new Problem(
            StatusCodes.Status429TooManyRequests, "request.tooMany", "Too many requests from this caller; wait a moment.")
        {
            RetryAfter = wait,
        }.WriteAsync(rejected.HttpContext));
    }
}
