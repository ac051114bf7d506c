using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.TestKit;
using Npgsql;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// Hosts are killed while they tell those on duty and carry customers' levels on. Afterwards every person was told of every
/// escalation on every level, again only where a kill came between the receiver's answer and our record of it.
/// </summary>
[Collection(RealTime.Two)]
public sealed class LadderKillTests : IAsyncLifetime
{
    private const int Customers = 8;
    private const int CasesEach = 3;
    private const string Secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private static readonly string[] Levels = ["specialist", "head", "management"];

    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-ladder-kill-").FullName;
    private readonly List<DateTimeOffset> _kills = [];
    private readonly ConcurrentQueue<(string Id, string Escalation, string Level, DateTimeOffset At)> _heard = [];
    private readonly SemaphoreSlim _hears = new(0);
    private TestDatabase _database = null!;
    private HttpService _duty = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _duty = await HttpService.StartAsync();
        TestPolicy.WriteFolder(Path.Combine(_folder, "policy"), (TestPolicy.LadderFile,
            $$"""
            levels:
              specialist: {calendar: always, acknowledge: PT2H, hold: PT2H, rosters: [specialist]}
              head: {calendar: always, acknowledge: PT2H, hold: PT2H, rosters: [head]}
              management: {calendar: always, acknowledge: PT2H, hold: PT2H, rosters: [management]}
            causes: {}
            rosters:
            {{string.Join('\n', Levels.Select(level => $"  {level}: {{timeZone: UTC, start: \"2026-01-05\", handOver: {{day: mon, at: \"09:00\"}}, rotation: [{level}]}}"))}}
            """), ("people.yaml",
            $$"""
            people:
            {{string.Join('\n', Levels.Select(level => $"  {level}: {{name: {level}, webhook: \"{_duty.Url}/{level}\", channels: [webhook]}}"))}}
            """));
    }

    public async ValueTask DisposeAsync()
    {
        await _duty.DisposeAsync();
        await _database.DisposeAsync();
        _hears.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, Rule("ESC-3"), Rule("ESC-6")]
    [InlineData(2)]
    public async Task Killed_while_it_tells_people_nobody_misses_anything_and_customers_levels_are_right(int hosts)
    {
        var running = new List<HostProcess>();
        using var stop = new CancellationTokenSource();
        var hearing = Task.Run(() => HearAsync(stop.Token), TestContext.Current.CancellationToken);
        try
        {
            for (var i = 0; i < hosts; i++)
            {
                running.Add(await StartAsync(i));
            }

            var cases = await OpenAsync(running);
            foreach (var level in Levels)
            {
                while (_hears.Wait(0, CancellationToken.None))
                {
                    // Of the level before.
                }

                var asking = Task.WhenAll(cases.Select((id, i) => EscalateAsync(running, i, id, level)));
                await _hears.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
                await running[^1].KillAsync();
                _kills.Add(TimeProvider.System.GetUtcNow());
                await running[^1].DisposeAsync();
                running[^1] = await StartAsync(hosts - 1);
                await asking;
                await SettledAsync(running[0], cases, level);
            }

            using var irina = running[0].ClientFor("supervisor");
            foreach (var id in cases)
            {
                Assert.Equal(Levels, (await ToldAsync(irina, id)).Where(to => to.Channel == "webhook").Select(to => to.Level));
            }

            // A case that hears late of its customer's level has a second escalation, which is told as well.
            Assert.Equal(
                cases.Count * Levels.Length,
                _heard.Where(one => one.Escalation.EndsWith("-e1", StringComparison.Ordinal)).Select(one => (one.Escalation, one.Level)).Distinct().Count());
            await CheckLevelsAsync(irina, cases);
            CheckRepeats();
        }
        finally
        {
            foreach (var host in running)
            {
                await host.DisposeAsync();
            }

            await stop.CancelAsync();
            await hearing;
        }

        await ProveAsync();
    }

    /// <summary>Nobody goes on to the next level before everybody on this one was told, and the case knows it.</summary>
    private static async Task SettledAsync(HostProcess host, IReadOnlyList<string> cases, string level)
    {
        using var irina = host.ClientFor("supervisor");
        foreach (var id in cases)
        {
            await UntilAsync(async () => (await ToldAsync(irina, id)).Contains(("webhook", level, "told")));
        }
    }

    /// <summary>ESC-6: a new case starts where the customer's others are, and at the buffer once they have ended.</summary>
    private static async Task CheckLevelsAsync(HttpClient irina, IReadOnlyList<string> cases)
    {
        for (var i = 0; i < Customers; i++)
        {
            var opened = (await irina.OpenCaseAsync(email: EmailOf(i))).GetProperty("id").GetString()!;
            await UntilAsync(async () => (await irina.GetJsonAsync($"/api/cases/{opened}")).GetProperty("level").GetString() == "management");
            foreach (var id in cases.Where((_, at) => at % Customers == i))
            {
                await irina.SendAsync($"/api/cases/{id}/close", new { outcome = "withdrawn", summary = "They withdrew it." });
            }

            await UntilAsync(async () => (await irina.GetJsonAsync($"/api/cases/{opened}")).GetProperty("level").GetString() == "buffer");
        }
    }

    /// <summary>What was said again under another id came just before a host was killed; its record went with the host.</summary>
    private void CheckRepeats()
    {
        foreach (var again in _heard.DistinctBy(one => (one.Id, one.Escalation, one.Level)).GroupBy(one => (one.Escalation, one.Level)).Where(group => group.Count() > 1))
        {
            var first = again.Min(one => one.At);
            Assert.Contains(_kills, kill => first <= kill && kill - first < TimeSpan.FromSeconds(3));
        }
    }

    private async Task HearAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var request in _duty.AllAsync(stop))
            {
                var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture));
                foreach (var told in JsonDocument.Parse(request.Body).RootElement.GetProperty("data").GetProperty("escalations").EnumerateArray())
                {
                    _heard.Enqueue((request.Headers["webhook-id"], told.GetProperty("id").GetString()!, told.GetProperty("level").GetString()!, at));
                }

                _hears.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody says anything any more.
        }
    }

    private static async Task<IReadOnlyList<string>> OpenAsync(List<HostProcess> hosts)
    {
        using var client = hosts[0].ClientFor("agent");
        var ids = new List<string>();
        for (var i = 0; i < Customers * CasesEach; i++)
        {
            ids.Add((await client.OpenCaseAsync(email: EmailOf(i % Customers))).GetProperty("id").GetString()!);
        }

        return ids;
    }

    /// <summary>Repeats the command, with the same key, until a host that lives has acknowledged it.</summary>
    private static async Task EscalateAsync(List<HostProcess> hosts, int i, string id, string level)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        for (var attempt = i; ; attempt++)
        {
            var host = hosts[attempt % hosts.Count];
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Url, $"/api/cases/{id}/escalate"))
                {
                    Content = JsonContent.Create(new { reason = "They threaten to sue.", level }),
                    Headers = { Authorization = new("Bearer", host.KeyOf("agent")) },
                };
                request.Headers.Add("Idempotency-Key", $"{id} {level}");
                using var answer = await http.SendAsync(request);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Killed in the middle of it.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<IReadOnlyList<(string? Channel, string? Level, string? State)>> ToldAsync(HttpClient client, string id) =>
    [
        .. (await client.GetJsonAsync($"/api/cases/{id}")).GetProperty("escalations")[0].GetProperty("told").EnumerateArray()
            .Select(to => (to.GetProperty("channel").GetString(), to.GetProperty("level").GetString(), to.GetProperty("state").GetString())),
    ];

    private static string EmailOf(int customer) => $"customer{customer}@example.org";

    /// <summary>A host with a folder of its own on the common database; it lets in whom the first one let in.</summary>
    private Task<HostProcess> StartAsync(int number)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"host{number}")).FullName;
        var first = Path.Combine(_folder, "host0");
        foreach (var file in number == 0 ? [] : Directory.GetFiles(first))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        return HostProcess.StartAsync(folder, new Dictionary<string, string>
        {
            ["Escalation__ConnectionString"] = _database.ConnectionString,
            ["Escalation__PolicyFolder"] = Path.Combine(_folder, "policy"),
            ["Escalation__Duty__Webhook__Secret"] = Secret,
            ["Escalation__Cluster__Address"] = "127.0.0.1",
            ["Escalation__Cluster__Port"] = "0",
        });
    }

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
