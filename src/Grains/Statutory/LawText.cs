using System.Collections.Immutable;
using Escalation.Grains.Notices;

namespace Escalation.Grains.Statutory;

/// <summary>What a letter of a pack says, in every language that the pack has.</summary>
/// <param name="Texts">By language (BCP 47).</param>
public sealed record LawText(ImmutableDictionary<string, string> Texts)
{
    /// <summary>The text in one of the pack's languages.</summary>
    public string In(string language) => Texts[language];
}

/// <summary>The languages of a pack.</summary>
public static class LawLanguages
{
    /// <summary>The pack's language for a customer's (BCP 47; <c>ro-MD</c> finds <c>ro</c>), else English.</summary>
    public static string For(this StatutoryPack pack, string? language)
    {
        ArgumentNullException.ThrowIfNull(pack);
        var primary = (language ?? NoticeTexts.Fallback).Split('-')[0];
        return pack.Languages.FirstOrDefault(known => known.Equals(language, StringComparison.OrdinalIgnoreCase))
            ?? pack.Languages.FirstOrDefault(known => known.Equals(primary, StringComparison.OrdinalIgnoreCase))
            ?? NoticeTexts.Fallback;
    }
}
