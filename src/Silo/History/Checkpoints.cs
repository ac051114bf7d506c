using Escalation.Grains.Board;
using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.History;

/// <summary>A stretch of the past that is stored.</summary>
/// <param name="Since">Where it begins: at the end of the one before.</param>
/// <param name="At">Where it ends.</param>
/// <param name="Position">Position of the last event until then.</param>
/// <param name="Events">How many events had happened to cases until then.</param>
/// <param name="OpenCases">The open cases at its end, if the whole board is stored there; else null.</param>
internal sealed record Stretch(DateTimeOffset Since, DateTimeOffset At, long Position, long Events, int? OpenCases);

/// <summary>
/// The past as far as it is stored: stretches without a gap from the beginning of the log, each with all changes in it, and at
/// the ends of some of them the whole board.
/// </summary>
internal sealed class Checkpoints(NpgsqlDataSource dataSource)
{
    private const string Columns = "since, at, position, events, case when data is null then null else rows end";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The last stretch; null when none is stored.</summary>
    public Task<Stretch?> LastAsync(CancellationToken cancellationToken) =>
        OneAsync($"select {Columns} from board_checkpoint where checked and since is not null order by at desc limit 1", cancellationToken);

    /// <summary>The last stretch with a whole board at its end that is not later than <paramref name="at"/>.</summary>
    public Task<Stretch?> LastBoardAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        OneAsync(
            $"select {Columns} from board_checkpoint where checked and since is not null and data is not null and at <= $1 order by at desc limit 1",
            cancellationToken, PostgresPastBoards.Parameter(at));

    /// <summary>How many stretches end after one instant and until another.</summary>
    public Task<long> CountAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("select count(*) from board_checkpoint where checked and since is not null and at > $1 and at <= $2", connection)
                {
                    Parameters = { PostgresPastBoards.Parameter(after), PostgresPastBoards.Parameter(until) },
                };
                return (long)(await command.ExecuteScalarAsync(token))!;
            },
            cancellationToken);

    /// <summary>The whole board at the end of a stretch as it is stored; null when it is gone.</summary>
    public Task<byte[]?> BoardAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("select data from board_checkpoint where at = $1 and checked", connection)
                {
                    CommandTimeout = 0,
                    Parameters = { PostgresPastBoards.Parameter(at) },
                };
                return await command.ExecuteScalarAsync(token) as byte[];
            },
            cancellationToken);

    /// <summary>
    /// Hands the changes after one instant and until another to <paramref name="changes"/>, as far as they are stored, and
    /// returns how far that is; at least <paramref name="after"/>.
    /// </summary>
    public Task<DateTimeOffset> TakeAsync(PastChanges changes, DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    "select since, at, changes from board_checkpoint where checked and at > $1 and since < $2 order by at", connection)
                {
                    CommandTimeout = 0,
                    Parameters = { PostgresPastBoards.Parameter(after), PostgresPastBoards.Parameter(until) },
                };
                await using var reader = await command.ExecuteReaderAsync(token);
                var reached = after;
                while (reached < until && await reader.ReadAsync(token))
                {
                    var (since, at) = (Instant(reader, 0), Instant(reader, 1));
                    if (since > reached || !changes.Take(await reader.GetFieldValueAsync<byte[]>(2, token), after, until))
                    {
                        break;
                    }

                    reached = at < until ? at : until;
                }

                return reached;
            },
            cancellationToken);

    /// <summary>
    /// Stores a stretch, unless the past until its end has changed while it was made. An import that adds to the past later
    /// takes it away, in the transaction that does so (<see cref="AppendBatch"/>). False when it was not stored.
    /// </summary>
    /// <param name="stretch">The stretch.</param>
    /// <param name="changes">The changes in it.</param>
    /// <param name="board">The whole board at its end; null to store none.</param>
    /// <param name="madeAfter">Where the log ended before the stretch was made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> StoreAsync(Stretch stretch, byte[] changes, byte[]? board, TailCursor madeAfter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand(
            """
            insert into board_checkpoint (since, at, position, events, rows, changes, data)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict do nothing
            returning tx
            """,
            connection)
        {
            CommandTimeout = 0,
            Parameters =
            {
                PostgresPastBoards.Parameter(stretch.Since),
                PostgresPastBoards.Parameter(stretch.At),
                new() { Value = stretch.Position },
                new() { Value = stretch.Events },
                new() { Value = stretch.OpenCases ?? 0 },
                new() { Value = changes },
                new() { Value = (object?)board ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea },
            },
        };
        if (await insert.ExecuteScalarAsync(cancellationToken) is not ulong transaction)
        {
            return false;
        }

        while (!await AskAsync("select pg_snapshot_xmin(pg_current_snapshot()) > $1", Xid(transaction)))
        {
            // The machine's time: whoever is waited for, perhaps in another database, does not know the platform's.
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        // Whoever could not see the checkpoint has ended: what they added is seen here, and what is added later takes it away.
        var changed = await AskAsync(
            "select exists (select from event where (tx, position) > ($1, $2) and at <= $3 and category = 'case')",
            Xid(madeAfter.Transaction), new() { Value = madeAfter.Position }, PostgresPastBoards.Parameter(stretch.At));
        await using var settle = new NpgsqlCommand(
            changed ? "delete from board_checkpoint where at = $1" : "update board_checkpoint set checked = true where at = $1", connection)
        {
            Parameters = { PostgresPastBoards.Parameter(stretch.At) },
        };
        await settle.ExecuteNonQueryAsync(cancellationToken);
        return !changed;

        async Task<bool> AskAsync(string question, params NpgsqlParameter[] parameters)
        {
            await using var command = new NpgsqlCommand(question, connection) { CommandTimeout = 0 };
            command.Parameters.AddRange(parameters);
            return await command.ExecuteScalarAsync(cancellationToken) is true;
        }
    }

    /// <summary>Forgets what somebody began to store and did not come to check. Only for whoever leads this work.</summary>
    public static async Task DropUncheckedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var drop = new NpgsqlCommand("delete from board_checkpoint where not checked", connection);
        await drop.ExecuteNonQueryAsync(cancellationToken);
    }

    private Task<Stretch?> OneAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                command.Parameters.AddRange(parameters);
                await using var reader = await command.ExecuteReaderAsync(token);
                return await reader.ReadAsync(token) ? Read(reader) : null;
            },
            cancellationToken);

    private static Stretch Read(NpgsqlDataReader reader) =>
        new(Instant(reader, 0), Instant(reader, 1), reader.GetInt64(2), reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetInt32(4));

    /// <summary>The server's infinities are the least and the greatest instant.</summary>
    private static DateTimeOffset Instant(NpgsqlDataReader reader, int column) => new(reader.GetDateTime(column), TimeSpan.Zero);

    private static NpgsqlParameter Xid(ulong transaction) => new() { Value = transaction, NpgsqlDbType = NpgsqlDbType.Xid8 };
}
