namespace Escalation.Grains.Board;

/// <summary>Which rows a view lets through, made ready to be asked a million times.</summary>
internal sealed class RowFilter
{
    private readonly Guid? _case;
    private readonly uint _levels;
    private readonly uint _stages;
    private readonly uint _heats;
    private readonly string[] _types;
    private readonly string? _owner;
    private readonly IReadOnlyList<string> _teams;
    private readonly TeamLookup _lookup;
    private readonly byte[][] _words;

    public RowFilter(BoardView view)
    {
        _case = view.Case;
        _levels = Mask(view.Levels.Select(level => (int)level));
        _stages = Mask(view.Stages.Select(stage => (int)stage));
        _heats = Mask(view.Heats.Select(heat => (int)heat));
        _types = [.. view.Types];
        _owner = view.Owner;
        (_teams, _lookup) = (view.Teams, TeamLookup.Of(view.People));
        _words = [.. view.Words.Select(RowReader.Folded)];
    }

    /// <summary>The longest word that is searched for; null for no search.</summary>
    public byte[]? Rarest => _words.MaxBy(word => word.Length);

    /// <param name="row">The row.</param>
    /// <param name="search">The words of the row that a search looks in.</param>
    public bool Matches(KeptRow row, ReadOnlySpan<byte> search)
    {
        ref readonly var keys = ref row.Keys;
        if ((_levels >> keys.Level & 1) == 0 || (_stages >> keys.Stage & 1) == 0 || (_heats >> keys.Heat & 1) == 0 ||
            (_case is { } only && keys.Id != only) ||
            (_types.Length > 0 && Array.IndexOf(_types, keys.Type) < 0) ||
            (_owner is not null && !string.Equals(keys.Owner, _owner, StringComparison.OrdinalIgnoreCase)) ||
            (_teams.Count > 0 && (_lookup.Of(keys.Holder) is not { } team || !_teams.Contains(team))))
        {
            return false;
        }

        foreach (var word in _words)
        {
            if (search.IndexOf(word) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A bit for each of the numbers; all of them when there is none.</summary>
    public static uint Mask(IEnumerable<int> words)
    {
        var mask = words.Aggregate(0u, (bits, word) => bits | (1u << word));
        return mask == 0 ? uint.MaxValue : mask;
    }
}
