using System.Text.RegularExpressions;

namespace Escalation.Dashboard.Inbound;

/// <summary>A letter's text as it is kept.</summary>
internal static partial class MailText
{
    /// <summary>The longest that is kept, in characters.</summary>
    public const int Longest = 60_000;

    /// <summary>Sender, subject and text.</summary>
    public static string WholeOf(InboundMail mail) =>
        Cut($"From: {Plain(mail.From)}\nSubject: {Plain(mail.Subject)}\n\n{Plain(mail.Text)}", Longest);

    /// <summary>What PostgreSQL can keep.</summary>
    public static string Plain(string text) => NotText().Replace(text, "").ReplaceLineEndings("\n");

    public static string Cut(string text, int longest) => text.Length <= longest
        ? text
        : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    [GeneratedRegex(@"[\x00-\x08\x0B\x0C\x0E-\x1F]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]", RegexOptions.CultureInvariant)]
    private static partial Regex NotText();
}
