using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Log;

/// <summary>An empty log of one kind, with a view behind it.</summary>
public abstract class LogUnderTest : IAsyncDisposable
{
    public abstract IEventLog Log { get; }

    public abstract IEventTail Tail { get; }

    public abstract IBoardRows BoardRows { get; }

    public abstract Task<StoredGrain?> FindAsync(Guid stream);

    public abstract Task EraseAsync(Guid stream);

    public abstract ValueTask DisposeAsync();
}
