using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Escalation.Dashboard.Access;

/// <summary>
/// Finds out who sends a request: a program by its key in <c>Authorization: Bearer</c> (hubs: also in the query, where
/// browsers can put it), a person by their cookie. A wrong key is refused even where none is needed.
/// </summary>
internal sealed class Authentication(RequestDelegate next, SignIns signIns)
{
    public const string CookieName = "escalation-session";

    private const string Bearer = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count > 0)
        {
            var text = header.ToString();
            return text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? WithAsync(context, signIns.FindByKeyAsync(text.AsSpan(Bearer.Length).Trim(), CancellationToken.None), refuse: true)
                : Unauthenticated.WriteAsync(context, "Sign in with 'Authorization: Bearer <key>', or with a cookie from POST /api/session.");
        }

        if (context.Request.Query is { Count: > 0 } query && context.Request.Path.StartsWithSegments("/hubs") &&
            query.TryGetValue("access_token", out var token) && token.Count > 0)
        {
            return WithAsync(context, signIns.FindByKeyAsync(token.ToString(), CancellationToken.None), refuse: true);
        }

        return context.Request.Headers.ContainsKey(HeaderNames.Cookie) && context.Request.Cookies[CookieName] is { } cookie
            ? WithAsync(context, signIns.FindByCookieAsync(cookie, CancellationToken.None), refuse: false)
            : next(context);
    }

    private Task WithAsync(HttpContext context, ValueTask<ActorPrincipal?> finding, bool refuse)
    {
        return finding.IsCompletedSuccessfully ? Go(finding.Result) : WaitAsync();

        async Task WaitAsync() => await Go(await finding);

        Task Go(ActorPrincipal? principal)
        {
            if (principal is not null)
            {
                context.User = principal;
            }
            else if (refuse)
            {
                return Unauthenticated.WriteAsync(context, "The key is not known, or was revoked.");
            }

            return next(context);
        }
    }
}
