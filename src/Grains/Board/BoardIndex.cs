namespace Escalation.Grains.Board;

/// <summary>The rows of one filter in one order.</summary>
internal sealed class BoardIndex
{
    private BoardIndex(RowFilter? filter, RowOrder order, SortedTree<KeptRow, ByRank> rows)
    {
        (Filter, Order, Rows) = (filter, order, rows);
    }

    /// <summary>Which rows it lets through; null for all.</summary>
    public RowFilter? Filter { get; }

    public RowOrder Order { get; }

    public SortedTree<KeptRow, ByRank> Rows { get; }

    /// <summary>Completes when the index has changed.</summary>
    public TaskCompletionSource Superseded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static BoardIndex Empty(RowFilter? filter, RowOrder order) =>
        new(filter, order, SortedTree<KeptRow, ByRank>.Empty(new ByRank(order)));

    /// <summary>Sorting all rows together, in place, is several times cheaper than taking them in one by one.</summary>
    public static BoardIndex Of(RowFilter? filter, RowOrder order, KeptRow[] rows)
    {
        RankSort.Sort(rows, order);
        return new BoardIndex(filter, order, SortedTree<KeptRow, ByRank>.Of(new ByRank(order), rows));
    }

    public BoardIndex With(SortedTree<KeptRow, ByRank> rows) =>
        ReferenceEquals(rows, Rows) ? this : new BoardIndex(Filter, Order, rows);

    /// <summary>How many rows stand at or before <paramref name="rank"/>.</summary>
    public int CountThrough(BoardRank rank) => Rows.CountThrough(new AtRank(rank, Order));

    /// <summary>The view's window, and where the next one begins.</summary>
    public (KeptRow[] Rows, BoardRank? Next) Window(BoardView view)
    {
        var first = view.After is { } after ? CountThrough(after) : 0;
        var rows = Rows.Window(first, view.Limit);
        return (rows, first + rows.Length < Rows.Count && rows.Length > 0 ? BoardRank.Of(rows[^1], Order) : null);
    }
}
