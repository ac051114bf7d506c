using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Imports;
using Escalation.Grains.Reviews;

namespace Escalation.Silo.Intake;

/// <summary>REV-2: records the review of a line, as <c>POST /api/reviews</c> would. One that complains opens its case.</summary>
internal sealed class ReviewImport(IGrains grains, ReviewErrands errands, TimeProvider time)
{
    /// <summary>The same line again changes nothing; another line under the same key is the review as it was edited.</summary>
    public async Task<LineAnswer> TakeAsync(int line, ReviewFields fields, string identity, CancellationToken cancellationToken)
    {
        if (fields.Customer is { } customer &&
            (await Patience.AskAsync(token => grains.Customer(customer).Get(token), time, cancellationToken)).State is not { Exists: true, Erasures: 0 })
        {
            return LineAnswer.No(line, new ImportFault("customer", $"customer '{customer}' is no customer, or one who was erased."));
        }

        var id = Review.IdOf(fields.Place!, fields.Key, fields.Author, fields.At, fields.Rating, fields.Text);
        var grain = grains.Review(id);
        var (_, before) = await Patience.AskAsync(token => grain.Get(token), time, cancellationToken);
        var command = new Envelope<ReviewCommand>(
            DeterministicId.Of("reviews", "record", $"{id:N}", identity), IncidentImport.By,
            new ReviewCommand.RecordReview(
                fields.Place!, fields.Rating, fields.At, fields.Complains, fields.Type, fields.Language, fields.Author, fields.Text, fields.Url,
                fields.Customer));
        var answer = await Patience.AskAsync(token => grain.Tell(command, token), time, cancellationToken);
        if (answer is Answer.No no)
        {
            return LineAnswer.No(line, no.Refusal);
        }

        // Also where it was there: an earlier run may have stopped between the review and its case.
        var (review, _) = await Patience.AskAsync(token => errands.RunAsync(id, token), time, cancellationToken);
        var isKnown = answer is Answer.Done done && (done.Events.Count == 0 || done.Version <= before);
        var caseId = review.NoCaseBecause is null ? review.CaseId : null;
        var number = caseId is { } opened ? (await Patience.AskAsync(token => grains.Case(opened).Get(token), time, cancellationToken)).State.Opening?.Number : null;
        return new LineAnswer(line, caseId, number, isKnown, [], id);
    }
}
