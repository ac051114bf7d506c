using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Statutory;

/// <summary>REG-1: what a law asks for, as data: which cases it covers, its clocks, its letters, the customer's rights.</summary>
/// <param name="Id">Its file's name: <c>uk-disp</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Source">Where the law can be read.</param>
/// <param name="Languages">What customers read stands in all of them; English is among them.</param>
/// <param name="Covers">Which cases it covers.</param>
/// <param name="Clocks">Its clocks.</param>
/// <param name="Letters">Its letters.</param>
/// <param name="Delays">What silence means after a delay; null where the law says nothing of it, and PRM-6 holds.</param>
/// <param name="Rights">What the customer reads of their rights.</param>
public sealed record StatutoryPack(
    string Id,
    PolicyText Name,
    string Source,
    ImmutableArray<string> Languages,
    PackCover Covers,
    ImmutableArray<PackClock> Clocks,
    ImmutableArray<PackLetter> Letters,
    PackDelays? Delays,
    PolicyText Rights)
{
    /// <summary>The name that one of its clocks has in a case: <c>uk-disp.finalResponse</c>.</summary>
    public string NameOf(string clock) => $"{Id}.{clock}";
}

/// <summary>Which cases something of the law holds for. All that is said must hold; of each list, any one.</summary>
/// <param name="When">Type, site, product, group of customers.</param>
/// <param name="Countries">The country in which the case's site lies (ISO 3166, small letters).</param>
/// <param name="ClaimFrom">Claims of at least so much; of several currencies, the claim's own.</param>
public sealed record PackCover(CaseConditions When, ImmutableArray<string> Countries, ImmutableArray<Money> ClaimFrom)
{
    /// <summary>Every case.</summary>
    public static PackCover Everything { get; } = new(CaseConditions.None, [], []);

    /// <summary>Does it hold for the case as it stands?</summary>
    /// <param name="state">The case.</param>
    /// <param name="sites">The country of each site that the policy knows.</param>
    public bool Holds(Case state, IReadOnlyDictionary<string, string> sites)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(sites);
        return When.Hold(state) &&
            (Countries.IsEmpty || (state.Opening!.Site is { } site && sites.TryGetValue(site, out var country) && Countries.Contains(country))) &&
            (ClaimFrom.IsEmpty || ClaimFrom.Any(least => state.Claim is { } claim && claim.Currency == least.Currency && claim.Amount >= least.Amount));
    }
}

/// <summary>From when a clock of a pack runs.</summary>
public enum PackStart
{
    /// <summary>From the moment the customer complained.</summary>
    Complaint,

    /// <summary>From the moment something promised was cancelled, by the customer or by the law.</summary>
    Cancelled,
}

/// <summary>REG-2: a clock of the law. It is never paused, moved or judged anew, and a case does not close over it.</summary>
/// <param name="Id">Unique within the pack.</param>
/// <param name="Rule">Where the law says so.</param>
/// <param name="Title">What the customer reads of it, before its date.</param>
/// <param name="Name">What staff call it; null for the title.</param>
/// <param name="Only">Cases that it runs for, among those that the pack covers.</param>
/// <param name="Except">Cases that it does not run for; null for none.</param>
/// <param name="Starts">From when.</param>
/// <param name="Target">How long, and on which calendar.</param>
/// <param name="IsWindow">What it allows is allowed until then and no longer; letting it pass breaches nothing.</param>
public sealed record PackClock(
    string Id, string Rule, PolicyText Title, PolicyText? Name, PackCover Only, PackCover? Except, PackStart Starts, SlaTarget Target, bool IsWindow);

/// <summary>What a letter's field holds.</summary>
public enum PackFieldKind
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>A day from today on, as <c>2027-01-31</c>.</summary>
    Date,
}

/// <summary>What only a person can say in a letter.</summary>
/// <param name="Id">Its placeholder.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Asks">What is to be said, for whoever writes the letter.</param>
/// <param name="NotAfter">Of a date: the clock of the pack by which it must lie; null for any.</param>
public sealed record PackField(string Id, PackFieldKind Kind, PolicyText Asks, string? NotAfter);

/// <summary>One paragraph of a letter.</summary>
/// <param name="Id">Unique within the letter.</param>
/// <param name="Name">What staff call it; null for its id.</param>
/// <param name="Rule">Where the law asks for it; null for what is only polite.</param>
/// <param name="With">The clocks with one of which it belongs into the letter; empty for always.</param>
/// <param name="Text">With <c>{placeholders}</c>.</param>
/// <param name="Says">By language: what a letter in someone's own words must say in its place.</param>
public sealed record PackParagraph(
    string Id, PolicyText? Name, string? Rule, ImmutableArray<string> With, LawText Text, ImmutableDictionary<string, ImmutableArray<string>> Says)
{
    /// <summary>REG-2: a letter without it is not sent.</summary>
    public bool IsMandatory => Rule is not null;
}

/// <summary>REG-1: a letter of the law.</summary>
/// <param name="Id">Unique within the pack.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Subject">With placeholders.</param>
/// <param name="Fields">What a person has to say.</param>
/// <param name="Paragraphs">In order.</param>
/// <param name="Meets">The clocks whose aim it is.</param>
/// <param name="While">The clocks of which one must still run; empty for at any time.</param>
/// <param name="AtOpening">It goes out by itself as the case opens, in place of the platform's own.</param>
/// <param name="NeedsAgreement">Only with the customer's yes recorded.</param>
/// <param name="Promises">The date that becomes a promise to the customer (PRM-1), and what is promised; null for none.</param>
public sealed record PackLetter(
    string Id,
    PolicyText Name,
    LawText Subject,
    ImmutableArray<PackField> Fields,
    ImmutableArray<PackParagraph> Paragraphs,
    ImmutableArray<string> Meets,
    ImmutableArray<string> While,
    bool AtOpening,
    bool NeedsAgreement,
    PackPromise? Promises);

/// <summary>What a letter promises: the customer has it by the end of the day that a field names.</summary>
public sealed record PackPromise(string Field, LawText Text);

/// <summary>PRM-6, REG-1: what the law makes of a customer's silence after a delay.</summary>
public enum Silence
{
    /// <summary>It is taken for a yes to the new date.</summary>
    Consents,

    /// <summary>What was promised is cancelled, and what was paid goes back.</summary>
    Cancels,
}

/// <summary>What the law says of one delay.</summary>
/// <param name="Rule">Where it says so.</param>
/// <param name="UpToDays">The new date is at most so many days after the old; null for any.</param>
/// <param name="Means">What silence means.</param>
/// <param name="WaitDays">How many days after the old date the customer's word is waited for.</param>
/// <param name="Letter">The letter that tells of it.</param>
public sealed record DelayRule(string Rule, int? UpToDays, Silence Means, int WaitDays, string Letter);

/// <summary>What the law says of delays, of a first and of each later one: the first rule that holds.</summary>
/// <param name="First">Of a first delay.</param>
/// <param name="Later">Of each later one.</param>
/// <param name="LapseCancels">Past its date without a word to the customer, what was promised is cancelled.</param>
public sealed record PackDelays(ImmutableArray<DelayRule> First, ImmutableArray<DelayRule> Later, bool LapseCancels)
{
    /// <summary>The rule for the delay that makes <paramref name="revision"/>; null where none holds.</summary>
    public DelayRule? For(int revision, TimeSpan length) =>
        (revision <= 1 ? First : Later).FirstOrDefault(rule => rule.UpToDays is not { } days || length <= TimeSpan.FromDays(days));
}
