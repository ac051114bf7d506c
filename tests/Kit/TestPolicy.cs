using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Silo.Policy;

namespace Escalation.TestKit;

/// <summary>The policy as shipped.</summary>
public sealed class TestPolicy : IPolicySource
{
    private TestPolicy(Policy policy) => Current = policy;

    public static TestPolicy Shipped { get; } = new(new PolicyFolder(Path.Combine(AppContext.BaseDirectory, "Policy")).Current);

    public Policy Current { get; }

    /// <summary>The policy as shipped, but customers are told of nothing except delays and <paramref name="kinds"/> (CASE-9).</summary>
    public static TestPolicy Telling(params NoticeKind[] kinds) => new(Shipped.Current with { Tells = kinds.ToHashSet() });
}
