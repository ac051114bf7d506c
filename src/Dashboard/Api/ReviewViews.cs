using System.Globalization;
using Escalation.Grains.Reviews;

namespace Escalation.Dashboard.Api;

/// <summary>REV-2: one review.</summary>
/// <param name="Id">The review.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="Place">Where it stands, by its id in the register.</param>
/// <param name="Rating">Stars, 1 to 5; absent for words without stars.</param>
/// <param name="Complains">It is a complaint.</param>
/// <param name="Type">The conflict type.</param>
/// <param name="Language">BCP 47, if known.</param>
/// <param name="Author">Who wrote it; it and all that follows about the person is absent once it was erased (CUS-7).</param>
/// <param name="Text">What it says now.</param>
/// <param name="Url">Where it stands.</param>
/// <param name="At">When it was written.</param>
/// <param name="RecordedAt">When we came to know of it.</param>
/// <param name="AwaitsReply">A complaint that nobody has answered in public.</param>
/// <param name="CaseId">The case that it opened.</param>
/// <param name="CustomerId">The customer of that case.</param>
/// <param name="NoCaseBecause">Why no case opened although it complains.</param>
/// <param name="Reply">Our latest public answer.</param>
/// <param name="ErasedAt">When what names its author was erased.</param>
public sealed record ReviewView(
    Guid Id,
    int Version,
    string Place,
    int? Rating,
    bool Complains,
    string Type,
    string? Language,
    string? Author,
    string? Text,
    string? Url,
    DateTimeOffset At,
    DateTimeOffset RecordedAt,
    bool AwaitsReply,
    Guid? CaseId,
    Guid? CustomerId,
    string? NoCaseBecause,
    ReplyView? Reply,
    DateTimeOffset? ErasedAt)
{
    internal static ReviewView Of(Review review, int version)
    {
        var recorded = review.Recorded!;
        return new(
            review.Id, version, recorded.Place, review.Rating, review.IsComplaint, recorded.Type, recorded.Language, recorded.Author, review.Text,
            review.Url, recorded.WrittenAt, review.RecordedAt, review.AwaitsReply, review.NoCaseBecause is null ? review.CaseId : null,
            review.NoCaseBecause is null ? review.CustomerId : null, review.NoCaseBecause,
            review.Reply is { } reply ? new ReplyView(reply.At, reply.By, reply.Text, reply.Url) : null, review.ErasedAt);
    }
}

/// <summary>REV-2: our public answer.</summary>
public sealed record ReplyView(DateTimeOffset PublishedAt, string By, string? Text, string? Url);

/// <summary>REV-1, REV-3: a public place: its look clock, and what stands there.</summary>
/// <param name="Id">Its id in the register.</param>
/// <param name="Name">For people.</param>
/// <param name="Url">Where to look.</param>
/// <param name="Site">Our site that it is about, if it is about one.</param>
/// <param name="LookEvery">It is to be looked at this often.</param>
/// <param name="LookedAt">When somebody looked last.</param>
/// <param name="LookedBy">Who that was.</param>
/// <param name="LookBy">By when somebody looks next.</param>
/// <param name="OverdueSince">Since when a look is missing; absent while none is.</param>
/// <param name="MissedLooks">How many looks were missed so far.</param>
/// <param name="Reviews">How many reviews stand there, as far as we know.</param>
/// <param name="AwaitingReply">How many of them complain and have no public answer.</param>
/// <param name="Rating">REV-3: the average of all with stars, to one decimal; absent without any.</param>
/// <param name="Band">REV-3: what that says.</param>
/// <param name="Months">REV-3: the same month by month (UTC), the newest first.</param>
public sealed record SourceView(
    string Id,
    string Name,
    string Url,
    string? Site,
    TimeSpan LookEvery,
    DateTimeOffset? LookedAt,
    string? LookedBy,
    DateTimeOffset? LookBy,
    DateTimeOffset? OverdueSince,
    int MissedLooks,
    int Reviews,
    int AwaitingReply,
    decimal? Rating,
    RatingBand? Band,
    IReadOnlyList<RatingMonthView> Months)
{
    internal static SourceView Of(PublicPlace place, Source source, ReviewBook book, DateTimeOffset now)
    {
        var sum = source.Sum();
        return new(
            place.Id, place.Name, place.Url, place.Site, place.LookEvery, source.LookedAt, source.LookedBy, source.LookBy, source.OverdueSince(now),
            source.MissedLooks, source.Reviews.Count, source.Reviews.Values.Count(review => review.AwaitsReply), sum.Rating, BandOf(sum, book),
            [
                .. source.Months().Select(month => new RatingMonthView(
                    string.Create(CultureInfo.InvariantCulture, $"{month.Year:0000}-{month.Month:00}"), month.Sum.Reviews, month.Sum.Rating!.Value, BandOf(month.Sum, book)!.Value)),
            ]);
    }

    private static RatingBand? BandOf(RatingSum sum, ReviewBook book) => sum.Rating is { } rating ? book.BandOf(rating) : null;
}

/// <summary>REV-3: a place's rating in one month.</summary>
/// <param name="Month">Year and month, UTC: <c>2026-11</c>.</param>
/// <param name="Reviews">How many with stars were written in it.</param>
/// <param name="Rating">Their average, to one decimal.</param>
/// <param name="Band">What that says.</param>
public sealed record RatingMonthView(string Month, int Reviews, decimal Rating, RatingBand Band);

/// <summary>REV-4: a public question and its answer.</summary>
/// <param name="Type">The conflict type that it belongs to.</param>
/// <param name="Id">Unique within the type.</param>
/// <param name="TrueUntil">The last day (UTC) on which the answer is known to be true.</param>
/// <param name="Stale">That day is over.</param>
/// <param name="Texts">By language.</param>
public sealed record QuestionView(string Type, string Id, DateOnly TrueUntil, bool Stale, IReadOnlyDictionary<string, QuestionText> Texts)
{
    internal static QuestionView Of(PublicQuestion question, DateTimeOffset now) =>
        new(question.Type, question.Id, question.TrueUntil, question.IsStaleAt(now), question.Texts);
}
