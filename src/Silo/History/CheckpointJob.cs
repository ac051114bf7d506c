using Escalation.Grains.Hosting;
using Escalation.Silo.Jobs;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.History;

/// <summary>
/// BRD-6: sees to it that no instant is far from a stored board: a checkpoint goes into the middle of the longest stretch
/// without one, again and again until none is too long. The same rule keeps up with the log and works through an old one.
/// </summary>
internal sealed class CheckpointJob(
    NpgsqlDataSource dataSource, Checkpoints checkpoints, IPastBoards pasts, PostgresBoardRows rows, IJobs jobs, TimeProvider time) : IJob
{
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <summary>How many events may lie between two checkpoints. A large board has them further apart, or they would outgrow the log.</summary>
    public int Stretch { get; init; } = 16_384;

    public Task RunAsync(CancellationToken cancellationToken) => LeaderService.TryLeadAsync(
        dataSource, LeaderWork.Checkpoints,
        async (connection, token) =>
        {
            if (await MakeOneAsync(connection, token))
            {
                jobs.Wake<CheckpointJob>();
            }
        },
        cancellationToken);

    /// <summary>Stores one checkpoint; false when none is needed.</summary>
    internal async Task<bool> MakeOneAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() - Settled;
        var known = await checkpoints.ListAsync(cancellationToken);
        var (lastAt, lastEvents, lastRows) = known.Count > 0 ? known[^1] : (DateTimeOffset.MinValue, 0, 0);
        var (count, _) = await MiddleAsync(connection, lastAt, until, cancellationToken);
        List<(DateTimeOffset From, DateTimeOffset To, long Before, long Events, int Rows)> stretches = [(lastAt, until, lastEvents, count, lastRows)];
        var (from, before) = (DateTimeOffset.MinValue, 0L);
        foreach (var (at, events, open) in known)
        {
            stretches.Add((from, at, before, events - before, open));
            (from, before) = (at, events);
        }

        foreach (var stretch in stretches.Where(stretch => stretch.Events > 2 * Math.Max(Stretch, stretch.Rows / 4)).OrderByDescending(stretch => stretch.Events))
        {
            var (_, middle) = await MiddleAsync(connection, stretch.From, stretch.To, cancellationToken);
            if (middle is not { } at || at >= stretch.To)
            {
                // Everything in it happened at once.
                continue;
            }

            // Read before the board is made: whatever comes after may be missing in it.
            var end = await rows.CursorAsync(cancellationToken);
            var (half, _) = await MiddleAsync(connection, stretch.From, at, cancellationToken);
            await checkpoints.StoreAsync(await pasts.GetAsync(at, cancellationToken), stretch.Before + half, end, cancellationToken);
            return true;
        }

        return false;
    }

    /// <summary>How much happened to cases after one instant and until another, and when half of it had.</summary>
    private static async Task<(long Events, DateTimeOffset? Middle)> MiddleAsync(
        NpgsqlConnection connection, DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select count(*), percentile_disc(0.5) within group (order by at)
            from event
            where at > $1 and at <= $2 and category = 'case'
            """,
            connection)
        {
            CommandTimeout = 0,
            Parameters = { PostgresPastBoards.Parameter(after), PostgresPastBoards.Parameter(until) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return Read(reader);
    }

    private static (long Events, DateTimeOffset? Middle) Read(NpgsqlDataReader reader) =>
        (reader.GetInt64(0), reader.IsDBNull(1) ? null : new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero));
}
