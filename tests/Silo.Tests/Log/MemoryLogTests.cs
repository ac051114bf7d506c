using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Log;

public sealed class MemoryLogTests : EventLogContract
{
    protected override Task<LogUnderTest> StartAsync() => Task.FromResult<LogUnderTest>(new Subject());

    private sealed class Subject : LogUnderTest
    {
        private readonly MemoryLog _log = new();

        public override IEventLog Log => _log;

        public override IEventTail Tail => _log;

        public override IBoardRows BoardRows => _log;

        public override Task<StoredGrain?> FindAsync(Guid stream) => Task.FromResult(_log.Find(stream));

        public override Task EraseAsync(Guid stream)
        {
            _log.Erase(stream);
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
