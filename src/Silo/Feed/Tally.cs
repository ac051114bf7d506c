using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Silo.Feed;

/// <summary>Counts of the day (UTC), started from the log and kept by its tail. One writer, any number of readers.</summary>
internal sealed class Tally(NpgsqlDataSource dataSource, TimeProvider time)
{
    private volatile Counts _counts = new(DateOnly.MinValue, 0, 0, 0, 0, 0, 0);

    /// <summary>The counts now; those of a day start from nothing at midnight.</summary>
    public Counts Now => _counts.On(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));

    /// <summary>Counts what the log holds up to <paramref name="cursor"/>.</summary>
    public Task LoadAsync(TailCursor cursor, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select
                        count(*) filter (where at >= $1 and kind = 'promiseExplained'),
                        count(*) filter (where at >= $1 and kind = 'promiseKept'),
                        count(*) filter (where at >= $1 and kind = 'promiseLapsed'),
                        count(*) filter (where kind = 'promiseLapsed' and (data ->> 'silently')::boolean),
                        count(*) filter (where at >= $1 and kind = 'noticeAccepted'),
                        count(*) filter (where at >= $1 and kind = 'noticeFailed')
                    from event
                    where (kind = 'promiseLapsed' or (at >= $1 and kind in ('promiseExplained', 'promiseKept', 'noticeAccepted', 'noticeFailed')))
                        and (tx, position) <= ($2, $3)
                    """,
                    connection)
                {
                    Parameters =
                    {
                        new() { Value = today.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) },
                        new() { Value = cursor.Transaction, NpgsqlDbType = NpgsqlDbType.Xid8 },
                        new() { Value = cursor.Position },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(token);
                await reader.ReadAsync(token);
                return _counts = new Counts(
                    today, At(0), At(1), At(2), At(3), At(4), At(5));

                int At(int column) => (int)reader.GetInt64(column);
            },
            cancellationToken);
    }

    public void Apply(TailBatch batch)
    {
        var counts = Now;
        foreach (var entry in batch.Entries)
        {
            var today = DateOnly.FromDateTime(entry.At.UtcDateTime) == counts.Day ? 1 : 0;
            counts = entry.Event switch
            {
                PromiseExplained => counts with { Explained = counts.Explained + today },
                PromiseKept => counts with { Kept = counts.Kept + today },
                PromiseLapsed e => counts with
                {
                    Lapsed = counts.Lapsed + today,
                    SilentlyLapsed = counts.SilentlyLapsed + (e.Silently ? 1 : 0),
                },
                NoticeAccepted => counts with { NoticesAccepted = counts.NoticesAccepted + today },
                NoticeFailed => counts with { NoticesFailed = counts.NoticesFailed + today },
                _ => counts,
            };
        }

        _counts = counts;
    }

    /// <summary>What happened on one day; silently lapsed counts every day there is.</summary>
    internal sealed record Counts(
        DateOnly Day, int Explained, int Kept, int Lapsed, int SilentlyLapsed, int NoticesAccepted, int NoticesFailed)
    {
        public Counts On(DateOnly day) => day == Day
            ? this
            : this with { Day = day, Explained = 0, Kept = 0, Lapsed = 0, NoticesAccepted = 0, NoticesFailed = 0 };
    }
}
