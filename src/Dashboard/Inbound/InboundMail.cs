using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text.RegularExpressions;

namespace Escalation.Dashboard.Inbound;

/// <summary>What a delivery report says of a letter of ours.</summary>
internal enum Report
{
    None,

    /// <summary>It will not be delivered.</summary>
    Failed,

    /// <summary>A server on the way is still trying.</summary>
    Delayed,

    /// <summary>All is well.</summary>
    Other,
}

/// <summary>A letter that came in, as far as it concerns us.</summary>
/// <param name="From">The sender's address; empty when there is none.</param>
/// <param name="Subject">Decoded.</param>
/// <param name="Text">All of it as plain text.</param>
/// <param name="MessageId">Its own id, without angle brackets; null when it has none.</param>
/// <param name="About">Ids of the letters it answers or reports on, the nearest first.</param>
/// <param name="IsAutomatic">A machine wrote it.</param>
/// <param name="Report">What it reports, if it is a delivery report.</param>
/// <param name="Reason">Why a letter could not be delivered: status and the server's words, without addresses.</param>
/// <param name="WrittenAt">When it was written, as it says itself; null when it does not.</param>
internal sealed partial record InboundMail(
    string From,
    string Subject,
    string Text,
    string? MessageId,
    IReadOnlyList<string> About,
    bool IsAutomatic,
    Report Report = Report.None,
    string? Reason = null,
    DateTimeOffset? WrittenAt = null)
{
    private const int MostIds = 100;
    private const int LongestReason = 300;

    /// <summary>Reads a letter as it came over the wire.</summary>
    public static InboundMail Read(ReadOnlySpan<byte> raw)
    {
        var mail = MimePart.Read(raw);
        var status = mail.All.FirstOrDefault(part => part.Type is "message/delivery-status" or "message/global-delivery-status");
        var from = AddressOf(mail.Header("from"));
        var text = TextOf(mail);
        var answered = IdsOf(mail.Header("in-reply-to")).Concat(IdsOf(mail.Header("references")).Reverse());
        var read = new InboundMail(
            from, mail.Header("subject") ?? "", text, IdsOf(mail.Header("message-id")).FirstOrDefault(), [.. answered.Take(MostIds)], IsMachine(mail),
            WrittenAt: InstantOf(mail.Header("date")));
        if (status is not null)
        {
            return OfReport(read, mail, status);
        }

        // Not every server reports as RFC 3464 has it: a letter from a mail daemon that quotes ours is taken at its word.
        return IsDaemon(from, mail)
            ? read with
            {
                About = [.. mail.All.Skip(1).SelectMany(part => IdsOf(part.Header("message-id"))).Concat(IdsOf(QuotedId().Match(text).Value)).Concat(read.About).Take(MostIds)],
                IsAutomatic = true,
                Report = Report.Failed,
                Reason = ReasonOf(read.Subject),
            }
            : read;
    }

    /// <summary>The ids in a header such as References, without angle brackets.</summary>
    public static IEnumerable<string> IdsOf(string? header) =>
        header is null ? [] : Id().Matches(header).Take(MostIds).Select(id => id.Groups[1].Value);

    /// <summary>What the sender wrote themselves: without what they quote, and without their signature. All of it when that leaves nothing.</summary>
    public static string OwnWords(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var end = Array.FindIndex(lines, line => line.StartsWith('>') || line == "-- " || Attribution().IsMatch(line) || Divider().IsMatch(line));
        if (end > 0 && lines[end].StartsWith('>') && Wrote().IsMatch(lines[end - 1]))
        {
            end--;
        }

        var own = string.Join('\n', end < 0 ? lines : lines[..end]).Trim();
        return own.Length > 0 ? own : text.Trim();
    }

    /// <summary>A machine's word about itself, or its habits.</summary>
    internal static bool IsAutomaticWord(string? autoSubmitted) =>
        autoSubmitted is { Length: > 0 } && !autoSubmitted.TrimStart().StartsWith("no", StringComparison.OrdinalIgnoreCase);

    private static InboundMail OfReport(InboundMail read, MimePart mail, MimePart status)
    {
        var recipients = MimePart.Blocks(status.Text()).Where(block => block.ContainsKey("action")).ToList();
        var worst = recipients.FirstOrDefault(block => Is(block, "failed")) ?? recipients.FirstOrDefault(block => Is(block, "delayed"));
        var original = mail.All.Where(part => part != mail && part != status).SelectMany(part => IdsOf(part.Header("message-id")));
        return read with
        {
            About = [.. original.Concat(read.About).Take(MostIds)],
            IsAutomatic = true,
            Report = worst is null ? Report.Other : Is(worst, "failed") ? Report.Failed : Report.Delayed,
            Reason = worst is null ? null : ReasonOf($"{worst.GetValueOrDefault("status")} {worst.GetValueOrDefault("diagnostic-code")}"),
        };

        static bool Is(IReadOnlyDictionary<string, string> block, string action) =>
            string.Equals(block["action"].Trim(), action, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>CUS-7: it goes into the history, so it names nobody.</summary>
    private static string ReasonOf(string text)
    {
        var plain = Control().Replace(AnyAddress().Replace(text, "recipient"), " ").Trim();
        return plain.Length == 0 ? "It came back." : plain.Length <= LongestReason ? plain : plain[..LongestReason];
    }

    /// <summary>RFC 5322, without its comments.</summary>
    private static DateTimeOffset? InstantOf(string? date) =>
        date is not null && DateTimeOffset.TryParse(Comment().Replace(date, ""), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUniversalTime()
            : null;

    private static bool IsMachine(MimePart mail) =>
        IsAutomaticWord(mail.Header("auto-submitted")) ||
        (mail.Header("precedence")?.Trim().ToLowerInvariant() is "bulk" or "junk" or "list" or "auto_reply") ||
        mail.Header("x-autoreply") is not null || mail.Header("x-autorespond") is not null || mail.Header("list-id") is not null ||
        mail.Header("return-path")?.Trim() == "<>";

    private static bool IsDaemon(string from, MimePart mail) =>
        from.Split('@')[0].ToLowerInvariant() is "mailer-daemon" or "postmaster" &&
        (mail.Header("return-path")?.Trim() is null or "<>" || IsMachine(mail));

    private static string AddressOf(string? header) =>
        header is not null && MailAddress.TryCreate(header.Trim(), out var address) ? address.Address
        : header is not null && AnyAddress().Match(header) is { Success: true } found ? found.Value
        : "";

    /// <summary>The first plain text that is no attachment; else the first HTML, without its marks.</summary>
    private static string TextOf(MimePart mail)
    {
        var texts = mail.All.TakeWhile(part => part == mail || part.Type is not ("message/rfc822" or "message/delivery-status"))
            .Where(part => part.Parts.Count == 0 && part.Disposition != "attachment").ToList();
        return texts.FirstOrDefault(part => part.Type == "text/plain") is { } plain ? plain.Text()
            : texts.FirstOrDefault(part => part.Type == "text/html") is { } html ? PlainOf(html.Text())
            : "";
    }

    private static string PlainOf(string html)
    {
        var text = Unseen().Replace(html, "");
        text = LineEnd().Replace(text, "\n");
        return WebUtility.HtmlDecode(Tag().Replace(text, "")).Trim();
    }

    [GeneratedRegex(@"\([^()]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(@"<([^<>\s]{1,250})>", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"(?im)^message-id:\s*<[^<>\s]{1,250}>", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedId();

    [GeneratedRegex(@"[^\s<>:;,""()\[\]]+@[^\s<>:;,""()\[\]]+", RegexOptions.CultureInvariant)]
    private static partial Regex AnyAddress();

    [GeneratedRegex(@"[\p{Cc}\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex Control();

    [GeneratedRegex(@"^(On\b.{0,200}\bwrote|Am\b.{0,200}\bschrieb.{0,80}|.{0,200}(пишет|написала?|написал\(а\))|.{0,200}\ba scris)\s*:\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Attribution();

    [GeneratedRegex(@":\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Wrote();

    [GeneratedRegex(@"^(-{2,}\s*\p{L}[\p{L} ]{3,40}-{2,}|_{10,})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Divider();

    [GeneratedRegex(@"<(style|script|head)\b[^>]*>.*?</\1\s*>|<!--.*?-->", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Unseen();

    [GeneratedRegex(@"<(br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"<[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
