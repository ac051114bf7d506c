using System.Text.Json.Serialization;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Claims;

/// <summary>CLM-1, CLM-3: how far it has come that a claim is conceded.</summary>
public enum ConcessionState
{
    /// <summary>Someone with more authority has to say yes.</summary>
    Waiting,

    /// <summary>Within authority; being counted against what the customer was conceded this month.</summary>
    Counting,

    /// <summary>The customer has it.</summary>
    Made,

    /// <summary>It will not be.</summary>
    Refused,
}

/// <summary>Money that someone wants the customer to have (CLM-1, CLM-3).</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Amount">How much.</param>
/// <param name="AskedBy">Who conceded, or asked for leave to. A person, whatever role they have later.</param>
/// <param name="AskedAt">When.</param>
/// <param name="Reason">Why; null when none was given, and after erasure.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Level">With whose authority it was, or would be, conceded.</param>
/// <param name="Approval">The approval that it waits for, or waited for last.</param>
/// <param name="Attempt">How often it was counted against the customer's month.</param>
/// <param name="MonthLimit">How much the customer may be conceded in a month with that authority; null for any amount.</param>
/// <param name="WithinAgents">CLM-6: an agent could have conceded it alone, so nothing is inquired into.</param>
/// <param name="ClearedAt">Since when it is being counted.</param>
/// <param name="EndedAt">When it was made or refused.</param>
/// <param name="Refusal">Why it was refused: a stable word.</param>
public sealed record Concession(
    int Number,
    Money Amount,
    string AskedBy,
    DateTimeOffset AskedAt,
    string? Reason,
    ConcessionState State,
    Level Level,
    int? Approval = null,
    int Attempt = 0,
    decimal? MonthLimit = null,
    bool WithinAgents = false,
    DateTimeOffset? ClearedAt = null,
    DateTimeOffset? EndedAt = null,
    string? Refusal = null)
{
    [JsonIgnore]
    public bool IsOpen => State is ConcessionState.Waiting or ConcessionState.Counting;

    /// <summary>Its name on the wire.</summary>
    [JsonIgnore]
    public string Id => IdOf(Number);

    public static string IdOf(int number) => $"c{number}";
}
