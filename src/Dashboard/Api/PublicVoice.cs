using Escalation.Grains.Clocks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Dashboard.Api;

/// <summary>What waits of the public voice, the longest first; the counts are of everything.</summary>
/// <param name="MissedLooks">REV-1: how many places nobody looked at in time.</param>
/// <param name="AwaitingReply">REV-2: how many complaints stand in public without an answer.</param>
/// <param name="StaleAnswers">REV-4: how many public answers are past the day until which they were true.</param>
/// <param name="Looks">Those places.</param>
/// <param name="Reviews">Those complaints.</param>
/// <param name="Answers">Those answers.</param>
public sealed record RailVoice(
    int MissedLooks,
    int AwaitingReply,
    int StaleAnswers,
    IReadOnlyList<RailLook> Looks,
    IReadOnlyList<RailReview> Reviews,
    IReadOnlyList<RailAnswer> Answers);

/// <summary>REV-1: a place that nobody looked at in time.</summary>
public sealed record RailLook(string Place, string Name, string Url, DateTimeOffset Since, int MissedLooks);

/// <summary>REV-2: a complaint without a public answer; its case's reply clock is due at <paramref name="ReplyBy"/>.</summary>
public sealed record RailReview(Guid Id, string Place, string Name, int? Rating, DateTimeOffset At, Guid? CaseId, long? Number, DateTimeOffset? ReplyBy);

/// <summary>REV-4: an answer that was true until a day that is over.</summary>
public sealed record RailAnswer(string Type, string Id, string Question, DateOnly TrueUntil);

/// <summary>Reads what waits of the public voice from the places' grains: there are few of them, and they are in memory.</summary>
internal sealed class PublicVoice(IGrains grains, IPolicySource policies)
{
    public static PublicVoice Of(IServiceProvider services) =>
        new(services.GetRequiredService<IGrains>(), services.GetRequiredService<IPolicySource>());

    public async Task<RailVoice> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var policy = policies.Current;
        var looks = new List<RailLook>();
        var reviews = new List<RailReview>();
        foreach (var place in policy.Reviews.Places)
        {
            var source = await SourceRoutes.SourceAsync(grains, place, cancellationToken);
            if (source.OverdueSince(now) is { } since)
            {
                looks.Add(new RailLook(place.Id, place.Name, place.Url, since, source.MissedLooks));
            }

            reviews.AddRange(source.Reviews.Where(review => review.Value.AwaitsReply).Select(review => new RailReview(
                review.Key, place.Id, place.Name, review.Value.Rating, review.Value.WrittenAt, review.Value.CaseId, null, null)));
        }

        var oldest = reviews.OrderBy(review => review.At).Take(limit).ToList();
        for (var i = 0; i < oldest.Count; i++)
        {
            oldest[i] = await WithCaseAsync(oldest[i], cancellationToken);
        }

        var stale = policy.Questions.StaleAt(now).ToList();
        return new RailVoice(
            looks.Count, reviews.Count, stale.Count,
            [.. looks.OrderBy(look => look.Since).Take(limit)],
            oldest,
            [
                .. stale.Take(limit).Select(question => new RailAnswer(
                    question.Type, question.Id, question.Texts[Grains.Notices.NoticeTexts.Fallback].Question, question.TrueUntil)),
            ]);
    }

    private async Task<RailReview> WithCaseAsync(RailReview review, CancellationToken cancellationToken)
    {
        if (review.CaseId is not { } caseId)
        {
            return review;
        }

        var (state, _) = await grains.Case(caseId).Get(cancellationToken);
        while (state.MergedInto is { } survivor)
        {
            (state, _) = await grains.Case(survivor).Get(cancellationToken);
        }

        return review with
        {
            CaseId = state.Id,
            Number = state.Opening?.Number,
            ReplyBy = state.Clocks.FirstOrDefault(clock => clock is { Name: Clock.Reply, IsRunning: true })?.DueAt,
        };
    }
}
