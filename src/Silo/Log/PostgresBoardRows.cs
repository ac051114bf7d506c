using System.Buffers;
using System.Buffers.Binary;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>The board rows that lie beside the log.</summary>
internal sealed class PostgresBoardRows(NpgsqlDataSource dataSource) : IBoardRows
{
    private const int AtATime = 4 << 20;

    // Of COPY's binary format, https://www.postgresql.org/docs/current/sql-copy.html: what stands before the rows, and in
    // each row the count of its fields and the length of each.
    private const int HeaderLength = 11 + (2 * sizeof(int));
    private const int RowHeaderLength = sizeof(short) + sizeof(int) + sizeof(int) + sizeof(int);

    private const string CursorSql =
        """
        select tx, position
        from event
        where tx < pg_snapshot_xmin(pg_current_snapshot())
        order by tx desc, position desc
        limit 1
        """;

    private const string RowsSql = "copy (select version, board from grain where board is not null) to stdout (format binary)";

    /// <inheritdoc/>
    /// <remarks>The place is read first: a row may then be newer than it, and never older.</remarks>
    public async Task<TailCursor> ReadAsync(Func<StoredRowBatch, ValueTask> onRows, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            return await ReadAsync(connection, onRows, cancellationToken);
        }
        catch (Exception e) when (LogFailures.IsAway(e))
        {
            // Not tried again here: some rows have been handed over.
            dataSource.Clear();
            throw LogFailures.Unavailable(e);
        }
    }

    /// <summary>Where the log ends, as far as nothing can come before it any more.</summary>
    public Task<TailCursor> CursorAsync(CancellationToken cancellationToken) => dataSource.ReadAsync(CursorAsync, cancellationToken);

    private static async Task<TailCursor> CursorAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CursorSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? EntryReader.ReadCursor(reader, 0, 1) : default;
    }

    private static async Task<TailCursor> ReadAsync(
        NpgsqlConnection connection, Func<StoredRowBatch, ValueTask> onRows, CancellationToken cancellationToken)
    {
        var cursor = await CursorAsync(connection, cancellationToken);
        await using var copy = await connection.BeginRawBinaryCopyAsync(RowsSql, cancellationToken);
        var memory = MemoryPool<byte>.Shared.Rent(AtATime);
        var (start, end) = (HeaderLength, 0);
        while (await copy.ReadAsync(memory.Memory[end..], cancellationToken) is > 0 and var read)
        {
            end += read;
            if (end == memory.Memory.Length)
            {
                // What is not a whole row yet begins the next piece.
                var (rows, rest) = Rows(memory.Memory[start..end]);
                var next = MemoryPool<byte>.Shared.Rent(Math.Max(AtATime, 2 * rest.Length));
                rest.CopyTo(next.Memory);
                (start, end) = (0, rest.Length);
                await onRows(new StoredRowBatch(rows, memory));
                memory = next;
            }
        }

        await onRows(new StoredRowBatch(Rows(memory.Memory[start..end]).Whole, memory));
        return cursor;
    }

    private static (List<StoredRow> Whole, ReadOnlyMemory<byte> Left) Rows(ReadOnlyMemory<byte> from)
    {
        var rows = new List<StoredRow>();
        while (from.Length >= RowHeaderLength)
        {
            var version = BinaryPrimitives.ReadInt32BigEndian(from.Span[(sizeof(short) + sizeof(int))..]);
            var length = BinaryPrimitives.ReadInt32BigEndian(from.Span[(RowHeaderLength - sizeof(int))..]);
            if (from.Length < RowHeaderLength + length)
            {
                break;
            }

            rows.Add(new StoredRow(from.Slice(RowHeaderLength, length), version));
            from = from[(RowHeaderLength + length)..];
        }

        return (rows, from);
    }
}
