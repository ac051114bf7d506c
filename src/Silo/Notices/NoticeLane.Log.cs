using Escalation.Grains.Cases;

namespace Escalation.Silo.Notices;

internal sealed partial class NoticeLane
{
    [LoggerMessage(2100, LogLevel.Warning, "Notice {Notice} of case {CaseId} was not accepted ({Detail}); next attempt {Again}")]
    private static partial void LogNotAccepted(ILogger logger, Guid caseId, int notice, string detail, DateTimeOffset again);

    [LoggerMessage(2101, LogLevel.Warning, "Notice {Notice} of case {CaseId} is given up after {Attempts} attempts: {Detail}")]
    private static partial void LogGivenUp(ILogger logger, Guid caseId, int notice, int attempts, string detail);

    [LoggerMessage(2102, LogLevel.Warning, "Notice {Notice} of case {CaseId} could not be worked on and is tried again after {Claim}: {Reason}")]
    private static partial void LogLeft(ILogger logger, Guid caseId, int notice, TimeSpan claim, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "Channel {Channel} is down: {Reason}. Its notices go over the next channel by their own instants")]
    private static partial void LogDown(ILogger logger, Channel channel, string reason);

    [LoggerMessage(2104, LogLevel.Information, "Channel {Channel} is back; it was down since {Since}")]
    private static partial void LogBack(ILogger logger, Channel channel, DateTimeOffset since);

    [LoggerMessage(2105, LogLevel.Warning, "Notices of channel {Channel} could not be claimed: {Reason}")]
    private static partial void LogNotClaimed(ILogger logger, Channel channel, string reason);
}
