using System.Security.Cryptography;
using System.Text;

namespace Escalation.Grains.Errands;

/// <summary>Ids that follow from what they name, so that an errand run twice sends the same commands.</summary>
internal static class ErrandId
{
    /// <summary>A UUID of version 8 (RFC 9562) from a hash over <paramref name="parts"/>, in their order.</summary>
    public static Guid Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        var id = hash.GetHashAndReset();
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id.AsSpan(0, 16), bigEndian: true);
    }
}
