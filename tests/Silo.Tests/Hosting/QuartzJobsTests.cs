using Escalation.Silo.Embedded;
using Escalation.Silo.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Escalation.Silo.Tests.Hosting;

/// <summary>The embedded stack's jobs, on Quartz.</summary>
public sealed class QuartzJobsTests : JobsContract
{
    private protected override void AddJobs(IServiceCollection services)
    {
        services.AddStackJobs("");

        // The stack's own jobs need its grains.
        services.RemoveAll<JobSchedule>();
    }
}
