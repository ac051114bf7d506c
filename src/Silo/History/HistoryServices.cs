using Escalation.Grains.Hosting;
using Escalation.Silo.Jobs;

namespace Escalation.Silo.History;

/// <summary>Registers the board of the past (BRD-6).</summary>
internal static class HistoryServices
{
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddSingleton<CaseFolds>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<RecentPasts>();
        services.AddSingleton<PostgresPastBoards>();
        services.AddSingleton<IPastBoards>(provider => provider.GetRequiredService<PostgresPastBoards>());
        return services.AddJob<CheckpointJob>("checkpoints", TimeSpan.FromMinutes(5));
    }
}
