using Escalation.Silo.Database;
using Npgsql;

namespace Escalation.Bench;

/// <summary>The private database of a running host.</summary>
internal static class BenchDatabase
{
    public static async Task<string> ConnectionStringAsync(string dataFolder, int connections) =>
        new NpgsqlConnectionStringBuilder(
            await PrivatePostgres.FindRunningAsync(dataFolder, CancellationToken.None) ??
            throw new InvalidOperationException($"No database runs on {dataFolder}."))
        {
            MaxPoolSize = connections,
        }.ConnectionString;
}
