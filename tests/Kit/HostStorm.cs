using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Silo.Proof;
using Npgsql;

namespace Escalation.TestKit;

/// <summary>How many hosts, for how long, and how often one of them is killed.</summary>
public sealed record HostStormSize(int Hosts, TimeSpan Length, int Kills, int Seed);

/// <summary>What was left after it.</summary>
/// <param name="Acknowledged">Commands that were answered with a success.</param>
/// <param name="Kills">How often a host was killed with -9.</param>
/// <param name="Late">From each send-by until the explanation is on disk, shortest first.</param>
/// <param name="TakenOver">Those of them that fell due while a host was dead or had just come back.</param>
/// <param name="Faults">What was lost, was there twice, or the proof found.</param>
public sealed record HostStormLeft(
    int Acknowledged, int Kills, IReadOnlyList<TimeSpan> Late, IReadOnlyList<TimeSpan> TakenOver, IReadOnlyList<string> Faults);

/// <summary>
/// Several real hosts on one database, under load from all sides, with promises that fall due all the time; hosts are killed
/// with -9 by chance and come back. The chance is of a seed; the hosts' clock is the machine's.
/// </summary>
public sealed class HostStorm(HostStormSize size, Action<string> say) : IAsyncDisposable
{
    /// <summary>Shorter than an hour, a promise is explained at half its length.</summary>
    private static readonly TimeSpan PromiseLength = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan PromiseEvery = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(10);

    private readonly List<string> _folders = [];
    private readonly List<HostProcess> _hosts = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _outages = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    public async Task<HostStormLeft> RunAsync()
    {
        await using var database = await TestDatabase.CreateAsync();
        for (var i = 0; i < size.Hosts; i++)
        {
            _hosts.Add(await StartAsync(database));
        }

        using var load = new Load(_hosts[0]);
        load.MoveTo(_hosts);
        var cases = await load.OpenCasesAsync();
        using var stop = new CancellationTokenSource();
        List<Task> clients = [.. cases.Select(id => Task.Run(() => load.WorkAsync(id, stop.Token))), PromiseAsync(load, stop.Token)];
        await BlowAsync(database, load);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await UntilAsync(Now + PromiseLength);
        var faults = new List<string>(await load.FindFaultsAsync(cases));
        foreach (var host in _hosts)
        {
            if (await host.StopAsync() is var code and not 0)
            {
                faults.Add($"A host ended with {code}.");
            }
        }

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var (_, _, found) = await new Prover(source).ProveAsync(CancellationToken.None);
        faults.AddRange(found.Select(fault => $"{fault.Rule} {fault.Stream}: {fault.Detail}"));
        var late = await ReadLatenessAsync(source);
        return new HostStormLeft(
            load.Acknowledged.Count, size.Kills,
            [.. late.Select(one => one.Late).Order()],
            [.. late.Where(one => _outages.Exists(outage => one.SendBy >= outage.From && one.SendBy <= outage.To)).Select(one => one.Late).Order()],
            faults);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        _http.Dispose();
        _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static Task UntilAsync(DateTimeOffset instant) =>
        instant > Now ? Task.Delay(instant - Now, TimeProvider.System) : Task.CompletedTask;

    private async Task BlowAsync(TestDatabase database, Load load)
    {
        var chance = new Random(size.Seed);
        var start = Now;
        for (var kill = 1; kill <= size.Kills; kill++)
        {
            await UntilAsync(start + (size.Length * (kill - chance.NextDouble() / 2) / (size.Kills + 1)));
            var at = chance.Next(_hosts.Count);
            say($"host {at + 1} killed; {load.Acknowledged.Count} commands so far");
            var from = Now;
            await _hosts[at].KillAsync();
            load.MoveTo(_hosts.Where((_, i) => i != at));
            await _hosts[at].DisposeAsync();
            _hosts[at] = await StartAsync(database, _hosts[at].DataFolder);
            load.MoveTo(_hosts);
            _outages.Add((from, Now + Settles));
        }

        await UntilAsync(start + size.Length);
    }

    /// <summary>Promises on cases of their own, one after the other; each is told again under the same key until it is taken.</summary>
    private async Task PromiseAsync(Load load, CancellationToken stop)
    {
        var key = new AuthenticationHeaderValue("Bearer", _hosts[0].KeyOf("agent"));
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var next = Now + PromiseEvery;
            var opened = await PostAsync(load, key, $"promise-case-{number}", "/api/cases", new
            {
                customer = new { name = $"Customer {number}", timeZone = "UTC" },
                type = "longWait",
                summary = "Waiting.",
                channel = "phone",
            });
            await PostAsync(
                load, key, $"promise-{number}", $"/api/cases/{opened.GetProperty("id").GetString()}/promises",
                new { text = "Call back", dueAt = Now + PromiseLength });
            await UntilAsync(next);
        }
    }

    private async Task<JsonElement> PostAsync(Load load, AuthenticationHeaderValue key, string id, string path, object body)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(load.NextUrl(), path)) { Content = JsonContent.Create(body) };
                request.Headers.Authorization = key;
                request.Headers.Add("Idempotency-Key", id);
                using var answer = await _http.SendAsync(request);
                if (answer.IsSuccessStatusCode)
                {
                    return await answer.Content.ReadFromJsonAsync<JsonElement>();
                }

                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    throw new InvalidOperationException($"POST {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // That host has just been killed; the next one is asked.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<List<(DateTimeOffset SendBy, TimeSpan Late)>> ReadLatenessAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            """
            select made.data ->> 'sendBy', explained.at
            from event as made
            join event as explained using (stream)
            where made.kind = 'promiseMade' and explained.kind = 'promiseExplained'
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var late = new List<(DateTimeOffset, TimeSpan)>();
        while (await reader.ReadAsync())
        {
            var sendBy = DateTimeOffset.Parse(reader.GetString(0), CultureInfo.InvariantCulture);
            late.Add((sendBy, new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero) - sendBy));
        }

        return late;
    }

    /// <summary>A host with a folder of its own on the common database; it lets in whom the first one let in.</summary>
    private async Task<HostProcess> StartAsync(TestDatabase database, string? folder = null)
    {
        if (folder is null)
        {
            folder = Directory.CreateTempSubdirectory("escalation-hosts-").FullName;
            foreach (var file in Directory.GetFiles(_folders.FirstOrDefault() ?? folder))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            _folders.Add(folder);
        }

        return await HostProcess.StartAsync(folder, new Dictionary<string, string>
        {
            ["Escalation__ConnectionString"] = database.ConnectionString,
            ["Escalation__Cluster__Address"] = "127.0.0.1",
            ["Escalation__Cluster__Port"] = "0",
        });
    }
}
