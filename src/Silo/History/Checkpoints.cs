using System.IO.Compression;
using Escalation.Grains.Board;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.History;

/// <summary>The boards of the past that are stored.</summary>
internal sealed class Checkpoints(NpgsqlDataSource dataSource)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The instants of the nearest ones, not later and later than <paramref name="at"/>.</summary>
    public Task<(DateTimeOffset? Before, DateTimeOffset? After)> AroundAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<(DateTimeOffset?, DateTimeOffset?)>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select
                        (select max(at) from board_checkpoint where checked and at <= $1),
                        (select min(at) from board_checkpoint where checked and at > $1)
                    """,
                    connection) { Parameters = { PostgresPastBoards.Parameter(at) } };
                await using var reader = await command.ExecuteReaderAsync(token);
                await reader.ReadAsync(token);
                return (Instant(0), Instant(1));

                DateTimeOffset? Instant(int column) => reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column), TimeSpan.Zero);
            },
            cancellationToken);

    /// <summary>The stored board; null when it is gone, or was written by another version of the platform.</summary>
    public Task<PastBoard?> ReadAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("select position, data from board_checkpoint where at = $1 and checked", connection)
                {
                    CommandTimeout = 0,
                    Parameters = { PostgresPastBoards.Parameter(at) },
                };
                await using var reader = await command.ExecuteReaderAsync(token);
                return await reader.ReadAsync(token) ? Unpacked(reader, at) : null;
            },
            cancellationToken);

    /// <summary>All of them, oldest first.</summary>
    public Task<IReadOnlyList<(DateTimeOffset At, long Events, int Rows)>> ListAsync(CancellationToken cancellationToken) =>
        dataSource.ReadAsync<IReadOnlyList<(DateTimeOffset, long, int)>>(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("select at, events, rows from board_checkpoint where checked order by at", connection);
                await using var reader = await command.ExecuteReaderAsync(token);
                var list = new List<(DateTimeOffset, long, int)>();
                while (await reader.ReadAsync(token))
                {
                    list.Add((new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero), reader.GetInt64(1), reader.GetInt32(2)));
                }

                return list;
            },
            cancellationToken);

    /// <summary>
    /// Stores a board, unless the past until its instant has changed while it was made. An import that adds to the past later
    /// takes it away, in the transaction that does so (<see cref="AppendBatch"/>).
    /// </summary>
    /// <param name="board">The board.</param>
    /// <param name="events">How many events had happened to cases until then.</param>
    /// <param name="madeAfter">Where the log ended before the board was made.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StoreAsync(PastBoard board, long events, Grains.Log.TailCursor madeAfter, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand(
            """
            insert into board_checkpoint (at, position, events, rows, data)
            values ($1, $2, $3, $4, $5)
            on conflict (at) do nothing
            returning tx
            """,
            connection)
        {
            CommandTimeout = 0,
            Parameters =
            {
                PostgresPastBoards.Parameter(board.At),
                new() { Value = board.Position },
                new() { Value = events },
                new() { Value = board.OpenCases },
                new() { Value = Packed(board) },
            },
        };
        if (await insert.ExecuteScalarAsync(cancellationToken) is not ulong transaction)
        {
            return;
        }

        while (!await AskAsync("select pg_snapshot_xmin(pg_current_snapshot()) > $1", Xid(transaction)))
        {
            // The machine's time: whoever is waited for, perhaps in another database, does not know the platform's.
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        // Whoever could not see the checkpoint has ended: what they added is seen here, and what is added later takes it away.
        var changed = await AskAsync(
            "select exists (select from event where (tx, position) > ($1, $2) and at <= $3 and category = 'case')",
            Xid(madeAfter.Transaction), new() { Value = madeAfter.Position }, PostgresPastBoards.Parameter(board.At));
        await using var settle = new NpgsqlCommand(
            changed ? "delete from board_checkpoint where at = $1" : "update board_checkpoint set checked = true where at = $1", connection)
        {
            Parameters = { PostgresPastBoards.Parameter(board.At) },
        };
        await settle.ExecuteNonQueryAsync(cancellationToken);

        async Task<bool> AskAsync(string question, params NpgsqlParameter[] parameters)
        {
            await using var command = new NpgsqlCommand(question, connection) { CommandTimeout = 0 };
            command.Parameters.AddRange(parameters);
            return await command.ExecuteScalarAsync(cancellationToken) is true;
        }
    }

    private static NpgsqlParameter Xid(ulong transaction) => new() { Value = transaction, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 };

    private static byte[] Packed(PastBoard board)
    {
        using var packed = new MemoryStream();
        using (var pressed = new BufferedStream(new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true), 64 * 1024))
        {
            board.Write(pressed);
        }

        return packed.ToArray();
    }

    private static PastBoard? Unpacked(NpgsqlDataReader reader, DateTimeOffset at)
    {
        using var pressed = new BufferedStream(new ZLibStream(new MemoryStream(reader.GetFieldValue<byte[]>(1)), CompressionMode.Decompress), 64 * 1024);
        return PastBoard.Read(pressed, at, reader.GetInt64(0));
    }
}
