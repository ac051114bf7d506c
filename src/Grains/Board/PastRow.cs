using System.Collections.Concurrent;

namespace Escalation.Grains.Board;

/// <summary>
/// What a row of a board of the past is found, ordered and counted by: numbers and nothing else, so that a million of them are
/// made and looked through in a blink. Instants are UTC ticks, words are numbers of <see cref="PastWords"/>.
/// </summary>
internal struct PastRow
{
    public Guid Id;
    public long Number;
    public long ComplainedAt;
    public long DueAt;
    public int Version;
    public int Type;
    public int Owner;
    public int Holder;

    /// <summary>Where its promises begin among those of its part, and how many numbers they are: for each the instant from which it is at risk, then its due instant.</summary>
    public int PromisesAt;
    public ushort PromisesLength;
    public ushort Escalations;
    public ushort Approvals;
    public ushort Silent;
    public byte Stage;
    public byte Heat;
    public byte Level;
    public byte DueKind;

    public static PastRow Of(in RowKeys keys) => new()
    {
        Id = keys.Id,
        Number = keys.Number,
        ComplainedAt = keys.ComplainedAt,
        DueAt = keys.DueAt,
        Version = keys.Version,
        Type = PastWords.NumberOf(keys.Type),
        Owner = PastWords.NumberOf(keys.Owner),
        Holder = PastWords.NumberOf(keys.Holder),
        Escalations = Small(keys.Waiting?.Escalations ?? 0),
        Approvals = Small(keys.Waiting?.Approvals ?? 0),
        Silent = Small(keys.Waiting?.Silent ?? 0),
        Stage = keys.Stage,
        Heat = keys.Heat,
        Level = keys.Level,
        DueKind = keys.DueKind,
    };

    public readonly BoardRank Rank(BoardSort sort) => BoardRank.Of(sort, Id, Number, ComplainedAt, DueAt, DueKind, Heat);

    /// <summary>A row that can be told apart from others, without text.</summary>
    public readonly KeptRow ToKept() => new(
        new RowKeys
        {
            Id = Id,
            Version = Version,
            Number = Number,
            ComplainedAt = ComplainedAt,
            DueAt = DueAt,
            DueKind = DueKind,
            Type = PastWords.Of(Type)!,
            Owner = PastWords.Of(Owner),
            Holder = PastWords.Of(Holder),
            Stage = Stage,
            Heat = Heat,
            Level = Level,
        },
        []);

    private static ushort Small(int count) => (ushort)Math.Min(count, ushort.MaxValue);
}

/// <summary>Some rows with their promises. Never changes.</summary>
internal sealed record PastPart(PastRow[] Rows, long[] Promises)
{
    public ReadOnlySpan<long> PromisesOf(in PastRow row) => Promises.AsSpan(row.PromisesAt, row.PromisesLength);
}

/// <summary>Rows while they are gathered.</summary>
internal sealed class PastRowList
{
    /// <summary>How many rows are in a part: enough to be worth a thread.</summary>
    public const int PartSize = 16_384;

    private readonly List<PastRow> _rows = [];
    private readonly List<long> _promises = [];

    public int Count => _rows.Count;

    public PastRow this[int place] => _rows[place];

    public int Add(PastRow row, ReadOnlySpan<long> promises)
    {
        (row.PromisesAt, row.PromisesLength) = (_promises.Count, (ushort)promises.Length);
        _promises.AddRange(promises);
        _rows.Add(row);
        return _rows.Count - 1;
    }

    public ReadOnlySpan<long> PromisesOf(in PastRow row) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_promises).Slice(row.PromisesAt, row.PromisesLength);

    public PastPart ToPart() => new([.. _rows], [.. _promises]);
}

/// <summary>Types and people's ids, each once and by a number; 0 is none. They are few, and stay known for as long as the process runs.</summary>
internal static class PastWords
{
    private static readonly ConcurrentDictionary<string, int> Numbers = new(StringComparer.Ordinal);
    private static readonly Lock Adding = new();
    private static volatile string?[] _words = [null];
    private static volatile int _count = 1;

    /// <summary>More than any number that was given until now.</summary>
    public static int Count => _count;

    public static string? Of(int number) => _words[number];

    public static int NumberOf(string? word)
    {
        if (word is null)
        {
            return 0;
        }

        if (Numbers.TryGetValue(word, out var number))
        {
            return number;
        }

        lock (Adding)
        {
            if (!Numbers.TryGetValue(word, out number))
            {
                number = _count;
                if (number == _words.Length)
                {
                    var longer = new string?[number * 2];
                    _words.CopyTo(longer, 0);
                    _words = longer;
                }

                _words[number] = word;
                _count = number + 1;
                Numbers[word] = number;
            }

            return number;
        }
    }
}
