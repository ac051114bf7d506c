using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Reviews;
using Escalation.Silo.Deadlines;

namespace Escalation.Silo.Reviews;

/// <summary>REV-2: finishes what whoever recorded a review, or an answer to it, was not able to finish.</summary>
internal sealed class ReviewDue(ReviewErrands errands) : IDueErrand
{
    public string Category => Review.Category;

    public Task RunAsync(Guid id, CancellationToken cancellationToken) => errands.RunAsync(id, cancellationToken);
}

/// <summary>REV-1: says that a look was missed.</summary>
internal sealed class SourceDue(IGrains grains, TimeProvider time) : IDueErrand
{
    public string Category => Source.Category;

    public Task RunAsync(Guid id, CancellationToken cancellationToken) => grains.Source(id).Tell(
        new Envelope<SourceCommand>(Guid.CreateVersion7(time.GetUtcNow()), Actor.Clock, new SourceCommand.TickSource()), cancellationToken);
}
