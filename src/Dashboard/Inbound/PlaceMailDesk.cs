using Escalation.Dashboard.Api;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;

namespace Escalation.Dashboard.Inbound;

/// <summary>REV-2: takes the letters by which public places tell of reviews.</summary>
internal sealed class PlaceMailDesk(IGrains grains, ReviewErrands errands, UnreadLetters unread, IPolicySource policies, TimeProvider time)
{
    private const string Taking = "inbound.review";
    private const int LongestText = 10_000;
    private const int LongestLine = 200;
    private const int LongestUrl = 2000;
    private const int LongestKey = 300;

    /// <summary>What the letter is; null when no place of the register writes from that address, and for reports on letters of ours.</summary>
    public PlaceLetter? Read(InboundMail mail) => mail.Report == Report.None
        ? PlaceLetter.Read(policies.Current.Reviews, mail.From, MailText.Plain(mail.Subject), MailText.Plain(mail.Text))
        : null;

    /// <summary>Answered when review and case are on disk, so that a mail server may forget the letter.</summary>
    /// <param name="key">The letter's own id: the same again changes nothing.</param>
    /// <param name="command">CASE-5: the id that the sender gave; null to go by the letter.</param>
    public async Task<(InboundReceipt? Receipt, Refused? Refusal)> TakeAsync(PlaceLetter letter, InboundMail mail, string key, Guid? command, Actor by)
    {
        switch (letter)
        {
            case PlaceLetter.Ignored:
                return (new InboundReceipt(null, "ignored", null, 0), null);
            case PlaceLetter.Unread { Place: var place }:
                var (caseId, kept) = await unread.KeepAsync(place, key, MailText.Plain(mail.Subject), MailText.WholeOf(mail), CancellationToken.None);
                return kept is Answer.Done done ? (new InboundReceipt(caseId, "unread", null, done.Version), null) : (null, (kept as Answer.No)?.Refusal);
            case PlaceLetter.OfReview { Place: var place, Review: var review }:
                return await RecordAsync(place, review, mail, key, command, by);
            default:
                throw new NotSupportedException($"Nobody takes {letter.GetType().Name}.");
        }
    }

    private async Task<(InboundReceipt? Receipt, Refused? Refusal)> RecordAsync(
        PublicPlace place, MailedReview review, InboundMail mail, string key, Guid? command, Actor by)
    {
        var id = Review.IdOf(place.Id, Cut(review.Key, LongestKey) ?? $"mail:{Cut(key, LongestKey)}", null, null, null, null);
        var writtenAt = mail.WrittenAt <= time.GetUtcNow() ? mail.WrittenAt : null;
        var record = new ReviewCommand.RecordReview(
            place.Id, review.Rating, writtenAt, null, null, null, Cut(review.Author, LongestLine), Cut(review.Text, LongestText),
            Cut(review.Url, LongestUrl), null);
        var envelope = new Envelope<ReviewCommand>(command ?? CommandIds.OfKey(by, Taking, id, 0, key).Command, by, record);
        if (await grains.Review(id).Tell(envelope, CancellationToken.None) is Answer.No no)
        {
            return (null, no.Refusal);
        }

        var (recorded, version) = await errands.RunAsync(id, CancellationToken.None);
        return (new InboundReceipt(recorded.NoCaseBecause is null ? recorded.CaseId : null, "review", null, version, id), null);
    }

    private static string? Cut(string? text, int longest) => text is null ? null : MailText.Cut(text, longest);
}
