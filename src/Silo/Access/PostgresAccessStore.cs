using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Access;

/// <summary>Keys, people and sign-ins in PostgreSQL.</summary>
internal sealed class PostgresAccessStore(NpgsqlDataSource dataSource) : IAccessStore
{
    private const string FindKeySql =
        """
        select name, roles, created_at
        from access_key
        where hash = $1 and revoked_at is null
        """;

    private const string FindSessionSql =
        """
        select person.name, person.roles, session.expires_at
        from session
        join person on person.name = session.person
        where session.hash = $1 and session.expires_at > $2
        """;

    private const string FindPersonSql = "select name, roles, password_hash from person where name = $1";

    private const string StartSessionSql =
        """
        insert into session (hash, person, expires_at)
        values ($1, $2, $3)
        on conflict (hash) do nothing
        """;

    private const string PutKeySql =
        """
        insert into access_key (hash, name, roles, created_at)
        values ($1, $2, $3, $4)
        on conflict (hash) do update set roles = excluded.roles, revoked_at = null
        """;

    private const string RevokeOthersSql =
        """
        update access_key
        set revoked_at = $3
        where name = $1 and hash <> $2 and revoked_at is null
        """;

    private const string PutPersonSql =
        """
        insert into person (name, roles, password_hash, changed_at)
        values ($1, $2, $3, $4)
        on conflict (name) do update
        set roles = excluded.roles, password_hash = excluded.password_hash, changed_at = excluded.changed_at
        """;

    private const string ListKeysSql = "select name, roles, created_at, revoked_at from access_key order by created_at, name";

    private const string RevokeKeySql = "update access_key set revoked_at = $2 where name = $1 and revoked_at is null";

    /// <inheritdoc/>
    public Task<AccessKey?> FindKeyAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        FirstAsync(
            FindKeySql,
            row => new AccessKey(row.GetString(0), RolesOf(row, 1), Instant(row, 2), null),
            cancellationToken,
            hash.ToArray());

    /// <inheritdoc/>
    public Task<Session?> FindSessionAsync(ReadOnlyMemory<byte> hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        FirstAsync(
            FindSessionSql,
            row => new Session(row.GetString(0), RolesOf(row, 1), Instant(row, 2)),
            cancellationToken,
            hash.ToArray(),
            now.UtcDateTime);

    /// <inheritdoc/>
    public Task<Person?> FindPersonAsync(string user, CancellationToken cancellationToken) =>
        FirstAsync(
            FindPersonSql,
            row => new Person(row.GetString(0), RolesOf(row, 1), row.GetString(2)),
            cancellationToken,
            user);

    /// <inheritdoc/>
    public Task StartSessionAsync(
        ReadOnlyMemory<byte> hash, string user, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        WriteAsync(
            cancellationToken,
            ("delete from session where expires_at <= $1", [now.UtcDateTime]),
            (StartSessionSql, [hash.ToArray(), user, expiresAt.UtcDateTime]));

    /// <inheritdoc/>
    public Task EndSessionAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        WriteAsync(cancellationToken, ("delete from session where hash = $1", [hash.ToArray()]));

    /// <inheritdoc/>
    public Task PutKeyAsync(string name, Roles roles, ReadOnlyMemory<byte> hash, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            cancellationToken,
            (RevokeOthersSql, [name, hash.ToArray(), now.UtcDateTime]),
            (PutKeySql, [hash.ToArray(), name, RoleWords.Of(roles), now.UtcDateTime]));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessKey>> ListKeysAsync(CancellationToken cancellationToken) =>
        AllAsync(
            ListKeysSql,
            row => new AccessKey(row.GetString(0), RolesOf(row, 1), Instant(row, 2), row.IsDBNull(3) ? null : Instant(row, 3)),
            cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> RevokeKeyAsync(string name, DateTimeOffset now, CancellationToken cancellationToken) =>
        await WriteAsync(cancellationToken, (RevokeKeySql, [name, now.UtcDateTime])) > 0;

    /// <inheritdoc/>
    public Task PutPersonAsync(string user, Roles roles, string passwordHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(
            cancellationToken,
            (PutPersonSql, [user, RoleWords.Of(roles), passwordHash, now.UtcDateTime]),
            ("delete from session where person = $1", [user]));

    private async Task<T?> FirstAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
        where T : class =>
        await AllAsync(sql, read, cancellationToken, values) is [var first, ..] ? first : null;

    private Task<IReadOnlyList<T>> AllAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values) =>
        dataSource.ReadAsync<IReadOnlyList<T>>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
                await using var rows = await command.ExecuteReaderAsync(token);
                var all = new List<T>();
                while (await rows.ReadAsync(token))
                {
                    all.Add(read(rows));
                }

                return all;
            },
            cancellationToken);

    /// <summary>Runs all in one transaction; each of them does the same when done twice, so a lost connection costs nothing.</summary>
    private Task<int> WriteAsync(CancellationToken cancellationToken, params (string Sql, object[] Values)[] steps) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var batch = new NpgsqlBatch(connection);
                foreach (var (sql, values) in steps)
                {
                    var command = new NpgsqlBatchCommand(sql);
                    command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
                    batch.BatchCommands.Add(command);
                }

                return await batch.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    private static Roles RolesOf(NpgsqlDataReader row, int column) => RoleWords.Parse(row.GetFieldValue<string[]>(column));

    private static DateTimeOffset Instant(NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);
}
