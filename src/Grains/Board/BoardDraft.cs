using System.Collections.Immutable;

namespace Escalation.Grains.Board;

/// <summary>The next state of the board while it is being made: a batch's rows go in and out, the figures follow.</summary>
internal sealed class BoardDraft
{
    private readonly BoardState _from;
    private readonly ImmutableDictionary<Guid, BoardRow>.Builder _rows;
    private readonly List<(string Key, BoardIndex Index, ImmutableSortedSet<BoardRank>.Builder Ranks)> _indexes;
    private readonly ImmutableSortedSet<PromiseAt>.Builder _risks;
    private readonly ImmutableSortedSet<PromiseAt>.Builder _dues;
    private readonly ImmutableSortedSet<PromiseAt>.Builder _approvals;
    private LevelCounts _byLevel;
    private HeatCounts _byHeat;
    private int _unacknowledged;

    public BoardDraft(BoardState from)
    {
        _from = from;
        _rows = from.Rows.ToBuilder();
        _indexes = [("", from.All, from.All.Ranks.ToBuilder())];
        _indexes.AddRange(from.Watched.Select(kept => (kept.Key, kept.Value, kept.Value.Ranks.ToBuilder())));
        _risks = from.Risks.ToBuilder();
        _dues = from.Dues.ToBuilder();
        _approvals = from.Approvals.ToBuilder();
        (_byLevel, _byHeat, _unacknowledged) = (from.ByLevel, from.ByHeat, from.Unacknowledged);
    }

    public BoardRow? Find(Guid id) => _rows.GetValueOrDefault(id);

    public void Put(BoardRow row)
    {
        var before = Find(row.Id);
        _rows[row.Id] = row;
        Move(before, row);
    }

    public void Take(Guid id)
    {
        if (_rows.Remove(id, out var row))
        {
            Move(row, null);
        }
    }

    public BoardState Done() => _from with
    {
        Rows = _rows.ToImmutable(),
        All = _indexes[0].Index with { Ranks = _indexes[0].Ranks.ToImmutable() },
        Watched = _from.Watched.SetItems(_indexes.Skip(1).Select(kept =>
            KeyValuePair.Create(kept.Key, kept.Index with { Ranks = kept.Ranks.ToImmutable() }))),
        Risks = _risks.ToImmutable(),
        Dues = _dues.ToImmutable(),
        Approvals = _approvals.ToImmutable(),
        ByLevel = _byLevel,
        ByHeat = _byHeat,
        Unacknowledged = _unacknowledged,
    };

    /// <summary>Most changes leave a row in its place and its promises alone: then only the row itself is exchanged.</summary>
    private void Move(BoardRow? before, BoardRow? after)
    {
        foreach (var (_, index, ranks) in _indexes)
        {
            var (from, to) = (index.RankOf(before), index.RankOf(after));
            if (from != to)
            {
                Exchange(ranks, from, to);
            }
        }

        if (before?.Promises != after?.Promises)
        {
            _risks.ExceptWith(BoardState.RisksOf(before));
            _dues.ExceptWith(BoardState.DuesOf(before));
            _risks.UnionWith(BoardState.RisksOf(after));
            _dues.UnionWith(BoardState.DuesOf(after));
        }

        if (before?.Approvals is not null || after?.Approvals is not null)
        {
            _approvals.ExceptWith(BoardState.ApprovalsOf(before));
            _approvals.UnionWith(BoardState.ApprovalsOf(after));
        }

        Count(before, -1);
        Count(after, +1);
    }

    private static void Exchange(ImmutableSortedSet<BoardRank>.Builder ranks, BoardRank? from, BoardRank? to)
    {
        if (from is { } old)
        {
            ranks.Remove(old);
        }

        if (to is { } place)
        {
            ranks.Add(place);
        }
    }

    private void Count(BoardRow? row, int by)
    {
        if (row is not null)
        {
            _byLevel = _byLevel.Plus(row.Level, by);
            _byHeat = _byHeat.Plus(row.Heat, by);
            _unacknowledged += by * row.Escalations.Length;
        }
    }
}
