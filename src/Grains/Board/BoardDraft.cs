using System.Collections.Immutable;

namespace Escalation.Grains.Board;

/// <summary>The next state of the board while it is being made: a batch's rows go in and out, the figures follow.</summary>
internal sealed class BoardDraft
{
    private readonly BoardState _from;
    private readonly ImmutableDictionary<Guid, BoardRow>.Builder _rows;
    private readonly List<(string Key, BoardIndex Index, ImmutableSortedSet<RankedRow>.Builder Rows)> _indexes;
    private readonly ImmutableSortedSet<PromiseAt>.Builder _risks;
    private readonly ImmutableSortedSet<PromiseAt>.Builder _dues;
    private LevelCounts _byLevel;
    private HeatCounts _byHeat;
    private int _unacknowledged;

    public BoardDraft(BoardState from)
    {
        _from = from;
        _rows = from.Rows.ToBuilder();
        _indexes = [("", from.All, from.All.Rows.ToBuilder())];
        _indexes.AddRange(from.Watched.Select(kept => (kept.Key, kept.Value, kept.Value.Rows.ToBuilder())));
        _risks = from.Risks.ToBuilder();
        _dues = from.Dues.ToBuilder();
        (_byLevel, _byHeat, _unacknowledged) = (from.ByLevel, from.ByHeat, from.Unacknowledged);
    }

    public BoardRow? Find(Guid id) => _rows.GetValueOrDefault(id);

    public void Put(BoardRow row)
    {
        Take(row.Id);
        _rows[row.Id] = row;
        foreach (var (_, index, rows) in _indexes)
        {
            if (index.View.Matches(row))
            {
                rows.Add(new RankedRow(BoardRank.Of(row, index.View.Sort), row));
            }
        }

        _risks.UnionWith(BoardState.RisksOf(row));
        _dues.UnionWith(BoardState.DuesOf(row));
        Count(row, +1);
    }

    public void Take(Guid id)
    {
        if (!_rows.Remove(id, out var row))
        {
            return;
        }

        foreach (var (_, index, rows) in _indexes)
        {
            rows.Remove(new RankedRow(BoardRank.Of(row, index.View.Sort), null));
        }

        _risks.ExceptWith(BoardState.RisksOf(row));
        _dues.ExceptWith(BoardState.DuesOf(row));
        Count(row, -1);
    }

    public BoardState Done() => _from with
    {
        Rows = _rows.ToImmutable(),
        All = _indexes[0].Index with { Rows = _indexes[0].Rows.ToImmutable() },
        Watched = _from.Watched.SetItems(_indexes.Skip(1).Select(kept =>
            KeyValuePair.Create(kept.Key, kept.Index with { Rows = kept.Rows.ToImmutable() }))),
        Risks = _risks.ToImmutable(),
        Dues = _dues.ToImmutable(),
        ByLevel = _byLevel,
        ByHeat = _byHeat,
        Unacknowledged = _unacknowledged,
    };

    private void Count(BoardRow row, int by)
    {
        _byLevel = _byLevel.Plus(row.Level, by);
        _byHeat = _byHeat.Plus(row.Heat, by);
        _unacknowledged += by * row.Escalations.Length;
    }
}
