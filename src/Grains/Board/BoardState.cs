using System.Collections.Immutable;

namespace Escalation.Grains.Board;

/// <summary>
/// The board at one moment. Never changes, so any number of readers may look at it without a lock while the next one is
/// made; a change costs the logarithm of the board's size, whoever is watching.
/// </summary>
internal sealed record BoardState
{
    /// <summary>A promise is at risk this long before it is due, at the latest.</summary>
    private static readonly TimeSpan Close = TimeSpan.FromMinutes(30);

    public long Sequence { get; init; }

    public long Position { get; init; }

    public bool IsLoaded { get; init; }

    public TimeSpan Lag { get; init; }

    public DateTimeOffset? StaleSince { get; init; }

    public ImmutableDictionary<Guid, BoardRow> Rows { get; init; } = ImmutableDictionary<Guid, BoardRow>.Empty;

    /// <summary>All rows by urgency: the view nearly everyone watches, and the answer to "how many are overdue".</summary>
    public BoardIndex All { get; init; } = new(BoardView.Default);

    /// <summary>Filtered or otherwise sorted views that someone is watching, by their key.</summary>
    public ImmutableDictionary<string, BoardIndex> Watched { get; init; } = ImmutableDictionary<string, BoardIndex>.Empty;

    /// <summary>Open promises by the instant from which they are at risk.</summary>
    public ImmutableSortedSet<PromiseAt> Risks { get; init; } = [];

    /// <summary>Open promises by due instant.</summary>
    public ImmutableSortedSet<PromiseAt> Dues { get; init; } = [];

    /// <summary>Approvals that wait, by the instant by which they have to be decided.</summary>
    public ImmutableSortedSet<PromiseAt> Approvals { get; init; } = [];

    public LevelCounts ByLevel { get; init; } = new(0, 0, 0, 0);

    public HeatCounts ByHeat { get; init; } = new(0, 0, 0, 0, 0);

    public int Unacknowledged { get; init; }

    /// <summary>Completes when a newer state has taken this one's place.</summary>
    public TaskCompletionSource Superseded { get; init; } = NewSignal();

    /// <summary>All rows at once: sorting them together is several times cheaper than taking them in one by one.</summary>
    public static BoardState Of(IEnumerable<BoardRow> rows, ImmutableDictionary<string, BoardIndex> watched)
    {
        var byId = rows.ToImmutableDictionary(row => row.Id);
        var (byLevel, byHeat, unacknowledged) = (new LevelCounts(0, 0, 0, 0), new HeatCounts(0, 0, 0, 0, 0), 0);
        foreach (var row in byId.Values)
        {
            byLevel = byLevel.Plus(row.Level, 1);
            byHeat = byHeat.Plus(row.Heat, 1);
            unacknowledged += row.Escalations.Length;
        }

        return new BoardState
        {
            IsLoaded = true,
            Rows = byId,
            All = BoardIndex.Of(BoardView.Default, byId.Values),
            Watched = watched.ToImmutableDictionary(kept => kept.Key, kept => BoardIndex.Of(kept.Value.View, byId.Values)),
            Risks = byId.Values.SelectMany(RisksOf).ToImmutableSortedSet(),
            Dues = byId.Values.SelectMany(DuesOf).ToImmutableSortedSet(),
            Approvals = byId.Values.SelectMany(ApprovalsOf).ToImmutableSortedSet(),
            ByLevel = byLevel,
            ByHeat = byHeat,
            Unacknowledged = unacknowledged,
        };
    }

    public static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BoardPage Read(BoardView view, BoardIndex index, DateTimeOffset now)
    {
        var first = view.After is { } after ? index.CountThrough(after) : 0;
        var count = Math.Clamp(index.Ranks.Count - first, 0, view.Limit);
        var rows = new BoardRow[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = Rows[index.Ranks[first + i].Id];
        }

        var counts = new BoardCounts(
            Rows.Count,
            index.Ranks.Count,
            ByLevel,
            ByHeat,
            All.CountThrough(new BoardRank(now.UtcTicks, long.MaxValue, Guid.AllBitsSet)),
            Dues.Count,
            CountThrough(Risks, now),
            Dues.IsEmpty ? null : Dues.Min.At,
            Unacknowledged,
            Approvals.Count);
        BoardRank? next = first + count < index.Ranks.Count && count > 0 ? index.Ranks[first + count - 1] : null;
        return new BoardPage(Sequence, Position, rows, counts, next, Lag, StaleSince);
    }

    /// <summary>The index of a view: kept if someone watches it, else found by looking at every row once.</summary>
    public BoardIndex IndexOf(BoardView view, string key) =>
        key.Length == 0 ? All : Watched.TryGetValue(key, out var kept) ? kept : BoardIndex.Of(view, Rows.Values);

    public static IEnumerable<PromiseAt> RisksOf(BoardRow? row) => row is null ? [] : row.Promises.Select(promise => new PromiseAt(
        promise.SendBy < promise.DueAt - Close ? promise.SendBy : promise.DueAt - Close, row.Id, promise.Id));

    public static IEnumerable<PromiseAt> DuesOf(BoardRow? row) =>
        row is null ? [] : row.Promises.Select(promise => new PromiseAt(promise.DueAt, row.Id, promise.Id));

    public static IEnumerable<PromiseAt> ApprovalsOf(BoardRow? row) =>
        row?.Approvals is { } approvals ? approvals.Select(approval => new PromiseAt(approval.DecideBy, row.Id, approval.Id)) : [];

    private static int CountThrough(ImmutableSortedSet<PromiseAt> set, DateTimeOffset now)
    {
        var at = set.IndexOf(new PromiseAt(now, Guid.AllBitsSet, "\uffff"));
        return at >= 0 ? at + 1 : ~at;
    }
}

/// <summary>A promise, or an approval, at an instant that matters.</summary>
internal readonly record struct PromiseAt(DateTimeOffset At, Guid Case, string Promise) : IComparable<PromiseAt>
{
    public int CompareTo(PromiseAt other)
    {
        var order = At.CompareTo(other.At);
        order = order != 0 ? order : Case.CompareTo(other.Case);
        return order != 0 ? order : string.CompareOrdinal(Promise, other.Promise);
    }
}

/// <summary>The places of one filter's rows in one order.</summary>
internal sealed record BoardIndex(BoardView View)
{
    public ImmutableSortedSet<BoardRank> Ranks { get; init; } = [];

    public static BoardIndex Of(BoardView view, IEnumerable<BoardRow> rows) => new(view)
    {
        Ranks = rows.Where(view.Matches).Select(row => BoardRank.Of(row, view.Sort)).ToImmutableSortedSet(),
    };

    /// <summary>The row's place; null when the filter does not let it through, or when there is no row.</summary>
    public BoardRank? RankOf(BoardRow? row) =>
        row is not null && View.Matches(row) ? BoardRank.Of(row, View.Sort) : null;

    /// <summary>How many rows stand at or before <paramref name="rank"/>.</summary>
    public int CountThrough(BoardRank rank)
    {
        var at = Ranks.IndexOf(rank);
        return at >= 0 ? at + 1 : ~at;
    }
}
