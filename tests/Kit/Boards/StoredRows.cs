using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;

namespace Escalation.TestKit.Boards;

/// <summary>The stored rows, unpacked.</summary>
public static class StoredRows
{
    public static async Task<(IReadOnlyList<BoardRow> Rows, TailCursor Cursor)> LoadAsync(this IBoardRows source, CancellationToken cancellationToken)
    {
        var rows = new List<BoardRow>();
        var cursor = await source.ReadAsync(
            stored =>
            {
                using var read = stored;
                rows.AddRange(read.Rows.Select(row => JsonSerializer.Deserialize<BoardRow>(row.Json.Span, Wire.Json)! with { Version = row.Version }));
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return (rows, cursor);
    }
}
