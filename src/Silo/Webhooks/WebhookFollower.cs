using Escalation.Silo.Log;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Escalation.Silo.Webhooks;

/// <summary>
/// Tells other systems what happens. One host at a time follows the log for each subscription from a kept place, queues what
/// it wants, and sends: the events of one case in their order, different cases beside each other. What was queued is in the
/// database, so that a host that dies loses nothing; at worst the same event goes out again under the same id.
/// </summary>
internal sealed partial class WebhookFollower(
    NpgsqlDataSource dataSource, WebhookQueue queue, WebhookSender sender, WebhookSignal signal, Commits commits,
    IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookFollower> logger)
    : LeaderService(dataSource, LeaderWork.Webhooks, logger)
{
    private const int Batch = 200;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    protected override async Task LeadAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var lanes = new Dictionary<Guid, Task>();
        try
        {
            var sweptAt = DateTimeOffset.MinValue;
            while (true)
            {
                var next = signal.Next;
                var now = time.GetUtcNow();
                if (now - sweptAt > SweepEvery)
                {
                    await queue.SweepAsync(now - options.Value.KeepDeliveries, stoppingToken);
                    sweptAt = now;
                }

                // On this connection, so that a lock that was lost is noticed.
                await using (var alive = new NpgsqlCommand("select 1", connection))
                {
                    await alive.ExecuteScalarAsync(stoppingToken);
                }

                foreach (var id in await queue.ActiveAsync(stoppingToken))
                {
                    if (!lanes.TryGetValue(id, out var lane) || lane.IsCompleted)
                    {
                        lanes[id] = Task.Run(() => RunAsync(id, leading.Token), CancellationToken.None);
                    }
                }

                await Task.WhenAny(next, WaitAsync(LongestWait, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await leading.CancelAsync();
            await Task.WhenAll(lanes.Values);
        }
    }

    /// <summary>One subscription, until it is removed or disabled; what goes wrong ends the lane, and the leader starts it again.</summary>
    private async Task RunAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var (changed, committed) = (signal.Next, commits.Next);
                var now = time.GetUtcNow();
                if (await queue.TargetAsync(id, now, cancellationToken) is not { } target)
                {
                    return;
                }

                var followed = await queue.FollowAsync(target, now, cancellationToken);
                var sent = target.PausedUntil > now ? 0 : await SendAsync(target, now, cancellationToken);
                if (followed == 0 && sent == 0)
                {
                    await (await queue.IsHeldAsync(target, cancellationToken)
                        ? WaitAsync(Pace, cancellationToken)
                        : Task.WhenAny(changed, committed, WaitAsync(LongestWait, cancellationToken)));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Another host goes on.
        }
        catch (Exception e)
        {
            LogFailure(e);
        }
    }

    private async Task<int> SendAsync(WebhookTarget target, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await queue.DueAsync(target, now, Batch, cancellationToken);
        var isAway = false;
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = target.Failures > 0 ? 1 : options.Value.Parallel, CancellationToken = cancellationToken },
            async (message, token) =>
            {
                if (Volatile.Read(ref isAway))
                {
                    return;
                }

                var answer = await sender.SendAsync(target.Url, target.Secrets, message, token);
                if (answer.IsTaken)
                {
                    await queue.TakenAsync(target.Id, message, answer.Status, time.GetUtcNow(), token);
                    return;
                }

                if (answer.IsAway || answer.IsGone)
                {
                    Volatile.Write(ref isAway, true);
                }

                await RefusedAsync(target, message, answer, token);
            });
        return due.Count;
    }

    private async Task RefusedAsync(WebhookTarget target, WebhookMessage message, WebhookAnswer answer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var disable = answer.IsGone || now - (target.FailingSince ?? now) >= options.Value.DisableAfter;
        var attempts = answer.IsAway ? target.Failures + 1 : message.Attempts + 1;
        var wait = answer.RetryAfter ?? WaitAfter(attempts);

        // Given up alone only where the receiver takes other events: else it is the receiver that is given up.
        var giveUp = !disable && message.Attempts + 1 >= options.Value.MostAttempts && target.DeliveredAt > message.QueuedAt;
        await queue.RefusedAsync(
            target.Id, message, answer, now, giveUp ? null : now + wait, answer.IsAway ? now + wait : null, disable, cancellationToken);
        if (disable)
        {
            LogDisabled(logger, target.Id, target.Url, answer.Detail!);
        }
        else if (giveUp)
        {
            LogGivenUp(logger, message.Id, target.Id, message.Attempts + 1, answer.Detail!);
        }
        else if (target.FailingSince is null)
        {
            LogFailing(logger, target.Id, target.Url, answer.Detail!);
        }
    }

    /// <summary>Doubles with each attempt, up to the longest.</summary>
    private TimeSpan WaitAfter(int attempts)
    {
        var wait = options.Value.FirstRetryAfter * Math.Pow(2, Math.Min(attempts - 1, 20));
        return wait < options.Value.LongestRetryAfter ? wait : options.Value.LongestRetryAfter;
    }

    private static async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken) =>
        await Task.Delay(wait, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(3962, LogLevel.Warning, "Webhook {Id} to {Url} is not taken, and is tried again: {Reason}")]
    private static partial void LogFailing(ILogger logger, Guid id, string url, string reason);

    [LoggerMessage(3963, LogLevel.Error, "Webhook {Id} to {Url} is disabled: {Reason}")]
    private static partial void LogDisabled(ILogger logger, Guid id, string url, string reason);

    [LoggerMessage(3964, LogLevel.Error, "Event {Event} was given up for webhook {Id} after {Attempts} attempts: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string @event, Guid id, int attempts, string reason);
}
