using Xunit.v3;

namespace Escalation.TestKit;

/// <summary>The rule of docs/RULES.md that a test proves.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class RuleAttribute(string id) : Attribute, ITraitAttribute
{
    public string Id => id;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Rule", id)];
}
