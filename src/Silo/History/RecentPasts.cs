using Escalation.Grains.Board;

namespace Escalation.Silo.History;

/// <summary>
/// The boards of the past that were asked for last: whoever moves a slider asks for one beside them next. What an import
/// adds to the past makes them forgotten.
/// </summary>
internal sealed class RecentPasts
{
    private const int Most = 4;

    /// <summary>How many rows they may have together, at a hundred bytes each. The last one is kept however large it is.</summary>
    private const int MostRows = 3_000_000;

    /// <summary>They take room, so not for long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<(PastBoard Board, DateTimeOffset Since)> _boards = [];
    private int _mark;

    public IReadOnlyList<PastBoard> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _boards.Select(kept => kept.Board)];
            }
        }
    }

    /// <summary>To be taken before the log is read.</summary>
    public int Mark() => Volatile.Read(ref _mark);

    /// <summary>Keeps a board, unless the past has changed since <paramref name="mark"/> was taken.</summary>
    public void Keep(PastBoard board, int mark, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (mark == _mark)
            {
                _boards.RemoveAll(kept => kept.Board.At == board.At);
                _boards.Insert(0, (board, now));
                while (_boards.Count > 1 && (_boards.Count > Most || _boards.Sum(kept => kept.Board.HeldRows) > MostRows))
                {
                    _boards.RemoveAt(_boards.Count - 1);
                }
            }
        }
    }

    /// <summary>Something was followed that happened at <paramref name="earliest"/>.</summary>
    public void OnFollowed(DateTimeOffset earliest, DateTimeOffset now)
    {
        lock (_lock)
        {
            _boards.RemoveAll(kept => kept.Board.At >= earliest || kept.Since < now - Kept);
            if (earliest < now - PostgresPastBoards.Unsettled)
            {
                _mark++;
            }
        }
    }
}
