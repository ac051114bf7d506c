using Escalation.Grains.Policies;
using Escalation.Silo.Policy;

namespace Escalation.TestKit;

/// <summary>The policy as shipped.</summary>
public sealed class TestPolicy : IPolicySource
{
    public static TestPolicy Shipped { get; } = new();

    public Policy Current { get; } = new PolicyFolder(Path.Combine(AppContext.BaseDirectory, "Policy")).Current;
}
