using Escalation.Grains.Customers;
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

    private const string KnownSql = "select value, customer from contact_point where value = any ($1)";

    // As ClaimSql, each point for a customer of its own; says which were new.
    private const string ClaimAllSql =
        """
        insert into contact_point (value, customer)
        select value, customer
        from unnest($1, $2) as point (value, customer)
        order by value
        on conflict (value) do update set customer = contact_point.customer where false
        returning value
        """;

    private const string MoveSql =
        """
        insert into contact_point (value, customer)
        select value, customer
        from unnest($1, $2) as point (value, customer)
        order by value
        on conflict (value) do update set customer = excluded.customer
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
    /// <remarks>One look where all are known; else one transaction for all of them, which takes its locks in the order of every other.</remarks>
    public async ValueTask<IReadOnlyList<Guid>> FindOrClaimAllAsync(IReadOnlyList<CustomerClaim> claims, CancellationToken cancellationToken) =>
        await dataSource.ReadAsync((connection, token) => FindOrClaimAllAsync(connection, claims, token), cancellationToken);

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

    private static async Task<IReadOnlyList<Guid>> FindOrClaimAllAsync(
        NpgsqlConnection connection, IReadOnlyList<CustomerClaim> claims, CancellationToken cancellationToken)
    {
        Dictionary<string, Guid> known;
        await using (var read = new NpgsqlCommand(KnownSql, connection) { Parameters = { Texts([.. claims.SelectMany(claim => claim.ContactPoints).Distinct(StringComparer.Ordinal)]) } })
        await using (var reader = await read.ExecuteReaderAsync(cancellationToken))
        {
            known = await ReadAsync(reader, cancellationToken);
        }

        var wanted = ClaimedPoints.Of(known, claims);
        if (wanted.Touched.Count == 0)
        {
            return wanted.Customers;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var points = wanted.Touched.ToArray();
        var mine = new HashSet<string>(StringComparer.Ordinal);
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new(ClaimAllSql) { Parameters = { Texts(points), Customers(points.Select(point => wanted.Points[point])) } },
                new(KnownSql) { Parameters = { Texts(points) } },
            },
        })
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                mine.Add(reader.GetString(0));
            }

            await reader.NextResultAsync(cancellationToken);
            foreach (var (point, customer) in await ReadAsync(reader, cancellationToken))
            {
                known[point] = customer;
            }
        }

        // What others decided meanwhile stands; what only this transaction has put there is nobody's yet.
        var stored = new Dictionary<string, Guid>(known, StringComparer.Ordinal);
        foreach (var point in mine)
        {
            known.Remove(point);
        }

        var decided = ClaimedPoints.Of(known, claims);
        var changed = decided.Points.Where(point => stored.GetValueOrDefault(point.Key) != point.Value).ToList();
        if (changed.Count > 0)
        {
            await using var move = new NpgsqlCommand(MoveSql, connection, transaction)
            {
                Parameters = { Texts([.. changed.Select(point => point.Key)]), Customers(changed.Select(point => point.Value)) },
            };
            await move.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return decided.Customers;
    }

    private static async Task<Dictionary<string, Guid>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, Guid>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            known.Add(reader.GetString(0), reader.GetGuid(1));
        }

        return known;
    }

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

    private static NpgsqlParameter Customers(IEnumerable<Guid> customers) =>
        new() { Value = customers.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
}
