using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Escalation.Silo.Notices;

/// <summary>
/// A notice's plain text as the HTML that goes beside it: the same words, escaped; links can be clicked, and a line that is
/// a few words with one link is a button. Styles stand inline: mail programs drop everything else.
/// </summary>
internal static partial class LetterHtml
{
    private const string Page =
        "font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1b1f24;background:#fff;margin:0;padding:24px";

    private const string Button =
        "display:inline-block;padding:10px 18px;margin:4px 0;border-radius:6px;background:#0b57d0;color:#fff;text-decoration:none";

    public static string Of(string text, string language, string subject)
    {
        var html = new StringBuilder(text.Length * 2);
        html.Append("<!DOCTYPE html><html lang=\"").Append(Escape(language)).Append("\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Escape(subject))
            .Append("</title></head><body style=\"").Append(Page).Append("\"><div style=\"max-width:36em\">");
        foreach (var paragraph in BlankLines().Split(text.ReplaceLineEndings("\n").Trim()))
        {
            html.Append("<p style=\"margin:0 0 16px\">")
                .AppendJoin("<br>", LabelledLinks(paragraph.Split('\n')).Select(Line))
                .Append("</p>");
        }

        return html.Append("</div></body></html>").ToString();
    }

    /// <summary>A line with a colon at its end, above one that is a link alone, is what the link is called.</summary>
    private static IEnumerable<string> LabelledLinks(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            yield return i + 1 < lines.Length && lines[i].TrimEnd().EndsWith(':') && OneLink().Match(lines[i + 1]).Groups["label"] is { Success: true, Length: 0 }
                ? $"{lines[i].TrimEnd()} {lines[++i].Trim()}"
                : lines[i];
        }
    }

    private static string Line(string line)
    {
        if (OneLink().Match(line) is { Success: true } only)
        {
            var label = only.Groups["label"].Value.TrimEnd(':', ' ');
            var url = only.Groups["url"].Value;
            return $"<a href=\"{Escape(url)}\" style=\"{Button}\">{Escape(label.Length > 0 ? label : url)}</a>";
        }

        var html = new StringBuilder(line.Length * 2);
        var at = 0;
        foreach (var link in Links().EnumerateMatches(line))
        {
            var url = Escape(line.Substring(link.Index, link.Length));
            html.Append(Escape(line[at..link.Index])).Append("<a href=\"").Append(url).Append("\">").Append(url).Append("</a>");
            at = link.Index + link.Length;
        }

        return html.Append(Escape(line[at..])).ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"\n(?:[ \t]*\n)+", RegexOptions.CultureInvariant)]
    private static partial Regex BlankLines();

    [GeneratedRegex(@"^\s*(?<label>[^\n]{0,80}?)\s*(?<url>https?://[^\s<>""]+)\s*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OneLink();

    [GeneratedRegex(@"https?://[^\s<>""]*[^\s<>""'.,;:!?)\]]", RegexOptions.CultureInvariant)]
    private static partial Regex Links();
}
