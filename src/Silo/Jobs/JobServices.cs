namespace Escalation.Silo.Jobs;

/// <summary>Registers jobs, whichever stack hosts them.</summary>
internal static class JobServices
{
    /// <summary>Adds a job that runs every <paramref name="every"/>, and whenever it is woken.</summary>
    public static IServiceCollection AddJob<TJob>(this IServiceCollection services, string name, TimeSpan every)
        where TJob : class, IJob
    {
        services.AddSingleton<TJob>();
        return services.AddSingleton(new JobSchedule(typeof(TJob), name, every));
    }
}
