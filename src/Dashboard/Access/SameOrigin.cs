using Escalation.Dashboard.Api;
using Escalation.Dashboard.CustomerPages;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Access;

/// <summary>
/// Keeps foreign pages from acting with a person's cookie. Browsers say where a request comes from; and a foreign page
/// cannot send JSON without asking first, which we never allow.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        // A customer's page is opened by its link alone: a cookie that comes along gives it nothing.
        if (context.Request.Path.StartsWithSegments(CustomerRoutes.Path))
        {
            return next(context);
        }

        if (context.User is not ActorPrincipal { By: ActorPrincipal.Means.Cookie } && !IsSignIn(context.Request))
        {
            return next(context);
        }

        var request = context.Request;
        var isHub = request.Path.StartsWithSegments("/hubs");
        if (!isHub && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return next(context);
        }

        if (!IsFromHere(request))
        {
            return new Problem(StatusCodes.Status403Forbidden, "access.crossSite", "The request comes from another site's page.").WriteAsync(context);
        }

        return isHub || !HttpMethods.IsPost(request.Method) || JsonBody.IsJson(request.ContentType)
            ? next(context)
            : new Problem(
                StatusCodes.Status415UnsupportedMediaType,
                "request.unsupportedMediaType",
                "With a cookie, a POST needs 'Content-Type: application/json'.").WriteAsync(context);
    }

    /// <summary>Signing someone in from a foreign page, as somebody else, is an attack too.</summary>
    private static bool IsSignIn(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path.Equals("/api/session", StringComparison.OrdinalIgnoreCase);

    private static bool IsFromHere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none";
        }

        // An older browser. Behind a proxy that ends TLS the scheme differs, so hosts are compared.
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 ||
            (Uri.TryCreate(origin, UriKind.Absolute, out var uri) &&
             string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
