using System.Buffers;
using System.Text;

namespace Escalation.Grains.Board;

/// <summary>
/// Writes rows of the past as bytes, about fifty for each. Words are written once, before everything else.
/// <see cref="PastRowReader"/> reads them.
/// </summary>
/// <param name="origin">Instants are written as distances from this one.</param>
internal sealed class PastRowWriter(DateTimeOffset origin)
{
    /// <summary>To be raised when what is written changes; the migration that comes with it empties the table.</summary>
    public const int Format = 3;

    private readonly ArrayBufferWriter<byte> _rows = new(64 * 1024);
    private readonly Dictionary<int, int> _numbers = [];
    private readonly List<int> _words = [];
    private readonly List<int> _ends = [];

    /// <summary>What is written next can be read beside what was written until now.</summary>
    public void EndPart() => _ends.Add(_rows.WrittenCount);

    public void Write(in PastRow row, ReadOnlySpan<long> promises)
    {
        Write(row.Id);
        Write(row.Version);
        Write(row.Number);
        WriteInstant(row.ComplainedAt);
        WriteInstant(row.DueAt);
        Write(row.Stage);
        Write(row.DueKind);
        Write(row.Heat);
        Write(row.Level);
        WriteWord(row.Type);
        WriteWord(row.Owner);
        WriteWord(row.Holder);
        Write(row.Escalations);
        Write(row.Approvals);
        Write(row.Silent);
        Write(promises.Length);
        foreach (var at in promises)
        {
            WriteInstant(at);
        }
    }

    public void Write(Guid id)
    {
        id.TryWriteBytes(_rows.GetSpan(16), bigEndian: true, out var written);
        _rows.Advance(written);
    }

    /// <summary>A number that is usually small and not below zero.</summary>
    public void Write(long number) => Write(_rows, number);

    /// <summary>An instant in ticks; <see cref="KeptRow.Never"/> takes one byte.</summary>
    public void WriteInstant(long ticks)
    {
        var distance = ticks - origin.UtcTicks;
        Write(_rows, ticks == KeptRow.Never ? 0 : 1 + ((distance << 1) ^ (distance >> 63)));
    }

    /// <summary>All of it: the format, the origin, the words, where the parts end, then the rows.</summary>
    public byte[] ToBytes()
    {
        var head = new ArrayBufferWriter<byte>();
        Write(head, Format);
        Write(head, origin.UtcTicks);
        Write(head, _words.Count);
        foreach (var word in _words.Select(number => PastWords.Of(number)!))
        {
            Write(head, Encoding.UTF8.GetByteCount(word));
            head.Advance(Encoding.UTF8.GetBytes(word, head.GetSpan(Encoding.UTF8.GetMaxByteCount(word.Length))));
        }

        Write(head, _ends.Count);
        foreach (var end in _ends)
        {
            Write(head, end);
        }

        return [.. head.WrittenSpan, .. _rows.WrittenSpan];
    }

    private void WriteWord(int word)
    {
        var number = 0;
        if (word != 0 && !_numbers.TryGetValue(word, out number))
        {
            _words.Add(word);
            _numbers.Add(word, number = _words.Count);
        }

        Write(number);
    }

    /// <summary>Seven bits in each byte, the low ones first.</summary>
    private static void Write(ArrayBufferWriter<byte> to, long number)
    {
        var span = to.GetSpan(10);
        var length = 0;
        var rest = (ulong)number;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[length++] = (byte)(rest | 0x80);
        }

        span[length++] = (byte)rest;
        to.Advance(length);
    }
}
