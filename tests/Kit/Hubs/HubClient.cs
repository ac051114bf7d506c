using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Escalation.TestKit.Hubs;

/// <summary>
/// Speaks SignalR's JSON hub protocol over a WebSocket: as much of it as a test needs, because the client package does
/// not restore everywhere.
/// </summary>
public sealed class HubClient : IAsyncDisposable
{
    private const char End = '\u001e';
    private const int Invocation = 1;
    private const int StreamItem = 2;
    private const int Completion = 3;
    private const int StreamInvocation = 4;
    private const int Close = 7;
    private readonly ClientWebSocket _socket = new();
    private readonly Queue<string> _received = new();
    private readonly StringBuilder _partial = new();
    private int _invocations;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private HubClient()
    {
    }

    /// <summary>Connects to <paramref name="hub"/>, for instance <c>http://localhost:1234/hubs/board</c>.</summary>
    public static async Task<HubClient> ConnectAsync(
        Uri hub, Action<ClientWebSocketOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hub);
        var client = new HubClient();
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(new UriBuilder(hub) { Scheme = hub.Scheme == "https" ? "wss" : "ws" }.Uri, cancellationToken);
        await client.SendAsync("""{"protocol":"json","version":1}""", cancellationToken);
        var shaken = await client.ReceiveAsync(cancellationToken);
        return shaken == "{}" ? client : throw new InvalidOperationException($"The hub refused the handshake: {shaken}");
    }

    /// <summary>Calls a method and returns what it answers; throws what the hub says when it refuses. Not while a stream is read.</summary>
    public async Task<JsonElement> InvokeAsync(string method, object?[] arguments, CancellationToken cancellationToken = default)
    {
        var id = $"i{++_invocations}";
        await SendAsync(JsonSerializer.Serialize(new { type = Invocation, invocationId = id, target = method, arguments }), cancellationToken);
        while (true)
        {
            var message = JsonDocument.Parse(await ReceiveAsync(cancellationToken)).RootElement;
            if (message.GetProperty("type").GetInt32() == Completion && message.GetProperty("invocationId").GetString() == id)
            {
                return message.TryGetProperty("error", out var error)
                    ? throw new InvalidOperationException(error.GetString())
                    : message.TryGetProperty("result", out var result) ? result : default;
            }
        }
    }

    /// <summary>Calls a method and does not wait for what it answers; also while a stream is read.</summary>
    public Task SendInvocationAsync(string method, object?[] arguments) =>
        SendAsync(JsonSerializer.Serialize(new { type = Invocation, target = method, arguments }), CancellationToken.None);

    /// <summary>Calls a streaming method and yields its items as they come; throws what the hub says when it refuses.</summary>
    public IAsyncEnumerable<JsonElement> StreamAsync(string method, object argument, CancellationToken cancellationToken = default) =>
        StreamAsync(method, [argument], cancellationToken);

    /// <summary>As the other, with any number of arguments.</summary>
    public async IAsyncEnumerable<JsonElement> StreamAsync(
        string method, object?[] arguments, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = new { type = StreamInvocation, invocationId = "1", target = method, arguments };
        await SendAsync(JsonSerializer.Serialize(call), cancellationToken);
        while (true)
        {
            var message = JsonDocument.Parse(await ReceiveAsync(cancellationToken)).RootElement;
            switch (message.GetProperty("type").GetInt32())
            {
                case StreamItem:
                    yield return message.GetProperty("item");
                    break;
                case Completion or Close:
                    if (message.TryGetProperty("error", out var error))
                    {
                        throw new InvalidOperationException(error.GetString());
                    }

                    yield break;
                default:
                    break;
            }
        }
    }

    /// <summary>Goes away without a word, as a lost line does.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(string message, CancellationToken cancellationToken) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private async Task<string> ReceiveAsync(CancellationToken cancellationToken)
    {
        string? message;
        while (!_received.TryDequeue(out message))
        {
            using var bytes = new MemoryStream();
            ValueWebSocketReceiveResult result;
            do
            {
                result = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
                await bytes.WriteAsync(_buffer.AsMemory(0, result.Count), cancellationToken);
            }
            while (!result.EndOfMessage);

            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new InvalidOperationException("The hub closed the connection.");
            }

            _partial.Append(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
            var parts = _partial.ToString().Split(End);
            _partial.Clear().Append(parts[^1]);
            foreach (var part in parts[..^1])
            {
                _received.Enqueue(part);
            }
        }

        return message;
    }
}
