namespace Escalation.Silo.Log;

internal sealed partial class PostgresTail
{
    [LoggerMessage(3020, LogLevel.Warning, "The log cannot be read: what is shown is as of {Since}.")]
    private partial void LogStale(Exception exception, DateTimeOffset since);

    [LoggerMessage(3021, LogLevel.Information, "The log can be read again; it could not since {Since}.")]
    private partial void LogFresh(DateTimeOffset since);

    [LoggerMessage(3022, LogLevel.Debug, "A connection of the tail was lost.")]
    private partial void LogListenLost(Exception exception);
}
