using Escalation.Grains.Board;
using Escalation.Silo.Jobs;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.History;

/// <summary>
/// BRD-6: stores the past stretch by stretch, each with all changes in it, and from time to time the whole board. The same rule
/// keeps up with the log and works through an old one.
/// </summary>
internal sealed class CheckpointJob(
    NpgsqlDataSource dataSource, Checkpoints checkpoints, CaseFolds folds, PostgresPastBoards pasts, PostgresBoardRows rows, IJobs jobs, TimeProvider time) : IJob
{
    /// <summary>What is younger may still be on its way to the log; it would be stored only to be taken away.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(2);

    /// <summary>Nobody waits for a stretch: in a flood of events (an import) it takes a third of its host's time and no more.</summary>
    private const int RestsFor = 2;

    private static readonly TimeSpan FirstLook = TimeSpan.FromHours(1);

    /// <summary>How many events are in a stretch; more when many happened in one instant.</summary>
    public int StretchEvents { get; init; } = 16_384;

    /// <summary>How many stretches are between two whole boards, at least. A large board has them further apart, or they would outgrow the log.</summary>
    public int BoardEvery { get; init; } = 8;

    public Task RunAsync(CancellationToken cancellationToken) => LeaderService.TryLeadAsync(
        dataSource, LeaderWork.Checkpoints,
        async (connection, token) =>
        {
            var begun = TimeProvider.System.GetTimestamp();
            if (await MakeOneAsync(connection, token))
            {
                await Task.Delay(TimeProvider.System.GetElapsedTime(begun) * RestsFor, TimeProvider.System, token);
                jobs.Wake<CheckpointJob>();
            }
        },
        cancellationToken);

    /// <summary>Stores one stretch; false when there is none yet, or the past has changed meanwhile.</summary>
    internal async Task<bool> MakeOneAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await Checkpoints.DropUncheckedAsync(connection, cancellationToken);

        // Read before anything else: whatever comes after may be missing in the stretch.
        var madeAfter = await rows.CursorAsync(cancellationToken);
        var last = await checkpoints.LastAsync(cancellationToken);
        var since = last?.At ?? DateTimeOffset.MinValue;
        if (await EndAsync(connection, last, time.GetUtcNow() - Settled, cancellationToken) is not { } at)
        {
            return false;
        }

        var (changes, events, position) = await folds.ChangesAsync(since, at, cancellationToken);
        var stretch = new Stretch(since, at, Math.Max(last?.Position ?? 0, position), (last?.Events ?? 0) + events, null);
        var (sinceBoard, board) = ((await checkpoints.LastBoardAsync(at, cancellationToken)) ?? new Stretch(since, since, 0, 0, 0), (byte[]?)null);
        if (stretch.Events - sinceBoard.Events >= Math.Max(BoardEvery * (long)StretchEvents, sinceBoard.OpenCases!.Value / 2))
        {
            var past = await pasts.MakeAsync(at, cancellationToken);
            (stretch, board) = (stretch with { OpenCases = past.OpenCases }, past.Write());
        }

        return await checkpoints.StoreAsync(stretch, PastChanges.Write(since, changes), board, madeAfter, cancellationToken);
    }

    /// <summary>When enough had happened since the last stretch; null when it has not.</summary>
    private async Task<DateTimeOffset?> EndAsync(NpgsqlConnection connection, Stretch? last, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if ((last?.At ?? await FirstAsync(connection, cancellationToken)) is not { } from)
        {
            return null;
        }

        // What is looked at is not much more than what is found: the log may go on for years.
        var reach = last is null || last.Since == DateTimeOffset.MinValue ? FirstLook : last.At - last.Since;
        for (; ; reach *= 2)
        {
            var to = until - from < reach ? until : from + reach;
            await using var command = new NpgsqlCommand(
                """
                select at
                from event
                where at > $1 and at <= $2 and category = 'case'
                order by at
                offset $3
                limit 1
                """,
                connection)
            {
                CommandTimeout = 0,
                Parameters = { PostgresPastBoards.Parameter(from), PostgresPastBoards.Parameter(to), new() { Value = (long)(StretchEvents - 1) } },
            };
            if (await command.ExecuteScalarAsync(cancellationToken) is DateTime at)
            {
                return new DateTimeOffset(at, TimeSpan.Zero);
            }

            if (to == until)
            {
                return null;
            }
        }
    }

    /// <summary>An instant just before the first event; null when nothing has happened.</summary>
    private static async Task<DateTimeOffset?> FirstAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select min(at) from event where category = 'case'", connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new DateTimeOffset(at, TimeSpan.Zero).AddMicroseconds(-1) : null;
    }
}
