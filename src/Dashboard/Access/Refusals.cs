using Escalation.Dashboard.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Access;

/// <summary>401, with word on how to sign in.</summary>
internal static class Unauthenticated
{
    public static Task WriteAsync(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new Problem(StatusCodes.Status401Unauthorized, "access.unauthenticated", detail).WriteAsync(context);
    }
}

/// <summary>What a right asks of whoever wants to use it.</summary>
internal sealed record RightRequirement(Right Right) : IAuthorizationRequirement;

/// <summary>Compares the actor's roles with the right's.</summary>
internal sealed class RightHandler : AuthorizationHandler<RightRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RightRequirement requirement)
    {
        if (ActorPrincipal.Of(context.User) is { } actor && requirement.Right.IsHeldBy(actor.Roles))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Says which right was lacking, as a problem.</summary>
internal sealed class RefusedAccess : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        if (ActorPrincipal.Of(context.User) is not { } actor)
        {
            return Unauthenticated.WriteAsync(context, "This needs a sign-in: 'Authorization: Bearer <key>', or a cookie from POST /api/session.");
        }

        var right = policy.Requirements.OfType<RightRequirement>().FirstOrDefault()?.Right;
        return new Problem(
            StatusCodes.Status403Forbidden,
            "access.forbidden",
            $"{actor.Id} has no right to {right?.Name ?? "this"}; it takes one of: {right?.Roles}.").WriteAsync(context);
    }
}
