using System.Collections.Immutable;

namespace Escalation.Grains.Statutory;

/// <summary>REG-1: the laws of a policy version.</summary>
/// <param name="Packs">By id.</param>
/// <param name="Sites">The country of each site (ISO 3166, small letters).</param>
public sealed record PackBook(IReadOnlyDictionary<string, StatutoryPack> Packs, IReadOnlyDictionary<string, string> Sites)
{
    /// <summary>Of a policy that knows none.</summary>
    public static PackBook Empty { get; } = new(
        ImmutableDictionary<string, StatutoryPack>.Empty, ImmutableDictionary<string, string>.Empty);
}
