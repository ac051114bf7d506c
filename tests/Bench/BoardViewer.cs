using System.Buffers.Text;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Escalation.Bench;

/// <summary>
/// One viewer of the board, cheap enough to run a thousand of them beside what is measured: it counts bytes and notes
/// when it got which version of which case, and reads no further.
/// </summary>
internal sealed class BoardViewer(Uri hub, string key, object view) : IDisposable
{
    private const byte End = 0x1e;
    private const int IdLength = 36;
    private static readonly byte[] Row = "{\"id\":\""u8.ToArray();
    private static readonly byte[] Removes = "\"removes\":["u8.ToArray();
    private static readonly byte[] Goodbye = "{\"type\":7"u8.ToArray();
    private static readonly byte[] AfterId = "\",\"version\":"u8.ToArray();

    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[32 * 1024];

    /// <summary>Completes with the cases of the first picture.</summary>
    public TaskCompletionSource<IReadOnlyList<Guid>> Snapshot { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bytes received so far.</summary>
    public long Bytes { get; private set; }

    public long Messages { get; private set; }

    /// <summary>What came when.</summary>
    public List<(Guid Case, int Version, long At)> Seen { get; } = [];

    /// <summary>The cases in the window: one that comes in because another left it was not changed just now.</summary>
    private readonly HashSet<Guid> _shown = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            _socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
            await _socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws" }.Uri, cancellationToken);
            await SendAsync("""{"protocol":"json","version":1}""", cancellationToken);
            await SendAsync(
                JsonSerializer.Serialize(new { type = 4, invocationId = "1", target = "Watch", arguments = new[] { view } }), cancellationToken);
            var filled = 0;
            while (true)
            {
                if (filled == _buffer.Length)
                {
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                }

                var read = (await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancellationToken)).Count;
                Bytes += read;
                filled = Take(filled + read);
            }
        }
        catch (OperationCanceledException)
        {
            // The bench is over.
        }
        catch (Exception e)
        {
            Snapshot.TrySetException(e);
            throw;
        }
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    private int Take(int filled)
    {
        var at = Stopwatch.GetTimestamp();
        var start = 0;
        while (_buffer.AsSpan(start, filled - start).IndexOf(End) is >= 0 and var length)
        {
            Take(_buffer.AsSpan(start, length), at);
            start += length + 1;
        }

        _buffer.AsSpan(start, filled - start).CopyTo(_buffer);
        return filled - start;
    }

    private void Take(ReadOnlySpan<byte> message, long at)
    {
        Messages++;
        if (message.StartsWith(Goodbye))
        {
            throw new InvalidOperationException($"The host ended the connection: {Encoding.UTF8.GetString(message)}");
        }

        var isSnapshot = message.IndexOf("\"kind\":\"snapshot\""u8) >= 0;
        TakeRemoves(message);
        while (message.IndexOf(Row) is >= 0 and var found)
        {
            message = message[(found + Row.Length)..];
            if (message.Length > IdLength + AfterId.Length && message.Slice(IdLength, AfterId.Length).SequenceEqual(AfterId) &&
                Utf8Parser.TryParse(message, out Guid id, out _) &&
                Utf8Parser.TryParse(message[(IdLength + AfterId.Length)..], out int version, out _))
            {
                if (!_shown.Add(id) && !isSnapshot)
                {
                    Seen.Add((id, version, at));
                }
            }
        }

        if (isSnapshot)
        {
            Snapshot.TrySetResult([.. _shown]);
        }
    }

    private void TakeRemoves(ReadOnlySpan<byte> message)
    {
        var at = message.IndexOf(Removes);
        message = at < 0 ? default : message[(at + Removes.Length)..];
        while (message.Length > IdLength && message[0] == (byte)'"' && Utf8Parser.TryParse(message[1..], out Guid id, out _))
        {
            _shown.Remove(id);
            message = message[(IdLength + 2)..].TrimStart((byte)',');
        }
    }

    private ValueTask SendAsync(string message, CancellationToken cancellationToken) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + (char)End).AsMemory(), WebSocketMessageType.Text, true, cancellationToken);
}
