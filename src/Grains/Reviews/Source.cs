using System.Collections.Immutable;
using Escalation.Grains.Errands;
using Escalation.Grains.Log;
using static Escalation.Grains.Reviews.SourceCommand;
using static Escalation.Grains.Reviews.SourceEvent;

namespace Escalation.Grains.Reviews;

/// <summary>What can happen to a place of the register.</summary>
public abstract record SourceEvent : IEvent
{
    /// <summary>REV-1: it is to be looked at from now on, this often; or from now on more or less often.</summary>
    public sealed record SourceRegistered(string Place, TimeSpan LookEvery, DateTimeOffset LookBy) : SourceEvent;

    /// <summary>REV-1: somebody looked; the next look is due by then.</summary>
    public sealed record SourceLookedAt(DateTimeOffset At, DateTimeOffset LookBy, [property: Personal] string? Note) : SourceEvent;

    /// <summary>REV-1: nobody had looked by then; the next look is due by <c>LookBy</c>.</summary>
    public sealed record SourceLookMissed(DateTimeOffset WasDueAt, DateTimeOffset LookBy) : SourceEvent;

    /// <summary>The register names it no more.</summary>
    public sealed record SourceRetired : SourceEvent;

    /// <summary>REV-3: what the place has to know of a review there.</summary>
    public sealed record SourceReviewNoted(
        Guid Review, int? Rating, DateTimeOffset WrittenAt, Guid? CaseId, bool AwaitsReply, int Changes) : SourceEvent;

    private SourceEvent()
    {
    }
}

/// <summary>What can be asked of a place.</summary>
public abstract record SourceCommand
{
    /// <summary>REV-1: the register names it; the same again changes nothing.</summary>
    public sealed record RegisterSource(string Place) : SourceCommand;

    /// <summary>REV-1: somebody looked; null for now.</summary>
    public sealed record RecordLook(string Place, DateTimeOffset? At, string? Note) : SourceCommand;

    /// <summary>Says what is due by now. By the platform only.</summary>
    public sealed record TickSource : SourceCommand;

    /// <summary>REV-3. By the platform only; what an earlier change of the review says changes nothing.</summary>
    public sealed record NoteReview(
        string Place, Guid Review, int? Rating, DateTimeOffset WrittenAt, Guid? CaseId, bool AwaitsReply, int Changes) : SourceCommand;

    private SourceCommand()
    {
    }
}

/// <summary>What a place knows of a review there.</summary>
/// <param name="Rating">Stars, if it has any.</param>
/// <param name="WrittenAt">When it was written.</param>
/// <param name="CaseId">The case that it opened.</param>
/// <param name="AwaitsReply">REV-2: nobody has answered it in public.</param>
/// <param name="Changes">As of so many changes of the review.</param>
public sealed record NotedReview(int? Rating, DateTimeOffset WrittenAt, Guid? CaseId, bool AwaitsReply, int Changes);

/// <summary>REV-3: what reviews of a span come to.</summary>
/// <param name="Reviews">How many have stars.</param>
/// <param name="Rating">Their average as the public reads it, to one decimal; null without any.</param>
public readonly record struct RatingSum(int Reviews, decimal? Rating)
{
    public static RatingSum Of(IEnumerable<int> stars)
    {
        var (count, sum) = stars.Aggregate((Count: 0, Sum: 0), (so, star) => (so.Count + 1, so.Sum + star));
        return new(count, count == 0 ? null : Math.Round((decimal)sum / count, 1, MidpointRounding.AwayFromZero));
    }
}

/// <summary>REV-1, REV-3: a public place: when somebody looked at it, and what stands there.</summary>
public sealed record Source : IAggregate<Source, SourceCommand, SourceEvent>
{
    public static string Category => "source";

    public required Guid Id { get; init; }

    /// <summary>The place's id in the register; null before it was registered.</summary>
    public string? Place { get; init; }

    public TimeSpan LookEvery { get; init; }

    /// <summary>By when somebody looks next; null when nobody has to.</summary>
    public DateTimeOffset? LookBy { get; init; }

    /// <summary>Since when a look is missing; null while none is.</summary>
    public DateTimeOffset? MissedSince { get; init; }

    public DateTimeOffset? LookedAt { get; init; }

    public string? LookedBy { get; init; }

    /// <summary>How many looks were missed so far: intervals that ended without one.</summary>
    public int MissedLooks { get; init; }

    public ImmutableDictionary<Guid, NotedReview> Reviews { get; init; } = ImmutableDictionary<Guid, NotedReview>.Empty;

    /// <summary>The stream of a place of the register.</summary>
    public static Guid IdOf(string place) => ErrandId.Of("source", place);

    public static Source Empty(Guid id) => new() { Id = id };

    /// <summary>REV-1: since when a look is missing, as of <paramref name="now"/>; also when nothing has said so yet.</summary>
    public DateTimeOffset? OverdueSince(DateTimeOffset now) => MissedSince ?? (LookBy <= now ? LookBy : null);

    /// <summary>REV-3: all reviews together.</summary>
    public RatingSum Sum() => RatingSum.Of(Reviews.Values.Select(review => review.Rating).OfType<int>());

