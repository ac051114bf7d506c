using System.Collections.Immutable;

namespace Escalation.Grains.Board;

/// <summary>
/// The board at one moment. Never changes, so any number of readers may look at it without a lock while the next one is
/// made; a change costs the logarithm of the board's size for each order that it stands in.
/// </summary>
internal sealed record BoardState
{
    public static BoardState Empty { get; } = new();

    public long Sequence { get; init; }

    public long Position { get; init; }

    public bool IsLoaded { get; init; }

    public TimeSpan Lag { get; init; }

    public DateTimeOffset? StaleSince { get; init; }

    public RowTable Table { get; init; } = RowTable.Empty;

    /// <summary>Slots of the table that closed cases have left.</summary>
    public ImmutableStack<int> Free { get; init; } = [];

    public SortedTree<KeptRow, ByRank> ById { get; init; } = SortedTree<KeptRow, ByRank>.Empty(new ByRank(RowOrder.Id));

    /// <summary>All rows by urgency: the view nearly everyone watches, and the answer to "how many are overdue".</summary>
    public BoardIndex All { get; init; } = BoardIndex.Empty(null, RowOrder.Urgency);

    /// <summary>Filtered or otherwise sorted views that someone is watching, by their key.</summary>
    public ImmutableDictionary<string, BoardIndex> Watched { get; init; } = ImmutableDictionary<string, BoardIndex>.Empty;

    /// <summary>For each open promise the instant from which it is at risk.</summary>
    public SortedTree<long, BySize> Risks { get; init; } = SortedTree<long, BySize>.Empty(default);

    /// <summary>For each open promise its due instant.</summary>
    public SortedTree<long, BySize> Dues { get; init; } = SortedTree<long, BySize>.Empty(default);

    /// <summary>Rows with escalations that nobody has acknowledged.</summary>
    public BoardIndex Escalated { get; init; } = BoardIndex.Empty(null, RowOrder.Escalations);

    /// <summary>Rows with approvals that wait.</summary>
    public BoardIndex Approvals { get; init; } = BoardIndex.Empty(null, RowOrder.Approvals);

    /// <summary>PRM-3: rows with promises whose owners were asked and stayed silent.</summary>
    public BoardIndex Silent { get; init; } = BoardIndex.Empty(null, RowOrder.Silent);

    public BoardTally Tally { get; init; } = BoardTally.None;

    public int Count => ById.Count;

    /// <summary>Completes when a newer state has taken this one's place.</summary>
    public TaskCompletionSource Superseded { get; init; } = NewSignal();

    /// <summary>All rows at once.</summary>
    /// <param name="blocks">Every row, some of them perhaps twice: the newer one holds.</param>
    /// <param name="watched">Filters that are watched, to be filled.</param>
    public static BoardState Of(IReadOnlyList<RowTable.Block> blocks, ImmutableDictionary<string, BoardIndex> watched)
    {
        var table = RowTable.Of(blocks);
        KeptRow[] rows = [.. blocks.SelectMany(block => block.Rows).OfType<KeptRow>()];
        var (byId, all) = (Empty.ById, Empty.All);
        Parallel.Invoke(
            () => byId = BoardIndex.Of(null, RowOrder.Id, [.. rows]).Rows,
            () => all = BoardIndex.Of(null, RowOrder.Urgency, [.. rows]));
        if (DropOlder(blocks, byId))
        {
            return Of(blocks, watched);
        }

        var (risks, dues, tally) = (Empty.Risks, Empty.Dues, Empty.Tally);
        Parallel.Invoke(
            () => risks = Promises(rows, 0),
            () => dues = Promises(rows, 1),
            () => tally = BoardTally.Of(rows));
        var state = new BoardState
        {
            IsLoaded = true,
            Table = table,
            Free = [.. table.FreeSlots.Reverse()],
            ById = byId,
            All = all,
            Risks = risks,
            Dues = dues,
            Escalated = BoardIndex.Of(null, RowOrder.Escalations, [.. rows.Where(row => row.Keys.Waiting?.Escalations > 0)]),
            Approvals = BoardIndex.Of(null, RowOrder.Approvals, [.. rows.Where(row => row.Keys.Waiting?.Approvals > 0)]),
            Silent = BoardIndex.Of(null, RowOrder.Silent, [.. rows.Where(row => row.Keys.Waiting?.Silent > 0)]),
            Tally = tally,
        };
        return state with { Watched = watched.ToImmutableDictionary(kept => kept.Key, kept => state.Index(kept.Value.Filter, kept.Value.Order)) };
    }

