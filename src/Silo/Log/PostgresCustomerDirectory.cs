using Escalation.Grains.Hosting;
using Escalation.Silo.Database;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Log;

/// <summary>Contact points and whose they are.</summary>
internal sealed class PostgresCustomerDirectory(NpgsqlDataSource dataSource) : ICustomerDirectory
{
    private const string FindSql =
        """
        select min(customer::text)::uuid
        from contact_point
        where value = any ($1)
        having count(*) = cardinality($1) and count(distinct customer) = 1
        """;

    // Locks every point, new or known, always in the same order: two callers who share one meet here, and the second
    // sees what the first has decided.
    private const string ClaimSql =
        """
        insert into contact_point (value, customer)
        select value, $2
        from unnest($1) as point (value)
        order by value
        on conflict (value) do update set customer = contact_point.customer where false
        """;

    // The customer known by the first of the points that anybody is known by.
    private const string UniteSql =
        """
        with known as (
            select contact_point.customer
            from unnest($1) with ordinality as point (value, place)
            join contact_point using (value)
            where contact_point.customer <> $2
            order by point.place
            limit 1
        )
        update contact_point
        set customer = known.customer
        from known
        where contact_point.value = any ($1) and contact_point.customer <> known.customer
        """;

    private const string SharingSql =
        """
        select distinct customer
        from contact_point
        where split_part(value, ';', 1) = $1
        limit 20
        """;

    private const string WhoseSql = "select customer from contact_point where value = $1";

    /// <inheritdoc/>
    public async ValueTask<Guid> FindOrClaimAsync(
        IReadOnlyList<string> contactPoints, Guid candidate, CancellationToken cancellationToken)
    {
        var points = contactPoints.Distinct(StringComparer.Ordinal).ToArray();
        return points.Length == 0
            ? candidate
            : await dataSource.ReadAsync(
                async (connection, token) =>
                    await FindAsync(connection, points, token) ?? await ClaimAsync(connection, points, candidate, token),
                cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Guid?> FindAsync(string contactPoint, CancellationToken cancellationToken) =>
        await dataSource.ReadAsync((connection, token) => FindAsync(connection, [contactPoint], token), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Guid>> SharingAsync(string address, CancellationToken cancellationToken) =>
        await dataSource.ReadAsync<IReadOnlyList<Guid>>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(SharingSql, connection) { Parameters = { new() { Value = address } } };
                return await command.ReadIdsAsync(token);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask UniteAsync(Guid from, Guid into, CancellationToken cancellationToken) =>
        await dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("update contact_point set customer = $2 where customer = $1", connection)
                {
                    Parameters = { new() { Value = from }, new() { Value = into } },
                };
                return await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    /// <summary>CUS-7: nobody is known by this customer's contact points any more.</summary>
    public Task ForgetAsync(Guid customer, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("delete from contact_point where customer = $1", connection)
                {
                    Parameters = { new() { Value = customer } },
                };
                return await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    private static async Task<Guid?> FindAsync(
        NpgsqlConnection connection, string[] points, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSql, connection) { Parameters = { Texts(points) } };
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    private static async Task<Guid> ClaimAsync(
        NpgsqlConnection connection, string[] points, Guid candidate, CancellationToken cancellationToken)
    {
        // One batch is one transaction.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(ClaimSql) { Parameters = { Texts(points), new() { Value = candidate } } },
                new(UniteSql) { Parameters = { Texts(points), new() { Value = candidate } } },
                new(WhoseSql) { Parameters = { new() { Value = points[0] } } },
            },
        };
        return (Guid)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    private static NpgsqlParameter Texts(string[] texts) =>
        new() { Value = texts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
