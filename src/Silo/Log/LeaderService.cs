using Escalation.Grains.Log;
using Escalation.Silo.Database;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>Work that one host does at a time; the numbers are the names of the database's advisory locks.</summary>
internal enum LeaderWork : long
{
    Ladder = 0x45534c5f4c414444,
    Desks = 0x45534c5f4445534b,
    Webhooks = 0x45534c5f57454248,
    Imports = 0x45534c5f494d504f,
    Checkpoints = 0x45534c5f50415354,
}

/// <summary>
/// Work that one host does at a time, and another takes over: whoever holds an advisory lock of the database leads, and a host
/// that dies gives it up with its connection. Whatever goes wrong is said, and the work starts again.
/// </summary>
internal abstract partial class LeaderService(NpgsqlDataSource dataSource, LeaderWork work, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected NpgsqlDataSource DataSource => dataSource;

    /// <summary>Leads for once, if no other host does; false when one does.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="work">What is led.</param>
    /// <param name="lead">Is given the connection that holds the lock: when it is lost, so is the lead.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static async Task<bool> TryLeadAsync(
        NpgsqlDataSource dataSource, LeaderWork work, Func<NpgsqlConnection, CancellationToken, Task> lead, CancellationToken cancellationToken)
    {
        await using var session = await Session.OpenAsync(dataSource, cancellationToken);
        await using (var take = new NpgsqlCommand($"select pg_try_advisory_lock({(long)work})", session.Connection))
        {
            if (await take.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return false;
            }
        }

        await lead(session.Connection, cancellationToken);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var again = AgainAsync(stoppingToken);
            try
            {
                await TryLeadAsync(dataSource, work, LeadAsync, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailure(e);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await again;
        }
    }

    /// <summary>Works for as long as this host leads, or until there is nothing left to do.</summary>
    protected abstract Task LeadAsync(NpgsqlConnection connection, CancellationToken stoppingToken);

    /// <summary>Asked before each attempt; ends when it is time for the next one.</summary>
    protected virtual Task AgainAsync(CancellationToken stoppingToken) => Task.Delay(RetryAfter, TimeProvider.System, stoppingToken)
        .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Says what went wrong; a database that is away is no error of ours.</summary>
    protected void LogFailure(Exception e)
    {
        if (e is LogUnavailableException || LogFailures.IsAway(e))
        {
            LogAway(logger, work, e.Message);
        }
        else
        {
            LogBroken(logger, e, work);
        }
    }

    [LoggerMessage(2950, LogLevel.Warning, "{Work} cannot go on without the database; tried again: {Reason}")]
    private static partial void LogAway(ILogger logger, LeaderWork work, string reason);

    [LoggerMessage(2951, LogLevel.Error, "{Work} stopped, and starts again from where it was")]
    private static partial void LogBroken(ILogger logger, Exception exception, LeaderWork work);
}
