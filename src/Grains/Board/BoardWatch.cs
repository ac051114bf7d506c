namespace Escalation.Grains.Board;

/// <summary>A view that is being watched. Dispose it when the watcher has gone.</summary>
public sealed class BoardWatch : IDisposable
{
    private readonly Board _board;
    private readonly string _key;
    private int _disposed;

    internal BoardWatch(Board board, BoardView view, string key)
    {
        (_board, View, _key) = (board, view, key);
    }

    public BoardView View { get; }

    /// <summary>The view as it is now.</summary>
    /// <param name="now">The instant that states which depend on time are of.</param>
    /// <param name="last">What was read before: rows that nothing has happened to are not gathered again.</param>
    public BoardPage Read(DateTimeOffset now, BoardPage? last = null) => _board.Read(View, _key, now, last);

    /// <summary>Completes when the rows that the view lets through, or the trust in them, have changed since <paramref name="page"/>.</summary>
    public Task RowsChangedSince(BoardPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return _board.RowsChangedSince(page, _key);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _board.Unwatch(_key);
        }
    }
}
