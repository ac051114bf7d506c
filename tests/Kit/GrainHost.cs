using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Silo.Embedded;
using Microsoft.Extensions.Options;

namespace Escalation.TestKit;

/// <summary>The in-process grain host over any log: the same code that runs in the embedded stack.</summary>
public static class GrainHost
{
    public static IGrains Over(IEventLog log, TimeProvider time, IPolicySource? policies = null) =>
        new EmbeddedGrains(log, time, policies ?? TestPolicy.Shipped, Options.Create(new EmbeddedGrainsOptions()));
}
