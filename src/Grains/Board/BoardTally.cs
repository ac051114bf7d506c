namespace Escalation.Grains.Board;

/// <summary>How many open cases there are of each kind, kept as rows come and go.</summary>
internal sealed record BoardTally(
    LevelCounts ByLevel, HeatCounts ByHeat, StageCounts ByStage, CountDictionary ByType, HolderCounts ByHolder, int Unacknowledged, int Approvals, int Silent)
{
    public static BoardTally None { get; } =
        new(new LevelCounts(0, 0, 0, 0), new HeatCounts(0, 0, 0, 0, 0), new StageCounts(0, 0, 0, 0, 0), CountDictionary.None, HolderCounts.None, 0, 0, 0);

    public static BoardTally Of(IReadOnlyCollection<KeptRow> rows)
    {
        var tally = new Draft(None);
        foreach (var row in rows)
        {
            tally.Count(row, +1);
        }

        return tally.Done();
    }

    /// <summary>The next tally while it is being made.</summary>
    internal sealed class Draft(BoardTally from)
    {
        private readonly int[] _levels = new int[4];
        private readonly int[] _heats = new int[5];
        private readonly int[] _stages = new int[6];
        private readonly Dictionary<string, int> _types = [];
        private readonly Dictionary<string, int> _holders = new(StringComparer.OrdinalIgnoreCase);
        private int _unacknowledged;
        private int _approvals;
        private int _silent;

        /// <summary>Counts a row in (+1) or out (-1).</summary>
        public void Count(KeptRow row, int by)
        {
            ref readonly var keys = ref row.Keys;
            _levels[keys.Level] += by;
            _heats[keys.Heat] += by;
            _stages[keys.Stage] += by;
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_types, keys.Type, out _) += by;
            if (keys.Holder is { } holder)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_holders, holder, out _) += by;
            }

            if (keys.Waiting is { } waiting)
            {
                _unacknowledged += by * waiting.Escalations;
                _approvals += by * waiting.Approvals;
                _silent += by * waiting.Silent;
            }
        }

        public BoardTally Done()
        {
            var (levels, heats, stages) = (from.ByLevel, from.ByHeat, from.ByStage);
            return new BoardTally(
                new LevelCounts(levels.Buffer + _levels[0], levels.Specialist + _levels[1], levels.Head + _levels[2], levels.Management + _levels[3]),
                new HeatCounts(
                    heats.Calm + _heats[0], heats.Tense + _heats[1], heats.Heated + _heats[2], heats.Aggressive + _heats[3], heats.Public + _heats[4]),
                new StageCounts(
                    stages.Contact + _stages[0], stages.Clarify + _stages[1], stages.Options + _stages[2], stages.Agreement + _stages[3],
                    stages.FollowThrough + _stages[4]),
                from.ByType.Plus(_types),
                from.ByHolder.Plus(_holders),
                from.Unacknowledged + _unacknowledged,
                from.Approvals + _approvals,
                from.Silent + _silent);
        }
    }
}
