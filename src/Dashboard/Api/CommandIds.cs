using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Escalation.Grains;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>
/// CASE-5: ids that a request gives rise to. With an Idempotency-Key they follow from who asks for what with which key,
/// so that a repeat meets what the first has left; without one they are new.
/// </summary>
/// <param name="Command">Id of the command.</param>
/// <param name="Subject">Id of what the command would create.</param>
/// <param name="Customer">Id of the customer that it would register.</param>
/// <param name="CustomerCommand">Id of the command to the customer that goes with it.</param>
/// <param name="IsKeyed">True when a repeat would bring the same ids.</param>
internal readonly record struct CommandIds(Guid Command, Guid Subject, Guid Customer, Guid CustomerCommand, bool IsKeyed)
{
    public const string Header = "Idempotency-Key";

    public const int LongestKey = 200;

    /// <summary>The ids of a request; a fault when its key has a form that is not taken.</summary>
    /// <param name="operation">Stable name of what is asked.</param>
    /// <param name="subject">What it is asked of; <see cref="Guid.Empty"/> when that is to be created.</param>
    /// <param name="part">The part of the subject, from 1; 0 when it concerns all of it.</param>
    public static CommandIds Of(HttpContext context, Actor by, string operation, Guid subject, int part, TimeProvider time, Faults faults)
    {
        var header = context.Request.Headers[Header];
        if (header.Count == 0)
        {
            var now = time.GetUtcNow();
            return subject == Guid.Empty
                ? new CommandIds(
                    Guid.CreateVersion7(now), Guid.CreateVersion7(now), Guid.CreateVersion7(now), Guid.CreateVersion7(now), false)
                : new CommandIds(Guid.CreateVersion7(now), default, default, default, false);
        }

        var key = header.ToString();
        if (header.Count > 1 || key.Length is 0 or > LongestKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            faults.Add(Header, $"must be one key of 1 to {LongestKey} printable ASCII characters");
            return default;
        }

        return Derive(by.Id, operation, subject, part, key);
    }

    /// <summary>The ids that follow from a key which did not come in the header.</summary>
    public static CommandIds OfKey(Actor by, string operation, Guid subject, int part, string key) =>
        Derive(by.Id, operation, subject, part, key);

    private static CommandIds Derive(string by, string operation, Guid subject, int part, string key)
    {
        // Lengths go before texts, so that no two requests read as the same bytes.
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(by.Length + operation.Length + key.Length) + 32];
        var length = Append(bytes, 0, by);
        length = Append(bytes, length, operation);
        subject.TryWriteBytes(bytes[length..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(length + 16)..], part);
        length = Append(bytes, length + 20, key);

        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(bytes[..length], hash);
        return new CommandIds(Uuid(hash[..16]), Uuid(hash[16..32]), Uuid(hash[32..48]), Uuid(hash[48..]), true);
    }

    private static int Append(Span<byte> bytes, int at, string text)
    {
        var written = Encoding.UTF8.GetBytes(text, bytes[(at + 4)..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[at..], written);
        return at + 4 + written;
    }

    /// <summary>Marks 16 bytes as a UUID of version 8: its content is ours to define.</summary>
    private static Guid Uuid(Span<byte> bytes)
    {
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
