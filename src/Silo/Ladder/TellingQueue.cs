using Escalation.Grains.Escalations;
using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Ladder;

/// <summary>A telling that this host may send now, of a case that is at <paramref name="Version"/> at least.</summary>
internal readonly record struct ClaimedTelling(Guid CaseId, int Number, int Attempts, int Version);

/// <summary>The table of those on duty who have to be told.</summary>
internal sealed class TellingQueue(NpgsqlDataSource dataSource, Commits commits)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // The oldest names whom and how; what else waits for the same person on the same channel goes with it. What was tried before
    // goes with what was tried as often: a message that went out already is then the same message again, and not part of another.
    private const string ClaimSql =
        """
        with oldest as (
            select person, channel, attempts
            from telling
            where done_at is null and send_at <= $1 and (claimed_until is null or claimed_until < $1)
            order by send_at, stream, number
            limit 1
        )
        update telling
        set claimed_until = $2, claimed_by = $4, attempts = attempts + 1
        where (stream, number) in (
            select stream, number
            from telling
            join oldest using (person, channel, attempts)
            where done_at is null and send_at <= $1 and (claimed_until is null or claimed_until < $1)
            order by send_at, stream, number
            limit $3
            for update of telling skip locked)
        returning stream, number, attempts, send_at, person, channel, (select version from grain where grain.id = telling.stream)
        """;

    /// <summary>Adds what is not known yet.</summary>
    public static async Task AddAsync(
        NpgsqlConnection connection, IReadOnlyList<(Guid CaseId, ToldPerson To, DateTimeOffset At)> told, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into telling (stream, number, person, channel, send_at)
            select * from unnest($1, $2, $3, $4, $5)
            on conflict (stream, number) do nothing
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = told.Select(item => item.CaseId).ToArray() },
                new() { Value = told.Select(item => item.To.Number).ToArray() },
                new() { Value = told.Select(item => item.To.Person).ToArray() },
                new() { Value = told.Select(item => WordOf(item.To.Channel)).ToArray() },
                new() { Value = told.Select(item => item.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes what is to be said by now to one person over one channel, the oldest first; null when there is nothing.</summary>
    public async Task<(string Person, DutyChannel Channel, IReadOnlyList<ClaimedTelling> Items)?> ClaimAsync(
        DateTimeOffset now, TimeSpan claim, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ClaimSql, now.UtcDateTime, (now + claim).UtcDateTime, limit, commits.Host);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<(DateTime SendAt, ClaimedTelling Item)>();
        var (person, channel) = ("", DutyChannel.Board);
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add((reader.GetDateTime(3), new ClaimedTelling(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(6))));
            (person, channel) = (reader.GetString(4), Enum.Parse<DutyChannel>(reader.GetString(5), ignoreCase: true));
        }

        return items.Count == 0
            ? null
            : (person, channel, [.. items.OrderBy(item => (item.SendAt, item.Item.CaseId, item.Item.Number)).Select(item => item.Item)]);
    }

    /// <summary>
    /// Takes claims back from hosts that are no more. Claims of the last seconds are left alone: a live host may be without a
    /// connection while the database starts again.
    /// </summary>
    public async Task FreeAbandonedAsync(DateTimeOffset now, TimeSpan claim, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            update telling
            set claimed_until = null
            where done_at is null
                and claimed_until between $1 and $2
                and claimed_by <> $3
                and not exists (select from pg_stat_activity where application_name = $4 || claimed_by)
            """,
            now.UtcDateTime, (now + claim - Grace).UtcDateTime, commits.Host, Commits.SessionPrefix);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task FinishAsync(ClaimedTelling telling, DateTimeOffset at, CancellationToken cancellationToken) =>
        UpdateAsync("set done_at = $3, claimed_until = null", telling, at, cancellationToken);

    public Task PostponeAsync(ClaimedTelling telling, DateTimeOffset sendAt, CancellationToken cancellationToken) =>
        UpdateAsync("set send_at = $3, claimed_until = null", telling, sendAt, cancellationToken);

    private async Task UpdateAsync(string change, ClaimedTelling telling, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"update telling {change} where stream = $1 and number = $2", telling.CaseId, telling.Number, at.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string WordOf(DutyChannel channel) => channel switch
    {
        DutyChannel.Board => "board",
        DutyChannel.Email => "email",
        DutyChannel.Webhook => "webhook",
    };
}
