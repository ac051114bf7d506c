using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Escalation.Grains.Board;

/// <summary>
/// Keeps the text of a row in a third of its length. Rows differ in their values and hardly in their names and marks: what
/// lies between the values is a shape, kept once for all rows that have it; and ids, instants, numbers and words that
/// stand in many rows take less room as what they are than as text. The text comes back byte for byte.
/// </summary>
public sealed class RowText
{
    private const byte Slot = 0;
    private const ushort Plain = ushort.MaxValue;

    // Below 250 stands the length of a text that follows.
    private const byte LongText = 250;
    private const byte Id = 251;
    private const byte Instant = 252;
    private const byte Word = 253;
    private const byte Number = 254;

    private const int IdLength = 36;
    private const int LongestWord = 64;
    private const int LongestInstant = 28;
    private const int LongestNumber = 18;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _shape;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _values;

    private readonly BytePool _shapes = new();
    private readonly BytePool _words = new();

    /// <summary>What the rows of all boards of this process share.</summary>
    public static RowText Shared { get; } = new();

    /// <summary>The text, packed; nothing for nothing.</summary>
    /// <param name="json">One JSON value, or no bytes at all.</param>
    /// <exception cref="JsonException">It is something else.</exception>
    public byte[] Pack(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return [];
        }

        var shape = _shape ??= new ArrayBufferWriter<byte>(1024);
        var values = _values ??= new ArrayBufferWriter<byte>(1024);
        shape.ResetWrittenCount();
        values.ResetWrittenCount();
        var reader = new Utf8JsonReader(json);
        var (done, repeats) = (0, false);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                repeats = Repeats(reader.ValueSpan);
            }
            else if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
            {
                var isText = reader.TokenType == JsonTokenType.String;
                var at = (int)reader.TokenStartIndex + (isText ? 1 : 0);
                shape.Write(json[done..at]);
                shape.Write([Slot]);
                if (isText)
                {
                    PackText(ref reader, repeats, values);
                }
                else
                {
                    PackNumber(reader.ValueSpan, values);
                }

                done = at + reader.ValueSpan.Length;
            }
        }

        shape.Write(json[done..]);
        var number = _shapes.NumberOf(shape.WrittenSpan);
        var packed = new byte[sizeof(ushort) + (number is null ? json.Length : values.WrittenCount)];
        BinaryPrimitives.WriteUInt16LittleEndian(packed, number ?? Plain);
        (number is null ? json : values.WrittenSpan).CopyTo(packed.AsSpan(sizeof(ushort)));
        return packed;
    }

    /// <summary>Writes the text that was packed.</summary>
    public void Unpack(ReadOnlySpan<byte> packed, IBufferWriter<byte> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (packed.IsEmpty)
        {
            return;
        }

        var number = BinaryPrimitives.ReadUInt16LittleEndian(packed);
        var values = packed[sizeof(ushort)..];
        if (number == Plain)
        {
            text.Write(values);
            return;
        }

        ReadOnlySpan<byte> shape = _shapes[number];
        for (var slot = shape.IndexOf(Slot); slot >= 0; slot = shape.IndexOf(Slot))
        {
            text.Write(shape[..slot]);
            shape = shape[(slot + 1)..];
            values = values[UnpackValue(values, text)..];
        }

        text.Write(shape);
    }

    /// <summary>Fields of rows, and of what lies in them, whose values are of few kinds.</summary>
    private static bool Repeats(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("stage"u8) || name.SequenceEqual("heat"u8) || name.SequenceEqual("level"u8) ||
        name.SequenceEqual("type"u8) || name.SequenceEqual("owner"u8) || name.SequenceEqual("kind"u8) ||
        name.SequenceEqual("state"u8) || name.SequenceEqual("currency"u8) || name.SequenceEqual("language"u8) ||
        name.SequenceEqual("site"u8) || name.SequenceEqual("causedBy"u8) || name.SequenceEqual("cause"u8) ||
        name.SequenceEqual("ask"u8) || name.SequenceEqual("agent"u8) || name.SequenceEqual("askedBy"u8);

    private void PackText(ref Utf8JsonReader reader, bool repeats, ArrayBufferWriter<byte> values)
    {
        var text = reader.ValueSpan;
        if (repeats && text.Length is > 2 and <= LongestWord && _words.NumberOf(text) is { } word)
        {
            values.GetSpan(1)[0] = Word;
            values.Advance(1);
            BinaryPrimitives.WriteUInt16LittleEndian(values.GetSpan(sizeof(ushort)), word);
            values.Advance(sizeof(ushort));
        }
        else if (text.Length == IdLength && reader.TryGetGuid(out var id) && IsTextOf(id, text))
        {
            var room = values.GetSpan(1 + Marshal.SizeOf<Guid>());
            room[0] = Id;
            id.TryWriteBytes(room[1..]);
            values.Advance(1 + Marshal.SizeOf<Guid>());
        }
        else if (text.Length is >= 20 and <= LongestInstant && text[^1] == 'Z' && reader.TryGetDateTime(out var instant) && IsTextOf(instant, text))
        {
            var room = values.GetSpan(1 + sizeof(long));
            room[0] = Instant;
            BinaryPrimitives.WriteInt64LittleEndian(room[1..], instant.Ticks);
            values.Advance(1 + sizeof(long));
        }
        else
        {
            PackPlain(text, values);
        }
    }

    private static void PackNumber(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> values)
    {
        // Digits and nothing else: what would be written differently stays as it is.
        if (text.Length > LongestNumber || text.ContainsAnyExceptInRange((byte)'0', (byte)'9') ||
            !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var left))
        {
            PackPlain(text, values);
            return;
        }

        var room = values.GetSpan(12);
        var length = 0;
        room[length++] = Number;
        for (; left >= 0x80; left >>= 7)
        {
            room[length++] = (byte)(left | 0x80);
        }

        room[length++] = (byte)left;
        values.Advance(length);
    }

    private static void PackPlain(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> values)
    {
        if (text.Length < LongText)
        {
            values.Write([(byte)text.Length]);
        }
        else
        {
            var room = values.GetSpan(1 + sizeof(int));
            room[0] = LongText;
            BinaryPrimitives.WriteInt32LittleEndian(room[1..], text.Length);
            values.Advance(1 + sizeof(int));
        }

        values.Write(text);
    }

    /// <returns>How many bytes of <paramref name="values"/> it took.</returns>
    private int UnpackValue(ReadOnlySpan<byte> values, IBufferWriter<byte> text)
    {
        var rest = values[1..];
        switch (values[0])
        {
            case Word:
                text.Write(_words[BinaryPrimitives.ReadUInt16LittleEndian(rest)]);
                return 1 + sizeof(ushort);
            case Id:
                new Guid(rest[..Marshal.SizeOf<Guid>()]).TryFormat(text.GetSpan(IdLength), out _);
                text.Advance(IdLength);
                return 1 + Marshal.SizeOf<Guid>();
            case Instant:
                text.Advance(Format(new DateTime(BinaryPrimitives.ReadInt64LittleEndian(rest), DateTimeKind.Utc), text.GetSpan(LongestInstant)));
                return 1 + sizeof(long);
            case Number:
                return 1 + UnpackNumber(rest, text);
            case LongText:
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                text.Write(rest.Slice(sizeof(int), length));
                return 1 + sizeof(int) + length;
            default:
                text.Write(rest[..values[0]]);
                return 1 + values[0];
        }
    }

    private static int UnpackNumber(ReadOnlySpan<byte> packed, IBufferWriter<byte> text)
    {
        var (number, at) = (0UL, 0);
        do
        {
            number |= (ulong)(packed[at] & 0x7f) << (7 * at);
        }
        while ((packed[at++] & 0x80) != 0);

        number.TryFormat(text.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        text.Advance(written);
        return at;
    }

    private static bool IsTextOf(Guid id, ReadOnlySpan<byte> text)
    {
        Span<byte> again = stackalloc byte[IdLength];
        return id.TryFormat(again, out _) && text.SequenceEqual(again);
    }

    private static bool IsTextOf(DateTime instant, ReadOnlySpan<byte> text)
    {
        Span<byte> again = stackalloc byte[LongestInstant];
        return text.SequenceEqual(again[..Format(instant, again)]);
    }

    /// <summary>As the wire has it: no zeros at the end of a second's parts.</summary>
    private static int Format(DateTime instant, Span<byte> text)
    {
        instant.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        var end = length - 1;
        while (text[end - 1] == '0' && end > 20)
        {
            end--;
        }

        end -= text[end - 1] == '.' ? 1 : 0;
        text[end] = (byte)'Z';
        return end + 1;
    }

    /// <summary>Pieces of text by number, each kept once. It never forgets any, so it takes no more than fit into a number.</summary>
    private sealed class BytePool
    {
        private readonly Lock _adding = new();
        private readonly ConcurrentDictionary<byte[], ushort> _numbers = new(Same.Instance);
        private readonly ConcurrentDictionary<byte[], ushort>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
        private volatile byte[][] _pieces = new byte[64][];
        private int _count;

        public BytePool() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();

        public byte[] this[ushort number] => _pieces[number];

        /// <summary>Null when it is not known, and there is no room for more.</summary>
        public ushort? NumberOf(ReadOnlySpan<byte> piece) => _lookup.TryGetValue(piece, out var number) ? number : Add(piece);

        private ushort? Add(ReadOnlySpan<byte> piece)
        {
            lock (_adding)
            {
                if (_lookup.TryGetValue(piece, out var known))
                {
                    return known;
                }

                if (_count == Plain)
                {
                    return null;
                }

                if (_count == _pieces.Length)
                {
                    var more = new byte[2 * _count][];
                    _pieces.CopyTo(more, 0);
                    _pieces = more;
                }

                var kept = piece.ToArray();
                _pieces[_count] = kept;
                return _numbers[kept] = (ushort)_count++;
            }
        }
    }

    private sealed class Same : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Same Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] piece) => GetHashCode(piece.AsSpan());

        public bool Equals(ReadOnlySpan<byte> piece, byte[] other) => piece.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> piece)
        {
            var hash = default(HashCode);
            hash.AddBytes(piece);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> piece) => piece.ToArray();
    }
}
