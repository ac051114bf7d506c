using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Links;

/// <summary>
/// Links signed with a key (HMAC-SHA256, of which half is sent: 128 bits that nobody can guess). A token is 60 letters:
/// format, case, expiry, generation, promise, revision, signature.
/// </summary>
/// <param name="key">At least 32 secret bytes, the same on every host.</param>
/// <param name="lifetime">How long a link opens its case.</param>
/// <param name="publicUrl">Where customers reach the platform, without a slash at the end.</param>
public sealed class SignedLinks(byte[] key, TimeSpan lifetime, Func<string> publicUrl) : ICustomerLinks
{
    /// <summary>Least length of the key, in bytes.</summary>
    public const int LeastKey = 32;

    private const byte Format = 1;
    private const int Signed = 29;
    private const int Signature = 16;
    private const int Size = Signed + Signature;
    private const int Letters = Size / 3 * 4;

    public TimeSpan Lifetime => lifetime;

    public string UrlOf(CustomerLink link, CustomerAnswer? chosen = null)
    {
        var url = $"{publicUrl()}/c/{TokenOf(link)}";
        return chosen is { } answer ? $"{url}?answer={System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(answer.ToString())}" : url;
    }

    /// <summary>The last part of the link's address.</summary>
    public string TokenOf(CustomerLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        Span<byte> token = stackalloc byte[Size];
        token[0] = Format;
        link.CaseId.TryWriteBytes(token[1..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(token[17..], checked((uint)link.ExpiresAt.ToUnixTimeSeconds()));
        BinaryPrimitives.WriteUInt16BigEndian(token[21..], checked((ushort)link.Generation));
        BinaryPrimitives.WriteInt32BigEndian(token[23..], link.Promise ?? 0);
        BinaryPrimitives.WriteUInt16BigEndian(token[27..], checked((ushort)(link.Revision ?? 0)));
        Sign(token[..Signed], token[Signed..]);
        return Base64Url.EncodeToString(token);
    }

    public CustomerLink? Read(string token)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (token is not { Length: Letters } || !Base64Url.IsValid(token) || !Base64Url.TryDecodeFromChars(token, bytes, out var length) || length != Size)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[Signature];
        Sign(bytes[..Signed], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[Signed..]) || bytes[0] != Format)
        {
            return null;
        }

        var promise = BinaryPrimitives.ReadInt32BigEndian(bytes[23..]);
        return new CustomerLink(
            new Guid(bytes[1..17], bigEndian: true),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[21..]),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(bytes[17..])),
            promise == 0 ? null : promise,
            promise == 0 ? null : BinaryPrimitives.ReadUInt16BigEndian(bytes[27..]));
    }

    private void Sign(ReadOnlySpan<byte> signed, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, hash);
        hash[..Signature].CopyTo(signature);
    }
}
