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
    private readonly byte[] _sending = new byte[16 * 1024];
    private readonly string _head;

    public RawHttp(Uri host, string key)
    {
        _socket.Connect(host.Host, host.Port);
        _head = $"Host: {host.Host}:{host.Port}\r\nAuthorization: Bearer {key}\r\n";
    }

    /// <summary>Posts JSON and returns the status code.</summary>
    public async Task<int> PostAsync(string path, string json, string? idempotencyKey = null)
    {
        var body = Encoding.UTF8.GetByteCount(json);
        var key = idempotencyKey is null ? "" : $"Idempotency-Key: {idempotencyKey}\r\n";
        var length = Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\n{_head}{key}Content-Type: application/json\r\nContent-Length: {body}\r\n\r\n{json}", _sending);
        for (var sent = 0; sent < length;)
        {
            sent += await _socket.SendAsync(_sending.AsMemory(sent, length - sent));
        }

        return await ReadAnswerAsync();
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
