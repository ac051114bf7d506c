using System.Collections.Immutable;

namespace Escalation.Grains.Playbooks;

/// <summary>PLY-1: the playbooks of a policy version, by conflict type.</summary>
/// <param name="Languages">Every text stands in all of them; English is among them.</param>
/// <param name="Types">By conflict type.</param>
public sealed record PlaybookBook(ImmutableArray<string> Languages, IReadOnlyDictionary<string, Playbook> Types)
{
    /// <summary>The language that agents read beside the customer's, unless they ask for another.</summary>
    public const string Gloss = "en";

    /// <summary>Of a policy that is older than playbooks.</summary>
    public static PlaybookBook Empty { get; } = new([Gloss], ImmutableDictionary<string, Playbook>.Empty);

    /// <summary>The playbooks' language for a customer's (BCP 47; <c>ro-MD</c> finds <c>ro</c>), else English.</summary>
    public string LanguageFor(string? language)
    {
        var tag = language ?? Gloss;
        return Languages.FirstOrDefault(known => known.Equals(tag, StringComparison.OrdinalIgnoreCase))
            ?? Languages.FirstOrDefault(known => known.Equals(tag.Split('-')[0], StringComparison.OrdinalIgnoreCase))
            ?? Gloss;
    }
}
