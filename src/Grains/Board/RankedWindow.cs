namespace Escalation.Grains.Board;

/// <summary>The rows that a view shows, of many that are offered in any order; never more than that are kept.</summary>
internal sealed class RankedWindow<TRow>(BoardView view)
{
    // The last of the window lies on top, to make room for a better one.
    private readonly PriorityQueue<TRow, BoardRank> _rows = new(Comparer<BoardRank>.Create((one, other) => other.CompareTo(one)));
    private int _beyond;

    /// <summary>In the order of their ranks.</summary>
    public IEnumerable<TRow> Rows => _rows.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element);

    /// <summary>Where the next page begins; null at the end.</summary>
    public BoardRank? Next => _beyond > 0 && _rows.Count > 0 ? _rows.UnorderedItems.Max(item => item.Priority) : null;

    public void Offer(in TRow row, BoardRank rank)
    {
        if (view.After is { } after && rank <= after)
        {
            return;
        }

        if (_rows.Count < view.Limit)
        {
            _rows.Enqueue(row, rank);
            return;
        }

        _beyond++;
        if (_rows.TryPeek(out _, out var last) && rank < last)
        {
            _rows.EnqueueDequeue(row, rank);
        }
    }

    /// <summary>What was offered to a window of the same view.</summary>
    public void Take(RankedWindow<TRow> other)
    {
        _beyond += other._beyond;
        foreach (var (row, rank) in other._rows.UnorderedItems)
        {
            Offer(in row, rank);
        }
    }
}
