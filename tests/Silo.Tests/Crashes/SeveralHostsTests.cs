using Escalation.TestKit;
using Npgsql;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// Several real hosts on one database, and one of them is killed under load; <c>./bench hosts</c> does it for minutes. The same
/// story for both stacks: embedded hosts are kept right by the log alone, a cluster by the log too.
/// </summary>
[Collection(RealTime.One)]
public sealed class SeveralHostsTests : IAsyncLifetime
{
    private readonly List<string> _folders = [];
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    [Fact, Rule("CASE-5"), Rule("CLK-7")]
    public async Task Of_three_hosts_one_after_the_other_is_killed_under_load_and_nothing_acknowledged_is_lost()
    {
        var size = new HostStormSize(3, TimeSpan.FromSeconds(16), 2, Seed: 20261122);
        await using var storm = new HostStorm(size, TestContext.Current.SendDiagnosticMessage);
        var left = await storm.RunAsync();
        Assert.Empty(left.Faults);
        Assert.True(left.Acknowledged > 0 && left.TakenOver.Count > 0, "Nothing happened while a host was dead.");
    }

    [Fact, Rule("CLK-7"), Rule("PRM-5")]
    public async Task What_a_killed_host_had_to_do_the_other_does_within_seconds()
    {
        await using var stays = await StartAsync();
        await using var dies = await StartAsync();
        string id;
        using (var ana = dies.ClientFor("agent"))
        {
            id = (await ana.OpenCaseAsync()).GetProperty("id").GetString()!;

            // Shorter than an hour: explained at half its length, or never before due.
            await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Call back", dueAt = TimeProvider.System.GetUtcNow().AddSeconds(24) });
        }

        await dies.KillAsync();
        using var irina = stays.ClientFor("supervisor");
        await UntilAsync(async () => (await irina.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0].GetProperty("state").GetString() == "explained");
        await UntilAsync(async () => (await irina.GetJsonAsync("/api/status")).GetProperty("notices").GetProperty("planned").GetInt32() == 0);
        var history = (await irina.GetJsonAsync($"/api/cases/{id}/history")).GetProperty("items").EnumerateArray().ToList();
        Assert.Single(history, entry => entry.GetProperty("kind").GetString() == "promiseExplained");
        Assert.DoesNotContain(history, entry => entry.GetProperty("kind").GetString() == "promiseLapsed");
        Assert.Equal(0, await stays.StopAsync());
        await ProveAsync();
    }

    /// <summary>A host with a folder of its own on the common database; it lets in whom the first one let in.</summary>
    private async Task<HostProcess> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-hosts-").FullName;
        _folders.Add(folder);
        foreach (var file in Directory.GetFiles(_folders[0]).Where(_ => _folders.Count > 1))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return await HostProcess.StartAsync(folder, Shared());
    }

    private Dictionary<string, string> Shared() => new()
    {
        ["Escalation__ConnectionString"] = _database.ConnectionString,
        ["Escalation__Cluster__Address"] = "127.0.0.1",
        ["Escalation__Cluster__Port"] = "0",
    };

    private async Task ProveAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        var (_, faults, first) = await new Proof.Prover(source).ProveAsync(CancellationToken.None);
        Assert.True(faults == 0, string.Join(Environment.NewLine, first.Select(fault => $"{fault.Rule} {fault.Stream}: {fault.Detail}")));
    }

    /// <summary>Asks again until it holds; the hosts are other processes, so there is no signal to wait on.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }
}
