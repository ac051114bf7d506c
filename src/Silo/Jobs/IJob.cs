namespace Escalation.Silo.Jobs;

/// <summary>Background work: a plain class with one run. Hosted by Quartz in the embedded stack, by Hangfire in the cluster.</summary>
internal interface IJob
{
    /// <summary>Does what there is to do now, and returns. May be run again at any time, on any host; twice does no harm.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Has jobs run, on schedule and when there is something to do.</summary>
internal interface IJobs
{
    /// <summary>Runs the job soon. Many wakes while it is about to run are one run; one while it runs is one more.</summary>
    void Wake<TJob>()
        where TJob : IJob;
}

/// <summary>A job and how often it runs even if nobody wakes it.</summary>
internal sealed record JobSchedule(Type Job, string Name, TimeSpan Every);
