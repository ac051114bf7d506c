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
    public BoardPage Read(DateTimeOffset now) => _board.Read(View, _key, now);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _board.Unwatch(_key);
        }
    }
}
