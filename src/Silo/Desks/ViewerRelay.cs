using System.Collections.Concurrent;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Desks;
using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Desks;

/// <summary>
/// BRD-5: tells other hosts who looks at cases here, and hears it from them, by notifications of the database. Said again every few
/// seconds, so that a host that has just started learns of it, and one that died is forgotten.
/// </summary>
internal sealed partial class ViewerRelay(NpgsqlDataSource dataSource, CaseViewers viewers, Commits commits, ILogger<ViewerRelay> logger)
    : BackgroundService
{
    private const string Channel = "escalation_viewers";

    /// <summary>A notification holds less than 8,000 bytes.</summary>
    private const int MostTold = 50;

    private static readonly TimeSpan SayAgainEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan HoldsFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, bool> _changed = [];
    private readonly SemaphoreSlim _wake = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        viewers.ChangedHere += OnChanged;
        try
        {
            await Task.WhenAll(ListenAsync(stoppingToken), TellAsync(stoppingToken));
        }
        finally
        {
            viewers.ChangedHere -= OnChanged;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var saidAt = TimeProvider.System.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(SayAgainEvery, cancellationToken);
            viewers.Forget(TimeProvider.System.GetUtcNow());
            var again = TimeProvider.System.GetElapsedTime(saidAt) >= SayAgainEvery;
            saidAt = again ? TimeProvider.System.GetTimestamp() : saidAt;
            foreach (var caseId in again ? viewers.LookedAtHere.Union(_changed.Keys) : [.. _changed.Keys])
            {
                _changed.TryRemove(caseId, out _);
                try
                {
                    await NotifyAsync(caseId, cancellationToken);
                }
                catch (Exception e) when (LogFailures.IsAway(e))
                {
                    LogNotTold(logger, e.Message);
                }
            }
        }
    }

    private async Task NotifyAsync(Guid caseId, CancellationToken cancellationToken)
    {
        var told = new Told(commits.Host, caseId, [.. viewers.Here(caseId).Take(MostTold).Select(viewer => new ToldViewer(viewer.Person, viewer.Editing))]);
        await using var notify = dataSource.CreateCommand($"select pg_notify('{Channel}', $1)");
        notify.Parameters.AddWithValue(JsonSerializer.Serialize(told, Wire.Json));
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var session = await Session.OpenAsync(dataSource, cancellationToken);
                var connection = session.Connection;
                connection.Notification += (_, notification) => Hear(notification.Payload);
                await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (LogFailures.IsAway(e))
            {
                LogNotHeard(logger, e.Message);
                await Task.Delay(RetryAfter, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Hear(string payload)
    {
        try
        {
            if (JsonSerializer.Deserialize<Told>(payload, Wire.Json) is { } told && told.Host != commits.Host)
            {
                viewers.Told(
                    told.Host, told.CaseId, [.. told.Viewers.Select(viewer => (viewer.Id, viewer.Editing))], TimeProvider.System.GetUtcNow() + HoldsFor);
            }
        }
        catch (JsonException e)
        {
            // A host of another build, perhaps: who looks there is not known here.
            LogNotHeard(logger, e.Message);
        }
    }

    private void OnChanged(Guid caseId)
    {
        _changed[caseId] = true;
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody woke it already.
        }
    }

    [LoggerMessage(2984, LogLevel.Warning, "Other hosts could not be told who looks at a case; it is said again: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);

    [LoggerMessage(2985, LogLevel.Warning, "It is not heard who looks at cases on other hosts: {Reason}")]
    private static partial void LogNotHeard(ILogger logger, string reason);

    private sealed record Told(string Host, Guid CaseId, IReadOnlyList<ToldViewer> Viewers);

    private sealed record ToldViewer(string Id, bool Editing);
}
