namespace Escalation.Silo.Log;

internal sealed partial class LogWriter
{
    [LoggerMessage(2310, LogLevel.Error, "The database is away: commands are refused until it is back.")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(2311, LogLevel.Information, "The database is back: commands are taken again.")]
    private partial void LogBack();

    [LoggerMessage(2312, LogLevel.Debug, "Repeating a batch of {Appends} appends after {SqlState}.")]
    private partial void LogRepeated(int appends, string sqlState);

    [LoggerMessage(2313, LogLevel.Error, "Command {CommandId} of stream {Stream} cannot be stored.")]
    private partial void LogRejected(Exception exception, Guid stream, Guid commandId);

    [LoggerMessage(2314, LogLevel.Error, "A batch of appends failed for an unexpected reason.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2315, LogLevel.Error, "A listener to commits failed at stream {Stream}.")]
    private partial void LogListenerFailed(Exception exception, Guid stream);

    [LoggerMessage(2316, LogLevel.Debug, "A lost connection could not be closed.")]
    private partial void LogDropFailed(Exception exception);
}
