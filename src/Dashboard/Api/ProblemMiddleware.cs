using Escalation.Grains.Log;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Escalation.Dashboard.Api;

/// <summary>The one place that turns failures, and answers without a body, into problems.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    private static readonly PathString[] Ours = ["/api", "/openapi", "/healthz", "/readyz", "/hubs"];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (LogUnavailableException e)
        {
            LogDatabaseAway(logger, context.Request.Method, context.Request.Path, e.Message);
            await Problems.DatabaseAway("The database is away. Nothing was lost; send the request again with the same Idempotency-Key.").WriteAsync(context);
        }
        catch (BadHttpRequestException e)
        {
            await Of(e).WriteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            // Whatever it is, the host and its other callers must survive it.
            LogFault(logger, e, context.Request.Method, context.Request.Path);
            await new Problem(
                StatusCodes.Status500InternalServerError, "host.fault", "Something went wrong on our side. It is in the host's log.").WriteAsync(context);
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } && IsOurs(context))
        {
            await OfStatus(context).WriteAsync(context);
        }
    }

    private static bool IsOurs(HttpContext context) =>
        Array.Exists(Ours, path => context.Request.Path.StartsWithSegments(path));

    private static Problem OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problems.NoSuchRoute,
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed(context),
        StatusCodes.Status413PayloadTooLarge => JsonBody.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => JsonBody.NotJson(context.Request.ContentType),
        var status => new Problem(status, "request.refused", $"The request was refused with status {status}."),
    };

    private static Problem MethodNotAllowed(HttpContext context) => new(
        StatusCodes.Status405MethodNotAllowed,
        "route.methodNotAllowed",
        $"This address takes {context.Response.Headers.Allow}, not {context.Request.Method}.");

    private static Problem Of(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => JsonBody.TooLarge,
        var status and >= 400 and < 500 => new Problem(status, "request.malformed", e.Message),
        _ => Problems.Malformed(e.Message),
    };
}
