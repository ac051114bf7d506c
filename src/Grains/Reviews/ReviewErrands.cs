using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using static Escalation.Grains.Reviews.ReviewCommand;

namespace Escalation.Grains.Reviews;

/// <summary>
/// REV-2: what a review needs of other grains: its place counts it, its case opens with heat public and hears of the published
/// answer. Each step has an id that follows from the review, so that it may be run again by whoever recorded it and by the
/// deadline clock after a crash.
/// </summary>
public sealed class ReviewErrands(IGrains grains, ICaseNumbers numbers, IPolicySource policies)
{
    private static readonly Actor By = new("reviews", Roles.System);

    /// <summary>Carries what place and case do not know yet; the review after that.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away; nothing is lost, and the same again does the rest.</exception>
    public async Task<(Review State, int Version)> RunAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var grain = grains.Review(id);
        var (review, version) = await grain.Get(cancellationToken);
        if (!review.IsPending)
        {
            return (review, version);
        }

        var recorded = review.Recorded!;
        var refusal = review.CaseId is { } caseId ? await OpenAsync(review, caseId, cancellationToken) : null;
        if (review is { CaseId: { } about, Reply: { } reply } && refusal is null)
        {
            await TellReplyAsync(review, about, reply, cancellationToken);
        }

        await grains.Source(Source.IdOf(recorded.Place)).Tell(
            Of<SourceCommand>(review, "note", new SourceCommand.NoteReview(
                recorded.Place, id, review.Rating, recorded.WrittenAt, refusal is null ? review.CaseId : null, review.AwaitsReply, review.Changes)),
            cancellationToken);
        await grain.Tell(Of<ReviewCommand>(review, "settle", new SettleReview(review.Changes, refusal?.Code)), cancellationToken);
        return await grain.Get(cancellationToken);
    }

    /// <summary>Null when the case is there.</summary>
    private async Task<Refused?> OpenAsync(Review review, Guid caseId, CancellationToken cancellationToken)
    {
        var grain = grains.Case(caseId);
        if ((await grain.Get(cancellationToken)).State.Exists)
        {
            return null;
        }

        var (recorded, policy) = (review.Recorded!, policies.Current);
        var place = policy.Reviews.Find(recorded.Place);
        var contact = (await grains.SurvivingCustomerAsync(review.CustomerId!.Value, cancellationToken)).State.Contact ?? new CustomerContact(
            recorded.Author ?? place?.Name ?? recorded.Place, null, null, recorded.Language ?? place?.Language ?? "en", place?.TimeZone ?? "UTC");
        var (customer, added) = await grains.TellCustomerAsync(
            review.CustomerId.Value,
            Of<CustomerCommand>(review, "customer", new CustomerCommand.AddCase(contact, caseId, recorded.Type, recorded.WrittenAt, IsOwed: true)), cancellationToken);
        if (added is Answer.No { Refusal: var no })
        {
            return no;
        }

        var (_, knows, _) = await grains.SurvivingCustomerAsync(customer, cancellationToken);
        var opened = await grain.Tell(
            Of<CaseCommand>(review, "open", new CaseCommand.OpenCase(
                await numbers.NextAsync(cancellationToken), customer, contact, recorded.Type, SummaryOf(review, place), Channel.Review,
                Heat.Public, null, null, place?.Site, recorded.WrittenAt, null, knows.LevelBeside(caseId),
                knows.LikeComplaints(caseId, policy.Ladder.Causes.LikeComplaintsWithin), Review: review.Id)),
            cancellationToken);
        return (opened as Answer.No)?.Refusal;
    }

    /// <summary>What everyone can read is contact with the customer; of a case that is over nothing more is to be said.</summary>
    private async Task TellReplyAsync(Review review, Guid caseId, PublicReply reply, CancellationToken cancellationToken)
    {
        while ((await grains.Case(caseId).Get(cancellationToken)).State.MergedInto is { } survivor)
        {
            caseId = survivor;
        }

        var id = ErrandId.Of("review", "reply", review.Id.ToString("N"), review.Replies.ToString(CultureInfo.InvariantCulture));
        await grains.Case(caseId).Tell(
            new Envelope<CaseCommand>(
                id, new Actor(reply.By, Roles.Agent), new CaseCommand.LogContact(Direction.ToCustomer, Channel.Review, reply.Text ?? "")),
            cancellationToken);
    }

    private static string SummaryOf(Review review, PublicPlace? place) =>
        review.Text ?? string.Create(CultureInfo.InvariantCulture, $"{review.Rating} of 5 at {place?.Name ?? review.Recorded!.Place}, without words.");

    private static Envelope<TCommand> Of<TCommand>(Review review, string step, TCommand command) =>
        new(ErrandId.Of("review", step, review.Id.ToString("N"), review.Changes.ToString(CultureInfo.InvariantCulture)), By, command);
}
