using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Log;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>Rows of the log's tables back to what they hold. A row is in memory before it is read, so nothing waits.</summary>
internal static class EntryReader
{
    /// <summary>What <see cref="Read"/> expects first in a row.</summary>
    public const string Columns = "stream, category, version, position, at, by, command, kind, data, personal";

    /// <summary>How many columns these are.</summary>
    public const int Width = 10;

    public static Entry Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        string.Intern(reader.GetString(1)),
        reader.GetInt32(2),
        reader.GetInt64(3),
        reader.GetFieldValue<DateTimeOffset>(4),
        reader.GetString(5),
        reader.GetGuid(6),
        EventCodec.Read(
            reader.GetString(7),
            reader.GetFieldValue<byte[]>(8),
            reader.IsDBNull(9) ? [] : reader.GetFieldValue<byte[]>(9)));

    public static TailCursor ReadCursor(NpgsqlDataReader reader, int txColumn, int positionColumn) =>
        new(reader.GetFieldValue<ulong>(txColumn), reader.GetInt64(positionColumn));

    /// <summary>A board row as it is stored, with its version from the column beside it: most appends move only that.</summary>
    public static BoardRow? ReadRow(NpgsqlDataReader reader, int boardColumn, int versionColumn) =>
        reader.IsDBNull(boardColumn)
            ? null
            : JsonSerializer.Deserialize<BoardRow>(reader.GetFieldValue<byte[]>(boardColumn), Wire.Json)! with
            {
                Version = reader.GetInt32(versionColumn),
            };
}
