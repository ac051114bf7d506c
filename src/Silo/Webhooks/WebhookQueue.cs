using Escalation.Silo.Database;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Webhooks;

/// <summary>What sending needs to know of a subscription.</summary>
internal sealed record WebhookTarget(
    Guid Id,
    string Url,
    string[]? Kinds,
    bool Personal,
    IReadOnlyList<string> Secrets,
    ulong Transaction,
    long Position,
    int Failures,
    DateTimeOffset? FailingSince,
    DateTimeOffset? PausedUntil,
    DateTimeOffset? DeliveredAt);

/// <summary>The tables that sending works from, for the one host that sends.</summary>
internal sealed class WebhookQueue(NpgsqlDataSource dataSource)
{
    private const int Page = 1000;

    /// <summary>The subscriptions that events are sent to.</summary>
    public async Task<IReadOnlyList<Guid>> ActiveAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id from webhook where disabled_at is null");
        return await command.ReadIdsAsync(cancellationToken);
    }

    /// <summary>Null when it was removed or disabled.</summary>
    public async Task<WebhookTarget?> TargetAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select url, kinds, personal, secret, case when old_secret_until > $2 then old_secret end,
                tx, position, failures, failing_since, paused_until, delivered_at
            from webhook
            where id = $1 and disabled_at is null
            """);
        Add(command, id, now);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadTarget(id, reader) : null;
    }

    /// <summary>
    /// Queues what was committed after the subscription's place, and moves the place, in one step. Returns how many events were
    /// passed. The place moves only from where it was read: a replay that set it back meanwhile wins.
    /// </summary>
    public async Task<int> FollowAsync(WebhookTarget target, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with page as materialized (
                select tx, position, stream, version, kind, at
                from event
                where (tx, position) > ($2, $3) and tx < pg_snapshot_xmin(pg_current_snapshot())
                order by tx, position
                limit $6
            ), moved as (
                update webhook
                set tx = last.tx, position = last.position
                from (select tx, position from page order by tx desc, position desc limit 1) last
                where id = $1 and webhook.tx = $2 and webhook.position = $3
                returning id
            ), queued as (
                insert into webhook_delivery (webhook, stream, version, position, kind, at, queued_at, next_at)
                select moved.id, stream, version, page.position, kind, at, $5, $5
                from page, moved
                where $4::text[] is null or kind = any($4)
                on conflict (webhook, stream, version) do update
                set queued_at = excluded.queued_at, next_at = excluded.next_at, attempts = 0,
                    done_at = null, delivered = null, status = null, detail = null
            )
            select count(*)::int from page
            """);
        command.Parameters.Add(new() { Value = target.Id });
        command.Parameters.Add(new() { Value = target.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = target.Position });
        command.Parameters.Add(new() { Value = (object?)target.Kinds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = Page });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>True while events after the place wait for an older transaction to end.</summary>
    public async Task<bool> IsHeldAsync(WebhookTarget target, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select exists (select from event where (tx, position) > ($1, $2))");
        command.Parameters.Add(new() { Value = target.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = target.Position });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>The first waiting event of each case whose time has come: the next of a case waits until that one is done.</summary>
    public async Task<IReadOnlyList<WebhookMessage>> DueAsync(WebhookTarget target, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select d.stream, e.category, d.version, d.position, d.at, e.by, d.kind, e.data, case when $4 then e.personal end, d.attempts, d.queued_at
            from webhook_delivery d
            join event e on e.stream = d.stream and e.version = d.version
            where d.webhook = $1 and d.done_at is null and d.next_at <= $2
                and not exists (
                    select from webhook_delivery before
                    where before.webhook = d.webhook and before.stream = d.stream and before.done_at is null and before.version < d.version)
            order by d.next_at, d.position
            limit $3
            """);
        Add(command, target.Id, now, limit, target.Personal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<WebhookMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(ReadMessage(reader));
        }

        return due;
    }

    public Task TakenAsync(Guid webhook, WebhookMessage message, int? status, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        """
        with done as (
            update webhook_delivery
            set done_at = $4, delivered = true, attempts = attempts + 1, status = $5, detail = null
            where webhook = $1 and stream = $2 and version = $3
        )
        update webhook
        set delivered_at = $4, failing_since = null, paused_until = null, failures = 0, reason = null
        where id = $1
        """,
        cancellationToken, webhook, message.Stream, message.Version, now, status!);

    /// <param name="nextAt">When it is tried again; null when it is given up.</param>
    /// <param name="pausedUntil">Until when nothing is sent to the receiver; null when only this event waits.</param>
    /// <param name="disable">The receiver is given up.</param>
    public async Task RefusedAsync(
        Guid webhook, WebhookMessage message, WebhookAnswer answer, DateTimeOffset now, DateTimeOffset? nextAt, DateTimeOffset? pausedUntil,
        bool disable, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with tried as (
                update webhook_delivery
                set attempts = attempts + 1, status = $5, detail = $6,
                    next_at = coalesce($7, next_at), done_at = case when $7 is null then $4 end, delivered = case when $7 is null then false end
                where webhook = $1 and stream = $2 and version = $3
            )
            update webhook
            set failing_since = coalesce(failing_since, $4), failures = failures + 1, reason = $6,
                paused_until = greatest(paused_until, $8), disabled_at = case when $9 then $4 else disabled_at end
            where id = $1
            """);
        Add(command, webhook, message.Stream, message.Version, now);
        command.Parameters.Add(new() { Value = (object?)answer.Status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = answer.Detail! });
        command.Parameters.Add(new() { Value = (object?)nextAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)pausedUntil ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = disable });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task SweepAsync(DateTimeOffset before, CancellationToken cancellationToken) => ExecuteAsync(
        "delete from webhook_delivery where done_at < $1", cancellationToken, before);

    /// <summary>A row is in memory before it is read, so nothing waits.</summary>
    private static WebhookTarget ReadTarget(Guid id, NpgsqlDataReader reader)
    {
        string[] secrets = reader.IsDBNull(4) ? [reader.GetString(3)] : [reader.GetString(3), reader.GetString(4)];
        return new WebhookTarget(
            id, reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<string[]>(1), reader.GetBoolean(2), secrets,
            reader.GetFieldValue<ulong>(5), reader.GetInt64(6), reader.GetInt32(7), At(8), At(9), At(10));

        DateTimeOffset? At(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }

    private static WebhookMessage ReadMessage(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetFieldValue<DateTimeOffset>(4),
        reader.GetString(5), reader.GetString(6), reader.GetFieldValue<byte[]>(7),
        reader.IsDBNull(8) ? null : reader.GetFieldValue<byte[]>(8), reader.GetInt32(9), reader.GetFieldValue<DateTimeOffset>(10));

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = dataSource.CreateCommand(sql);
        Add(command, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
