using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Board;

/// <summary>
/// Takes out of a row's text what the board needs of it, in one pass and without unpacking the rest; and the words that a
/// search looks in: in capitals, the fields parted by line ends.
/// </summary>
internal sealed class RowReader(WordPool words)
{
    private const int Room = 512;
    private const byte Parting = (byte)'\n';

    /// <summary>A promise is at risk this long before it is due, at the latest.</summary>
    private static readonly long Close = TimeSpan.FromMinutes(30).Ticks;

    private static readonly byte[][] Stages = WordsOf<Stage>();
    private static readonly byte[][] Heats = WordsOf<Heat>();
    private static readonly byte[][] Levels = WordsOf<Level>();
    private static readonly byte[][] Kinds = WordsOf<ClockKind>();
    private static readonly byte[] Unanswered = Encoding.UTF8.GetBytes(JsonNamingPolicy.CamelCase.ConvertName(nameof(AskState.Unanswered)));

    /// <summary>A row that was made just now.</summary>
    public KeptRow Read(BoardRow row, IBufferWriter<byte> search) =>
        Read(JsonSerializer.SerializeToUtf8Bytes(row, Wire.Json), row.Version, search);

    /// <summary>A row as it is stored. Most appends move only the version, which stands beside it.</summary>
    /// <param name="json">The row's text.</param>
    /// <param name="version">The case's version that the row shows.</param>
    /// <param name="search">Is given the words that a search looks in.</param>
    public KeptRow Read(ReadOnlySpan<byte> json, int version, IBufferWriter<byte> search)
    {
        var keys = new RowKeys { Type = "", DueAt = KeptRow.Never, Version = version };
        var (versionAt, versionLength) = (0, 0);
        (string? Language, string? Site, string? CausedBy) origin = default;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("version"u8))
            {
                reader.Read();
                (versionAt, versionLength) = ((int)reader.TokenStartIndex, reader.ValueSpan.Length);
                if (reader.GetInt32() == version)
                {
                    versionLength = 0;
                }
            }
            else
            {
                ReadField(name, ref reader, ref keys, ref origin, search);
            }
        }

        keys.Origin = words.Get(origin.Language, origin.Site, origin.CausedBy);
        keys.Holder = keys.Owner ?? keys.Waiting?.Ringing?.Agent;
        return versionLength == 0 ? new KeptRow(keys, json) : new KeptRow(keys, WithVersion(json, versionAt, versionLength, version));
    }

    /// <summary>A word of a search as it stands in the words that a search looks in.</summary>
    public static byte[] Folded(string word) => Encoding.UTF8.GetBytes(word.ToUpperInvariant());

    private void ReadField(ReadOnlySpan<byte> name, ref Utf8JsonReader reader, ref RowKeys keys, ref (string? Language, string? Site, string? CausedBy) origin, IBufferWriter<byte> search)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (name.SequenceEqual("id"u8))
        {
            keys.Id = reader.GetGuid();
        }
        else if (name.SequenceEqual("number"u8))
        {
            keys.Number = reader.GetInt64();
            Take(keys.Number, search);
        }
        else if (name.SequenceEqual("customer"u8) || name.SequenceEqual("summary"u8))
        {
            Take(ref reader, search, keep: false);
        }
        else if (name.SequenceEqual("type"u8))
        {
            keys.Type = Take(ref reader, search, keep: true)!;
        }
        else if (name.SequenceEqual("owner"u8))
        {
            keys.Owner = Take(ref reader, search, keep: true);
        }
        else if (name.SequenceEqual("stage"u8))
        {
            keys.Stage = Word(ref reader, Stages);
        }
        else if (name.SequenceEqual("heat"u8))
        {
            keys.Heat = Word(ref reader, Heats);
        }
        else if (name.SequenceEqual("level"u8))
        {
            keys.Level = Word(ref reader, Levels);
        }
        else if (name.SequenceEqual("complainedAt"u8))
        {
            keys.ComplainedAt = Instant(ref reader);
        }
        else if (name.SequenceEqual("due"u8))
        {
            ReadDue(ref reader, ref keys);
        }
        else if (name.SequenceEqual("promises"u8))
        {
            ReadPromises(ref reader, ref keys);
        }
        else if (name.SequenceEqual("escalations"u8))
        {
            ReadEscalations(ref reader, ref keys);
        }
        else if (name.SequenceEqual("approvals"u8))
        {
            ReadApprovals(ref reader, ref keys);
        }
        else if (name.SequenceEqual("offer"u8))
        {
            (keys.Waiting ??= new RowWaiting()).Ringing = ReadOffer(ref reader);
        }
        else if (name.SequenceEqual("apology"u8))
        {
            ReadApology(ref reader, ref keys);
        }
        else if (name.SequenceEqual("language"u8))
        {
            origin.Language = Word(ref reader);
        }
        else if (name.SequenceEqual("site"u8))
        {
            origin.Site = Word(ref reader);
        }
        else if (name.SequenceEqual("causedBy"u8))
        {
            origin.CausedBy = Word(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private static void ReadDue(ref Utf8JsonReader reader, ref RowKeys keys)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("dueAt"u8))
            {
                keys.DueAt = Instant(ref reader);
            }
            else if (name.SequenceEqual("kind"u8))
            {
                keys.DueKind = Word(ref reader, Kinds);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadPromises(ref Utf8JsonReader reader, ref RowKeys keys)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var (due, sendBy, silent) = (0L, 0L, false);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                reader.Read();
                if (name.SequenceEqual("dueAt"u8))
                {
                    due = Instant(ref reader);
                }
                else if (name.SequenceEqual("sendBy"u8))
                {
                    sendBy = Instant(ref reader);
                }
                else if (name.SequenceEqual("ask"u8))
                {
                    silent = reader.ValueTextEquals(Unanswered);
                }
                else
                {
                    reader.Skip();
                }
            }

            keys.Promises = [.. keys.Promises ?? [], Math.Min(sendBy, due - Close), due];
            if (silent)
            {
                var waiting = keys.Waiting ??= new RowWaiting();
                waiting.Silent++;
                waiting.SilentDueAt = Math.Min(waiting.SilentDueAt, due);
            }
        }
    }

    private static void ReadEscalations(ref Utf8JsonReader reader, ref RowKeys keys)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var waiting = keys.Waiting ??= new RowWaiting();
            waiting.Escalations++;
            waiting.AcknowledgeBy = Math.Min(waiting.AcknowledgeBy, InstantIn(ref reader, "acknowledgeBy"u8, "raisedAt"u8));
        }
    }

    private static void ReadApprovals(ref Utf8JsonReader reader, ref RowKeys keys)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var waiting = keys.Waiting ??= new RowWaiting();
            waiting.Approvals++;
            waiting.DecideBy = Math.Min(waiting.DecideBy, InstantIn(ref reader, "decideBy"u8, "askedAt"u8));
        }
    }

    private RowRinging ReadOffer(ref Utf8JsonReader reader)
    {
        var (agent, reservation, offeredAt) = ("", Guid.Empty, 0L);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("agent"u8))
            {
                agent = Word(ref reader);
            }
            else if (name.SequenceEqual("reservation"u8))
            {
                reservation = reader.GetGuid();
            }
            else if (name.SequenceEqual("offeredAt"u8))
            {
                offeredAt = Instant(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new RowRinging(agent, reservation, offeredAt);
    }

    private void ReadApology(ref Utf8JsonReader reader, ref RowKeys keys)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isOwner = reader.ValueTextEquals("owner"u8);
            reader.Read();
            if (isOwner && reader.TokenType == JsonTokenType.String)
            {
                (keys.Waiting ??= new RowWaiting()).Owes = Word(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>An instant of an object that lies flat; <paramref name="otherwise"/> when it has none of that name.</summary>
    private static long InstantIn(ref Utf8JsonReader reader, ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> otherwise)
    {
        var (found, instead) = (KeptRow.Never, KeptRow.Never);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual(wanted) && reader.TokenType == JsonTokenType.String)
            {
                found = Instant(ref reader);
            }
            else if (name.SequenceEqual(otherwise) && reader.TokenType == JsonTokenType.String)
            {
                instead = Instant(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return found == KeptRow.Never ? instead : found;
    }

    private static long Instant(ref Utf8JsonReader reader) => reader.GetDateTimeOffset().UtcTicks;

    private static byte Word(ref Utf8JsonReader reader, byte[][] known)
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (reader.ValueTextEquals(known[i]))
            {
                return (byte)i;
            }
        }

        throw new JsonException($"'{reader.GetString()}' is none of the words that this version of the platform knows.");
    }

    private string Word(ref Utf8JsonReader reader)
    {
        var most = reader.ValueSpan.Length;
        var chars = most > Room ? new char[most] : stackalloc char[Room];
        return words.Get(chars[..reader.CopyString(chars)]);
    }

    private static byte[][] WordsOf<TWord>()
        where TWord : struct, Enum =>
        [.. Enum.GetValues<TWord>().Select(word => Encoding.UTF8.GetBytes(JsonNamingPolicy.CamelCase.ConvertName(word.ToString())))];

    private static void Take(long number, IBufferWriter<byte> search)
    {
        var room = search.GetSpan(24);
        number.TryFormat(room, out var written, provider: CultureInfo.InvariantCulture);
        room[written] = Parting;
        search.Advance(written + 1);
    }

    private string? Take(ref Utf8JsonReader reader, IBufferWriter<byte> search, bool keep)
    {
        var most = reader.ValueSpan.Length;
        var rented = most > Room ? ArrayPool<char>.Shared.Rent(2 * most) : null;
        Span<char> chars = rented is null ? stackalloc char[2 * Room] : rented;
        var length = reader.CopyString(chars);
        var kept = keep ? words.Get(chars[..length]) : null;
        var capitals = chars[(chars.Length / 2)..][..length];
        ((ReadOnlySpan<char>)chars[..length]).ToUpperInvariant(capitals);
        var room = search.GetSpan(Encoding.UTF8.GetMaxByteCount(length) + 1);
        var written = Encoding.UTF8.GetBytes(capitals, room);
        room[written] = Parting;
        search.Advance(written + 1);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return kept;
    }

    private static byte[] WithVersion(ReadOnlySpan<byte> json, int at, int length, int version)
    {
        Span<byte> digits = stackalloc byte[12];
        version.TryFormat(digits, out var written, provider: CultureInfo.InvariantCulture);
        var next = new byte[json.Length - length + written];
        json[..at].CopyTo(next);
        digits[..written].CopyTo(next.AsSpan(at));
        json[(at + length)..].CopyTo(next.AsSpan(at + written));
        return next;
    }
}
