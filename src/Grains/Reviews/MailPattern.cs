using System.Text;
using System.Text.RegularExpressions;

namespace Escalation.Grains.Reviews;

/// <summary>REV-2: what a place's letter says of a review.</summary>
/// <param name="Pattern">Which pattern read it.</param>
/// <param name="Key">The review's own id at the place, if the letter has it.</param>
public sealed record MailedReview(string Pattern, int? Rating, string? Text, string? Author, string? Url, string? Key);

/// <summary>
/// REV-2: how a place writes about a review: the words of a subject and of a stretch of the text, with placeholders for what changes. Reading
/// takes time in proportion to the letter, whatever stands in either.
/// </summary>
public sealed partial class MailPattern
{
    private const string Any = "any";

    private static readonly Dictionary<string, string> Placeholders = new()
    {
        ["author"] = @"(?<author>[^\n]+?)",
        ["rating"] = @"(?<rating>[1-5](?:[.,]0)?|[★☆]+)",
        ["text"] = @"(?<text>[\s\S]+?)",
        ["url"] = @"(?<url>https?://[^\s<>""]+)",
        ["key"] = @"(?<key>[^\s<>""]+)",
        [Any] = @"[\s\S]*?",
    };

    private readonly Regex? _subject;
    private readonly Regex? _text;

    private MailPattern(string name, Regex? subject, Regex? text, bool isIgnored) =>
        (Name, _subject, _text, IsIgnored) = (name, subject, text, isIgnored);

    public string Name { get; }

    /// <summary>Its letters are known to hold no review: digests, advertising.</summary>
    public bool IsIgnored { get; }

    /// <summary>The pattern, or why it is none.</summary>
    /// <param name="subject">All of the subject; null for any.</param>
    /// <param name="text">A stretch of the text; null for any.</param>
    public static (MailPattern? Pattern, string? Fault) TryParse(string name, string? subject, string? text, bool isIgnored)
    {
        var used = $"{subject} {text}";
        var names = Placeholder().Matches(used).Select(found => found.Groups[1].Value).ToList();
        var fault = string.IsNullOrWhiteSpace(used) ? "needs a subject, a text, or both."
            : names.Find(one => !Placeholders.ContainsKey(one)) is { } unknown ? $"has {{{unknown}}}, which is none of {string.Join(", ", Placeholders.Keys)}."
            : names.Where(one => one != Any).GroupBy(one => one).FirstOrDefault(same => same.Count() > 1) is { Key: var twice } ? $"has {{{twice}}} twice."
            : Between().IsMatch(used) ? "has two placeholders for words of any length with nothing between them."
            : !isIgnored && !names.Contains("rating") && !names.Contains("text") ? "has neither {rating} nor {text}: a review has stars, words, or both."
            : null;
        return fault is not null
            ? (null, fault)
            : (new MailPattern(name, Compile(subject, isWhole: true), Compile(text, isWhole: false), isIgnored), null);
    }

    /// <summary>What the letter says; null when it is not one of these.</summary>
    public MailedReview? Read(string subject, string text)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(text);
        var (inSubject, inText) = (_subject?.Match(subject.ReplaceLineEndings("\n")), _text?.Match(text.ReplaceLineEndings("\n")));
        if (inSubject is { Success: false } || inText is { Success: false })
        {
            return null;
        }

        string? Part(string name) => (inSubject?.Groups[name] is { Success: true } said ? said : inText?.Groups[name])?.Value.Trim() is { Length: > 0 } value ? value : null;
        var rating = Part("rating") is { } stars ? Stars.TryRead(stars) : null;
        return Part("rating") is not null && rating is null
            ? null
            : new MailedReview(Name, rating, Part("text"), Part("author") is { } author ? WhiteSpace().Replace(author, " ") : null, Part("url"), Part("key"));
    }

    /// <summary>Any white space stands for any other; capitals and small letters are the same.</summary>
    private static Regex? Compile(string? template, bool isWhole)
    {
        if (string.IsNullOrWhiteSpace(template))
        {
            return null;
        }

        var plain = template.Trim();
        var pattern = new StringBuilder(isWhole ? @"\A\s*" : "");
        var at = 0;
        foreach (Match found in Placeholder().Matches(plain))
        {
            pattern.Append(Literal(plain[at..found.Index])).Append(Placeholders[found.Groups[1].Value]);
            at = found.Index + found.Length;
        }

        // What may be of any length, and comes last, goes on until its line, or the letter, ends.
        if (at == plain.Length && pattern.ToString().EndsWith("+?)", StringComparison.Ordinal))
        {
            pattern.Length -= 2;
            pattern.Append(')');
        }

        pattern.Append(Literal(plain[at..])).Append(isWhole ? @"\s*\z" : "");
        return new Regex(pattern.ToString(), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    private static string Literal(string text) => string.Join(@"\s+", WhiteSpace().Split(text).Select(Regex.Escape));

    [GeneratedRegex(@"\{(\w*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{(?:author|text|any)\}\s*\{(?:author|text|any)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Between();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
