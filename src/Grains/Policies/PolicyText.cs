using System.Collections.Immutable;
using Escalation.Grains.Notices;

namespace Escalation.Grains.Policies;

/// <summary>Words of the policy that people read: one text for all of them, or one for each language.</summary>
/// <param name="Text">English, or what every reader gets.</param>
/// <param name="In">By language (BCP 47), English among them; null where there is one text for all.</param>
public sealed record PolicyText(string Text, ImmutableDictionary<string, string>? In = null)
{
    /// <summary>By language, whether there is one or many.</summary>
    public ImmutableDictionary<string, string> ByLanguage => In ?? ImmutableDictionary<string, string>.Empty.Add(NoticeTexts.Fallback, Text);

    /// <summary>The text for a reader of <paramref name="language"/> (BCP 47; <c>ro-MD</c> finds <c>ro</c>), else English.</summary>
    public string For(string? language) => LanguageFor(language) is { } own ? In![own] : Text;

    /// <summary>In which language that reader gets it: one of <see cref="In"/>; null where the text is not known to be in any.</summary>
    public string? LanguageFor(string? language)
    {
        var tags = In?.Keys ?? [];
        return Find(language) ?? Find(language?.Split('-')[0]) ?? Find(NoticeTexts.Fallback);

        string? Find(string? wanted) => tags.FirstOrDefault(tag => tag.Equals(wanted, StringComparison.OrdinalIgnoreCase));
    }
}
