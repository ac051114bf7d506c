using Escalation.Grains.Hosting;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Hosting;

/// <summary>The embedded stack: grains in this process.</summary>
public sealed class EmbeddedGrainsTests : GrainHostContract
{
    private IGrains _grains = null!;

    private protected override IReadOnlyList<IGrains> Hosts => [_grains];

    public override ValueTask InitializeAsync()
    {
        _grains = GrainHost.Over(Log, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
