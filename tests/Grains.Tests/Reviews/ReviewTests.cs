using System.Text;
using Escalation.Grains.Log;
using Escalation.Grains.Reviews;
using Escalation.TestKit;
using static Escalation.Grains.Reviews.ReviewCommand;
using static Escalation.Grains.Reviews.ReviewEvent;

namespace Escalation.Grains.Tests.Reviews;

/// <summary>REV-2: what becomes of a review.</summary>
public sealed class ReviewTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.Parse("0197f3c0-0000-7000-8000-000000000009");
    private static readonly Actor Ana = new("ana", Roles.Agent);
    private static readonly TestPolicy Policy = TestPolicy.Shipped;

    [Theory, Rule("REV-2")]
    [InlineData(1, "Bad.", null, true)]
    [InlineData(3, null, null, true)]
    [InlineData(4, "Quite good.", null, false)]
    [InlineData(5, "Great, but NEVER AGAIN on a Friday.", null, true)]
    [InlineData(null, "Я сюда никогда больше не приду.", null, true)]
    [InlineData(null, "Thanks!", null, false)]
    [InlineData(2, "Meant for another shop.", false, false)]
    [InlineData(5, "Five stars so that you read this.", true, true)]
    public void Stars_words_or_someones_word_make_it_a_complaint_with_a_case(int? rating, string? text, bool? said, bool complains)
    {
        var review = Told(Review.Empty(Id), Of(rating, text) with { IsComplaint = said });

        Assert.Equal((complains, complains, complains), (review.IsComplaint, review.CaseId is not null, review.AwaitsReply));
        Assert.Equal(review.ChangedAt, review.NextDue()!.At);
    }

    [Fact, Rule("REV-2")]
    public void The_same_review_twice_is_one_and_an_edited_one_keeps_its_case()
    {
        var key = Review.IdOf("googleMaps", "r-17", "Ion", Noon, 1, "Late.");
        Assert.Equal(key, Review.IdOf("googleMaps", "r-17", "Ion P.", null, 5, null));
        Assert.NotEqual(key, Review.IdOf("facebook", "r-17", "Ion", Noon, 1, "Late."));
        Assert.Equal(Review.IdOf("facebook", null, "Ion ", Noon, 1, "Late."), Review.IdOf("facebook", null, "Ion", Noon, 1, " Late."));
        Assert.NotEqual(Review.IdOf("facebook", null, "Ion", Noon, 1, "Late."), Review.IdOf("facebook", null, "Ion", Noon, 2, "Late."));

        var review = Told(Review.Empty(Id), Of(1, "Late."));
        Assert.Empty(Decide(review, Of(1, "Late.")).Events);
        var edited = Told(review, Of(5, "They made it good."));

        Assert.Equal((5, "They made it good.", review.CaseId, true), (edited.Rating, edited.Text, edited.CaseId, edited.IsComplaint));
        Assert.Equal(2, edited.Changes);
    }

    [Fact, Rule("REV-2")]
    public void A_kind_review_that_is_edited_into_a_complaint_opens_a_case()
    {
        var kind = Told(Review.Empty(Id), Of(5, "Fine."));
        Assert.Null(kind.CaseId);

        Assert.NotNull(Told(kind, Of(1, "It broke.")).CaseId);
    }

    [Fact, Rule("REV-2")]
    public void What_cannot_be_is_refused_with_its_field()
    {
        var none = Review.Empty(Id);
        Assert.Equal(("source.unknown", "place"), Refusal(none, Of(1, "Bad.") with { Place = "nowhere" }));
        Assert.Equal(("review.empty", "text"), Refusal(none, Of(null, null)));
        Assert.Equal(("case.unknownType", "type"), Refusal(none, Of(1, null) with { Type = "weather" }));
        Assert.Equal(("review.inFuture", "at"), Refusal(none, Of(1, null) with { WrittenAt = Noon.AddDays(2) }));
        Assert.Equal(("review.notFound", null), Refusal(none, new RecordReply("Sorry.", null, null)));
        var review = Told(none, Of(1, "Bad."));
        Assert.Equal(("review.replyInFuture", "publishedAt"), Refusal(review, new RecordReply("Sorry.", null, Noon.AddDays(2))));
        Assert.Equal(("review.replyBeforeReview", "publishedAt"), Refusal(review, new RecordReply("Sorry.", null, Noon.AddDays(-2))));
        Assert.Equal(("review.erase.customer", null), Refusal(review, new EraseReview("Asked.")));
    }

    [Fact, Rule("REV-2")]
    public void Place_and_case_are_told_until_they_know()
    {
        var review = Told(Review.Empty(Id), Of(1, "Bad."));
        review = Told(review, new SettleReview(1, null));
        Assert.Null(review.NextDue());

        review = Told(review, new RecordReply("We are sorry; it is on its way.", null, null));
        Assert.Empty(Decide(review, new RecordReply("We are sorry; it is on its way.", null, null)).Events);
        Assert.False(review.AwaitsReply);
        Assert.NotNull(review.NextDue());
        Assert.Empty(Decide(review, new SettleReview(1, null)).Events);
        Assert.Null(Told(review, new SettleReview(2, null)).NextDue());
    }

    [Fact, Rule("CUS-7")]
    public void Whoever_wrote_it_stands_apart_and_is_forgotten_for_good()
    {
        var recorded = (ReviewRecorded)Decide(Review.Empty(Id), Of(5, "Vera Quimbly was kind.")).Events[0];
        var facts = Encoding.UTF8.GetString(EventCodec.FactsOf(recorded));
        Assert.DoesNotContain("Ion", facts, StringComparison.Ordinal);
        Assert.DoesNotContain("Quimbly", facts, StringComparison.Ordinal);
        Assert.DoesNotContain("example", facts, StringComparison.Ordinal);

        var review = Told(Review.Empty(Id), Of(5, "Vera Quimbly was kind."));
        review = Told(review, new RecordReply("Thank you, Ion!", null, null));
        review = Told(review, new EraseReview("They asked."));

        Assert.Equal((null, null, null, null), (review.Recorded!.Author, review.Text, review.Url, review.Reply!.Text));
        Assert.Equal((5, Noon.AddHours(-1)), (review.Rating!.Value, review.Recorded.WrittenAt));
        Assert.True(review.EffectsOf([new ReviewErased(1, "They asked.")], 3).ErasesPersonal);

        // Found again at its place, it is not learned again.
        Assert.Empty(Decide(review, Of(5, "Vera Quimbly was kind.")).Events);
    }

    private static RecordReview Of(int? rating, string? text) =>
        new("googleMaps", rating, Noon.AddHours(-1), null, null, null, "Ion Popescu", text, "https://example.org/r/17", null);

    private static Decision<ReviewEvent> Decide(Review review, ReviewCommand command) =>
        review.Decide(command, new Context(Noon, Ana, Policy.Current));

    private static (string, string?) Refusal(Review review, ReviewCommand command)
    {
        var refusal = Decide(review, command).Refusal!;
        return (refusal.Code, refusal.Field);
    }

    private static Review Told(Review review, ReviewCommand command)
    {
        var actor = command is EraseReview ? new Actor("erasure", Roles.System) : Ana;
        var decision = review.Decide(command, new Context(Noon, actor, Policy.Current));
        Assert.True(!decision.IsRefused, decision.Refusal?.Detail);
        return decision.Events.Aggregate(review, (folded, happened) => folded.Evolve(happened, Noon, actor.Id));
    }
}
