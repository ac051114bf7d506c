using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Intake;

/// <summary>Cases that are there already, by their first event.</summary>
internal sealed class PostgresOpenedCases(NpgsqlDataSource dataSource) : IOpenedCases
{
    // Looking up by key is always right here; "offset 0" keeps the planner from reading the whole log instead.
    private const string Sql =
        """
        select
            wanted.stream,
            opened.number,
            opened.customer,
            exists (select from event where stream = opened.customer and command = wanted.adding offset 0)
        from unnest($1, $2) as wanted (stream, adding)
        cross join lateral (
            select (data ->> 'number')::bigint as number, (data ->> 'customerId')::uuid as customer
            from event
            where stream = wanted.stream and version = 1 and kind = 'caseOpened'
            offset 0
        ) as opened
        """;

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<Guid, OpenedCase>> FindAsync(
        IReadOnlyList<(Guid Case, Guid Adding)> wanted, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<IReadOnlyDictionary<Guid, OpenedCase>>(
            async (connection, token) =>
            {
                // The same line may stand there twice.
                var distinct = wanted.DistinctBy(one => one.Case).ToList();
                await using var command = new NpgsqlCommand(Sql, connection)
                {
                    Parameters = { Ids(distinct.Select(one => one.Case)), Ids(distinct.Select(one => one.Adding)) },
                };
                await using var reader = await command.ExecuteReaderAsync(token);
                var found = new Dictionary<Guid, OpenedCase>();
                while (await reader.ReadAsync(token))
                {
                    found.Add(reader.GetGuid(0), new OpenedCase(reader.GetInt64(1), reader.GetGuid(2), reader.GetBoolean(3)));
                }

                return found;
            },
            cancellationToken);

    private static NpgsqlParameter Ids(IEnumerable<Guid> ids) => new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
}
