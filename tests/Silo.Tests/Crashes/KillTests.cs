using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// The host, and its database, are killed under load again and again. Every command that was acknowledged is there
/// afterwards, none took effect twice, and the proof finds no fault. <c>ESCALATION_KILLS</c> sets how often (default 3;
/// every fifth, and the last, kills PostgreSQL instead of the host).
/// </summary>
public sealed class KillTests
{
    private const int Clients = 16;
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
            await load.CheckAsync(cases);
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
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
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

    /// <summary>Clients that repeat each command, with the same key, until it is acknowledged.</summary>
    private sealed class Load(HostProcess host) : IDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
        private readonly string _key = host.KeyOf("agent");
        private readonly ConcurrentDictionary<string, byte> _sent = [];
        private volatile TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile Uri _url = host.Url;
        private int _next;

        /// <summary>Notes whose answer was a success.</summary>
        public ConcurrentDictionary<string, byte> Acknowledged { get; } = [];

        public void Dispose() => _http.Dispose();

        public void MoveTo(HostProcess next) => _url = next.Url;

        public async Task<IReadOnlyList<string>> OpenCasesAsync()
        {
            using var client = host.ClientFor("agent");
            var ids = new List<string>();
            for (var i = 0; i < Clients; i++)
            {
                ids.Add((await client.OpenCaseAsync($"Customer {i}", null)).GetProperty("id").GetString()!);
            }

            return ids;
        }

        public async Task WorkAsync(string caseId, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var note = $"note {Interlocked.Increment(ref _next)}";
                _sent[note] = 0;
                while (!stop.IsCancellationRequested && !await TrySendAsync(caseId, note))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
                }
            }
        }

        public async Task ReachAsync(int acknowledged)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            while (true)
            {
                var progress = _progress.Task;
                if (Acknowledged.Count >= acknowledged)
                {
                    return;
                }

                await progress.WaitAsync(patience.Token);
            }
        }

        public async Task CheckAsync(IReadOnlyList<string> cases)
        {
            var there = new List<string>();
            foreach (var id in cases)
            {
                there.AddRange(await NotesAsync(id));
            }

            Assert.Empty(Acknowledged.Keys.Except(there));
            Assert.Equal(there.Distinct().Count(), there.Count);
            Assert.Empty(there.Except(_sent.Keys));
        }

        private async Task<IEnumerable<string>> NotesAsync(string caseId)
        {
            var notes = new List<string>();
            var after = "";
            while (true)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_url, $"/api/cases/{caseId}/history?limit=500{after}"));
                request.Headers.Authorization = new("Bearer", _key);
                using var answer = await _http.SendAsync(request);
                answer.EnsureSuccessStatusCode();
                var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
                notes.AddRange(page.GetProperty("items").EnumerateArray()
                    .Where(entry => entry.GetProperty("kind").GetString() == "noteAdded")
                    .Select(entry => entry.GetProperty("data").GetProperty("note").GetString()!));
                if (!page.TryGetProperty("next", out var next) || next.GetString() is not { Length: > 0 } cursor)
                {
                    return notes;
                }

                after = $"&after={Uri.EscapeDataString(cursor)}";
            }
        }

        private async Task<bool> TrySendAsync(string caseId, string note)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_url, $"/api/cases/{caseId}/note"))
                {
                    Content = JsonContent.Create(new { note }),
                };
                request.Headers.Authorization = new("Bearer", _key);
                request.Headers.Add("Idempotency-Key", note);
                using var answer = await _http.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    Acknowledged[note] = 0;
                    Interlocked.Exchange(ref _progress, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                    return true;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                return false;
            }
            catch (HttpRequestException)
            {
                return false;
            }
            catch (TaskCanceledException)
            {
                return false;
            }
        }
    }
}
