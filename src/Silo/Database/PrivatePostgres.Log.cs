namespace Escalation.Silo.Database;

internal sealed partial class PrivatePostgres
{
    private static partial class Log
    {
        [LoggerMessage(3100, LogLevel.Information, "Making a PostgreSQL cluster in {Folder}.")]
        public static partial void Creating(ILogger logger, string folder);

        [LoggerMessage(3101, LogLevel.Information,
            "PostgreSQL (process {Process}) answers on port {Port}, after {Milliseconds} ms.")]
        public static partial void Started(ILogger logger, int process, int port, long milliseconds);

        [LoggerMessage(3102, LogLevel.Information,
            "PostgreSQL (process {Process}) was left running by a former host and answers on port {Port}, after {Milliseconds} ms.")]
        public static partial void Adopted(ILogger logger, int process, int port, long milliseconds);

        [LoggerMessage(3103, LogLevel.Information,
            "PostgreSQL (process {Process}) was left running with other settings or binaries; it is started again.")]
        public static partial void Replacing(ILogger logger, int process);

        [LoggerMessage(3104, LogLevel.Warning, "PostgreSQL has died; it is started again. {LogFile} may say why.")]
        public static partial void Died(ILogger logger, string logFile);

        [LoggerMessage(3105, LogLevel.Information,
            "PostgreSQL (process {Process}) answers on port {Port} again, after {Milliseconds} ms.")]
        public static partial void Revived(ILogger logger, int process, int port, long milliseconds);

        [LoggerMessage(3106, LogLevel.Error, "PostgreSQL stays down; another attempt follows within 10 seconds.")]
        public static partial void StaysDown(ILogger logger, Exception exception);

        [LoggerMessage(3107, LogLevel.Warning,
            "The password of the PostgreSQL cluster was not in {KeysFile}; the cluster gets a new one.")]
        public static partial void ResettingPassword(ILogger logger, string keysFile);

        [LoggerMessage(3109, LogLevel.Warning,
            "A former PostgreSQL, or a process it left behind, still has {Folder} open; waiting for it to end.")]
        public static partial void Waiting(ILogger logger, string folder);

        [LoggerMessage(3108, LogLevel.Information, "PostgreSQL has stopped.")]
        public static partial void Stopped(ILogger logger);
    }
}
