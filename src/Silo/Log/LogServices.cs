using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Log;

/// <summary>Registers the log in PostgreSQL. The host provides the <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
internal static class LogServices
{
    internal static IServiceCollection AddPostgresLog(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<PostgresLogOptions>().BindConfiguration(PostgresLogOptions.Section);
        services.AddSingleton<IValidateOptions<PostgresLogOptions>, ValidatePostgresLogOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Database.Migrator>();
        services.AddSingleton<Commits>();
        services.AddSingleton<PostgresEventLog>();
        services.AddSingleton<IEventLog>(provider => provider.GetRequiredService<PostgresEventLog>());
        services.AddSingleton<PostgresTail>();
        services.AddSingleton<IEventTail>(provider => provider.GetRequiredService<PostgresTail>());
        services.AddSingleton<PostgresBoardRows>();
        services.AddSingleton<IBoardRows>(provider => provider.GetRequiredService<PostgresBoardRows>());
        services.AddSingleton<IPromiseFigures, PostgresPromiseFigures>();
        services.AddSingleton<ICaseNumbers, PostgresCaseNumbers>();
        services.AddSingleton<PostgresCustomerDirectory>();
        services.AddSingleton<ICustomerDirectory>(provider => provider.GetRequiredService<PostgresCustomerDirectory>());
        return services;
    }
}
