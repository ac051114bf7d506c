using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>The board rows that lie beside the log.</summary>
internal sealed class PostgresBoardRows(NpgsqlDataSource dataSource) : IBoardRows
{
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
    public Task<(IReadOnlyList<BoardRow> Rows, TailCursor Cursor)> LoadAsync(CancellationToken cancellationToken) =>
        dataSource.ReadAsync(LoadAsync, cancellationToken);

    private static async Task<(IReadOnlyList<BoardRow> Rows, TailCursor Cursor)> LoadAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var cursor = default(TailCursor);
        await using (var command = new NpgsqlCommand(CursorSql, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                cursor = EntryReader.ReadCursor(reader, 0, 1);
            }
        }

        var rows = new List<BoardRow>();
        await using (var command = new NpgsqlCommand(RowsSql, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(EntryReader.ReadRow(reader, 0, 1)!);
            }
        }

        return (rows, cursor);
    }
}
