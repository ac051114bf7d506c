using Escalation.Dashboard.Access;

namespace Escalation.Silo.Access;

/// <summary>Registers keys and people in PostgreSQL. The host provides the <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
internal static class AccessServices
{
    internal static IServiceCollection AddPostgresAccess(this IServiceCollection services)
    {
        services.AddSingleton<IAccessStore, PostgresAccessStore>();
        services.AddSingleton<DevAccess>();
        return services;
    }
}
