using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Escalation.TestKit;

/// <summary>Clients that repeat each command, with the same key, until it is acknowledged.</summary>
public sealed class Load(HostProcess host) : IDisposable
{
    private const int Clients = 16;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly string _key = host.KeyOf("agent");
    private readonly ConcurrentDictionary<string, byte> _sent = [];
    private volatile TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Uri[] _urls = [host.Url];
    private int _next;
    private int _turn;

    /// <summary>Notes whose answer was a success.</summary>
    public ConcurrentDictionary<string, byte> Acknowledged { get; } = [];

    public void Dispose() => _http.Dispose();

    /// <summary>From now on these hosts are asked, one after the other.</summary>
    public void MoveTo(params IEnumerable<HostProcess> hosts) => _urls = [.. hosts.Select(one => one.Url)];

    /// <summary>The next host's turn.</summary>
    public Uri NextUrl()
    {
        var urls = _urls;
        return urls[(int)((uint)Interlocked.Increment(ref _turn) % urls.Length)];
    }

    /// <summary>One case for each client.</summary>
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

    /// <summary>One client: note after note, until told to stop.</summary>
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

    /// <summary>Waits until so many were acknowledged.</summary>
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

    /// <summary>Everything that is not as it must be: acknowledged and not there, there twice, there and never sent.</summary>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(IReadOnlyList<string> cases)
    {
        var there = new List<string>();
        foreach (var id in cases)
        {
            there.AddRange(await NotesAsync(id));
        }

        return
        [
            .. Acknowledged.Keys.Except(there).Select(note => $"{note} was acknowledged and is lost"),
            .. there.GroupBy(note => note).Where(same => same.Count() > 1).Select(same => $"{same.Key} is there {same.Count()} times"),
            .. there.Except(_sent.Keys).Select(note => $"{note} was never sent"),
        ];
    }

    private async Task<IEnumerable<string>> NotesAsync(string caseId)
    {
        var notes = new List<string>();
        var after = "";
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(NextUrl(), $"/api/cases/{caseId}/history?limit=500{after}"));
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
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(NextUrl(), $"/api/cases/{caseId}/note"))
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

            return answer.StatusCode == HttpStatusCode.ServiceUnavailable
                ? false
                : throw new InvalidOperationException($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
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
