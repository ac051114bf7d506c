using System.Collections.Concurrent;
using Escalation.Silo.Jobs;
using Quartz;
using IJob = Escalation.Silo.Jobs.IJob;

namespace Escalation.Silo.Embedded;

/// <summary>Hosts the platform's jobs on Quartz, in memory: what is to be done is in the database, not in the schedule.</summary>
internal sealed partial class QuartzJobs(ISchedulerFactory factory, IEnumerable<JobSchedule> schedules) : IHostedService, IJobs
{
    private readonly ConcurrentDictionary<Type, Wakeup> _wakeups = [];
    private IScheduler? _scheduler;

    public void Wake<TJob>()
        where TJob : IJob
    {
        var wakeup = _wakeups.GetOrAdd(typeof(TJob), _ => new Wakeup());
        if (_scheduler is { } scheduler && wakeup.TryBegin())
        {
            _ = scheduler.TriggerJob(KeyOf(typeof(TJob))).AsTask();
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _scheduler = await factory.GetScheduler(cancellationToken);
        foreach (var schedule in schedules)
        {
            var job = JobBuilder.Create<Runner>()
                .WithIdentity(KeyOf(schedule.Job))
                .UsingJobData(Runner.JobType, schedule.Job.AssemblyQualifiedName!)
                .Build();
            var trigger = TriggerBuilder.Create()
                .WithIdentity(schedule.Name)
                .StartNow()
                .WithSimpleSchedule(simple => simple.WithInterval(schedule.Every).RepeatForever())
                .Build();
            await _scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static JobKey KeyOf(Type job) => new(job.Name);

    /// <summary>Remembers that a run is on its way, so that a thousand wakes are one run.</summary>
    private sealed class Wakeup
    {
        private int _pending;

        public bool TryBegin() => Interlocked.Exchange(ref _pending, 1) == 0;

        public void Begun() => Volatile.Write(ref _pending, 0);
    }

    /// <summary>The one Quartz job: runs the plain class named in its data.</summary>
    [DisallowConcurrentExecution]
    internal sealed partial class Runner(IServiceProvider services, QuartzJobs jobs, ILogger<Runner> logger) : Quartz.IJob
    {
        public const string JobType = "type";

        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var type = Type.GetType(context.MergedJobDataMap.GetString(JobType)!, throwOnError: true)!;
            jobs._wakeups.GetOrAdd(type, _ => new Wakeup()).Begun();
            try
            {
                await ((IJob)services.GetRequiredService(type)).RunAsync(cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The schedule must survive any one run; the work is still in its table.
                LogFailed(logger, type.Name, e.Message);
            }
        }

        [LoggerMessage(2200, LogLevel.Warning, "Job {Job} failed and runs again on schedule: {Reason}")]
        private static partial void LogFailed(ILogger logger, string job, string reason);
    }
}
