namespace Escalation.Silo.Deadlines;

internal sealed partial class DeadlineClock
{
    [LoggerMessage(2000, LogLevel.Warning, "Due instants could not be read, trying again: {Reason}")]
    private static partial void LogSweepFailed(ILogger logger, string reason);

    [LoggerMessage(2001, LogLevel.Warning, "Case {CaseId} could not be woken at its due instant, trying again: {Reason}")]
    private static partial void LogFireFailed(ILogger logger, Guid caseId, string reason);

    [LoggerMessage(2002, LogLevel.Error, "Case {CaseId} failed when it was woken at its due instant; it is tried again with the next sweep")]
    private static partial void LogFireBroken(ILogger logger, Exception exception, Guid caseId);
}
