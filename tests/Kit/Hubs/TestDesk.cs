using System.Text.Json;

namespace Escalation.TestKit.Hubs;

/// <summary>A person's open desk, as their page would hold it.</summary>
public sealed class TestDesk : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HubClient _stream;
    private readonly HubClient _calls;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly List<JsonElement> _messages = [];
    private readonly List<JsonElement> _cases = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private JsonElement _me;

    private TestDesk(HubClient stream, HubClient calls) => (_stream, _calls) = (stream, calls);

    /// <summary>All that was said but beats, oldest first.</summary>
    public IReadOnlyList<JsonElement> Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    public IReadOnlyList<JsonElement> Offers { get; private set; } = [];

    public IReadOnlyList<JsonElement> Waiting { get; private set; } = [];

    public IReadOnlyList<JsonElement> Cases
    {
        get
        {
            lock (_lock)
            {
                return [.. _cases];
            }
        }
    }

    public string? Presence => _me.GetProperty("presence").GetString();

    public int Load => _me.GetProperty("load").GetInt32();

    public string OfferId => Offers[0].GetProperty("id").GetString()!;

    /// <summary>Opens the desk of whose client that is, and waits for its first message.</summary>
    public static async Task<TestDesk> OpenAsync(HttpClient client)
    {
        var desk = new TestDesk(await ConnectAsync(client), await ConnectAsync(client));
        desk._reading = desk.ReadAsync();
        await desk.UntilAsync(d => d.Messages.Count > 0);
        return desk;
    }

    public static Task<HubClient> ConnectAsync(HttpClient client) => HubClient.ConnectAsync(
        new Uri(client.BaseAddress!, "/hubs/desk"),
        options => options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization!.ToString()));

    public Task<JsonElement> InvokeAsync(string method, params object?[] arguments) => _calls.InvokeAsync(method, arguments);

    /// <summary>Waits until the desk is so.</summary>
    /// <exception cref="TimeoutException">It was not so within half a minute.</exception>
    public async Task UntilAsync(Func<TestDesk, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            if (holds(this))
            {
                return;
            }

            if (_reading.IsFaulted)
            {
                await _reading;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The desk did not come to be so: {string.Join('\n', Messages.TakeLast(5))}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _stream.DisposeAsync();
        await _calls.DisposeAsync();
        await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var message in _stream.StreamAsync("Desk", [], _closing.Token))
        {
            lock (_lock)
            {
                Apply(message);
                var changed = _changed;
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                changed.TrySetResult();
            }
        }
    }

    private void Apply(JsonElement message)
    {
        var kind = message.GetProperty("kind").GetString();
        if (kind == "beat")
        {
            return;
        }

        _messages.Add(message);
        _me = message.TryGetProperty("me", out var me) ? me : _me;
        Offers = message.TryGetProperty("offers", out var offers) ? [.. offers.EnumerateArray()] : Offers;
        Waiting = message.TryGetProperty("waiting", out var waiting) ? [.. waiting.EnumerateArray()] : Waiting;
        if (kind == "snapshot")
        {
            _cases.Clear();
            _cases.AddRange(message.GetProperty("cases").EnumerateArray());
            return;
        }

        var gone = message.GetProperty("removes").EnumerateArray().Select(id => id.GetString()).ToHashSet();
        var upserts = message.GetProperty("upserts").EnumerateArray().ToList();
        gone.UnionWith(upserts.Select(row => row.GetProperty("id").GetString()));
        _cases.RemoveAll(row => gone.Contains(row.GetProperty("id").GetString()));
        foreach (var (row, place) in upserts.Zip(message.GetProperty("places").EnumerateArray()))
        {
            _cases.Insert(place.GetInt32(), row);
        }
    }
}
