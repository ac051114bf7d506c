using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Dashboard.Api;

/// <summary>
/// Answers for addresses under /api that nothing is at, so that a page's catch-all does not; and tells a wrong method
/// from a wrong address.
/// </summary>
internal static class NoSuchRoute
{
    public static Task AnswerAsync(HttpContext context)
    {
        var methods = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<Operation>() is not null && Matches(endpoint, context.Request.Path))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct().Order(StringComparer.Ordinal).ToList();
        if (methods.Count == 0)
        {
            return Problems.NoSuchRoute.WriteAsync(context);
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return new Problem(
            StatusCodes.Status405MethodNotAllowed,
            "route.methodNotAllowed",
            $"This address takes {context.Response.Headers.Allow}, not {context.Request.Method}.").WriteAsync(context);
    }

    private static bool Matches(RouteEndpoint endpoint, PathString path) =>
        new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(path, []);
}
