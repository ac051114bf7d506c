using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Escalation.TestKit;
using static Escalation.Grains.Reviews.SourceCommand;
using static Escalation.Grains.Reviews.SourceEvent;

namespace Escalation.Grains.Tests.Reviews;

/// <summary>REV-1, REV-3: a place's look clock, and its rating.</summary>
public sealed class SourceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    private static readonly Policy Daily = TestPolicy.Shipped.Current;
    private static readonly Actor Ana = new("ana", Roles.Agent);

    private Source _source = Source.Empty(Source.IdOf("googleMaps"));

    [Fact, Rule("REV-1")]
    public void A_look_in_time_starts_the_clock_anew_and_a_missed_one_is_said_once_for_each_interval()
    {
        Tell(0, new RegisterSource("googleMaps"));
        Assert.Equal(Noon.AddHours(24), _source.NextDue()!.At);
        Assert.Empty(Tell(1, new RegisterSource("googleMaps")));
        Tell(20, new RecordLook("googleMaps", null, "Two new ones."));
        Assert.Equal((Noon.AddHours(44), null), (_source.LookBy!.Value, _source.OverdueSince(Noon.AddHours(43))));
        Assert.Equal(Noon.AddHours(44), _source.OverdueSince(Noon.AddHours(44)));

        Assert.Equal([new SourceLookMissed(Noon.AddHours(44), Noon.AddHours(68))], Tell(44, new TickSource()));
        Assert.Empty(Tell(45, new TickSource()));
        Assert.Equal(2, Tell(100, new TickSource()).Count);

        Assert.Equal((3, Noon.AddHours(44), Noon.AddHours(116)), (_source.MissedLooks, _source.MissedSince!.Value, _source.LookBy!.Value));
        Tell(101, new RecordLook("googleMaps", null, null));
        Assert.Equal((3, null, Noon.AddHours(125)), (_source.MissedLooks, _source.OverdueSince(Noon.AddHours(101)), _source.LookBy!.Value));
    }

    [Fact, Rule("REV-1")]
    public void A_look_that_was_done_in_time_is_none_that_was_missed_however_late_it_is_told_of()
    {
        Tell(0, new RegisterSource("googleMaps"));
        Tell(30, new RecordLook("googleMaps", Noon.AddHours(23), null));

        Assert.Equal((0, Noon.AddHours(47)), (_source.MissedLooks, _source.LookBy!.Value));
        Assert.Empty(Tell(31, new RecordLook("googleMaps", Noon.AddHours(22), null)));
        Assert.Equal("source.lookInFuture", Decide(31, new RecordLook("googleMaps", Noon.AddHours(32), null), Daily).Refusal!.Code);
        Assert.Equal("source.notFound", Decide(31, new RecordLook("nowhere", null, null), Daily).Refusal!.Code);
    }

    [Fact, Rule("REV-1")]
    public void Years_without_a_host_are_not_counted_look_by_look()
    {
        Tell(0, new RegisterSource("googleMaps"));
        var events = Tell(24 * 1000, new TickSource());

        Assert.Equal(100, events.Count);
        Assert.Equal(Noon.AddHours((24 * 1000) + 24), _source.LookBy);
    }

    [Fact, Rule("REV-1")]
    public void A_place_that_the_register_names_no_more_is_waited_for_no_more_and_another_interval_holds_at_once()
    {
        Tell(0, new RegisterSource("googleMaps"));
        Tell(10, new RecordLook("googleMaps", null, null));
        var hourly = Daily with { Reviews = Daily.Reviews with { Places = [Daily.Reviews.Find("googleMaps")! with { LookEvery = TimeSpan.FromHours(4) }] } };
        Fold(11, Decide(11, new RegisterSource("googleMaps"), hourly));
        Assert.Equal(Noon.AddHours(14), _source.LookBy);

        Fold(14, Decide(14, new TickSource(), Daily with { Reviews = ReviewBook.Empty }));
        Assert.Equal((null, null, 0), (_source.LookBy, _source.NextDue(), _source.MissedLooks));
    }

    [Fact, Rule("REV-3")]
    public void A_place_has_a_rating_with_its_band_for_each_month_and_in_all()
    {
        int[] october = [5, 5, 4, 5], november = [5, 5, 5];
        var at = 0;
        foreach (var (stars, month) in october.Select(star => (star, 10)).Concat(november.Select(star => (star, 11))))
        {
            Tell(0, Noted(IdOf(at), stars, new DateTimeOffset(2026, month, 5 + at++, 0, 0, 0, TimeSpan.Zero)));
        }

        Tell(0, Noted(IdOf(99), null, Noon));
        var book = Daily.Reviews;

        Assert.Equal((7, 4.9m, RatingBand.Healthy), (_source.Sum().Reviews, _source.Sum().Rating!.Value, book.BandOf(_source.Sum().Rating!.Value)));
        Assert.Equal(
            [(2026, 11, 3, 5.0m, RatingBand.LooksMadeUp), (2026, 10, 4, 4.8m, RatingBand.Healthy)],
            _source.Months().Select(month => (month.Year, month.Month, month.Sum.Reviews, month.Sum.Rating!.Value, book.BandOf(month.Sum.Rating.Value))));
        Assert.Null(RatingSum.Of([]).Rating);
    }

    [Theory, Rule("REV-3")]
    [InlineData("4.5", RatingBand.NeedsWork)]
    [InlineData("4.6", RatingBand.Healthy)]
    [InlineData("4.9", RatingBand.Healthy)]
    [InlineData("5.0", RatingBand.LooksMadeUp)]
    [InlineData("1.0", RatingBand.NeedsWork)]
    public void Bands_are_those_of_the_policy(string rating, RatingBand band) =>
        Assert.Equal(band, Daily.Reviews.BandOf(decimal.Parse(rating, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact, Rule("REV-3")]
    public void What_is_told_late_of_a_review_never_wins_over_what_is_newer()
    {
        var review = IdOf(1);
        Tell(0, Noted(review, 1, Noon) with { Changes = 2, AwaitsReply = false });
        Assert.Empty(Tell(0, Noted(review, 5, Noon) with { Changes = 1 }));
        Assert.Empty(Tell(0, Noted(review, 1, Noon) with { Changes = 2 }));

        Assert.False(_source.Reviews[review].AwaitsReply);
    }

    [Fact, Rule("REV-4")]
    public void An_answer_is_true_until_the_end_of_its_day()
    {
        var question = new PublicQuestion("quality", "who", new DateOnly(2026, 11, 19), Empty<string>(), Empty<QuestionText>());

        Assert.False(question.IsStaleAt(new DateTimeOffset(2026, 11, 19, 23, 59, 59, TimeSpan.Zero)));
        Assert.True(question.IsStaleAt(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal([question], new QuestionBook([], [question with { TrueUntil = new DateOnly(2027, 1, 1) }, question]).StaleAt(Noon.AddDays(1)));
    }

    private static System.Collections.Immutable.ImmutableDictionary<string, T> Empty<T>() => System.Collections.Immutable.ImmutableDictionary<string, T>.Empty;

    private static Guid IdOf(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    private static NoteReview Noted(Guid review, int? rating, DateTimeOffset at) => new("googleMaps", review, rating, at, null, true, 1);

    private IReadOnlyList<SourceEvent> Tell(double hours, SourceCommand command) => Fold(hours, Decide(hours, command, Daily));

    private Decision<SourceEvent> Decide(double hours, SourceCommand command, Policy policy) =>
        _source.Decide(command, new Context(Noon.AddHours(hours), Ana, policy));

    private IReadOnlyList<SourceEvent> Fold(double hours, Decision<SourceEvent> decision)
    {
        Assert.True(!decision.IsRefused, decision.Refusal?.Detail);
        _source = decision.Events.Aggregate(_source, (folded, happened) => folded.Evolve(happened, Noon.AddHours(hours), Ana.Id));
        return decision.Events;
    }
}
