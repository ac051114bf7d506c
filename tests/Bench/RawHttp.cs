using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Escalation.Bench;

/// <summary>
/// A load generator's connection: HTTP/1.1 kept alive on a socket, so that the clients leave the processor to what is
/// measured. Knows only what the platform answers: a status line, headers with Content-Length or chunks, a body.
/// </summary>
internal sealed class RawHttp : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[64 * 1024];
    private readonly string _head;

    public RawHttp(Uri host, string key)
    {
        _socket.Connect(host.Host, host.Port);
        _head = $"Host: {host.Host}:{host.Port}\r\nAuthorization: Bearer {key}\r\n";
    }

    /// <summary>A request, to be sent any number of times.</summary>
    public byte[] Post(string path, string json) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\n{_head}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>A request without a body, to be sent any number of times.</summary>
    public byte[] Get(string path) => Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\n{_head}\r\n");

    /// <summary>Sends a request and returns the status code of its answer.</summary>
    public async Task<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[await _socket.SendAsync(request)..];
        }

        return await ReadAnswerAsync();
    }

    /// <summary>The version of the case that the last answer names; 0 when it names none.</summary>
    public int Version
    {
        get
        {
            var at = _received.AsSpan().IndexOf("\"version\":"u8);
            return at < 0 ? 0 : Number(_received.AsSpan(at + 10));
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int> ReadAnswerAsync()
    {
        var filled = 0;
        while (true)
        {
            var read = await _socket.ReceiveAsync(_received.AsMemory(filled));
            if (read == 0)
            {
                throw new IOException("The host closed the connection.");
            }

            filled += read;
            if (IsWhole(_received.AsSpan(0, filled)))
            {
                return Number(_received.AsSpan(9, 3));
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = answer[..end];
        var at = head.IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            return answer.Length >= end + 4 + Number(head[(at + 16)..]);
        }

        return answer.EndsWith("0\r\n\r\n"u8);
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _) ? number : throw new IOException("The host answered something else than HTTP.");
}
