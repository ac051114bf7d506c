using Escalation.Grains.Customers;
using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Customers;

/// <summary>Finds declined customers by their events, of which there are few.</summary>
internal sealed class PostgresDeclinedCustomers(NpgsqlDataSource dataSource) : IDeclinedCustomers
{
    private const string DueSql =
        """
        select distinct stream
        from event
        where kind = 'customerDeclined'
            and (data ->> 'until')::timestamptz > $1
            and (data ->> 'reviewAt')::timestamptz <= $1
        """;

    public Task<IReadOnlyList<Guid>> ReviewDueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<IReadOnlyList<Guid>>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(DueSql, connection) { Parameters = { new() { Value = now } } };
                return await command.ReadIdsAsync(token);
            },
            cancellationToken);
}
