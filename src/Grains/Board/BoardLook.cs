namespace Escalation.Grains.Board;

/// <summary>One look at every row for a view that nobody keeps: how many match, and the rows of its window.</summary>
internal sealed class BoardLook(BoardView view)
{
    private readonly RowFilter _filter = new(view);
    private readonly RowOrder _order = (RowOrder)view.Sort;

    /// <summary>How many rows the filter lets through.</summary>
    public int Matched { get; private set; }

    public RankedWindow<KeptRow> Window { get; } = new(view);

    public void Take(KeptRow? row, BoardState state)
    {
        if (row is not null && _filter.Matches(row, state.Table.SearchOf(row.Slot)))
        {
            Take(row);
        }
    }

    public void TakeAll(RowTable table) => Each(table, _filter, Take);

    /// <summary>Calls <paramref name="each"/> with every row that <paramref name="filter"/> lets through.</summary>
    public static void Each(RowTable table, RowFilter filter, Action<KeptRow> each)
    {
        var rarest = filter.Rarest;
        foreach (var block in table.Blocks)
        {
            if (rarest is null)
            {
                EachOf(block, filter, each);
            }
            else
            {
                EachWith(block, filter, rarest, each);
            }
        }
    }

    private static void EachOf(RowTable.Block block, RowFilter filter, Action<KeptRow> each)
    {
        foreach (var row in block.Rows)
        {
            if (row is not null && filter.Matches(row, default))
            {
                each(row);
            }
        }
    }

    /// <summary>Only rows that have the longest of the words are looked at more closely.</summary>
    private static void EachWith(RowTable.Block block, RowFilter filter, byte[] word, Action<KeptRow> each)
    {
        var search = block.Search.AsSpan();
        var at = 0;
        while (at < search.Length && search[at..].IndexOf(word) is >= 0 and var found)
        {
            var place = block.PlaceOf(at + found);
            if (block.Rows[place] is { } row && filter.Matches(row, block.SearchOf(place)))
            {
                each(row);
            }

            at = block.EndOf(place);
        }
    }

    private void Take(KeptRow row)
    {
        Matched++;
        Window.Offer(row, BoardRank.Of(row, _order));
    }
}
