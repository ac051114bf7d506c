using System.Text;

namespace Escalation.Grains.Board;

/// <summary>Rows as numbers, about sixty bytes each: what a board of the past is kept as.</summary>
internal static class PastRows
{
    /// <summary>Raised when what is written changes: older boards are then made anew.</summary>
    private const int Format = 2;

    public static void Write(Stream to, SortedTree<KeptRow, ByRank> rows)
    {
        using var writer = new BinaryWriter(to, Encoding.UTF8, leaveOpen: true);
        writer.Write7BitEncodedInt(Format);
        writer.Write7BitEncodedInt(rows.Count);
        var words = new Dictionary<string, int>();
        rows.Walk(items =>
        {
            foreach (var row in items.Span)
            {
                Write(writer, in row.Keys, words);
            }
        });
    }

    public static IReadOnlyList<RowTable.Block>? Read(Stream from)
    {
        using var reader = new BinaryReader(from, Encoding.UTF8, leaveOpen: true);
        if (reader.Read7BitEncodedInt() != Format)
        {
            return null;
        }

        var filler = new RowTable.Filler();
        var words = new List<string>();
        for (var count = reader.Read7BitEncodedInt(); count > 0; count--)
        {
            filler.Add(new KeptRow(Read(reader, words), []));
        }

        filler.Finish();
        return filler.Blocks;
    }

    private static void Write(BinaryWriter writer, in RowKeys keys, Dictionary<string, int> words)
    {
        Span<byte> id = stackalloc byte[16];
        keys.Id.TryWriteBytes(id, bigEndian: true, out _);
        writer.Write(id);
        writer.Write7BitEncodedInt(keys.Version);
        writer.Write7BitEncodedInt64(keys.Number);
        writer.Write(keys.ComplainedAt);
        writer.Write(keys.DueAt);
        writer.Write((byte)((keys.Stage << 4) | keys.DueKind));
        writer.Write((byte)((keys.Heat << 4) | keys.Level));
        Word(keys.Type);
        Word(keys.Owner);
        Word(keys.Holder);
        writer.Write7BitEncodedInt(keys.Promises?.Length ?? 0);
        foreach (var at in keys.Promises ?? [])
        {
            writer.Write(at);
        }

        writer.Write(keys.Waiting is not null);
        if (keys.Waiting is { } waiting)
        {
            writer.Write7BitEncodedInt(waiting.Escalations);
            writer.Write(waiting.AcknowledgeBy);
            writer.Write7BitEncodedInt(waiting.Approvals);
            writer.Write(waiting.DecideBy);
            writer.Write7BitEncodedInt(waiting.Silent);
            writer.Write(waiting.SilentDueAt);
        }

        // A word is written out where it comes for the first time.
        void Word(string? word)
        {
            if (word is null)
            {
                writer.Write7BitEncodedInt(0);
            }
            else if (words.TryGetValue(word, out var known))
            {
                writer.Write7BitEncodedInt(known);
            }
            else
            {
                words.Add(word, words.Count + 1);
                writer.Write7BitEncodedInt(words.Count);
                writer.Write(word);
            }
        }
    }

    private static RowKeys Read(BinaryReader reader, List<string> words)
    {
        Span<byte> id = stackalloc byte[16];
        reader.BaseStream.ReadExactly(id);
        var keys = new RowKeys
        {
            Id = new Guid(id, bigEndian: true),
            Version = reader.Read7BitEncodedInt(),
            Number = reader.Read7BitEncodedInt64(),
            ComplainedAt = reader.ReadInt64(),
            DueAt = reader.ReadInt64(),
        };
        var (stage, heat) = (reader.ReadByte(), reader.ReadByte());
        (keys.Stage, keys.DueKind, keys.Heat, keys.Level) = ((byte)(stage >> 4), (byte)(stage & 15), (byte)(heat >> 4), (byte)(heat & 15));
        (keys.Type, keys.Owner, keys.Holder) = (Word()!, Word(), Word());
        if (reader.Read7BitEncodedInt() is > 0 and var count)
        {
            keys.Promises = new long[count];
            for (var i = 0; i < count; i++)
            {
                keys.Promises[i] = reader.ReadInt64();
            }
        }

        if (reader.ReadBoolean())
        {
            keys.Waiting = new RowWaiting
            {
                Escalations = reader.Read7BitEncodedInt(),
                AcknowledgeBy = reader.ReadInt64(),
                Approvals = reader.Read7BitEncodedInt(),
                DecideBy = reader.ReadInt64(),
                Silent = reader.Read7BitEncodedInt(),
                SilentDueAt = reader.ReadInt64(),
            };
        }

        return keys;

        string? Word()
        {
            var number = reader.Read7BitEncodedInt();
            if (number > words.Count)
            {
                words.Add(reader.ReadString());
            }

            return number == 0 ? null : words[number - 1];
        }
    }
}
