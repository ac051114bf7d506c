using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Escalation.Dashboard.Access;
using Escalation.Dashboard.Api;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Inbound;

/// <summary>
/// What became of a letter that came in: <c>reply</c>, <c>opened</c> (CASE-4: a new case that goes on from a closed one),
/// <c>automatic</c>, <c>bounce</c>, <c>delay</c> or <c>report</c>; from a public place (REV-2) <c>review</c>, <c>unread</c> (a case in
/// which a person reads it) or <c>ignored</c>.
/// </summary>
/// <param name="CaseId">The case; absent for a review that does not complain, and for what is ignored.</param>
/// <param name="Kind">One of these words.</param>
/// <param name="Notice">Our notice that it is about.</param>
/// <param name="Version">The case's version, or the review's.</param>
/// <param name="ReviewId">The review that it told of.</param>
public sealed record InboundReceipt(Guid? CaseId, string Kind, int? Notice, int Version, Guid? ReviewId = null);

/// <summary>
/// PRM-5: letters that a mail server hands over: what comes back, what customers answer, what their machines answer. The same
/// letter (by its Message-ID) twice is taken once.
/// </summary>
internal sealed partial class InboundRoute(
    IGrains grains, Board board, ICustomerDirectory directory, CaseDesk desk, CustomerDesk customers, PlaceMailDesk places, TimeProvider time)
{
    /// <summary>The largest letter that is taken, in bytes.</summary>
    public const int Limit = 10 * 1024 * 1024;

    public const string Rfc822 = "message/rfc822";

    private const int LongestNote = 4000;

    /// <summary>Of a customer with more cases than that, older ones are not known by their number.</summary>
    private const int MostCasesLookedAt = 200;

    private static readonly TextField From = new("from", 320, true, "The sender's address.", lines: false);
    private static readonly TextField To = new("to", 2000, false, "Whom it was for.", lines: false);
    private static readonly TextField Subject = new("subject", 1000, false, "Decoded.", lines: false);
    private static readonly TextField Text = new("text", MailText.Longest, true, "The letter as plain text.");
    private static readonly TextField MessageId = new("messageId", 300, false, "The letter's own id.", lines: false);
    private static readonly TextField InReplyTo = new("inReplyTo", 2000, false, "Id of the letter that it answers.", lines: false);
    private static readonly TextField References = new("references", 20_000, false, "Ids of the letters before it.");
    private static readonly TextField AutoSubmitted = new("autoSubmitted", 100, false, "The header Auto-Submitted, if there is one.", lines: false);

    private static readonly Operation Taking = new("inbound.email", Rights.InboundMail, "PRM-5, REV-2: a letter that came in: an answer, a delivery report, word of a review.")
    {
        Tag = "Inbound",
        Body = [From, To, Subject, Text, MessageId, InReplyTo, References, AutoSubmitted],
        RawBody = Rfc822,
        Answer = typeof(InboundReceipt),
        Refusals = [StatusCodes.Status409Conflict],
    };

    private static readonly Problem TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "request.tooLarge", $"The letter is larger than {Limit} bytes.");

    private static readonly Problem NoCase = new(
        StatusCodes.Status422UnprocessableEntity,
        "inbound.noCase",
        "The letter answers none of ours, and names no case of its sender in the subject. Hand it to a person.");

    public void Map(Routes routes) => routes.Post("/api/inbound/email", Taking, TakeAsync);

    private async Task TakeAsync(HttpContext context)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var given = CommandIds.Of(context, by, Taking.Name, Guid.Empty, 0, time, faults);
        var (mail, hash, problem) = await ReadAsync(context, faults);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var key = mail!.MessageId ?? hash;
        if (places.Read(mail) is { } letter)
        {
            var taken = await places.TakeAsync(letter, mail, key, given.IsKeyed ? given.Command : null, by);
            await (taken.Receipt is { } receipt ? JsonAnswer.WriteAsync(context, receipt) : Problems.Of(taken.Refusal!).WriteAsync(context));
            return;
        }

        if (await CaseOfAsync(mail) is not var (caseId, notice))
        {
            await NoCase.WriteAsync(context);
            return;
        }

        var id = given.IsKeyed ? given.Command : CommandIds.OfKey(by, Taking.Name, caseId, 0, HashOf(Encoding.UTF8.GetBytes(key))).Command;
        var (kind, command) = CommandOf(mail, notice);
        if (command is null)
        {
            var (_, version) = await grains.Case(caseId).Get(context.RequestAborted);
            await JsonAnswer.WriteAsync(context, new InboundReceipt(caseId, kind, notice, version));
            return;
        }

        if (command is CaseCommand.ReceiveMail { Automatic: false } words)
        {
            var heard = await customers.TellAsync(caseId, id, by, words, Channel.Email, words.Text.Length > 0 ? words.Text : MailText.Plain(mail.Subject));
            (caseId, kind) = (heard.CaseId, heard.IsNew ? "opened" : kind);
            await AnswerAsync(context, heard.Answer, caseId, kind, notice);
            return;
        }

        await AnswerAsync(
            context, await desk.TellAsync(grains.Case(caseId), new Envelope<CaseCommand>(id, by, command), isKeyed: true), caseId, kind, notice);
    }

    private static async Task AnswerAsync(HttpContext context, Answer answer, Guid caseId, string kind, int? notice)
    {
        switch (answer)
        {
            case Answer.Done done:
                await JsonAnswer.WriteAsync(context, new InboundReceipt(caseId, kind, notice, done.Version));
                break;
            case Answer.No no:
                await Problems.Of(no.Refusal).WriteAsync(context);
                break;
            case Answer.Stale stale:
                await Problems.Of(stale).WriteAsync(context);
                break;
        }
    }

    private static (string Kind, CaseCommand? Command) CommandOf(InboundMail mail, int? notice) => (mail.Report, notice) switch
    {
        (Report.Failed, { } number) => ("bounce", new CaseCommand.RecordNoticeBounced(number, mail.Reason ?? "It came back.")),
        (Report.Delayed, { } number) => ("delay", new CaseCommand.RecordNoticeDelayed(number, mail.Reason ?? "")),
        (Report.Other, _) => ("report", null),
        _ => (
            mail.IsAutomatic ? "automatic" : "reply",
            new CaseCommand.ReceiveMail(
                MailText.Cut(InboundMail.OwnWords(MailText.Plain(mail.Text)), LongestNote), MailText.WholeOf(mail), mail.IsAutomatic)),
    };

    /// <summary>
    /// By our letters that it answers; else by a case number in the subject, if the sender is that case's customer. Open cases are
    /// found on the board, whoever told us the address; closed ones among those of the customer who is known by it.
    /// </summary>
    private async Task<(Guid CaseId, int? Notice)?> CaseOfAsync(InboundMail mail)
    {
        foreach (var id in mail.About)
        {
            var local = id.Split('@')[0];
            var isNotice = CaseScopedId.TryParse(local, 'n', out var caseId, out var number);
            if ((isNotice || Guid.TryParseExact(local, "N", out caseId)) && (await grains.Case(caseId).Get()).State is { Exists: true } state)
            {
                var known = isNotice && number <= state.Notices.Length;
                if (known || mail.Report == Report.None)
                {
                    return (caseId, known ? number : null);
                }
            }
        }

        if (mail.Report != Report.None)
        {
            return null;
        }

        foreach (Match found in Number().Matches(mail.Subject))
        {
            if (long.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) &&
                board.Read(new BoardView { Text = found.Value }, time.GetUtcNow()).Rows.FirstOrDefault(row => row.Number == number) is { } row &&
                (await grains.Case(row.Id).Get()).State.Opening?.Customer?.Email is { } email &&
                string.Equals(email, mail.From, StringComparison.OrdinalIgnoreCase))
            {
                return (row.Id, null);
            }
        }

        return await OfCustomerAsync(mail);
    }

    private async Task<(Guid CaseId, int? Notice)?> OfCustomerAsync(InboundMail mail)
    {
        var wanted = Number().Matches(mail.Subject).Select(found => found.Value.TrimStart('0')).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count > 0 && await directory.FindAsync(ContactPoints.Mail(mail.From), CancellationToken.None) is { } customerId)
        {
            var (_, customer, _) = await grains.SurvivingCustomerAsync(customerId);
            foreach (var id in customer.Cases.Reverse().Take(MostCasesLookedAt))
            {
                if ((await grains.Case(id).Get()).State.Opening is { } opening && wanted.Contains(opening.Number.ToString(CultureInfo.InvariantCulture)))
                {
                    return (id, null);
                }
            }
        }

        return null;
    }

    private static async Task<(InboundMail? Mail, string Hash, Problem? Problem)> ReadAsync(HttpContext context, Faults faults)
    {
        if (context.Request.ContentType?.Split(';')[0].Trim().Equals(Rfc822, StringComparison.OrdinalIgnoreCase) != true)
        {
            var (fields, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (fields, _) => Read(fields));
            return (fields, fields is null ? "" : HashOf(Encoding.UTF8.GetBytes($"{fields.From}\n{fields.Subject}\n{fields.Text}")), problem);
        }

        if (faults.Any)
        {
            return (null, "", Problems.Invalid(faults));
        }

        using var raw = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (raw.Length + read > Limit)
            {
                return (null, "", TooLarge);
            }

            await raw.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
        }

        return raw.Length == 0
            ? (null, "", Problems.Malformed("The body is empty; a letter is expected."))
            : (InboundMail.Read(raw.GetBuffer().AsSpan(0, (int)raw.Length)), HashOf(raw.GetBuffer().AsSpan(0, (int)raw.Length)), null);
    }

    private static InboundMail Read(Fields fields)
    {
        fields.Get(To);
        var about = InboundMail.IdsOf(Bracketed(fields.Get(InReplyTo))).Concat(InboundMail.IdsOf(fields.Get(References)).Reverse());
        return new InboundMail(
            fields.Get(From) ?? "", fields.Get(Subject) ?? "", fields.Get(Text) ?? "", fields.Get(MessageId)?.Trim('<', '>', ' '),
            [.. about], InboundMail.IsAutomaticWord(fields.Get(AutoSubmitted)));
    }

    private static string? Bracketed(string? id) => id is null || id.Contains('<', StringComparison.Ordinal) ? id : $"<{id.Trim()}>";

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    [GeneratedRegex(@"\d{1,18}", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
