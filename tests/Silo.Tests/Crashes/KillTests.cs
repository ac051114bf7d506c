using System.Diagnostics;
using System.Globalization;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// The host, and its database, are killed under load again and again. Every command that was acknowledged is there
/// afterwards, none took effect twice, and the proof finds no fault. <c>ESCALATION_KILLS</c> sets how often (default 3;
/// every fifth, and the last, kills PostgreSQL instead of the host).
/// </summary>
[Collection(RealTime.One)]
public sealed class KillTests
{
    private const int AcknowledgedBetweenKills = 400;

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("ESCALATION_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 3;

    [Fact, Rule("CASE-5")]
    public async Task Killed_under_load_it_loses_nothing_acknowledged_and_does_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-kill-").FullName;
        var host = await HostProcess.StartAsync(folder);
        try
        {
            using var load = new Load(host);
            var cases = await load.OpenCasesAsync();
            using var stop = new CancellationTokenSource();
            var clients = cases.Select(id => Task.Run(() => load.WorkAsync(id, stop.Token))).ToList();
            for (var kill = 1; kill <= Kills; kill++)
            {
                await load.ReachAsync(load.Acknowledged.Count + AcknowledgedBetweenKills);
                if (kill % 5 == 0 || kill == Kills)
                {
                    KillPostgres(folder);
                }
                else
                {
                    await host.KillAsync();
                    host = await HostProcess.StartAsync(folder);
                    load.MoveTo(host);
                }
            }

            await load.ReachAsync(load.Acknowledged.Count + AcknowledgedBetweenKills);
            await stop.CancelAsync();
            await Task.WhenAll(clients);
            Assert.Empty(await load.FindFaultsAsync(cases));
            Assert.Equal(0, await host.StopAsync());
            var (exitCode, output) = await HostProcess.RunAsync("prove", "--data", folder);
            Assert.True(exitCode == 0, output);
        }
        finally
        {
            await host.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact, Rule("CLK-7")]
    public async Task A_deadline_set_before_the_host_was_killed_takes_effect_once_after_it()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-kill-").FullName;
        try
        {
            var host = await HostProcess.StartAsync(folder);
            string id;
            using (var ana = host.ClientFor("agent"))
            {
                // Shorter than an hour: explained at half its length.
                id = (await ana.OpenCaseAsync()).GetProperty("id").GetString()!;
                await ana.SendAsync(
                    $"/api/cases/{id}/promises", new { text = "Call back", dueAt = TimeProvider.System.GetUtcNow().AddSeconds(16) });
            }

            await host.KillAsync();
            await host.DisposeAsync();
            await using var next = await HostProcess.StartAsync(folder);
            using var irina = next.ClientFor("supervisor");
            await UntilAsync(async () => await StateAsync(irina, id) != "open");

            Assert.Equal("explained", await StateAsync(irina, id));
            var history = (await irina.GetJsonAsync($"/api/cases/{id}/history")).GetProperty("items").EnumerateArray();
            Assert.Single(history, entry => entry.GetProperty("kind").GetString() == "promiseExplained");
            await UntilAsync(async () =>
                (await irina.GetJsonAsync("/api/status")).GetProperty("notices").GetProperty("planned").GetInt32() == 0);
            Assert.Equal(0, await next.StopAsync());
            var (exitCode, output) = await HostProcess.RunAsync("prove", "--data", folder);
            Assert.True(exitCode == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string?> StateAsync(HttpClient client, string id) =>
        (await client.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0].GetProperty("state").GetString();

    /// <summary>Asks again until it holds; the host is another process, so there is no signal to wait on.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private static void KillPostgres(string folder)
    {
        var pid = File.ReadLines(Path.Combine(folder, "postgres", "postmaster.pid")).First();
        using var postmaster = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
        postmaster.Kill();
    }
}
