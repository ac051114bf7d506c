using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Escalation.Silo.Intake;

/// <summary>Ids that follow from what they name, so that the same source makes the same cases and commands every time.</summary>
internal static class DeterministicId
{
    /// <summary>A UUID of version 8 (RFC 9562) from a hash over <paramref name="parts"/>, in their order.</summary>
    public static Guid Of(params ReadOnlySpan<string> parts)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(parts, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>A number from a hash over <paramref name="text"/>: the same on every machine, unlike its hash code.</summary>
    public static ulong NumberOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash([text], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    private static void Hash(ReadOnlySpan<string> parts, Span<byte> hash) =>
        // The separator cannot stand in a part that came from a line of text.
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)), hash);
}
