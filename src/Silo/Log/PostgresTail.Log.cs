namespace Escalation.Silo.Log;

internal sealed partial class PostgresTail
{
    [LoggerMessage(2320, LogLevel.Warning, "The log cannot be read: what is shown is as of {Since}.")]
    private partial void LogStale(Exception exception, DateTimeOffset since);

    [LoggerMessage(2321, LogLevel.Information, "The log can be read again; it could not since {Since}.")]
    private partial void LogFresh(DateTimeOffset since);

    [LoggerMessage(2322, LogLevel.Debug, "A connection of the tail was lost.")]
    private partial void LogListenLost(Exception exception);
}
