using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Deadlines;

/// <summary>Due instants as the log writes them, one row per grain.</summary>
internal sealed class PostgresDueInstants(NpgsqlDataSource dataSource) : IDueInstants
{
    public Task<IReadOnlyList<DueGrain>> ReadAsync(DateTimeOffset horizon, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<IReadOnlyList<DueGrain>>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select id, category, due_at, due_promise_at, due_statutory_at, harm
                    from grain
                    where due_at <= $1
                    """,
                    connection) { Parameters = { new() { Value = horizon.UtcDateTime } } };
                await using var reader = await command.ExecuteReaderAsync(token);
                var due = new List<DueGrain>();
                while (await reader.ReadAsync(token))
                {
                    due.Add(new DueGrain(
                        reader.GetGuid(0),
                        reader.GetString(1),
                        new Due(reader.GetDateTime(2), Instant(reader, 3), Instant(reader, 4), reader.GetInt16(5))));
                }

                return due;
            },
            cancellationToken);

    private static DateTimeOffset? Instant(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
