using Escalation.Grains.Cases;

namespace Escalation.Grains.Claims;

/// <summary>CLM-2: how hard a product is to judge and to repair.</summary>
public enum Complexity
{
    Simple,
    Complex,
}

/// <summary>CLM-2: what to do about a claim.</summary>
public enum RemedyKind
{
    /// <summary>Give the customer what they claim, now.</summary>
    Concede,

    /// <summary>Give them another one.</summary>
    Replace,

    /// <summary>Follow the written procedure.</summary>
    Procedure,

    /// <summary>Nothing speaks for one remedy: offer the customer a choice.</summary>
    Choice,
}

/// <summary>CLM-2: a recommendation; people decide.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Reasons">Why.</param>
/// <param name="DecidedBy">Whose authority the claim needs; null without a claim, or when it is beyond everyone's.</param>
/// <param name="Amount">The claim that it is about, if there is one.</param>
public sealed record Remedy(RemedyKind Kind, IReadOnlyList<CodedSentence> Reasons, Level? DecidedBy, Money? Amount);
