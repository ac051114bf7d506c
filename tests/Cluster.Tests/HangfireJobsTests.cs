using Escalation.Silo.Cluster;
using Escalation.Silo.Tests.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Cluster.Tests;

/// <summary>The cluster stack's jobs, on Hangfire.</summary>
public sealed class HangfireJobsTests : JobsContract
{
    private TestDatabase _database = null!;

    /// <summary>After a second a wake is a new run, whether the one before has begun or not: on a slow machine there is one more.</summary>
    private protected override int MostForManyWakes => 2;

    public override async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    private protected override void AddJobs(IServiceCollection services) => services.AddStackJobs(_database.ConnectionString);
}
