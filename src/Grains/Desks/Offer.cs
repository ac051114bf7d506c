using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Desks;

/// <summary>What has become of an offer.</summary>
public enum OfferState
{
    /// <summary>It rings at someone's desk.</summary>
    Open,
    Accepted,
    Declined,

    /// <summary>Nobody answered within its window.</summary>
    Expired,

    /// <summary>Taken back: the agent has gone, or someone else has the case.</summary>
    Withdrawn,
}

/// <summary>DSK-2: one reason for which a case was offered to this agent and not to another.</summary>
/// <param name="Code">Stable: level, skill, language, site, continuity, load, longestFree.</param>
/// <param name="Text">In a few words.</param>
public sealed record OfferReason(string Code, string Text);

/// <summary>DSK-2: a case pushed to one agent's desk, to accept in time.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Reservation">The place that the team's desk keeps for it (DSK-6).</param>
/// <param name="Agent">To whom.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Team">Of which team.</param>
/// <param name="MadeAt">Since when.</param>
/// <param name="Until">The last instant to answer.</param>
/// <param name="Why">Why to this agent.</param>
/// <param name="NextName">Who would be asked next; null when nobody is there.</param>
/// <param name="InsteadOf">The owner who has gone, and stays the owner until someone accepts (DSK-5); null for a case without one.</param>
/// <param name="State">What has become of it.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="EndedBy">Who accepted it.</param>
public sealed record Offer(
    int Number,
    Guid Reservation,
    string Agent,
    string Name,
    string Team,
    DateTimeOffset MadeAt,
    DateTimeOffset Until,
    ImmutableArray<OfferReason> Why,
    string? NextName = null,
    string? InsteadOf = null,
    OfferState State = OfferState.Open,
    DateTimeOffset? EndedAt = null,
    string? EndedBy = null)
{
    private const char Letter = 'o';

    [JsonIgnore]
    public bool IsOpen => State == OfferState.Open;

    /// <summary>Its name on the wire.</summary>
    public static string IdOf(Guid caseId, int number) => string.Create(CultureInfo.InvariantCulture, $"{caseId:N}-{Letter}{number}");

    /// <summary>Reads what <see cref="IdOf"/> wrote.</summary>
    public static bool TryParseId(string id, out Guid caseId, out int number) => CaseScopedId.TryParse(id, Letter, out caseId, out number);
}
