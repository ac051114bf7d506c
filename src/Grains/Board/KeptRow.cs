using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Board;

/// <summary>
/// A row as the board keeps it: what it is found, ordered and counted by, and beside that its text, packed, which goes out
/// to every viewer as it is. Nothing else of it is made, so that a million of them fit into memory. Never changes.
/// </summary>
[JsonConverter(typeof(KeptRowConverter))]
public sealed class KeptRow
{
    /// <summary>Stands for "never" among instants in ticks.</summary>
    internal const long Never = long.MaxValue;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _unpacked;

    private readonly byte[] _text;
    private readonly RowKeys _keys;

    internal KeptRow(RowKeys keys, ReadOnlySpan<byte> json)
    {
        (_keys, _text) = (keys, RowText.Shared.Pack(json));
    }

    public Guid Id => _keys.Id;

    /// <summary>The case's version that this row shows.</summary>
    public int Version => _keys.Version;

    /// <summary>The case's number for people.</summary>
    public long Number => _keys.Number;

    public Stage Stage => (Stage)_keys.Stage;

    public Heat Heat => (Heat)_keys.Heat;

    public Level Level => (Level)_keys.Level;

    public string Type => _keys.Type;

    public string? Owner => _keys.Owner;

    /// <summary>
    /// DSK-7, CLK-7: its place by harm: what the law asks next, then what was promised, then the rest; in each the hottest and
    /// highest first, then who has waited longest.
    /// </summary>
    public BoardRank Harm => BoardRank.Of(this, RowOrder.Harm);

    /// <summary>The nearest due instant of any clock or promise; null when nothing runs.</summary>
    internal DateTimeOffset? DueAt => _keys.DueAt == Never ? null : new DateTimeOffset(_keys.DueAt, TimeSpan.Zero);

    /// <summary>DSK-2: at whose desk it rings; null when at nobody's.</summary>
    internal RowRinging? Ringing => _keys.Waiting?.Ringing;

    internal ref readonly RowKeys Keys => ref _keys;

    /// <summary>Where the row stands in its table; given to it once, before anyone else sees it.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>A row that stands by itself.</summary>
    public static KeptRow Of(BoardRow row) => new RowReader(new WordPool()).Read(row, new ArrayBufferWriter<byte>());

    /// <summary>The whole row.</summary>
    public BoardRow ToRow() => JsonSerializer.Deserialize<BoardRow>(Json, Wire.Json)!;

    /// <summary>The row as it goes out.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Json);

    /// <summary>The row's text, until this thread asks another row for its own.</summary>
    private ReadOnlySpan<byte> Json
    {
        get
        {
            var unpacked = _unpacked ??= new ArrayBufferWriter<byte>(2048);
            unpacked.ResetWrittenCount();
            RowText.Shared.Unpack(_text, unpacked);
            return unpacked.WrittenSpan;
        }
    }

    private sealed class KeptRowConverter : JsonConverter<KeptRow>
    {
        public override KeptRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("The board's rows are only written.");

        public override void Write(Utf8JsonWriter writer, KeptRow value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json, skipInputValidation: true);
    }
}

/// <summary>What a row is found, ordered and counted by. Instants are UTC ticks, <see cref="KeptRow.Never"/> for none.</summary>
internal struct RowKeys
{
    public Guid Id;
    public long Number;
    public long ComplainedAt;
    public long DueAt;
    public string Type;
    public string? Owner;

    /// <summary>What besides its type decides who may take it; shared by all rows that say the same, null for nothing.</summary>
    public RowOrigin? Origin;

    /// <summary>The owner, else whoever it is offered to; null for a case that waits in the queue.</summary>
    public string? Holder;

    /// <summary>Open promises: for each the instant from which it is at risk, then its due instant. Null for none.</summary>
    public long[]? Promises;

    /// <summary>What waits for a person; null for nothing.</summary>
    public RowWaiting? Waiting;
    public int Version;
    public byte Stage;
    public byte Heat;
    public byte Level;
    public byte DueKind;
}

/// <summary>What of a case waits for a person: how much, and since or until when the most pressing of it.</summary>
internal sealed class RowWaiting
{
    public int Escalations { get; set; }

    /// <summary>When the first escalation that nobody has acknowledged goes on.</summary>
    public long AcknowledgeBy { get; set; } = KeptRow.Never;

    public int Approvals { get; set; }

    public long DecideBy { get; set; } = KeptRow.Never;

    /// <summary>PRM-3: promises whose owners were asked and stayed silent.</summary>
    public int Silent { get; set; }

    /// <summary>When the first of those promises is due.</summary>
    public long SilentDueAt { get; set; } = KeptRow.Never;

    /// <summary>DSK-2: at whose desk the case rings.</summary>
    public RowRinging? Ringing { get; set; }

    /// <summary>CLM-5: who owes the customer an apology.</summary>
    public string? Owes { get; set; }
}

/// <summary>DSK-2: an open offer, by what the desk finds it.</summary>
/// <param name="Agent">At whose desk it rings.</param>
/// <param name="Reservation">The place that the team's desk keeps for it.</param>
/// <param name="OfferedAt">Since when, in UTC ticks.</param>
internal sealed record RowRinging(string Agent, Guid Reservation, long OfferedAt);

/// <summary>What of a case, besides its type, decides who may take it.</summary>
/// <param name="Language">The customer's; null for English.</param>
/// <param name="Site">Where it happened.</param>
/// <param name="CausedBy">Who caused it.</param>
internal sealed record RowOrigin(string? Language, string? Site, string? CausedBy);
