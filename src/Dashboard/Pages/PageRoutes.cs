using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Escalation.Dashboard.Pages;

/// <summary>
/// Serves the pages. All of them are one document; which page it shows is in the address. They hold no data, so anyone
/// may load them: whoever is not signed in gets to the sign-in from there.
/// </summary>
internal static class PageRoutes
{
    /// <summary>Inline styles are only measured sizes; everything else comes from this host.</summary>
    private const string ContentSecurity =
        "default-src 'self'; img-src 'self' data:; style-src-attr 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    private static readonly string[] Pages = ["/", "/desk", "/sign-in", "/case/{**rest}", "/reviews", "/outbox"];

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        foreach (var page in Pages)
        {
            Map(routes, page, _ => "index.html");
        }

        Map(routes, "/assets/{name}", context => $"assets/{context.GetRouteValue("name")}");
        Map(routes, "/favicon.svg", _ => "favicon.svg");
    }

    private static void Map(IEndpointRouteBuilder routes, string pattern, Func<HttpContext, string> path) =>
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (HttpContext context, WebFiles files) => Send(context, files, path(context)))
            .WithMetadata(new AllowAnonymousAttribute())
            .ExcludeFromDescription();

    private static async Task Send(HttpContext context, WebFiles files, string path)
    {
        var response = context.Response;
        if (files.Find(path) is not { } file)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync($"There is no {path}. Was the host built with -p:Web=false?\n", context.RequestAborted);
            return;
        }

        var tag = new EntityTagHeaderValue($"\"{file.Hash}\"");
        var headers = response.GetTypedHeaders();
        headers.ETag = tag;
        response.Headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ContentSecurityPolicy = ContentSecurity;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var packed = Accepts(context.Request.Headers.AcceptEncoding, "br");
        var body = packed ? file.Packed : file.Plain;
        response.ContentType = file.ContentType;
        response.ContentLength = body.Length;
        if (packed)
        {
            response.Headers.ContentEncoding = "br";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static bool Accepts(StringValues header, string coding) =>
        StringWithQualityHeaderValue.TryParseList(header!, out var list) &&
        list.Any(item => item.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && item.Quality is null or > 0);
}
