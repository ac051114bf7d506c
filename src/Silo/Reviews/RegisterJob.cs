using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Escalation.Silo.Jobs;

namespace Escalation.Silo.Reviews;

/// <summary>REV-1: the look clock of every place of the register runs, whoever brought the policy into force.</summary>
internal sealed class RegisterJob(IGrains grains, IPolicySource policies, TimeProvider time) : IJob
{
    private static readonly Actor By = new("register", Roles.System);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var place in policies.Current.Reviews.Places)
        {
            await grains.Source(Source.IdOf(place.Id)).Tell(
                new Envelope<SourceCommand>(Guid.CreateVersion7(time.GetUtcNow()), By, new SourceCommand.RegisterSource(place.Id)), cancellationToken);
        }
    }
}
