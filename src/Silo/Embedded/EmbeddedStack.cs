using Escalation.Grains.Hosting;
using Escalation.Silo.Hosting;
using Escalation.Silo.Jobs;
using Quartz;

namespace Escalation.Silo.Embedded;

/// <summary>The embedded stack: grains in this process, jobs on Quartz.</summary>
internal static class EmbeddedStack
{
    /// <summary>Grains that live in this process: a host's own, or a verb's beside whichever host is running.</summary>
    public static IServiceCollection AddEmbeddedGrains(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<EmbeddedGrainsOptions>().BindConfiguration(EmbeddedGrainsOptions.Section);
        services.AddSingleton<EmbeddedGrains>();
        services.AddSingleton<IGrains>(provider => provider.GetRequiredService<EmbeddedGrains>());
        services.AddSingleton<IGrainMemory>(provider => provider.GetRequiredService<EmbeddedGrains>());
        return services;
    }

    public static IServiceCollection AddStackGrains(this IServiceCollection services, IConfiguration configuration, string connectionString) =>
        services.AddEmbeddedGrains();

    public static IServiceCollection AddStackJobs(this IServiceCollection services, string connectionString)
    {
        services.AddQuartz();
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
        services.AddSingleton<QuartzJobs>();
        services.AddSingleton<IJobs>(provider => provider.GetRequiredService<QuartzJobs>());
        services.AddHostedService(provider => provider.GetRequiredService<QuartzJobs>());
        services.AddSingleton<QuartzJobs.Runner>();
        services.AddJob<PassivateJob>("passivate", TimeSpan.FromMinutes(1));
        return services;
    }

    /// <summary>No routes of its own.</summary>
    public static void MapStack(this WebApplication app)
    {
    }

    /// <summary>Lets idle grains leave memory.</summary>
    private sealed class PassivateJob(EmbeddedGrains grains) : Jobs.IJob
    {
        public Task RunAsync(CancellationToken cancellationToken)
        {
            grains.Passivate();
            return Task.CompletedTask;
        }
    }
}
