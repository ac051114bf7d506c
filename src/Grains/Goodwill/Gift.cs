using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Goodwill;

/// <summary>CLM-4: how far a gift has come.</summary>
public enum GiftState
{
    /// <summary>Being taken out of the stock.</summary>
    Taking,

    /// <summary>The customer's.</summary>
    Given,

    /// <summary>There was none left, or a limit was reached.</summary>
    Refused,
}

/// <summary>CLM-4: something given for goodwill, and what came of it.</summary>
/// <param name="Number">From 1 within the case; <c>g1</c> on the wire.</param>
/// <param name="Item">Its name in the catalogue.</param>
/// <param name="Site">Whose stock it came from; null for the one that all sites share.</param>
/// <param name="Name">For people, in English or as the catalogue has it for everyone.</param>
/// <param name="Value">What it is worth, if that is known.</param>
/// <param name="By">Who gave it.</param>
/// <param name="At">When.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Refusal">Why not: a stable word.</param>
/// <param name="RefusalDetail">Why not, in a sentence.</param>
/// <param name="Accepted">What came of it: did the customer take it?</param>
/// <param name="CaseClosed">What came of it: did it end the conflict?</param>
/// <param name="CustomerStayed">What came of it: did the customer stay?</param>
/// <param name="NameIn">Its name by language (BCP 47); null where one name stands for all.</param>
/// <param name="RefusalValues">What the refusal names.</param>
public sealed record Gift(
    int Number,
    string Item,
    string? Site,
    string Name,
    Money? Value,
    string By,
    DateTimeOffset At,
    GiftState State = GiftState.Taking,
    string? Refusal = null,
    string? RefusalDetail = null,
    bool? Accepted = null,
    bool? CaseClosed = null,
    bool? CustomerStayed = null,
    ImmutableDictionary<string, string>? NameIn = null,
    ImmutableDictionary<string, string>? RefusalValues = null)
{
    /// <summary>Its name on the wire.</summary>
    [JsonIgnore]
    public string Id => IdOf(Number);

    public static string IdOf(int number) => $"g{number}";
}
