using Escalation.Grains.Imports;

namespace Escalation.Silo.Intake;

/// <summary>What takes cases and reviews from files over HTTP.</summary>
internal static class ImportServices
{
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ImportSignal>();
        services.AddSingleton<IImports, PostgresImports>();
        services.AddHostedService<ImportRunner>();
        return services;
    }
}
