using System.Text;

namespace Escalation.Grains.Board;

/// <summary>What stands before the rows that <see cref="PastRowWriter"/> wrote.</summary>
/// <param name="Origin">Instants are distances from this one, in UTC ticks.</param>
/// <param name="Words">Of each word as it was written its number here.</param>
/// <param name="Parts">The parts, each to be read by itself.</param>
internal sealed record PastRowHead(long Origin, int[] Words, ReadOnlyMemory<byte>[] Parts)
{
    /// <summary>Null when another version of the platform wrote the bytes.</summary>
    public static PastRowHead? Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new PastRowReader(new PastRowHead(0, [], []), bytes.Span);
        if (reader.ReadNumber() != PastRowWriter.Format)
        {
            return null;
        }

        var origin = reader.ReadNumber();
        var words = new int[reader.ReadNumber() + 1];
        for (var i = 1; i < words.Length; i++)
        {
            words[i] = PastWords.NumberOf(Encoding.UTF8.GetString(reader.Take((int)reader.ReadNumber())));
        }

        var ends = new int[reader.ReadNumber()];
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = (int)reader.ReadNumber();
        }

        var rows = bytes[^reader.Left..];
        return new PastRowHead(origin, words, [.. ends.Select((end, i) => rows[(i == 0 ? 0 : ends[i - 1])..end])]);
    }
}

/// <summary>Reads the rows of one part.</summary>
internal ref struct PastRowReader(PastRowHead head, ReadOnlySpan<byte> part)
{
    private const int Few = 64;

    private readonly long _origin = head.Origin;
    private readonly int[] _words = head.Words;
    private ReadOnlySpan<byte> _rest = part;

    /// <summary>How many bytes have not been read.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>A row, put at the end of a list; its place there.</summary>
    public int Read(PastRowList into)
    {
        var row = new PastRow
        {
            Id = ReadId(),
            Version = (int)ReadNumber(),
            Number = ReadNumber(),
            ComplainedAt = ReadInstant(),
            DueAt = ReadInstant(),
            Stage = (byte)ReadNumber(),
            DueKind = (byte)ReadNumber(),
            Heat = (byte)ReadNumber(),
            Level = (byte)ReadNumber(),
            Type = _words[ReadNumber()],
            Owner = _words[ReadNumber()],
            Holder = _words[ReadNumber()],
            Escalations = (ushort)ReadNumber(),
            Approvals = (ushort)ReadNumber(),
            Silent = (ushort)ReadNumber(),
        };
        var count = (int)ReadNumber();
        Span<long> promises = count <= Few ? stackalloc long[Few] : new long[count];
        for (var i = 0; i < count; i++)
        {
            promises[i] = ReadInstant();
        }

        return into.Add(row, promises[..count]);
    }

    public Guid ReadId() => new(Take(16), bigEndian: true);

    public long ReadNumber()
    {
        var number = 0UL;
        for (var (at, shift) = (0, 0); ; at++, shift += 7)
        {
            var next = _rest[at];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                _rest = _rest[(at + 1)..];
                return (long)number;
            }
        }
    }

    public long ReadInstant()
    {
        var written = ReadNumber();
        return written == 0 ? KeptRow.Never : _origin + ((long)((ulong)(written - 1) >> 1) ^ -((written - 1) & 1));
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
