namespace Escalation.Grains.Board;

/// <summary>
/// BRD-6: which cases were open at an instant, and in which order they stood. Knows what rows are found, ordered and counted
/// by, and no customer's name or word: those are read from the log when a row is shown, so that what was erased never comes
/// back. Never changes; the board at another instant shares what is the same. A view is one look at every row.
/// </summary>
public sealed class PastBoard
{
    private const int Few = 2 * PastRowList.PartSize;

    /// <summary>The rows as they were at some other instant, but for those that changed since, and where those stand now.</summary>
    private readonly IReadOnlyList<PastPart> _parts;
    private readonly PastChanges _changes;
    private readonly PastPart _changed;
    private readonly Lazy<int> _openCases;

    private PastBoard(IReadOnlyList<PastPart> parts, PastChanges changes, DateTimeOffset at, DateTimeOffset until, long position)
    {
        (_parts, _changes, _changed, At, Until, Position) = (parts, changes, changes.ToPart(), at, until, position);
        _openCases = new Lazy<int>(() => Parts().Sum(part => part.Changed is null ? part.Part.Rows.Length : part.Part.Rows.Count(row => !part.Changed.Has(row.Id))));
    }

    /// <summary>The board before anything happened.</summary>
    public static PastBoard Empty { get; } = new([], new PastChanges(), DateTimeOffset.MinValue, DateTimeOffset.MinValue, 0);

    /// <summary>All that happened until this instant is known.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Nothing that happened after this instant is known; the same as <see cref="At"/> unless it was live a moment ago.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Position of the last event until then.</summary>
    public long Position { get; }

    public int OpenCases => _openCases.Value;

    /// <summary>How many rows it has in memory.</summary>
    public int HeldRows => _parts.Sum(part => part.Rows.Length) + _changed.Rows.Length;

    /// <summary>The board at another instant.</summary>
    /// <param name="at">Earlier or later.</param>
    /// <param name="position">Position of the last event until then.</param>
    /// <param name="changes">Every case to which something happened in between.</param>
    public PastBoard With(DateTimeOffset at, long position, PastChanges changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var all = changes.Count == 0 ? _changes : _changes.Then(changes);
        var board = new PastBoard(_parts, all, at, at, position);
        return all.Count <= PastRowList.PartSize + (HeldRows / 16) ? board : new PastBoard(board.Compacted(), new PastChanges(), at, at, position);
    }

    /// <summary>The window of a view that searches for no words. Its rows can be told apart, and have no text.</summary>
    /// <param name="view">The view.</param>
    /// <param name="among">Only these cases; null for all.</param>
    public BoardPage Read(BoardView view, IReadOnlySet<Guid>? among = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Scan(view, among).ToPage(Position);
    }

    /// <summary>The cases that a view lets through but for its words: what a search looks in besides the customer's own. In no order.</summary>
    public IReadOnlyList<PastCase> Cases(BoardView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var filter = new PastFilter(view, null);
        var cases = new List<PastCase>();
        foreach (var (part, changed) in Parts())
        {
            foreach (ref readonly var row in part.Rows.AsSpan())
            {
                if (filter.Matches(in row) && changed?.Has(row.Id) != true)
                {
                    cases.Add(new PastCase(row.Id, row.Number, PastWords.Of(row.Type)!, PastWords.Of(row.Owner)));
                }
            }
        }

        return cases;
    }

    /// <summary>All rows, to be stored.</summary>
    public byte[] Write()
    {
        var writer = new PastRowWriter(At);
        foreach (var part in Compacted())
        {
            foreach (ref readonly var row in part.Rows.AsSpan())
            {
                writer.Write(in row, part.PromisesOf(in row));
            }

            writer.EndPart();
        }

        return writer.ToBytes();
    }

    /// <summary>A board that was stored, with what changed since; null when another version of the platform wrote it.</summary>
    /// <param name="written">The stored rows; empty for the board before everything.</param>
    /// <param name="at">The instant of the board that is made.</param>
    /// <param name="position">Position of the last event until then.</param>
    /// <param name="changes">Every case to which something happened from the stored board until <paramref name="at"/>. Not to be changed afterwards.</param>
    public static PastBoard? Read(ReadOnlyMemory<byte> written, DateTimeOffset at, long position, PastChanges changes)
    {
        if (written.IsEmpty)
        {
            return new PastBoard([], changes, at, at, position);
        }

        if (PastRowHead.Read(written) is not { } head)
        {
            return null;
        }

        var parts = new PastPart[head.Parts.Length];
        Parallel.For(0, parts.Length, number =>
        {
            var reader = new PastRowReader(head, head.Parts[number].Span);
            var rows = new PastRowList();
            while (reader.Left > 0)
            {
                reader.Read(rows);
            }

            parts[number] = rows.ToPart();
        });
        return new PastBoard(parts, changes, at, at, position);
    }

    /// <summary>The live board, to be taken back in time from here.</summary>
    /// <param name="table">Its rows.</param>
    /// <param name="settled">What happened until this instant is known to it for certain.</param>
    /// <param name="position">Position of the last event that it knows.</param>
    internal static PastBoard Of(RowTable table, DateTimeOffset settled, long position)
    {
        var blocks = table.Blocks.Chunk(PastRowList.PartSize / RowTable.BlockSize).ToArray();
        var parts = new PastPart[blocks.Length];
        Parallel.For(0, parts.Length, number =>
        {
            var rows = new PastRowList();
            foreach (var row in blocks[number].SelectMany(block => block.Rows).OfType<KeptRow>())
            {
                rows.Add(PastRow.Of(in row.Keys), row.Keys.Promises);
            }

            parts[number] = rows.ToPart();
        });
        return new PastBoard(parts, new PastChanges(), settled, DateTimeOffset.MaxValue, position);
    }

    private IEnumerable<(PastPart Part, PastChanges? Changed)> Parts() =>
        [.. _parts.Select(part => (part, _changes.Count == 0 ? null : _changes)), (_changed, null)];

    private PastScan Scan(BoardView view, IReadOnlySet<Guid>? among)
    {
        var filter = new PastFilter(view, among);
        (PastPart Part, PastChanges? Changed)[] parts = [.. Parts()];
        if (HeldRows <= Few)
        {
            var scan = new PastScan(view, filter, At);
            foreach (var (part, changed) in parts)
            {
                scan.Take(part, changed);
            }

            return scan;
        }

        var whole = new PastScan(view, filter, At);
        Parallel.ForEach(
            parts,
            () => new PastScan(view, filter, At),
            (part, _, scan) =>
            {
                scan.Take(part.Part, part.Changed);
                return scan;
            },
            scan =>
            {
                lock (whole)
                {
                    whole.Take(scan);
                }
            });
        return whole;
    }

    private PastPart[] Compacted()
    {
        var parts = new List<PastPart>();
        var rows = new PastRowList();
        foreach (var (part, changed) in Parts())
        {
            foreach (ref readonly var row in part.Rows.AsSpan())
            {
                if (changed?.Has(row.Id) == true)
                {
                    continue;
                }

                if (rows.Add(row, part.PromisesOf(in row)) == PastRowList.PartSize - 1)
                {
                    parts.Add(rows.ToPart());
                    rows = new PastRowList();
                }
            }
        }

        return [.. parts, rows.ToPart()];
    }
}

/// <summary>A case of the past, as far as a search looks in it besides the customer's own words.</summary>
public readonly record struct PastCase(Guid Id, long Number, string Type, string? Owner);
