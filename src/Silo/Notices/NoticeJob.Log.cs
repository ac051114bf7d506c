namespace Escalation.Silo.Notices;

internal sealed partial class NoticeJob
{
    [LoggerMessage(2100, LogLevel.Warning, "Notice {Notice} of case {CaseId} was not accepted ({Detail}); next attempt {Again}")]
    private static partial void LogNotAccepted(ILogger logger, Guid caseId, int notice, string detail, DateTimeOffset again);

    [LoggerMessage(2101, LogLevel.Warning, "Notice {Notice} of case {CaseId} is given up after {Attempts} attempts: {Detail}")]
    private static partial void LogGivenUp(ILogger logger, Guid caseId, int notice, int attempts, string detail);

    [LoggerMessage(2102, LogLevel.Warning, "Notice {Notice} of case {CaseId} could not be worked on and is tried again after {Claim}: {Reason}")]
    private static partial void LogLeft(ILogger logger, Guid caseId, int notice, TimeSpan claim, string reason);
}
