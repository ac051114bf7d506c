using System.Buffers;

namespace Escalation.Grains.Board;

/// <summary>
/// BRD-6: which cases were open at an instant, and in which order they stood. Knows what rows are found, ordered and counted
/// by, and no customer's name or word: those are read from the log when a row is shown, so that what was erased never comes
/// back. Never changes; the board at another instant shares what is the same.
/// </summary>
public sealed class PastBoard
{
    private readonly BoardState _state;

    internal PastBoard(BoardState state, DateTimeOffset at, DateTimeOffset? until = null)
    {
        (_state, At, Until) = (state, at, until ?? at);
    }

    /// <summary>The board before anything happened.</summary>
    public static PastBoard Empty { get; } = new(new BoardState { IsLoaded = true }, DateTimeOffset.MinValue);

    /// <summary>All that happened until this instant is known.</summary>
    public DateTimeOffset At { get; }

    /// <summary>Nothing that happened after this instant is known; the same as <see cref="At"/> unless it was live a moment ago.</summary>
    public DateTimeOffset Until { get; }

    public int OpenCases => _state.Count;

    /// <summary>Position of the last event until then.</summary>
    public long Position => _state.Position;

    /// <summary>The board at another instant.</summary>
    /// <param name="at">Earlier or later.</param>
    /// <param name="position">Position of the last event until then.</param>
    /// <param name="changes">Every case to which something happened in between, with its row then; null when it was not open.</param>
    public PastBoard With(DateTimeOffset at, long position, IEnumerable<KeyValuePair<Guid, BoardRow?>> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var draft = new BoardDraft(_state);
        var reader = new RowReader(new WordPool());
        var search = new ArrayBufferWriter<byte>();
        foreach (var (id, row) in changes)
        {
            if (row is null)
            {
                draft.Take(id);
                continue;
            }

            search.ResetWrittenCount();
            draft.Put(new KeptRow(reader.Read(row, search).Keys, []), default);
        }

        return new PastBoard(draft.Done() with { Position = position }, at);
    }

    /// <summary>The window of a view that searches for no words. Its rows can be told apart, and have no text.</summary>
    public BoardPage Read(BoardView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return _state.Read(view, view.Key, At);
    }

    /// <summary>All rows that a view lets through but for its words, in its order, without text.</summary>
    public IReadOnlyList<KeptRow> ReadAll(BoardView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return _state.Index(new RowFilter(view with { Text = null }), (RowOrder)view.Sort).Rows.Window(0, _state.Count);
    }

    /// <summary>The window of a view, of the rows that it lets through.</summary>
    public BoardPage Page(BoardView view, IReadOnlyList<KeptRow> matching)
    {
        ArgumentNullException.ThrowIfNull(view);
        var order = (RowOrder)view.Sort;
        KeptRow[] after = view.After is { } from ? [.. matching.SkipWhile(row => BoardRank.Of(row, order) <= from)] : [.. matching];
        KeptRow[] window = [.. after.Take(view.Limit)];
        return _state.Page(view, window, window.Length < after.Length ? BoardRank.Of(window[^1], order) : null, matching.Count, null, At);
    }

    /// <summary>Writes all rows, for <see cref="Read(Stream, DateTimeOffset, long)"/>.</summary>
    public void Write(Stream to) => PastRows.Write(to, _state.ById);

    /// <summary>A board that was written; null when another version of the platform wrote it.</summary>
    public static PastBoard? Read(Stream from, DateTimeOffset at, long position) =>
        PastRows.Read(from) is { } blocks
            ? new PastBoard(BoardState.Of(blocks, Empty._state.Watched) with { Position = position }, at)
            : null;
}
