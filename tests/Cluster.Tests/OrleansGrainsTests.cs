using Escalation.Grains.Cases;
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
        var ids = await OpenCasesAsync();
        await UnderLoadAsync(ids, token => _cluster.KillSiloAsync(_cluster.Silos[2], token));
    }

    [Fact, Rule("CASE-5")]
    public async Task One_of_three_silos_stops_under_load_and_its_grains_live_on_elsewhere()
    {
        var ids = await OpenCasesAsync();
        var stops = _cluster.Silos[2].SiloAddress;
        Assert.Contains(stops, await AddressesAsync(ids));
        await UnderLoadAsync(ids, token => _cluster.StopSiloAsync(_cluster.Silos[2], token));

        var stayed = _cluster.Silos.Select(silo => silo.SiloAddress).ToList();
        Assert.Equal(2, stayed.Count);
        Assert.All(await AddressesAsync(ids), address => Assert.Contains(address, stayed));
    }

    /// <summary>Twelve cases, four of which live on each silo.</summary>
    private async Task<IReadOnlyList<Guid>> OpenCasesAsync()
    {
        var ids = Enumerable.Range(0, 12).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToList();
        foreach (var (index, id) in ids.Index())
        {
            await Hosts[index % 3].Case(id).Tell(Say(Open()), Token);
        }

        return ids;
    }

    /// <summary>Notes for every case from the first silo, before, while and after another one goes.</summary>
    private async Task UnderLoadAsync(IReadOnlyList<Guid> ids, Func<CancellationToken, Task> lose)
    {
        var stays = Hosts[0];
        var acknowledged = 0;
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Log.Count;
        var clients = ids.Select(async id =>
        {
            for (var i = 0; i < 40; i++)
            {
                if (i == 20)
                {
                    await gone.Task;
                }

                Assert.IsType<Answer.Done>(await stays.Case(id).Tell(Say(new CaseCommand.AddNote($"note {i}")), Token));
                Interlocked.Increment(ref acknowledged);
            }
        }).ToList();
        await lose(Token);
        gone.SetResult();
        await Task.WhenAll(clients);

        Assert.Equal(before + acknowledged, Log.Count);
        Assert.All(Log.All.GroupBy(entry => entry.Stream), stream =>
            Assert.Equal(Enumerable.Range(1, stream.Count()), stream.Select(entry => entry.Version)));
    }

    /// <summary>Which silo each case lives on.</summary>
    private async Task<IReadOnlyList<SiloAddress?>> AddressesAsync(IReadOnlyList<Guid> ids)
    {
        var management = _cluster.Client.GetGrain<IManagementGrain>(0);
        var addresses = new List<SiloAddress?>();
        foreach (var id in ids)
        {
            addresses.Add(await management.GetActivationAddress(_cluster.Client.GetGrain<IActivationGrain>(ClusterGrains.IdOf(Case.Category, id))));
        }

        return addresses;
    }
}
