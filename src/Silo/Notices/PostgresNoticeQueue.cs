using System.Collections.Concurrent;
using System.Text.Json;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Notices;

/// <summary>Notices to send, as the log writes them beside the events that decided them.</summary>
internal sealed class PostgresNoticeQueue(NpgsqlDataSource dataSource, Commits commits) : INoticeQueue, INoticeAttempts, IDisposable
{
    // From one channel to the next along the index, however many notices wait in each.
    private const string OthersSql =
        """
        with recursive present as (
            (select channel from notice where done_at is null order by channel limit 1)
            union all
            select (select channel from notice where done_at is null and channel > present.channel order by channel limit 1)
            from present
            where present.channel is not null
        )
        select array_agg(channel)
        from present
        where channel <> all ($1)
        """;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly DateTime Never = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    private readonly ConcurrentQueue<Finish> _finished = [];
    private readonly SemaphoreSlim _finishing = new(1, 1);

    public void Dispose() => _finishing.Dispose();

    /// <summary>The channel's word in the table, as on the wire.</summary>
    public static string WordOf(Channel channel) => JsonNamingPolicy.CamelCase.ConvertName(channel.ToString());

    public Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(
        Channel channel, DateTimeOffset now, TimeSpan claim, int limit, DateTimeOffset? urgentBy, CancellationToken cancellationToken) =>
        ClaimAsync(
            "channel = $5 and urgent_at <= $6", now, claim, limit, WordOf(channel),
            urgentBy?.UtcDateTime ?? Never, cancellationToken);

    public async Task<IReadOnlyList<ClaimedNotice>> ClaimOthersAsync(
        IEnumerable<Channel> known, DateTimeOffset now, TimeSpan claim, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(OthersSql, [known.Select(WordOf).ToArray()]);
        return await command.ExecuteScalarAsync(cancellationToken) is string[] { Length: > 0 } others
            ? await ClaimAsync("channel = any ($5) and $6", now, claim, limit, others, true, cancellationToken)
            : [];
    }

    public async Task<int> CountWaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select count(*) from notice where done_at is null");
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// Those who finish at the same time are written together. A crash before that costs nothing: the notice is claimed
    /// again, and its case says that it needs no more work.
    /// </summary>
    public async Task FinishAsync(ClaimedNotice notice, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var mine = new Finish(notice, at);
        _finished.Enqueue(mine);
        await _finishing.WaitAsync(cancellationToken);
        try
        {
            if (!mine.IsWritten)
            {
                await WriteFinishedAsync(cancellationToken);
            }
        }
        finally
        {
            _finishing.Release();
        }
    }

    public Task FreeAbandonedAsync(DateTimeOffset now, TimeSpan claim, CancellationToken cancellationToken) => ExecuteAsync(
        """
        update notice
        set claimed_until = null
        where done_at is null
            and claimed_until between $1 and $2
            and claimed_by <> $3
            and not exists (select from pg_stat_activity where application_name = $4 || claimed_by)
        """,
        cancellationToken, now.UtcDateTime, (now + claim - Grace).UtcDateTime, commits.Host, Commits.SessionPrefix);

    public Task PostponeAsync(ClaimedNotice notice, DateTimeOffset sendAt, CancellationToken cancellationToken) => ExecuteAsync(
        "update notice set send_at = $3, claimed_until = null where stream = $1 and number = $2",
        cancellationToken, notice.CaseId, notice.Number, sendAt.UtcDateTime);

    public Task HastenAsync(Channel channel, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        "update notice set send_at = $2 where done_at is null and channel = $1 and send_at > $2 and claimed_until is null",
        cancellationToken, WordOf(channel), now.UtcDateTime);

    public Task HoldAsync(Channel channel, string reason, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        "update notice set held_by = $3 where done_at is null and channel = $1 and send_at <= $2 and claimed_until is null and held_by is distinct from $3",
        cancellationToken, WordOf(channel), now.UtcDateTime, reason);

    public Task<IReadOnlyList<NoticeAttempts>> ReadAsync(Guid caseId, CancellationToken cancellationToken) => dataSource.ReadAsync(
        async (connection, token) =>
        {
            await using var command = new NpgsqlCommand(
                "select number, attempts, send_at, done_at is not null, coalesce(held_by, '') from notice where stream = $1", connection)
            {
                Parameters = { new() { Value = caseId } },
            };
            await using var reader = await command.ExecuteReaderAsync(token);
            var read = new List<NoticeAttempts>();
            while (await reader.ReadAsync(token))
            {
                read.Add(new NoticeAttempts(
                    reader.GetInt32(0), reader.GetInt32(1), reader.GetBoolean(3) ? null : new DateTimeOffset(reader.GetDateTime(2), TimeSpan.Zero),
                    reader.GetString(4) is { Length: > 0 } heldBy ? heldBy : null));
            }

            return (IReadOnlyList<NoticeAttempts>)read;
        },
        cancellationToken);

    private async Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(
        string which, DateTimeOffset now, TimeSpan claim, int limit, object first, object second, CancellationToken cancellationToken)
    {
        // Skip locked: two hosts that claim at once take different notices instead of waiting for each other.
        await using var command = dataSource.CreateCommand(
            $"""
            update notice
            set claimed_until = $2, claimed_by = $3, attempts = attempts + 1
            where (stream, number) in (
                select stream, number
                from notice
                where done_at is null
                    and {which}
                    and send_at <= $1
                    and (claimed_until is null or claimed_until < $1)
                order by urgent_at
                limit $4
                for update skip locked)
            returning stream, number, attempts, urgent_at, (select version from grain where grain.id = notice.stream)
            """,
            now.UtcDateTime, (now + claim).UtcDateTime, commits.Host, limit, first, second);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<(DateTime UrgentAt, ClaimedNotice Notice)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add((reader.GetDateTime(3), new ClaimedNotice(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(4))));
        }

        return [.. claimed.OrderBy(one => one.UrgentAt).Select(one => one.Notice)];
    }

    private async Task WriteFinishedAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Finish>();
        while (_finished.TryDequeue(out var finish))
        {
            batch.Add(finish);
        }

        await using var command = new NpgsqlBatch
        {
            BatchCommands =
            {
                // Nothing is lost with it that is not done again.
                new NpgsqlBatchCommand("select set_config('synchronous_commit', 'off', true)"),
                new NpgsqlBatchCommand(
                    """
                    update notice
                    set done_at = finished.at, claimed_until = null
                    from unnest($1, $2, $3) as finished (stream, number, at)
                    where notice.stream = finished.stream
                        and notice.number = finished.number
                    """)
                {
                    Parameters =
                    {
                        new() { Value = batch.Select(finish => finish.Notice.CaseId).ToArray() },
                        new() { Value = batch.Select(finish => finish.Notice.Number).ToArray() },
                        new() { Value = batch.Select(finish => finish.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                    },
                },
            },
        };
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            command.Connection = connection;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch
        {
            // The others that wait try again, with all of them.
            batch.ForEach(_finished.Enqueue);
            throw;
        }

        batch.ForEach(finish => finish.IsWritten = true);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = dataSource.CreateCommand(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Finish(ClaimedNotice notice, DateTimeOffset at)
    {
        public ClaimedNotice Notice => notice;

        public DateTimeOffset At => at;

        public bool IsWritten { get; set; }
    }
}
