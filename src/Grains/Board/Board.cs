using Escalation.Grains.Cases;
using Escalation.Grains.Log;

namespace Escalation.Grains.Board;

/// <summary>
/// BRD-2: all open cases of the platform in memory, in order of urgency, kept by the tail of the log. One writer, any
/// number of readers: readers hold a state that never changes, the writer swaps in the next one.
/// </summary>
public sealed class Board
{
    /// <summary>
    /// Closed cases remembered, so that a late batch does not bring one back. The feed comes in order, so only what is
    /// under way between loading and following it matters.
    /// </summary>
    private const int ClosedRemembered = 1 << 16;

    private readonly Lock _writing = new();
    private readonly Dictionary<Guid, int> _closed = [];
    private readonly Queue<Guid> _closedOrder = new();
    private readonly Dictionary<string, int> _watchers = [];
    private volatile BoardState _state = new();

    /// <summary>False until the stored rows have been loaded.</summary>
    public bool IsLoaded => _state.IsLoaded;

    /// <summary>Position of the last event that the board knows.</summary>
    public long Position => _state.Position;

    public int OpenCases => _state.Rows.Count;

    /// <summary>How long the last change took from its decision to this board.</summary>
    public TimeSpan Lag => _state.Lag;

    /// <summary>Since when the board cannot be trusted; null while it can.</summary>
    public DateTimeOffset? StaleSince => _state.StaleSince;

    /// <summary>Starts from the stored rows, or starts over from them. The tail goes on from where they were read.</summary>
    /// <param name="rows">Every open case's row; some may be newer than <paramref name="position"/>.</param>
    /// <param name="position">Position of the last event that the rows surely know.</param>
    public void Load(IEnumerable<BoardRow> rows, long position)
    {
        lock (_writing)
        {
            _closed.Clear();
            _closedOrder.Clear();
            Publish(BoardState.Of(rows, _state.Watched) with { Position = position, StaleSince = _state.StaleSince });
        }
    }

    /// <summary>
    /// Takes a stretch of the feed. BRD-2: the newest version of a case wins whatever the order, so a repeat changes
    /// nothing.
    /// </summary>
    /// <param name="batch">What was committed.</param>
    /// <param name="lag">How long the newest of it took from its decision to here, if the feed measures it.</param>
    public void Apply(TailBatch batch, TimeSpan? lag = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_writing)
        {
            var draft = new BoardDraft(_state);
            foreach (var row in batch.Rows.Values)
            {
                var known = Math.Max(draft.Find(row.Id)?.Version ?? 0, _closed.GetValueOrDefault(row.Id));
                if (row.Version > known)
                {
                    draft.Put(row);
                }
            }

            var position = _state.Position;
            foreach (var entry in batch.Entries)
            {
                position = Math.Max(position, entry.Position);
                if (entry.Category == Case.Category && !batch.Rows.ContainsKey(entry.Stream))
                {
                    Close(draft, entry.Stream, entry.Version);
                }
            }

            Publish(draft.Done() with { Position = position, Lag = lag ?? _state.Lag });
        }
    }

    /// <summary>The feed has gone quiet without saying that all is well: what is shown may be old from <paramref name="since"/> on.</summary>
    public void MarkStale(DateTimeOffset since)
    {
        lock (_writing)
        {
            if (_state.StaleSince is null)
            {
                Publish(_state with { StaleSince = since });
            }
        }
    }

    /// <summary>The feed has caught up again.</summary>
    public void MarkLive()
    {
        lock (_writing)
        {
            if (_state.StaleSince is not null)
            {
                Publish(_state with { StaleSince = null });
            }
        }
    }

    /// <summary>
    /// Reads a view once. A filter that nobody watches costs a look at every row; to read a view again and again,
    /// <see cref="Watch"/> it.
    /// </summary>
    public BoardPage Read(BoardView view, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Read(view, view.Key, now);
    }

    internal BoardPage Read(BoardView view, string key, DateTimeOffset now)
    {
        var state = _state;
        return state.Read(view, state.IndexOf(view, key), now);
    }

    /// <summary>The approvals that wait to be decided (PRM-4, CLM-3), the most pressing first, each with its case's row.</summary>
    public IReadOnlyList<(BoardRow Row, RowApproval Approval)> ReadApprovals(int limit)
    {
        var state = _state;
        return
        [
            .. state.Approvals.Take(limit).Select(at => state.Rows[at.Case] is var row
                ? (row, row.Approvals!.First(approval => approval.Id == at.Promise))
                : default),
        ];
    }

    /// <summary>The row of one open case; null when it is not open.</summary>
    public BoardRow? Find(Guid id) => _state.Rows.GetValueOrDefault(id);

    /// <summary>
    /// Keeps the view's filter and order up to date as changes come, for as long as anyone watches it: the first watcher
    /// pays one look at every row, from then on a change costs each distinct filter one comparison.
    /// </summary>
    public BoardWatch Watch(BoardView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var key = view.Key;
        lock (_writing)
        {
            var watchers = _watchers.GetValueOrDefault(key);
            _watchers[key] = watchers + 1;
            if (watchers == 0 && key.Length > 0)
            {
                // Not a change of the board: whoever waits for one keeps waiting on the same signal.
                _state = _state with { Watched = _state.Watched.SetItem(key, BoardIndex.Of(view, _state.Rows.Values)) };
            }
        }

        return new BoardWatch(this, view, key);
    }

    /// <summary>Completes when the board has changed since it stood at <paramref name="sequence"/>.</summary>
    public Task ChangedSince(long sequence)
    {
        var state = _state;
        return state.Sequence > sequence ? Task.CompletedTask : state.Superseded.Task;
    }

    internal void Unwatch(string key)
    {
        lock (_writing)
        {
            if (--_watchers[key] == 0)
            {
                _watchers.Remove(key);
                _state = _state with { Watched = _state.Watched.Remove(key) };
            }
        }
    }

    private void Close(BoardDraft draft, Guid id, int version)
    {
        if (draft.Find(id) is { } row && row.Version > version)
        {
            return;
        }

        draft.Take(id);
        if (!_closed.TryGetValue(id, out var known))
        {
            _closedOrder.Enqueue(id);
            if (_closedOrder.Count > ClosedRemembered)
            {
                _closed.Remove(_closedOrder.Dequeue());
            }
        }

        _closed[id] = Math.Max(known, version);
    }

    private void Publish(BoardState next)
    {
        var last = _state;
        _state = next with { Sequence = last.Sequence + 1, Superseded = BoardState.NewSignal() };
        last.Superseded.TrySetResult();
    }
}
