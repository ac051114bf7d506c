using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Escalation.Dashboard.Access;

/// <summary>Keys and sign-in tokens: 256 random bits, kept only as their SHA-256.</summary>
public static class Secret
{
    public const int HashSize = SHA256.HashSizeInBytes;

    private const int LongestText = 200;

    /// <summary>A fresh key, in letters that need no escaping in headers, queries and cookies.</summary>
    public static string Create()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>What is stored of <paramref name="secret"/>.</summary>
    public static byte[] Hash(string secret)
    {
        var hash = new byte[HashSize];
        return TryHash(secret, hash) ? hash : throw new ArgumentException($"A key has at most {LongestText} characters.", nameof(secret));
    }

    /// <summary>Hashes without allocating; false when the text is too long to be one of our keys.</summary>
    public static bool TryHash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        if (secret.Length is 0 or > LongestText)
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LongestText)];
        return SHA256.TryHashData(utf8[..Encoding.UTF8.GetBytes(secret, utf8)], hash, out _);
    }
}
