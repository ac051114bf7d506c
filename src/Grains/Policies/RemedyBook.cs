using System.Collections.Immutable;
using Escalation.Grains.Claims;

namespace Escalation.Grains.Policies;

/// <summary>CLM-2: what is known of products, and what counts as inexpensive.</summary>
public sealed record RemedyBook
{
    /// <summary>Up to this price a product is inexpensive, by currency.</summary>
    public IReadOnlyDictionary<string, decimal> Inexpensive { get; init; } = ImmutableDictionary<string, decimal>.Empty;

    /// <summary>From this share of the price on a margin is good. Default: 0.3.</summary>
    public double GoodMargin { get; init; } = 0.3;

    /// <summary>Up to this share of the price a margin is thin. Default: 0.15.</summary>
    public double ThinMargin { get; init; } = 0.15;

    /// <summary>By id, whatever the case of its letters.</summary>
    public IReadOnlyDictionary<string, ProductFacts> Products { get; init; } =
        ImmutableDictionary.Create<string, ProductFacts>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>CLM-2: what a remedy depends on.</summary>
/// <param name="Id">As cases name it.</param>
/// <param name="Price">What the customer pays for one.</param>
/// <param name="Margin">Share of the price that is ours, from 0 to 1.</param>
/// <param name="Complexity">How hard it is to judge and to repair.</param>
public sealed record ProductFacts(string Id, Cases.Money Price, double Margin, Complexity Complexity);
