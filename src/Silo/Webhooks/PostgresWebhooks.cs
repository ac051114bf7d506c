using System.Security.Cryptography;
using Escalation.Grains.Webhooks;
using Escalation.Silo.Log;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Webhooks;

/// <summary>Subscriptions and their deliveries as the database keeps them.</summary>
internal sealed class PostgresWebhooks(
    NpgsqlDataSource dataSource, AddressGuard guard, WebhookSignal signal, IOptions<WebhookOptions> options, TimeProvider time) : IWebhooks
{
    private const int SecretLength = 32;

    private const string Columns =
        """
        w.id, w.url, w.description, w.kinds, w.personal, w.created_at, w.created_by, w.position,
        (select count(*) from webhook_delivery d where d.webhook = w.id and d.done_at is null),
        w.delivered_at, w.failing_since, w.disabled_at, w.reason
        """;

    public string? FaultOf(string url) => guard.FaultOf(url);

    public Task<IReadOnlyList<Webhook>> ReadAsync(CancellationToken cancellationToken) =>
        ListAsync($"select {Columns} from webhook w order by w.created_at, w.id", Read, cancellationToken);

    public async Task<Webhook?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await ListAsync($"select {Columns} from webhook w where w.id = $1", Read, cancellationToken, Of(id)) is [var found, ..] ? found : null;

    public async Task<Webhook> AddAsync(Guid id, NewWebhook asked, string by, CancellationToken cancellationToken)
    {
        // Everything that is written from now on has a transaction that is still to come, or runs.
        await ExecuteAsync(
            """
            insert into webhook (id, url, description, kinds, personal, secret, created_at, created_by, tx, position)
            values ($1, $2, $3, $4, $5, $6, $7, $8,
                ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text)::xid8,
                (select coalesce(max(position), 0) from (select position from event order by tx desc, position desc limit 1) newest))
            on conflict (id) do nothing
            """,
            cancellationToken,
            Of(id), Of(asked.Url), Text(asked.Description),
            new NpgsqlParameter { Value = (object?)asked.Kinds?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            Of(asked.Personal), Of(NewSecret()), Of(time.GetUtcNow()), Of(by));
        signal.Raise();
        return await WithSecretAsync(id, cancellationToken) ?? throw LogFailures.Unavailable(new InvalidOperationException("It was removed meanwhile."));
    }

    public async Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        var removed = await ExecuteAsync("delete from webhook where id = $1", cancellationToken, Of(id));
        signal.Raise();
        return removed > 0;
    }

    public async Task<Webhook?> RotateAsync(Guid id, Guid command, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            update webhook
            set old_secret = secret, old_secret_until = $3, secret = $4, rotated_by = $2
            where id = $1 and rotated_by is distinct from $2
            """,
            cancellationToken, Of(id), Of(command), Of(time.GetUtcNow() + options.Value.OldSecretFor), Of(NewSecret()));
        return await WithSecretAsync(id, cancellationToken);
    }

    public async Task<Webhook?> EnableAsync(Guid id, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            with enabled as (
                update webhook
                set disabled_at = null, failing_since = null, failures = 0, paused_until = null, reason = null
                where id = $1 and disabled_at is not null
                returning id
            )
            update webhook_delivery
            set next_at = $2
            from enabled
            where webhook = enabled.id and done_at is null
            """,
            cancellationToken, Of(id), Of(time.GetUtcNow()));
        signal.Raise();
        return await FindAsync(id, cancellationToken);
    }

    public async Task<WebhookReplay?> ReplayAsync(
        Guid id, Guid command, DateTimeOffset? from, long? position, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is null)
        {
            return null;
        }

        var first = await ListAsync(
            from is null
                ? "select tx, position from event where position >= $1 order by tx, position limit 1"
                : "select tx, position from event where at >= $1 order by tx, position limit 1",
            reader => EntryReader.ReadCursor(reader, 0, 1), cancellationToken, from is { } instant ? Of(instant) : Of(position!.Value));
        if (first.Count == 0)
        {
            return new WebhookReplay(null);
        }

        // Back only: what was not queued yet must not be jumped over.
        await ExecuteAsync(
            """
            update webhook
            set tx = $3, position = $4, replayed_by = $2
            where id = $1 and replayed_by is distinct from $2 and (tx, position) > ($3, $4)
            """,
            cancellationToken, Of(id), Of(command),
            new NpgsqlParameter { Value = first[0].Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 }, Of(first[0].Position - 1));
        signal.Raise();
        return new WebhookReplay(first[0].Position);
    }

    public Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(
        Guid id, WebhookDeliveryState? state, long? before, int limit, CancellationToken cancellationToken)
    {
        var which = state is null ? "" : Condition(state.Value);
        return ListAsync(
            $"""
            select kind, stream, version, position, at, attempts, next_at, done_at, delivered, status, detail
            from webhook_delivery
            where webhook = $1 and position < $2 {which}
            order by position desc
            limit $3
            """,
            ReadDelivery, cancellationToken, Of(id), Of(before ?? long.MaxValue), Of(limit));
    }

    private static string Condition(WebhookDeliveryState state) => state switch
    {
        WebhookDeliveryState.Waiting => "and done_at is null",
        WebhookDeliveryState.Delivered => "and delivered",
        WebhookDeliveryState.Failed => "and not delivered",
    };

    private async Task<Webhook?> WithSecretAsync(Guid id, CancellationToken cancellationToken)
    {
        var secret = await ListAsync("select secret from webhook where id = $1", reader => reader.GetString(0), cancellationToken, Of(id));
        return secret.Count > 0 && await FindAsync(id, cancellationToken) is { } found ? found with { Secret = secret[0] } : null;
    }

    private static string NewSecret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretLength))}";

    private static Webhook Read(NpgsqlDataReader reader)
    {
        var (failingSince, disabledAt) = (At(reader, 10), At(reader, 11));
        return new Webhook(
            reader.GetGuid(0), reader.GetString(1), TextOf(reader, 2), reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3),
            reader.GetBoolean(4),
            disabledAt is not null ? WebhookState.Disabled : failingSince is not null ? WebhookState.Failing : WebhookState.Active,
            reader.GetFieldValue<DateTimeOffset>(5), reader.GetString(6), reader.GetInt64(7), reader.GetInt64(8),
            At(reader, 9), failingSince, disabledAt, TextOf(reader, 12));
    }

    private static WebhookDelivery ReadDelivery(NpgsqlDataReader reader)
    {
        var doneAt = At(reader, 7);
        return new WebhookDelivery(
            WebhookMessage.IdOf(reader.GetGuid(1), reader.GetInt32(2)), reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2),
            reader.GetInt64(3), reader.GetFieldValue<DateTimeOffset>(4),
            doneAt is null ? WebhookDeliveryState.Waiting : reader.GetBoolean(8) ? WebhookDeliveryState.Delivered : WebhookDeliveryState.Failed,
            reader.GetInt32(5), doneAt is null ? At(reader, 6) : null, doneAt,
            reader.IsDBNull(9) ? null : reader.GetInt32(9), TextOf(reader, 10));
    }

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static string? TextOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlParameter Of(object value) => new() { Value = value };

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        await dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = Command(connection, sql, parameters);
                await using var reader = await command.ExecuteReaderAsync(token);
                var items = new List<T>();
                while (await reader.ReadAsync(token))
                {
                    items.Add(read(reader));
                }

                return items;
            },
            cancellationToken);

    /// <summary>Every change here may be made twice.</summary>
    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = Command(connection, sql, parameters);
                return await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter.Clone());
        }

        return command;
    }
}
