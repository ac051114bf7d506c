using System.Collections.Concurrent;
using Escalation.Silo.Jobs;
using Hangfire;

namespace Escalation.Silo.Cluster;

/// <summary>
/// Hosts the platform's jobs on Hangfire, shared by all hosts: a run that one host asks for may be done by another. What is
/// to be done is in the platform's tables, so a run that is lost is made up for by the next.
/// </summary>
internal sealed partial class HangfireJobs(
    IBackgroundJobClientV2 client, IRecurringJobManagerV2 recurring, IEnumerable<JobSchedule> schedules, ILogger<HangfireJobs> logger)
    : BackgroundService, IJobs
{
    /// <summary>A run that another host began is not heard of here: after this long a new wake is a new run.</summary>
    private static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Type, Wakeup> _wakeups = [];

    public void Wake<TJob>()
        where TJob : IJob => Wake(typeof(TJob));

    /// <summary>
    /// Runs <paramref name="run"/> when no other run of <paramref name="job"/> is under way on this host; what is woken from
    /// here on needs another. Other hosts are not waited for: a job may run on several at once, and a lock that all share
    /// would outlive a host that is killed.
    /// </summary>
    public async Task TakeTurnAsync(Type job, Func<Task> run, CancellationToken cancellationToken)
    {
        var wakeup = WakeupOf(job);
        await wakeup.Turn.WaitAsync(cancellationToken);
        try
        {
            wakeup.Clear();
            await run();
        }
        finally
        {
            wakeup.Turn.Release();
        }
    }

    /// <summary>
    /// What Hangfire can keep, it keeps, once for all hosts. Its schedules are whole minutes at best: shorter ones each host
    /// keeps by itself, and a wake while a run is waiting costs nothing.
    /// </summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var schedule in schedules)
        {
            if (CronOf(schedule.Every) is { } cron)
            {
                recurring.AddOrUpdate<JobRun>(
                    schedule.Name, run => run.RunAsync(schedule.Job.FullName!, CancellationToken.None), cron);
            }
            else
            {
                recurring.RemoveIfExists(schedule.Name);
            }
        }

        return Task.WhenAll(schedules.Where(schedule => CronOf(schedule.Every) is null).Select(schedule => KeepAsync(schedule, stoppingToken)));
    }

    /// <summary>Every so many minutes of the hour, or hours of the day; null for what cannot be said so.</summary>
    internal static string? CronOf(TimeSpan every) => every switch
    {
        { Ticks: < TimeSpan.TicksPerMinute } => null,
        { TotalMinutes: <= 60 } when TimeSpan.TicksPerHour % every.Ticks == 0 && every.Ticks % TimeSpan.TicksPerMinute == 0 =>
            every.TotalMinutes < 60 ? $"*/{every.TotalMinutes:0} * * * *" : "0 * * * *",
        { TotalHours: <= 24 } when TimeSpan.TicksPerDay % every.Ticks == 0 && every.Ticks % TimeSpan.TicksPerHour == 0 =>
            every.TotalHours < 24 ? $"0 */{every.TotalHours:0} * * *" : "0 0 * * *",
        _ => null,
    };

    private async Task KeepAsync(JobSchedule schedule, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(schedule.Every, TimeProvider.System);
        do
        {
            Wake(schedule.Job);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Wake(Type job)
    {
        if (WakeupOf(job).TryBegin())
        {
            // Not on the caller's thread: it may be the one that commits.
            _ = Task.Run(() => EnqueueAsync(job));
        }
    }

    private async Task EnqueueAsync(Type job)
    {
        var wakeup = WakeupOf(job);
        try
        {
            client.Enqueue<JobRun>(run => run.RunAsync(job.FullName!, CancellationToken.None));
        }
        catch (BackgroundJobClientException e)
        {
            LogNotEnqueued(logger, job.Name, e.InnerException?.Message ?? e.Message);
        }

        await Task.Delay(HeardWithin, TimeProvider.System, CancellationToken.None);
        if (wakeup.ClearMissed())
        {
            Wake(job);
        }
    }

    private Wakeup WakeupOf(Type job) => _wakeups.GetOrAdd(job, _ => new Wakeup());

    [LoggerMessage(3110, LogLevel.Warning, "A run of job {Job} could not be asked for; it is tried again: {Reason}")]
    private static partial void LogNotEnqueued(ILogger logger, string job, string reason);

    /// <summary>Remembers that a run is on its way, so that a thousand wakes are one run, and that it was asked for again.</summary>
    private sealed class Wakeup
    {
        private const int Idle = 0;
        private const int Pending = 1;
        private const int Again = 2;

        private int _state;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>True for the one who has to ask for the run.</summary>
        public bool TryBegin()
        {
            if (Interlocked.CompareExchange(ref _state, Pending, Idle) == Idle)
            {
                return true;
            }

            Interlocked.CompareExchange(ref _state, Again, Pending);
            return false;
        }

        public void Clear() => Volatile.Write(ref _state, Idle);

        /// <summary>The run has not begun here by now; true when somebody asked for another meanwhile.</summary>
        public bool ClearMissed() => Interlocked.Exchange(ref _state, Idle) == Again;
    }
}

/// <summary>The one Hangfire job: runs the platform's plain class named in its argument.</summary>
internal sealed partial class JobRun(
    IServiceProvider services, HangfireJobs jobs, IEnumerable<JobSchedule> schedules, ILogger<JobRun> logger)
{
    /// <summary>A run that fails is not repeated: the schedule brings the next.</summary>
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(string job, CancellationToken cancellationToken)
    {
        if (schedules.FirstOrDefault(schedule => schedule.Job.FullName == job) is not { } known)
        {
            LogUnknown(logger, job);
            return;
        }

        try
        {
            var plain = (IJob)services.GetRequiredService(known.Job);
            await jobs.TakeTurnAsync(known.Job, () => plain.RunAsync(cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The work is still in its table.
            LogFailed(logger, job, e.Message);
        }
    }

    [LoggerMessage(3111, LogLevel.Warning, "Job {Job} failed and runs again on schedule: {Reason}")]
    private static partial void LogFailed(ILogger logger, string job, string reason);

    [LoggerMessage(3112, LogLevel.Information, "Job {Job} is not known to this build; a host that has it runs it on schedule")]
    private static partial void LogUnknown(ILogger logger, string job);
}