    public static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public KeptRow? Find(Guid id) =>
        ById.TryFind(new AtRank(new BoardRank(0, 0, id), RowOrder.Id), out var row) ? row : null;

    /// <summary>The view as it stands, from its index if someone watches it, else by a look at every row.</summary>
    public BoardPage Read(BoardView view, string key, DateTimeOffset now)
    {
        var index = key.Length == 0 ? All : Watched.GetValueOrDefault(key);
        if (index is not null)
        {
            var (rows, next) = index.Window(view);
            return Page(view, rows, next, index.Rows.Count, index, now);
        }

        var look = new BoardLook(view);
        if (view.Case is { } only)
        {
            look.Take(Find(only), this);
        }
        else
        {
            look.TakeAll(Table);
        }

        return Page(view, [.. look.Window.Rows], look.Window.Next, look.Matched, null, now);
    }

    public BoardPage Page(BoardView view, KeptRow[] rows, BoardRank? next, int matched, BoardIndex? index, DateTimeOffset now) => new(
        Sequence, Position, rows, Counts(view, matched, now), next, Lag, StaleSince) { Index = index };

    public BoardCounts Counts(BoardView view, int matched, DateTimeOffset now) => new(
        Count,
        matched,
        Tally.ByLevel,
        Tally.ByHeat,
        All.CountThrough(new BoardRank(now.UtcTicks, long.MaxValue, Guid.AllBitsSet)),
        Dues.Count,
        Risks.CountThrough(now.UtcTicks),
        Dues.Count == 0 ? null : new DateTimeOffset(Dues.First, TimeSpan.Zero),
        Tally.Unacknowledged,
        Tally.Approvals)
    {
        ByStage = Tally.ByStage,
        ByType = Tally.ByType,
        ByTeam = Tally.ByHolder.ByTeam(view.People),
        Silent = Tally.Silent,
    };

    /// <summary>BRD-1: promises by when they fall due, from <paramref name="now"/> on, in stretches of <paramref name="step"/>.</summary>
    public IReadOnlyList<PromisesAhead> Ahead(DateTimeOffset now, TimeSpan step, int stretches)
    {
        var ahead = new PromisesAhead[stretches];
        var (due, atRisk) = (Dues.CountThrough(now.UtcTicks), Risks.CountThrough(now.UtcTicks));
        for (var i = 0; i < stretches; i++)
        {
            var until = now + ((i + 1) * step);
            var (dueThen, atRiskThen) = (Dues.CountThrough(until.UtcTicks), Risks.CountThrough(until.UtcTicks));
            ahead[i] = new PromisesAhead(until, dueThen - due, atRiskThen - atRisk);
            (due, atRisk) = (dueThen, atRiskThen);
        }

        return ahead;
    }

    /// <summary>The rows that a filter lets through, in an order, found by a look at every row.</summary>
    public BoardIndex Index(RowFilter? filter, RowOrder order)
    {
        if (filter is null)
        {
            return BoardIndex.Of(null, order, All.Rows.Window(0, Count));
        }

        var rows = new List<KeptRow>();
        BoardLook.Each(Table, filter, rows.Add);
        return BoardIndex.Of(filter, order, [.. rows]);
    }

    /// <summary>Of each open promise the instant from which it is at risk (0) or its due instant (1), by size.</summary>
    private static SortedTree<long, BySize> Promises(KeptRow[] rows, int which)
    {
        var instants = new List<long>();
        foreach (var row in rows)
        {
            for (var i = which; i < (row.Keys.Promises?.Length ?? 0); i += 2)
            {
                instants.Add(row.Keys.Promises![i]);
            }
        }

        instants.Sort();
        return SortedTree<long, BySize>.Of(default, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(instants));
    }

    /// <summary>A row that was read while it changed may come twice; then the older one goes, and all has to be made again.</summary>
    private static bool DropOlder(IReadOnlyList<RowTable.Block> blocks, SortedTree<KeptRow, ByRank> byId)
    {
        var older = new HashSet<KeptRow>(ReferenceEqualityComparer.Instance);
        KeptRow? newest = null;
        foreach (var row in byId.Window(0, byId.Count))
        {
            if (newest is null || newest.Id != row.Id)
            {
                newest = row;
            }
            else
            {
                older.Add(newest.Version < row.Version ? newest : row);
                newest = newest.Version < row.Version ? row : newest;
            }
        }

        foreach (var rows in blocks.Where(_ => older.Count > 0).Select(block => block.Rows))
        {
            for (var place = 0; place < rows.Length; place++)
            {
                if (rows[place] is { } row && older.Contains(row))
                {
                    rows[place] = null;
                }
            }
        }

        return older.Count > 0;
    }
}
