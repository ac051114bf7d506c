using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Notices;

/// <summary>Notices to send, as the log writes them beside the events that decided them.</summary>
internal sealed class PostgresNoticeQueue(NpgsqlDataSource dataSource, Commits commits) : INoticeQueue
{
    public async Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(
        DateTimeOffset now, TimeSpan claim, int limit, CancellationToken cancellationToken)
    {
        // Skip locked: two hosts that claim at once take different notices instead of waiting for each other.
        await using var command = dataSource.CreateCommand(
            """
            update notice
            set claimed_until = $2, claimed_by = $3, attempts = attempts + 1
            where (stream, number) in (
                select stream, number
                from notice
                where done_at is null
                    and send_at <= $1
                    and (claimed_until is null or claimed_until < $1)
                order by send_at
                limit $4
                for update skip locked)
            returning stream, number, attempts
            """,
            now.UtcDateTime, (now + claim).UtcDateTime, commits.Host, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ClaimedNotice>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new ClaimedNotice(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2)));
        }

        return claimed;
    }

    public async Task<int> CountWaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select count(*) from notice where done_at is null");
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public Task FinishAsync(ClaimedNotice notice, DateTimeOffset at, CancellationToken cancellationToken) =>
        UpdateAsync("set done_at = $3, claimed_until = null", notice, at, cancellationToken);

    public Task PostponeAsync(ClaimedNotice notice, DateTimeOffset sendAt, CancellationToken cancellationToken) =>
        UpdateAsync("set send_at = $3, claimed_until = null", notice, sendAt, cancellationToken);

    private async Task UpdateAsync(string change, ClaimedNotice notice, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"update notice {change} where stream = $1 and number = $2", notice.CaseId, notice.Number, at.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
