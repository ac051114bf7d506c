using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains;
using Escalation.Silo.Access;
using Escalation.TestKit.Hubs;
using Npgsql;

namespace Escalation.Silo.Tests.Desks;

/// <summary>People with keys that every host of a database lets in, and their open desks.</summary>
internal sealed class DeskCrew : IAsyncDisposable
{
    private readonly Dictionary<string, string> _keys = [];
    private readonly Dictionary<(string Person, Uri Host), HttpClient> _clients = [];
    private readonly Dictionary<string, (Uri Host, TestDesk Desk)> _desks = [];
    private int _sent;

    /// <summary>Who is at work, and on which host.</summary>
    public IReadOnlyDictionary<string, (Uri Host, TestDesk Desk)> Open => _desks;

    public static async Task<DeskCrew> CreateAsync(string connectionString, params (string Person, Roles Roles)[] people)
    {
        var crew = new DeskCrew();
        await using var source = NpgsqlDataSource.Create(connectionString);
        var store = new PostgresAccessStore(source);
        foreach (var (person, roles) in people)
        {
            crew._keys[person] = Secret.Create();
            await store.PutKeyAsync(person, roles, Secret.Hash(crew._keys[person]), TimeProvider.System.GetUtcNow(), CancellationToken.None);
        }

        return crew;
    }

    public HttpClient ClientOf(string person, Uri host)
    {
        if (!_clients.TryGetValue((person, host), out var client))
        {
            _clients[(person, host)] = client = new HttpClient { BaseAddress = host };
            client.DefaultRequestHeaders.Authorization = new("Bearer", _keys[person]);
        }

        return client;
    }

    /// <summary>Opens someone's desk on a host, and closes the one that they had.</summary>
    public async Task<TestDesk> OpenAsync(string person, Uri host)
    {
        await CloseAsync(person);
        var desk = await TestDesk.OpenAsync(ClientOf(person, host));
        _desks[person] = (host, desk);
        return desk;
    }

    public async Task CloseAsync(string person)
    {
        if (_desks.Remove(person, out var open))
        {
            await open.Desk.DisposeAsync();
        }
    }

    /// <summary>The host is no more, nor are the desks that were open on it.</summary>
    public async Task LoseAsync(Uri host)
    {
        foreach (var person in _desks.Where(pair => pair.Value.Host == host).Select(pair => pair.Key).ToList())
        {
            await CloseAsync(person);
        }
    }

    /// <summary>Sends a command until somebody answers it; a rule's no is an answer, and a host that dies gives none.</summary>
    public async Task<(HttpStatusCode? Status, JsonElement Answer)> SendAsync(string person, Uri host, string path, object body)
    {
        var key = $"crew-{++_sent}";
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Wire.Json) };
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await ClientOf(person, host).SendAsync(request);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
                }
            }
            catch (HttpRequestException)
            {
                return default;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Opens a case, and expects that it is taken.</summary>
    public async Task<Guid> OpenCaseAsync(string person, Uri host, string type = "brokenPromise", string language = "ro")
    {
        var (status, answer) = await SendAsync(person, host, "/api/cases", new
        {
            customer = new { name = $"Customer {_sent}", email = $"customer{_sent}@example.org", language, timeZone = "UTC" },
            type,
            summary = "It did not come.",
            channel = "phone",
        });
        Assert.Equal(HttpStatusCode.Created, status);
        return answer.GetProperty("id").GetGuid();
    }

    /// <summary>What someone's desk answers; null when its host died meanwhile, or its database was away.</summary>
    public async Task<bool?> InvokeAsync(string person, string method, params object?[] arguments)
    {
        try
        {
            var answer = await _desks[person].Desk.InvokeAsync(method, arguments);
            return answer.TryGetProperty("code", out var code) && code.GetString() == "database.away"
                ? null
                : answer.GetProperty(method == "Accept" ? "accepted" : method == "Decline" ? "declined" : "chosen").GetBoolean();
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or ObjectDisposedException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _desks.Keys.ToList())
        {
            await CloseAsync(person);
        }

        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }
}
