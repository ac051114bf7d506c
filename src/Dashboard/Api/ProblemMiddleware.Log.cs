using Microsoft.Extensions.Logging;

namespace Escalation.Dashboard.Api;

internal sealed partial class ProblemMiddleware
{
    [LoggerMessage(3001, LogLevel.Warning, "{Method} {Path} was answered with 503: {Reason}")]
    private static partial void LogDatabaseAway(ILogger logger, string method, string path, string reason);

    [LoggerMessage(3002, LogLevel.Error, "{Method} {Path} failed.")]
    private static partial void LogFault(ILogger logger, Exception exception, string method, string path);
}
