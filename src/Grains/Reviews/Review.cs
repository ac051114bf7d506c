using System.Globalization;
using Escalation.Grains.Errands;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using static Escalation.Grains.Reviews.ReviewCommand;
using static Escalation.Grains.Reviews.ReviewEvent;

namespace Escalation.Grains.Reviews;

/// <summary>What can happen to a review. There is no event for deleting one (REV-2).</summary>
public abstract record ReviewEvent : IEvent
{
    /// <summary>REV-2: somebody wrote about us in public. With a <c>CaseId</c>, a case opens under it.</summary>
    public sealed record ReviewRecorded(
        string Place,
        int? Rating,
        DateTimeOffset WrittenAt,
        bool IsComplaint,
        string Type,
        string? Language,
        [property: Personal] string? Author,
        [property: Personal] string? Text,
        [property: Personal] string? Url,
        Guid? CaseId,
        Guid? CustomerId) : ReviewEvent;

    /// <summary>The author changed it; what it said before stays.</summary>
    public sealed record ReviewEdited(
        int? Rating, bool IsComplaint, [property: Personal] string? Text, [property: Personal] string? Url, Guid? CaseId, Guid? CustomerId) : ReviewEvent;

    /// <summary>REV-2: our answer stands beside it, for everyone to read.</summary>
    public sealed record ReviewReplied(DateTimeOffset PublishedAt, [property: Personal] string? Text, [property: Personal] string? Url) : ReviewEvent;

    /// <summary>Its place and its case know all of the first <c>Changes</c> changes; why no case opened, when none did.</summary>
    public sealed record ReviewCarried(int Changes, string? NoCaseBecause = null) : ReviewEvent;

    /// <summary>CUS-7: what names its author was erased here. Stars and instants stay, and so does the review where it was published.</summary>
    public sealed record ReviewErased(int Erasure, string Reason) : ReviewEvent;

    private ReviewEvent()
    {
    }
}

/// <summary>What can be asked of a review.</summary>
public abstract record ReviewCommand
{
    /// <summary>REV-2: it stands at the place; the same again changes nothing.</summary>
    /// <param name="IsComplaint">Someone's word; null to go by stars and words.</param>
    /// <param name="Customer">Who wrote it, where that is known.</param>
    public sealed record RecordReview(
        string Place,
        int? Rating,
        DateTimeOffset? WrittenAt,
        bool? IsComplaint,
        string? Type,
        string? Language,
        string? Author,
        string? Text,
        string? Url,
        Guid? Customer) : ReviewCommand;

    /// <summary>REV-2: an answer was published.</summary>
    public sealed record RecordReply(string Text, string? Url, DateTimeOffset? PublishedAt) : ReviewCommand;

    /// <summary>Place and case know. By the platform only.</summary>
    public sealed record SettleReview(int Changes, string? NoCaseBecause) : ReviewCommand;

    /// <summary>CUS-7: forgets who wrote it.</summary>
    public sealed record EraseReview(string Reason) : ReviewCommand;

    private ReviewCommand()
    {
    }
}

/// <summary>REV-2: our published answer to a review.</summary>
/// <param name="At">When it was published.</param>
/// <param name="By">Who recorded it.</param>
/// <param name="Text">What it says; null after erasure.</param>
/// <param name="Url">Where it stands, if that is known.</param>
public sealed record PublicReply(DateTimeOffset At, string By, string? Text, string? Url);

/// <summary>REV-2: one review at one place.</summary>
public sealed record Review : IAggregate<Review, ReviewCommand, ReviewEvent>
{
    public static string Category => "review";

    public required Guid Id { get; init; }

    /// <summary>How it was recorded first; null before that.</summary>
    public ReviewRecorded? Recorded { get; init; }

    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>Stars, 1 to 5, as it stands now; null for words without stars.</summary>
    public int? Rating { get; init; }

    public bool IsComplaint { get; init; }

    /// <summary>What it says now; null for stars without words, and after erasure.</summary>
    public string? Text { get; init; }

