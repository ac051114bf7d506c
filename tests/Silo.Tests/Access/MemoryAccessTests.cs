using Escalation.Dashboard.Access;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Access;

public sealed class MemoryAccessTests : AccessStoreContract
{
    protected override Task<IAccessStore> StartAsync() => Task.FromResult<IAccessStore>(new MemoryAccess());
}
