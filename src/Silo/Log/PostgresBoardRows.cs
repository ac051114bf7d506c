using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>The board rows that lie beside the log.</summary>
internal sealed class PostgresBoardRows(NpgsqlDataSource dataSource) : IBoardRows
{
    private const int AtATime = 4096;

    private const string CursorSql =
        """
        select tx, position
        from event
        where tx < pg_snapshot_xmin(pg_current_snapshot())
        order by tx desc, position desc
        limit 1
        """;

    private const string RowsSql = "select board, version from grain where board is not null";

    /// <inheritdoc/>
    /// <remarks>The place is read first: a row may then be newer than it, and never older.</remarks>
    public async Task<TailCursor> ReadAsync(Func<IReadOnlyList<StoredRow>, ValueTask> onRows, CancellationToken cancellationToken)
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
        NpgsqlConnection connection, Func<IReadOnlyList<StoredRow>, ValueTask> onRows, CancellationToken cancellationToken)
    {
        var cursor = await CursorAsync(connection, cancellationToken);
        var rows = new List<StoredRow>(AtATime);
        await using (var command = new NpgsqlCommand(RowsSql, connection) { CommandTimeout = 0 })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(EntryReader.ReadStoredRow(reader, 0, 1));
                if (rows.Count == AtATime)
                {
                    await onRows(rows);
                    rows = new List<StoredRow>(AtATime);
                }
            }
        }

        if (rows.Count > 0)
        {
            await onRows(rows);
        }

        return cursor;
    }
}