    public string? Url { get; init; }

    /// <summary>The case that it opened, or is about to open; null for none.</summary>
    public Guid? CaseId { get; init; }

    /// <summary>The customer of that case.</summary>
    public Guid? CustomerId { get; init; }

    /// <summary>Why no case opened although one should; null when nothing was in the way.</summary>
    public string? NoCaseBecause { get; init; }

    /// <summary>The latest answer; null before the first.</summary>
    public PublicReply? Reply { get; init; }

    /// <summary>How many answers were published, those that took the place of an earlier one included.</summary>
    public int Replies { get; init; }

    /// <summary>How often it changed in a way that its place and case have to know.</summary>
    public int Changes { get; init; }

    /// <summary>How many of <see cref="Changes"/> they know.</summary>
    public int Carried { get; init; }

    /// <summary>When it changed last.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    public int Erasures { get; init; }

    public DateTimeOffset? ErasedAt { get; init; }

    public bool Exists => Recorded is not null;

    /// <summary>True while place or case may not know yet.</summary>
    public bool IsPending => Carried < Changes;

    /// <summary>REV-2: true for a complaint that nobody has answered in public.</summary>
    public bool AwaitsReply => IsComplaint && Reply is null;

    /// <summary>
    /// The id of a review: of the key that it has at its place, else of who wrote what when, so that the same review twice is one.
    /// </summary>
    public static Guid IdOf(string place, string? key, string? author, DateTimeOffset? writtenAt, int? rating, string? text) => key is not null
        ? ErrandId.Of("review", place, "key", key)
        : ErrandId.Of(
            "review", place, "content", author?.Trim() ?? "", writtenAt?.ToString("O", CultureInfo.InvariantCulture) ?? "",
            rating?.ToString(CultureInfo.InvariantCulture) ?? "", text?.Trim() ?? "");

    public static Review Empty(Guid id) => new() { Id = id };

    public Decision<ReviewEvent> Decide(ReviewCommand command, Context context) => command switch
    {
        RecordReview c when Refusal(c, context) is { } no => no,
        RecordReview c when !Exists => [Record(c, context)],
        RecordReview c when Erasures > 0 || ((c.Rating ?? Rating) == Rating && (c.Text ?? Text) == Text) => [],
        RecordReview c => [Edit(c, context.Policy)],
        _ when !Exists => new Refused("review.notFound", $"There is no review {Id}."),
        RecordReply { PublishedAt: { } at } when at > context.Now => new Refused("review.replyInFuture", $"{at:u} is still to come: record the answer when it is published.", "publishedAt"),
        RecordReply { PublishedAt: { } at } when at < Recorded!.WrittenAt => new Refused("review.replyBeforeReview", $"The review was written at {Recorded.WrittenAt:u}, after that.", "publishedAt"),
        RecordReply c when Reply is { } known && known.Text == c.Text && known.Url == c.Url => [],
        RecordReply c => [new ReviewReplied(c.PublishedAt ?? context.Now, c.Text, c.Url)],
        SettleReview c when c.Changes <= Carried => [],
        SettleReview c => [new ReviewCarried(c.Changes, c.NoCaseBecause)],
        EraseReview when CustomerId is { } customer && (context.By.Roles & Roles.System) == 0 => new Refused(
            "review.erase.customer", $"Its author is customer {customer}: erase the customer, and the review forgets them too."),
        EraseReview c => [new ReviewErased(Erasures + 1, c.Reason)],
        _ => throw new NotSupportedException($"A review does not know how to decide {command.GetType().Name}."),
    };

