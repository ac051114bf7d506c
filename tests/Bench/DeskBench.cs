using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Silo.Access;
using Escalation.Silo.Database;
using Escalation.Silo.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.Bench;

/// <summary>
/// 5,000 agents with their desks open on one host, and 50 cases a second for a minute: from the answer to a case's POST until its offer
/// is at its agent's client. Each agent accepts what rings. Then two accept one offer at once, a thousand times.
/// </summary>
internal static class DeskBench
{
    private const int Teams = 10;
    private const double TargetP99Ms = 250;

    public static async Task RunAsync(BenchRun run)
    {
        var (agents, perSecond, seconds, races) = run.Small ? (300, 20, 6, 100) : (5_000, 50, 60, 1_000);
        using var folder = new TemporaryFolder();
        var keys = await PrepareAsync(folder.Path, agents);
        var environment = new Dictionary<string, string> { ["Escalation__PolicyFolder"] = WritePolicy(folder.Path, agents) };
        await using var host = await HostProcess.StartAsync(folder.Path, environment);
        var arrived = new ConcurrentDictionary<string, (string Offer, int Agent, long At)>();
        var accepting = true;
        run.Say($"opening {agents} desks");
        var desks = new DeskClient[agents];
        await Parallel.ForAsync(0, agents, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            desks[i] = await DeskClient.OpenAsync(host.Url, keys[i], (caseId, offer) =>
            {
                arrived[caseId] = (offer, i, Stopwatch.GetTimestamp());
                return accepting;
            });
        });
        using var client = host.ClientFor("intake");
        await AvailableAsync(host, agents);
        run.Say($"{perSecond} cases a second for {seconds} s");
        var cpu = host.CpuTime;
        var waits = await LoadAsync(client, arrived, perSecond, seconds);
        var cores = (host.CpuTime - cpu).TotalSeconds / seconds;
        var sorted = waits.Order().ToArray();
        accepting = false;
        run.Say($"{races} races");
        var (doubleWins, noWins) = await RaceAsync(host, client, arrived, keys, races);
        await Task.WhenAll(desks.Select(desk => desk.DisposeAsync().AsTask()));

        run.Report("p50Ms", BenchRun.Percentile(sorted, 0.50), "ms");
        run.Report("p99Ms", BenchRun.Percentile(sorted, 0.99), "ms", "target", TargetP99Ms);
        run.Report("maxMs", sorted.Length == 0 ? 0 : sorted[^1], "ms");
        run.Report("offered", sorted.Length, "", "cases", perSecond * seconds);
        run.Report("cpuCores", cores, "");
        run.Report("memoryMb", host.WorkingSet / 1048576.0, "MB");
        run.Report("doubleWins", doubleWins, "");
        run.Report("noWins", noWins, "");
    }

    /// <summary>An agent's key each, in the database that the host will be started on.</summary>
    private static async Task<string[]> PrepareAsync(string folder, int agents)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);
        var builder = PlatformApp.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddCore(new PlatformSettings { DataFolder = folder }, postgres.ConnectionString);
        await using var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().RunAsync(CancellationToken.None);
        var store = new PostgresAccessStore(app.Services.GetRequiredService<NpgsqlDataSource>());
        var keys = new string[agents];
        await Parallel.ForAsync(0, agents, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            keys[i] = Secret.Create();
            await store.PutKeyAsync(NameOf(i), Roles.Agent, Secret.Hash(keys[i]), TimeProvider.System.GetUtcNow(), token);
        });
        return keys;
    }

    private static string WritePolicy(string folder, int agents)
    {
        var people = Enumerable.Range(0, agents).Select(i =>
            $"  {NameOf(i)}: {{name: Agent {i}, team: team{i % Teams}, languages: [{(i % 3 == 0 ? "ro, en" : "en")}], capacity: 6}}");
        return TestPolicy.WriteFolder(Path.Combine(folder, "policy"), (
            "people.yaml",
            $"teams:\n{string.Join('\n', Enumerable.Range(0, Teams).Select(team => $"  team{team}: {{name: Team {team}}}"))}\npeople:\n{string.Join('\n', people)}\n"));
    }

    private static string NameOf(int agent) => string.Create(CultureInfo.InvariantCulture, $"agent{agent:00000}");

    private static async Task AvailableAsync(HostProcess host, int agents)
    {
        using var client = host.ClientFor("supervisor");
        int there;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            var list = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri("/api/agents", UriKind.Relative)));
            there = list.GetProperty("items").EnumerateArray().Count(agent => agent.GetProperty("presence").GetString() == "available");
        }
        while (there < agents);
    }

    private static async Task<List<double>> LoadAsync(
        HttpClient client, ConcurrentDictionary<string, (string Offer, int Agent, long At)> arrived, int perSecond, int seconds)
    {
        var answered = new ConcurrentDictionary<string, long>();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, perSecond * seconds, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
        {
            var wait = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, TimeProvider.System, token);
            }

            answered[await OpenAsync(client, i)] = Stopwatch.GetTimestamp();
        });
        await UntilAsync(() => answered.Keys.All(arrived.ContainsKey));
        return [.. answered.Where(pair => arrived.ContainsKey(pair.Key)).Select(pair => Math.Max(0, Stopwatch.GetElapsedTime(pair.Value, arrived[pair.Key].At).TotalMilliseconds))];
    }

    private static async Task<(int DoubleWins, int NoWins)> RaceAsync(
        HostProcess host, HttpClient client, ConcurrentDictionary<string, (string Offer, int Agent, long At)> arrived, string[] keys, int races)
    {
        var (doubleWins, noWins) = (0, 0);
        await Parallel.ForAsync(0, races, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var id = await OpenAsync(client, i);
            await UntilAsync(() => arrived.ContainsKey(id));
            if (!arrived.TryGetValue(id, out var offer))
            {
                Interlocked.Increment(ref noWins);
                return;
            }

            var path = $"/api/offers/{offer.Offer}/accept";
            var answers = await Task.WhenAll(
                AcceptAsync(host.Url, keys[offer.Agent], path), AcceptAsync(host.Url, keys[(offer.Agent + 1) % keys.Length], path));
            switch (answers.Count(won => won))
            {
                case 0:
                    Interlocked.Increment(ref noWins);
                    break;
                case 2:
                    Interlocked.Increment(ref doubleWins);
                    break;
            }
        });
        return (doubleWins, noWins);
    }

    private static async Task<bool> AcceptAsync(Uri url, string key, string path)
    {
        using var client = new HttpClient { BaseAddress = url, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var answer = await client.PostAsJsonAsync(path, new { });
        return answer.IsSuccessStatusCode;
    }

    private static async Task<string> OpenAsync(HttpClient client, int i)
    {
        using var answer = await client.PostAsJsonAsync("/api/cases", new
        {
            customer = new { name = $"Customer {i}", language = i % 3 == 0 ? "ro" : "en" },
            type = "longWait",
            summary = "Waiting for an answer since Monday.",
            channel = "web",
        });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>Waits until it holds, at most ten seconds.</summary>
    private static async Task UntilAsync(Func<bool> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds() && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
