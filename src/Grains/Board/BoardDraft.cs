using System.Collections.Immutable;

namespace Escalation.Grains.Board;

/// <summary>The next state of the board while it is being made: a batch's rows go in and out, the figures follow.</summary>
internal sealed class BoardDraft
{
    private readonly BoardState _from;
    private readonly RowTable.Draft _table;
    private readonly BoardTally.Draft _tally;
    private readonly BoardIndex[] _indexes;
    private readonly SortedTree<KeptRow, ByRank>[] _rows;
    private readonly string[] _keys;
    private ImmutableStack<int> _free;
    private SortedTree<KeptRow, ByRank> _byId;
    private SortedTree<long, BySize> _risks;
    private SortedTree<long, BySize> _dues;
    private int _slots;

    // The board's own indexes come first, then those that are watched.
    private const int Own = 4;

    public BoardDraft(BoardState from)
    {
        _from = from;
        _table = new RowTable.Draft(from.Table);
        _tally = new BoardTally.Draft(from.Tally);
        _slots = from.Table.Slots;
        (_free, _byId, _risks, _dues) = (from.Free, from.ById, from.Risks, from.Dues);
        _keys = [.. from.Watched.Keys];
        _indexes = [from.All, from.Escalated, from.Approvals, from.Silent, .. _keys.Select(key => from.Watched[key])];
        _rows = [.. _indexes.Select(index => index.Rows)];
    }

    public KeptRow? Find(Guid id) =>
        _byId.TryFind(new AtRank(new BoardRank(0, 0, id), RowOrder.Id), out var row) ? row : null;

    /// <summary>Puts a case's row in, in the place of the one it had.</summary>
    /// <param name="row">The row.</param>
    /// <param name="search">The words that a search looks in.</param>
    public void Put(KeptRow row, ReadOnlySpan<byte> search)
    {
        var before = Find(row.Id);
        row.Slot = before?.Slot ?? NewSlot();
        Move(before, before is null ? default : _table.SearchOf(before.Slot), row, search);
        _table.Put(row.Slot, row, search);
        _byId = _byId.Put(row);
    }

    /// <summary>Takes a case out; null when it was not there.</summary>
    public KeptRow? Take(Guid id)
    {
        var row = Find(id);
        if (row is not null)
        {
            Move(row, _table.SearchOf(row.Slot), null, default);
            _table.Put(row.Slot, null, default);
            _byId = _byId.Remove(row);
            _free = _free.Push(row.Slot);
        }

        return row;
    }

    public BoardState Done()
    {
        for (var i = 0; i < _indexes.Length; i++)
        {
            _indexes[i] = _indexes[i].With(_rows[i]);
        }

        return _from with
        {
            Table = _table.Done(),
            Free = _free,
            ById = _byId,
            All = _indexes[0],
            Escalated = _indexes[1],
            Approvals = _indexes[2],
            Silent = _indexes[3],
            Watched = _from.Watched.SetItems(_keys.Select((key, i) => KeyValuePair.Create(key, _indexes[Own + i]))),
            Risks = _risks,
            Dues = _dues,
            Tally = _tally.Done(),
        };
    }

    private int NewSlot()
    {
        if (!_free.IsEmpty)
        {
            _free = _free.Pop(out var slot);
            return slot;
        }

        return _slots++;
    }

    private void Move(KeptRow? before, ReadOnlySpan<byte> wordsBefore, KeptRow? after, ReadOnlySpan<byte> wordsAfter)
    {
        Move(0, before is not null, after is not null, before, after);
        Move(1, before?.Keys.Waiting?.Escalations > 0, after?.Keys.Waiting?.Escalations > 0, before, after);
        Move(2, before?.Keys.Waiting?.Approvals > 0, after?.Keys.Waiting?.Approvals > 0, before, after);
        Move(3, before?.Keys.Waiting?.Silent > 0, after?.Keys.Waiting?.Silent > 0, before, after);
        for (var i = Own; i < _indexes.Length; i++)
        {
            var filter = _indexes[i].Filter;
            Move(
                i,
                before is not null && (filter is null || filter.Matches(before, wordsBefore)),
                after is not null && (filter is null || filter.Matches(after, wordsAfter)),
                before,
                after);
        }

        MovePromises(before, after);
        if (before is not null)
        {
            _tally.Count(before, -1);
        }

        if (after is not null)
        {
            _tally.Count(after, +1);
        }
    }

    /// <summary>Most changes leave a row in its place: then only the row itself is exchanged.</summary>
    private void Move(int index, bool was, bool becomes, KeptRow? before, KeptRow? after)
    {
        var order = _indexes[index].Order;
        if (was && becomes && BoardRank.Of(before!, order) == BoardRank.Of(after!, order))
        {
            _rows[index] = _rows[index].Put(after!);
            return;
        }

        if (was)
        {
            _rows[index] = _rows[index].Remove(before!);
        }

        if (becomes)
        {
            _rows[index] = _rows[index].Add(after!);
        }
    }

    private void MovePromises(KeptRow? before, KeptRow? after)
    {
        var (were, are) = (before?.Keys.Promises ?? [], after?.Keys.Promises ?? []);
        if (were.AsSpan().SequenceEqual(are))
        {
            return;
        }

        for (var i = 0; i < were.Length; i += 2)
        {
            (_risks, _dues) = (_risks.Remove(were[i]), _dues.Remove(were[i + 1]));
        }

        for (var i = 0; i < are.Length; i += 2)
        {
            (_risks, _dues) = (_risks.Add(are[i]), _dues.Add(are[i + 1]));
        }
    }
}
