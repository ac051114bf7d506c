using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;

namespace Escalation.Silo.Policy;

/// <summary>Reads names and other words for people: <c>name: Fruit basket</c>, or <c>name: {en: Fruit basket, ro: Coș cu fructe}</c>.</summary>
internal static partial class PolicyTextYaml
{
    /// <summary>The words under <paramref name="key"/>; their absence is a problem.</summary>
    public static PolicyText Localized(this YamlPart part, string key, params IEnumerable<string> languages) =>
        part.Get(key) is { } text ? Read(text, languages) : new PolicyText("");

    /// <summary>The words under <paramref name="key"/>, or null.</summary>
    public static PolicyText? FindLocalized(this YamlPart part, string key) => part.Find(key) is { } text ? Read(text, []) : null;

    /// <param name="part">A word, or words by language.</param>
    /// <param name="languages">Those that must be there besides English; with any, one text for all is a problem.</param>
    private static PolicyText Read(YamlPart part, IEnumerable<string> languages)
    {
        var required = languages.ToList();
        if (part.IsWord && required.Count == 0)
        {
            var text = part.Word();
            if (string.IsNullOrWhiteSpace(text))
            {
                part.Fault("is empty.");
            }

            return new PolicyText(text);
        }

        if (!part.IsMapping)
        {
            part.Fault("must be words by language, such as {en: Final response, ro: Răspuns final}.");
            return new PolicyText("");
        }

        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (language, words) in part.Entries())
        {
            if (!Tag().IsMatch(language))
            {
                words.Fault("is no language; a tag such as en, ro or ro-MD is expected (BCP 47).");
            }

            texts[language] = words.Word();
            if (string.IsNullOrWhiteSpace(texts[language]))
            {
                words.Fault("is empty.");
            }
        }

        foreach (var missing in required.Append(NoticeTexts.Fallback).Distinct(StringComparer.Ordinal).Where(language => !texts.ContainsKey(language)))
        {
            part.Fault(missing == NoticeTexts.Fallback ? "is missing: whoever reads a language that is not here gets English." : "is missing.", missing);
        }

        return new PolicyText(texts.GetValueOrDefault(NoticeTexts.Fallback, ""), texts.ToImmutable());
    }

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
