namespace Escalation.Silo.Database;

internal sealed partial class Migrator
{
    [LoggerMessage(2301, LogLevel.Information, "Migrated the database: {Step}.")]
    private partial void LogStep(string step);

    [LoggerMessage(2302, LogLevel.Warning,
        "The database was restored from another server: {Events} events were put first in the commit order.")]
    private partial void LogHealed(int events);
}
