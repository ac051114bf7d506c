namespace Escalation.Grains.Board;

/// <summary>Which rows of the past a view lets through, but for its words.</summary>
internal sealed class PastFilter
{
    private readonly IReadOnlySet<Guid>? _among;
    private readonly Guid? _case;
    private readonly uint _levels;
    private readonly uint _stages;
    private readonly uint _heats;
    private readonly bool[]? _types;
    private readonly bool[]? _owners;
    private readonly bool[]? _holders;

    public PastFilter(BoardView view, IReadOnlySet<Guid>? among)
    {
        (_among, _case) = (among, view.Case);
        _levels = RowFilter.Mask(view.Levels.Select(level => (int)level));
        _stages = RowFilter.Mask(view.Stages.Select(stage => (int)stage));
        _heats = RowFilter.Mask(view.Heats.Select(heat => (int)heat));
        _types = view.Types.Count == 0 ? null : Words(view.Types.Contains);
        _owners = view.Owner is null ? null : Words(word => string.Equals(word, view.Owner, StringComparison.OrdinalIgnoreCase));
        var lookup = TeamLookup.Of(view.People);
        _holders = view.Teams.Count == 0 ? null : Words(word => lookup.Of(word) is { } team && view.Teams.Contains(team));
    }

    public bool Matches(in PastRow row) =>
        (_levels >> row.Level & 1) != 0 && (_stages >> row.Stage & 1) != 0 && (_heats >> row.Heat & 1) != 0 &&
        _types?[row.Type] != false && _owners?[row.Owner] != false && _holders?[row.Holder] != false &&
        (_case is null || row.Id == _case) && _among?.Contains(row.Id) != false;

    /// <summary>Of each word whether it is wanted; the board's words were known before the view was asked for.</summary>
    private static bool[] Words(Func<string, bool> isWanted) =>
        [.. Enumerable.Range(0, PastWords.Count).Select(number => PastWords.Of(number) is { } word && isWanted(word))];
}

/// <summary>One look at rows of the past for a view: its window, and the figures over all rows.</summary>
internal sealed class PastScan(BoardView view, PastFilter filter, DateTimeOffset at)
{
    private readonly long _now = at.UtcTicks;
    private readonly RankedWindow<PastRow> _window = new(view);
    private readonly int[] _levels = new int[4];
    private readonly int[] _heats = new int[5];
    private readonly int[] _stages = new int[6];
    private readonly int[] _types = new int[PastWords.Count];
    private readonly int[] _holders = new int[PastWords.Count];
    private int _total;
    private int _matched;
    private int _overdue;
    private int _promises;
    private int _atRisk;
    private long _nextDue = KeptRow.Never;
    private int _unacknowledged;
    private int _approvals;
    private int _silent;

    /// <param name="part">The rows.</param>
    /// <param name="changed">Rows that count no longer; null for none.</param>
    public void Take(PastPart part, PastChanges? changed)
    {
        foreach (ref readonly var row in part.Rows.AsSpan())
        {
            if (changed?.Has(row.Id) != true)
            {
                Count(in row, part.PromisesOf(in row));
                if (filter.Matches(in row))
                {
                    _matched++;
                    _window.Offer(in row, row.Rank(view.Sort));
                }
            }
        }
    }

    /// <summary>What another look at other rows has found.</summary>
    public void Take(PastScan other)
    {
        Add(_levels, other._levels);
        Add(_heats, other._heats);
        Add(_stages, other._stages);
        Add(_types, other._types);
        Add(_holders, other._holders);
        (_total, _matched) = (_total + other._total, _matched + other._matched);
        (_overdue, _promises, _atRisk) = (_overdue + other._overdue, _promises + other._promises, _atRisk + other._atRisk);
        (_unacknowledged, _approvals, _silent) = (_unacknowledged + other._unacknowledged, _approvals + other._approvals, _silent + other._silent);
        _nextDue = Math.Min(_nextDue, other._nextDue);
        _window.Take(other._window);

        static void Add(int[] counts, int[] more)
        {
            for (var i = 0; i < Math.Min(counts.Length, more.Length); i++)
            {
                counts[i] += more[i];
            }
        }
    }

    public BoardPage ToPage(long position)
    {
        var counts = new BoardCounts(
            _total,
            _matched,
            new LevelCounts(_levels[0], _levels[1], _levels[2], _levels[3]),
            new HeatCounts(_heats[0], _heats[1], _heats[2], _heats[3], _heats[4]),
            _overdue,
            _promises,
            _atRisk,
            _nextDue == KeptRow.Never ? null : new DateTimeOffset(_nextDue, TimeSpan.Zero),
            _unacknowledged,
            _approvals)
        {
            ByStage = new StageCounts(_stages[0], _stages[1], _stages[2], _stages[3], _stages[4]),
            ByType = new CountDictionary(Named(_types)),
            ByTeam = HolderCounts.None.Plus(Named(_holders)).ByTeam(view.People),
            Silent = _silent,
        };
        return new BoardPage(
            0, position, [.. _window.Rows.Select(row => row.ToKept())], counts, _window.Next, TimeSpan.Zero, null);

        static Dictionary<string, int> Named(int[] counts)
        {
            var named = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var number = 1; number < counts.Length; number++)
            {
                if (counts[number] != 0)
                {
                    named[PastWords.Of(number)!] = counts[number];
                }
            }

            return named;
        }
    }

    private void Count(in PastRow row, ReadOnlySpan<long> promises)
    {
        _total++;
        _levels[row.Level]++;
        _heats[row.Heat]++;
        _stages[row.Stage]++;
        _types[row.Type]++;
        _holders[row.Holder]++;
        _unacknowledged += row.Escalations;
        _approvals += row.Approvals;
        _silent += row.Silent;
        _overdue += row.DueAt <= _now ? 1 : 0;
        _promises += promises.Length / 2;
        for (var i = 0; i < promises.Length; i += 2)
        {
            _atRisk += promises[i] <= _now ? 1 : 0;
            _nextDue = Math.Min(_nextDue, promises[i + 1]);
        }
    }
}
