using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Silo.Cluster;
using Escalation.Silo.Tests.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Escalation.Cluster.Tests;

/// <summary>The cluster stack: three silos, and each sees every grain as the others do.</summary>
public sealed class OrleansGrainsTests : GrainHostContract
{
    private InProcessTestCluster _cluster = null!;

    private protected override IReadOnlyList<IGrains> Hosts =>
        [.. _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IGrains>())];

    public override async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<IEventLog>(Log);
            silo.Services.AddSingleton<IPolicySource>(TestPolicy.Shipped);
            silo.AddActivations(new ClusterSettings { AnswerWithin = TimeSpan.FromSeconds(2), ProbeEvery = TimeSpan.FromSeconds(1) });
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public override ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact, Rule("CASE-5")]
    public async Task One_of_three_silos_is_killed_under_load_and_nothing_acknowledged_is_lost()
    {
        var token = TestContext.Current.CancellationToken;
        var ids = Enumerable.Range(0, 12).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToList();
        foreach (var (index, id) in ids.Index())
        {
            await Hosts[index % 3].Case(id).Tell(Say(Open()), token);
        }

        var (stays, dies) = (Hosts[0], _cluster.Silos[2]);
        var acknowledged = 0;
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Log.Count;
        var clients = ids.Select(async id =>
        {
            for (var i = 0; i < 40; i++)
            {
                if (i == 20)
                {
                    await killed.Task;
                }

                Assert.IsType<Answer.Done>(await stays.Case(id).Tell(Say(new Escalation.Grains.Cases.CaseCommand.AddNote($"note {i}")), token));
                Interlocked.Increment(ref acknowledged);
            }
        }).ToList();
        await _cluster.KillSiloAsync(dies);
        killed.SetResult();
        await Task.WhenAll(clients);

        Assert.Equal(before + acknowledged, Log.Count);
        Assert.All(Log.All.GroupBy(entry => entry.Stream), stream =>
            Assert.Equal(Enumerable.Range(1, stream.Count()), stream.Select(entry => entry.Version)));
    }
}
