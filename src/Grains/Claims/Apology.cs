using Escalation.Grains.Cases;

namespace Escalation.Grains.Claims;

/// <summary>CLM-5: an apology that is owed, or was given.</summary>
/// <param name="Owner">Who owes it: the one who caused the conflict, or nobody by name when it is for a level to give.</param>
/// <param name="Level">Who has to give it at least: the one who caused the conflict, or head or management for them.</param>
/// <param name="OwedAt">Since when.</param>
/// <param name="DueAt">By when.</param>
/// <param name="IsOverdue">It was not given in time.</param>
/// <param name="GivenAt">When it was given; null while it is owed.</param>
/// <param name="GivenBy">Who apologised.</param>
/// <param name="Text">In which words; null after erasure.</param>
public sealed record Apology(
    string? Owner,
    Level Level,
    DateTimeOffset OwedAt,
    DateTimeOffset DueAt,
    bool IsOverdue = false,
    DateTimeOffset? GivenAt = null,
    string? GivenBy = null,
    string? Text = null)
{
    public bool IsOwed => GivenAt is null;
}
