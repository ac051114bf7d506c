using System.Buffers;
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
    private readonly RowReader _reader = new(new WordPool());
    private readonly ArrayBufferWriter<byte> _search = new(1024);
    private readonly Dictionary<Guid, int> _closed = [];
    private readonly Queue<Guid> _closedOrder = new();
    private readonly Dictionary<string, int> _watchers = [];

    // Filters that are being looked for in an older state, with what has changed since.
    private readonly List<List<(KeptRow? Before, KeptRow? After, byte[] Search)>> _looking = [];
    private volatile BoardState _state = new();

    /// <summary>False until the stored rows have been loaded.</summary>
    public bool IsLoaded => _state.IsLoaded;

    /// <summary>Position of the last event that the board knows.</summary>
    public long Position => _state.Position;

    public int OpenCases => _state.Count;

    /// <summary>How long the last change took from its decision to this board.</summary>
    public TimeSpan Lag => _state.Lag;

    /// <summary>Since when the board cannot be trusted; null while it can.</summary>
    public DateTimeOffset? StaleSince => _state.StaleSince;

    /// <summary>To be filled with the stored rows, for <see cref="LoadAsync"/>.</summary>
    public BoardLoading NewLoading() => new(_reader);

    /// <summary>Starts from the stored rows, or starts over from them. The tail goes on from where they were read.</summary>
    /// <param name="rows">Every open case's row; some may be newer than <paramref name="position"/>.</param>
    /// <param name="position">Position of the last event that the rows surely know.</param>
    public void Load(IEnumerable<BoardRow> rows, long position)
    {
        var loading = NewLoading();
        loading.Add(rows);
        LoadAsync(loading, position).GetAwaiter().GetResult();
    }

    /// <summary>Starts from the stored rows, or starts over from them. The tail goes on from where they were read.</summary>
    /// <param name="loading">Every open case's row; some may be newer than <paramref name="position"/>, and some may be there twice.</param>
    /// <param name="position">Position of the last event that the rows surely know.</param>
    public async Task LoadAsync(BoardLoading loading, long position)
    {
        ArgumentNullException.ThrowIfNull(loading);
        var blocks = await loading.BlocksAsync();
        lock (_writing)
        {
            _closed.Clear();
            _closedOrder.Clear();
            _looking.Clear();
            Publish(BoardState.Of(blocks, _state.Watched) with { Position = position, StaleSince = _state.StaleSince });
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
                var before = draft.Find(row.Id);
                if (row.Version > Math.Max(before?.Version ?? 0, _closed.GetValueOrDefault(row.Id)))
                {
                    _search.ResetWrittenCount();
                    var kept = _reader.Read(row, _search);
                    draft.Put(kept, _search.WrittenSpan);
                    Note(before, kept);
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
    /// <see cref="WatchAsync"/> it.
    /// </summary>
    public BoardPage Read(BoardView view, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(view);
        return _state.Read(view, view.Key, now);
    }

    internal BoardPage Read(BoardView view, string key, DateTimeOffset now, BoardPage? last)
    {
        var state = _state;
        var index = key.Length == 0 ? state.All : state.Watched[key];
        if (last is not null && ReferenceEquals(last.Index, index))
        {
            return last with
            {
                Sequence = state.Sequence,
                Position = state.Position,
                Counts = state.Counts(view, index.Rows.Count, now),
                Lag = state.Lag,
                StaleSince = state.StaleSince,
            };
        }

        return state.Read(view, key, now);
    }

    /// <summary>The approvals that wait to be decided (PRM-4, CLM-3), the most pressing first, each with its case's row.</summary>
    public IReadOnlyList<(BoardRow Row, RowApproval Approval)> ReadApprovals(int limit) =>
    [
        .. _state.Approvals.Rows.Window(0, limit).Select(kept => kept.ToRow())
            .SelectMany(row => row.Approvals!.Select(approval => (row, approval)))
            .OrderBy(each => each.approval.DecideBy).Take(limit),
    ];

    /// <summary>Rows with escalations that nobody has acknowledged, the first to go on first.</summary>
    public IReadOnlyList<BoardRow> ReadEscalated(int limit) => [.. _state.Escalated.Rows.Window(0, limit).Select(kept => kept.ToRow())];

    /// <summary>PRM-3: rows with promises whose owners were asked and stayed silent, the first due first.</summary>
    public IReadOnlyList<BoardRow> ReadSilent(int limit) => [.. _state.Silent.Rows.Window(0, limit).Select(kept => kept.ToRow())];

    /// <summary>BRD-1: open promises by when they fall due and come to be at risk, from <paramref name="now"/> on.</summary>
    /// <param name="now">The instant of asking.</param>
    /// <param name="step">How long each stretch is.</param>
    /// <param name="stretches">How many.</param>
    public IReadOnlyList<PromisesAhead> ReadAhead(DateTimeOffset now, TimeSpan step, int stretches) => _state.Ahead(now, step, stretches);

    /// <summary>The number of one open case; null when it is not open.</summary>
    public long? NumberOf(Guid id) => _state.Find(id)?.Number;

    /// <summary>The row of one open case; null when it is not open.</summary>
    public BoardRow? Find(Guid id) => _state.Find(id)?.ToRow();

    internal KeptRow? FindKept(Guid id) => _state.Find(id);

    /// <summary>All open cases, as they stand now.</summary>
    internal KeptRow[] AllRows()
    {
        var rows = _state.All.Rows;
        return rows.Window(0, rows.Count);
    }

    /// <summary>Of each open case the words that are not found in its customer, number, summary, type and owner, as bits; cases that say all are absent.</summary>
    /// <param name="words">At most 32.</param>
    public IReadOnlyDictionary<Guid, uint> Missing(IReadOnlyCollection<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(words.Count, 32);
        var folded = words.Select(RowReader.Folded).ToArray();
        var missing = new Dictionary<Guid, uint>();
        foreach (var block in _state.Table.Blocks)
        {
            for (var place = 0; place < RowTable.BlockSize; place++)
            {
                if (block.Rows[place] is not { } row)
                {
                    continue;
                }

                var bits = 0u;
                for (var word = 0; word < folded.Length; word++)
                {
                    bits |= block.SearchOf(place).IndexOf(folded[word]) < 0 ? 1u << word : 0;
                }

                if (bits != 0)
                {
                    missing[row.Id] = bits;
                }
            }
        }

        return missing;
    }

    /// <summary>BRD-6: the board as it stands, to be taken back in time from here.</summary>
    /// <param name="settled">What happened until this instant is known to it for certain.</param>
    public PastBoard ToPast(DateTimeOffset settled)
    {
        var state = _state;
        return PastBoard.Of(state.Table, settled, state.Position);
    }

    /// <summary>
    /// Keeps the view's filter and order up to date as changes come, for as long as anyone watches it: the first watcher
    /// pays one look at every row, from then on a change costs each distinct filter one comparison. The feed is not held
    /// up by the look.
    /// </summary>
    public async Task<BoardWatch> WatchAsync(BoardView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var key = view.Key;
        var watch = new BoardWatch(this, view, key);
        while (key.Length > 0)
        {
            BoardState state;
            List<(KeptRow? Before, KeptRow? After, byte[] Search)> changes = [];
            lock (_writing)
            {
                state = _state;
                if (state.Watched.ContainsKey(key))
                {
                    _watchers[key]++;
                    return watch;
                }

                _looking.Add(changes);
            }

            var index = await Task.Run(() => state.Index(view.IsFiltered ? new RowFilter(view) : null, (RowOrder)view.Sort));
            lock (_writing)
            {
                // The board may have been loaded anew meanwhile, or someone else have been quicker: look again.
                if (_looking.Remove(changes) && !_state.Watched.ContainsKey(key))
                {
                    _watchers[key] = 1;

                    // Not a change of the board: whoever waits for one keeps waiting on the same signal.
                    _state = _state with { Watched = _state.Watched.SetItem(key, CaughtUp(index, changes)) };
                    return watch;
                }
            }
        }

        return watch;
    }

    /// <summary>Completes when the board has changed since it stood at <paramref name="sequence"/>.</summary>
    public Task ChangedSince(long sequence)
    {
        var state = _state;
        return state.Sequence > sequence ? Task.CompletedTask : state.Superseded.Task;
    }

    /// <summary>Completes when the rows of the view that <paramref name="page"/> is of have changed since.</summary>
    internal Task RowsChangedSince(BoardPage page, string key)
    {
        var state = _state;
        var index = key.Length == 0 ? state.All : state.Watched[key];
        return ReferenceEquals(index, page.Index) && state.StaleSince == page.StaleSince ? index.Superseded.Task : Task.CompletedTask;
    }

    internal void Unwatch(string key)
    {
        lock (_writing)
        {
            if (key.Length > 0 && --_watchers[key] == 0)
            {
                _watchers.Remove(key);
                _state = _state with { Watched = _state.Watched.Remove(key) };
            }
        }
    }

    private void Note(KeptRow? before, KeptRow? after)
    {
        if (_looking.Count > 0)
        {
            var search = after is null ? [] : _search.WrittenSpan.ToArray();
            foreach (var changes in _looking)
            {
                changes.Add((before, after, search));
            }
        }
    }

    private static BoardIndex CaughtUp(BoardIndex index, List<(KeptRow? Before, KeptRow? After, byte[] Search)> changes)
    {
        var rows = index.Rows;
        foreach (var (before, after, search) in changes)
        {
            rows = before is null ? rows : rows.Remove(before);
            rows = after is not null && (index.Filter is null || index.Filter.Matches(after, search)) ? rows.Add(after) : rows;
        }

        return index.With(rows);
    }

    private void Close(BoardDraft draft, Guid id, int version)
    {
        if (draft.Find(id) is { } row && row.Version > version)
        {
            return;
        }

        if (draft.Take(id) is { } taken)
        {
            Note(taken, null);
        }

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
        var heard = last.StaleSince != next.StaleSince;
        Wake(last.All, next.All, heard);
        foreach (var (key, index) in last.Watched)
        {
            Wake(index, next.Watched.GetValueOrDefault(key), heard);
        }
    }

    private static void Wake(BoardIndex last, BoardIndex? next, bool heard)
    {
        if (heard || !ReferenceEquals(last, next))
        {
            last.Superseded.TrySetResult();
        }
    }
}