    /// <summary>REV-3: month by month (UTC), the newest first.</summary>
    public IEnumerable<(int Year, int Month, RatingSum Sum)> Months() => Reviews.Values
        .Where(review => review.Rating is not null)
        .GroupBy(review => (review.WrittenAt.UtcDateTime.Year, review.WrittenAt.UtcDateTime.Month), review => review.Rating!.Value)
        .OrderByDescending(month => month.Key)
        .Select(month => (month.Key.Year, month.Key.Month, RatingSum.Of(month)));

    public Decision<SourceEvent> Decide(SourceCommand command, Context context)
    {
        var turn = new Turn(this, context);
        var refusal = turn.Apply(command);
        return refusal is null ? Decision.Of(turn.Events) : refusal;
    }

    public Source Evolve(SourceEvent happened, DateTimeOffset at, string by) => happened switch
    {
        SourceRegistered e => this with { Place = e.Place, LookEvery = e.LookEvery, LookBy = e.LookBy },
        SourceLookedAt e => this with { LookedAt = e.At, LookedBy = by, LookBy = e.LookBy, MissedSince = null },
        SourceLookMissed e => this with { MissedSince = MissedSince ?? e.WasDueAt, LookBy = e.LookBy, MissedLooks = MissedLooks + 1 },
        SourceRetired => this with { LookBy = null, MissedSince = null },
        SourceReviewNoted e => this with
        {
            Reviews = Reviews.SetItem(e.Review, new NotedReview(e.Rating, e.WrittenAt, e.CaseId, e.AwaitsReply, e.Changes)),
        },
        _ => throw new NotSupportedException($"A source does not know how to fold {happened.GetType().Name}."),
    };

    public Effects EffectsOf(IReadOnlyList<SourceEvent> events, int version) => new(NextDue());

    /// <summary>When the next look is missed unless somebody looks before.</summary>
    public Due? NextDue() => LookBy is { } by ? new Due(by, null, null, 0) : null;

    /// <summary>One decision in the making.</summary>
    private sealed class Turn(Source state, Context context)
    {
        private readonly List<SourceEvent> _events = [];
        private Source _state = state;

        public IReadOnlyList<SourceEvent> Events => _events;

        public Refused? Apply(SourceCommand command)
        {
            switch (command)
            {
                case RegisterSource c:
                    return Register(c.Place);
                case RecordLook c:
                    return Look(c);
                case TickSource:
                    Settle(context.Now);
                    return null;
                case NoteReview c:
                    Note(c);
                    return null;
                default:
                    throw new NotSupportedException($"A source does not know how to decide {command.GetType().Name}.");
            }
        }

        private Refused? Register(string id)
        {
            if (context.Policy.Reviews.Find(id) is not { } place)
            {
                return new Refused("source.notFound", $"The register has no place '{id}'.");
            }

            if (_state.LookBy is null || _state.LookEvery != place.LookEvery)
            {
                var from = _state.LookedAt is { } last && last + place.LookEvery > context.Now ? last : context.Now;
                Emit(new SourceRegistered(id, place.LookEvery, from + place.LookEvery));
            }

            return null;
        }

        private Refused? Look(RecordLook c)
        {
            if (c.At > context.Now)
            {
                return new Refused("source.lookInFuture", $"{c.At:u} is still to come: record a look when it was done.", "at");
            }

            if (Register(c.Place) is { } refusal)
            {
                return refusal;
            }

            // One that was done in time is no missed look, however late it is told of.
            var at = c.At ?? context.Now;
            if (at > (_state.LookedAt ?? DateTimeOffset.MinValue))
            {
                Settle(at);
                Emit(new SourceLookedAt(at, at + _state.LookEvery, c.Note));
                Settle(context.Now);
            }

            return null;
        }

        /// <summary>Every interval that ended without a look is one missed look.</summary>
        private void Settle(DateTimeOffset now)
        {
            if (_state.Place is { } id && _state.LookBy is not null && context.Policy.Reviews.Find(id) is null)
            {
                Emit(new SourceRetired());
            }

            if (_state.LookBy is { } due && due <= now)
            {
                var missed = (int)Math.Min((now - due) / _state.LookEvery, MostAtOnce - 1) + 1;
                for (var i = 1; i <= missed; i++)
                {
                    var was = due;
                    due = i == missed ? NextAfter(was, now) : was + _state.LookEvery;
                    Emit(new SourceLookMissed(was, due));
                }
            }
        }

        /// <summary>After a long downtime the interval that holds now is gone on with, however many lie before it.</summary>
        private DateTimeOffset NextAfter(DateTimeOffset due, DateTimeOffset now) =>
            due + (_state.LookEvery * (Math.Floor((now - due) / _state.LookEvery) + 1));

        private void Note(NoteReview c)
        {
            if (_state.Reviews.GetValueOrDefault(c.Review) is not { } known || known.Changes < c.Changes)
            {
                Emit(new SourceReviewNoted(c.Review, c.Rating, c.WrittenAt, c.CaseId, c.AwaitsReply, c.Changes));
            }
        }

        private void Emit(SourceEvent happened)
        {
            _events.Add(happened);
            _state = _state.Evolve(happened, context.Now, context.By.Id);
        }
    }

    /// <summary>So many missed looks are written at once at most.</summary>
    private const int MostAtOnce = 100;
}