    public Review Evolve(ReviewEvent happened, DateTimeOffset at, string by) => happened switch
    {
        ReviewRecorded e => Changed(at) with
        {
            Recorded = e,
            RecordedAt = at,
            Rating = e.Rating,
            IsComplaint = e.IsComplaint,
            Text = e.Text,
            Url = e.Url,
            CaseId = e.CaseId,
            CustomerId = e.CustomerId,
        },
        ReviewEdited e => Changed(at) with
        {
            Rating = e.Rating,
            IsComplaint = e.IsComplaint,
            Text = e.Text,
            Url = e.Url,
            CaseId = e.CaseId,
            CustomerId = e.CustomerId,
        },
        ReviewReplied e => Changed(at) with { Reply = new PublicReply(e.PublishedAt, by, e.Text, e.Url), Replies = Replies + 1 },
        ReviewCarried e => this with { Carried = e.Changes, NoCaseBecause = e.NoCaseBecause },
        ReviewErased e => this with
        {
            Recorded = Recorded! with { Author = null, Text = null, Url = null },
            Text = null,
            Url = null,
            Reply = Reply is { } reply ? reply with { Text = null, Url = null } : null,
            Erasures = e.Erasure,
            ErasedAt = at,
        },
        _ => throw new NotSupportedException($"A review does not know how to fold {happened.GetType().Name}."),
    };

    public Effects EffectsOf(IReadOnlyList<ReviewEvent> events, int version) => new(NextDue())
    {
        ErasesPersonal = events.Any(happened => happened is ReviewErased),
    };

    /// <summary>At once, for whoever finishes what a crash left: place and case have to know.</summary>
    public Due? NextDue() => IsPending ? new Due(ChangedAt, null, null, 0) : null;

    private Review Changed(DateTimeOffset at) => this with { Changes = Changes + 1, ChangedAt = at };

    private static Refused? Refusal(RecordReview c, Context context)
    {
        var policy = context.Policy;
        if (policy.Reviews.Find(c.Place) is null)
        {
            var known = policy.Reviews.Places.IsEmpty ? "none" : string.Join(", ", policy.Reviews.Places.Select(place => place.Id));
            return new Refused("source.unknown", $"'{c.Place}' is no place of the register. Known: {known}.", "place");
        }

        if (c.Rating is null && c.Text is null)
        {
            return new Refused("review.empty", "A review has stars, words, or both.", "text");
        }

        if (c.Type is { } type && !policy.ConflictTypes.Contains(type))
        {
            return new Refused(
                "case.unknownType",
                $"'{type}' is no conflict type of policy {policy.Version}. Known: {string.Join(", ", policy.ConflictTypes.Order(StringComparer.Ordinal))}.",
                "type");
        }

        return c.WrittenAt > context.Now
            ? new Refused("review.inFuture", $"Nobody can have written it at {c.WrittenAt:u}, which is still to come.", "at")
            : null;
    }

    private ReviewRecorded Record(RecordReview c, Context context)
    {
        var place = context.Policy.Reviews.Find(c.Place)!;
        var complains = context.Policy.Reviews.IsComplaint(c.Rating, c.Text, c.IsComplaint);
        var (caseId, customer) = CaseFor(complains, c.Customer);
        return new ReviewRecorded(
            c.Place, c.Rating, c.WrittenAt ?? context.Now, complains, c.Type ?? place.Type, c.Language, c.Author, c.Text, c.Url, caseId, customer);
    }

    /// <summary>A complaint stays one, however kindly it is written anew: its case is still to be worked on.</summary>
    private ReviewEdited Edit(RecordReview c, Policy policy)
    {
        var (rating, text) = (c.Rating ?? Rating, c.Text ?? Text);
        var complains = IsComplaint || policy.Reviews.IsComplaint(rating, text, c.IsComplaint);
        var (caseId, customer) = CaseFor(complains, c.Customer);
        return new ReviewEdited(rating, complains, text, c.Url ?? Url, caseId, customer);
    }

    private (Guid? Case, Guid? Customer) CaseFor(bool complains, Guid? customer) =>
        CaseId is not null || !complains
            ? (CaseId, CustomerId)
            : (ErrandId.Of("review", "case", Id.ToString("N")), customer ?? ErrandId.Of("review", "customer", Id.ToString("N")));
}
