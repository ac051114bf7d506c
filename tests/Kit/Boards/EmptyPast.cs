using Escalation.Grains.Board;
using Escalation.Grains.Hosting;

namespace Escalation.TestKit.Boards;

/// <summary>A past in which nothing happened.</summary>
public sealed class EmptyPast : IPastBoards
{
    public Task<PastBoard> GetAsync(DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(PastBoard.Empty);

    public Task<PastBoard> MoveAsync(PastBoard from, DateTimeOffset to, CancellationToken cancellationToken) => Task.FromResult(from);

    public Task<BoardPage> ReadAsync(PastBoard board, BoardView view, BoardPage? known, CancellationToken cancellationToken) =>
        Task.FromResult(board.Read(view));

    public Task<DateTimeOffset?> StepAsync(DateTimeOffset from, bool isBack, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);
}
