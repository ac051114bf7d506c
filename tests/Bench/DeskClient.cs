using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Escalation.Bench;

/// <summary>An agent's open desk with as little client as possible: it looks for offers in what comes, and may accept them at once.</summary>
internal sealed class DeskClient : IAsyncDisposable
{
    private const byte End = 0x1e;

    private static readonly byte[] Ringing = "\"offers\":[{"u8.ToArray();

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<string, string, bool> _onOffer;
    private readonly HashSet<string> _seen = [];
    private Task _reading = Task.CompletedTask;
    private byte[] _buffer = new byte[4096];

    private DeskClient(Func<string, string, bool> onOffer) => _onOffer = onOffer;

    /// <param name="url">The host.</param>
    /// <param name="key">Whose desk.</param>
    /// <param name="onOffer">Is told of each offer's case and id once; true accepts it.</param>
    public static async Task<DeskClient> OpenAsync(Uri url, string key, Func<string, string, bool> onOffer)
    {
        var client = new DeskClient(onOffer);
        client._socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        await client._socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/hubs/desk" }.Uri, CancellationToken.None);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        await client.SendAsync("""{"type":4,"invocationId":"d","target":"Desk","arguments":[]}""");
        client._reading = client.ReadAsync();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                if (length == _buffer.Length)
                {
                    Array.Resize(ref _buffer, 2 * length);
                }

                result = await _socket.ReceiveAsync(_buffer.AsMemory(length), _closing.Token);
                length += result.Count;
            }
            while (!result.EndOfMessage);

            if (_buffer.AsSpan(0, length).IndexOf(Ringing) >= 0)
            {
                await LookAsync(_buffer.AsMemory(0, length));
            }
        }
    }

    private async Task LookAsync(ReadOnlyMemory<byte> messages)
    {
        foreach (var message in Encoding.UTF8.GetString(messages.Span).Split((char)End, StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(message);
            if (!json.RootElement.TryGetProperty("item", out var item) || !item.TryGetProperty("offers", out var offers))
            {
                continue;
            }

            foreach (var offer in offers.EnumerateArray())
            {
                var id = offer.GetProperty("id").GetString()!;
                if (_seen.Add(id) && _onOffer(offer.GetProperty("caseId").GetString()!, id))
                {
                    await SendAsync($$"""{"type":1,"target":"Accept","arguments":["{{id}}"]}""");
                }
            }
        }
    }

    private async Task SendAsync(string message) => await _socket.SendAsync(
        Encoding.UTF8.GetBytes(message + (char)End), WebSocketMessageType.Text, endOfMessage: true, _closing.Token);
}
