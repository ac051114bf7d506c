using System.Threading.RateLimiting;
using Escalation.Dashboard.Api;
using Escalation.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Escalation.Dashboard.Access;

/// <summary>Signing in with a password, and out again.</summary>
internal sealed class SessionRoutes(IAccessStore store, SignIns signIns, TimeProvider time, IOptions<ApiOptions> options) : IDisposable
{
    private static readonly TextField User = new("user", 100, true, "The name to sign in with.", lines: false);

    private static readonly TextField Password = new("password", 200, true, "The password.", lines: false);

    private readonly PartitionedRateLimiter<string> _attempts = PartitionedRateLimiter.Create<string, string>(user =>
        RateLimitPartition.GetFixedWindowLimiter(user, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = options.Value.SignInsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));

    public void Map(Routes routes)
    {
        routes.Post("/api/session", new Operation("session.start", Rights.Public, "Signs a person in; the answer sets a cookie.")
        {
            Tag = "Session",
            Body = [User, Password],
            Success = StatusCodes.Status204NoContent,
            Refusals = [StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden],
        }, StartAsync);
        routes.Get("/api/session", new Operation("session.get", Rights.SessionRead, "Who one is signed in as.")
        {
            Tag = "Session",
            Answer = typeof(SessionView),
        }, ShowAsync);
        routes.Delete("/api/session", new Operation("session.end", Rights.Public, "Signs out; the cookie is worth nothing from then on.")
        {
            Tag = "Session",
            Success = StatusCodes.Status204NoContent,
            Refusals = [StatusCodes.Status403Forbidden],
        }, EndAsync);
    }

    public void Dispose() => _attempts.Dispose();

    private async Task StartAsync(HttpContext context)
    {
        var ((user, password), problem) = await JsonBody.ReadAsync(
            context, new Faults(), mayBeEmpty: false, 0, (fields, _) => (fields.Get(User), fields.Get(Password)));
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        using var attempt = _attempts.AttemptAcquire(user.ToUpperInvariant());
        if (!attempt.IsAcquired)
        {
            attempt.TryGetMetadata(MetadataName.RetryAfter, out var wait);
            await new Problem(StatusCodes.Status429TooManyRequests, "access.tooManyAttempts", $"Too many attempts to sign in as {user}.")
            {
                RetryAfter = wait,
            }.WriteAsync(context);
            return;
        }

        var person = await store.FindPersonAsync(user, context.RequestAborted);
        if (!Passwords.Matches(person, password))
        {
            await new Problem(StatusCodes.Status401Unauthorized, "access.wrongPassword", "User and password do not go together.").WriteAsync(context);
            return;
        }

        var token = Secret.Create();
        var now = time.GetUtcNow();
        await store.StartSessionAsync(Secret.Hash(token), person!.User, now, now + options.Value.SessionLength, context.RequestAborted);
        context.Response.Cookies.Append(Authentication.CookieName, token, Cookie(context, now + options.Value.SessionLength));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task ShowAsync(HttpContext context)
    {
        var actor = ActorPrincipal.Of(context.User)!;
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(context, new SessionView(
            actor.Id,
            [.. Enum.GetValues<Roles>().Where(role => role != Roles.None && actor.Roles.HasFlag(role)).Select(Words.Of)]));
    }

    private async Task EndAsync(HttpContext context)
    {
        if (context.Request.Cookies[Authentication.CookieName] is { Length: > 0 and <= 200 } token)
        {
            await store.EndSessionAsync(Secret.Hash(token), context.RequestAborted);
            signIns.Forget(token);
        }

        context.Response.Cookies.Delete(Authentication.CookieName, Cookie(context, null));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static CookieOptions Cookie(HttpContext context, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        Expires = expires,
    };
}
