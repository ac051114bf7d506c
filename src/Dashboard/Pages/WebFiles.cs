using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace Escalation.Dashboard.Pages;

/// <summary>The built web pages: small, so they are carried in the assembly and kept in memory, packed once.</summary>
internal sealed class WebFiles
{
    /// <summary>Prefix of the resources; Web.targets embeds them so.</summary>
    private const string Prefix = "web/";

    /// <summary>Of 0 to 11: from here on it takes ten times as long, for one part in a hundred.</summary>
    private const int Quality = 6;

    private const int Window = 22;

    private readonly FrozenDictionary<string, WebFile> _files = Read().ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);

    /// <summary>The file at <paramref name="path"/>, for instance <c>index.html</c>; null when there is none.</summary>
    public WebFile? Find(string path) => _files.GetValueOrDefault(path);

    private static IEnumerable<WebFile> Read()
    {
        var types = new FileExtensionContentTypeProvider();
        var assembly = typeof(WebFiles).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var plain = new byte[stream.Length];
            stream.ReadExactly(plain);
            var path = name[Prefix.Length..].Replace('\\', '/');
            var type = types.TryGetContentType(path, out var known) ? known : "application/octet-stream";
            var hash = Convert.ToHexStringLower(SHA256.HashData(plain))[..16];
            yield return new WebFile(path, type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type, hash, plain, Pack(plain));
        }
    }

    private static byte[] Pack(byte[] plain)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        return BrotliEncoder.TryCompress(plain, packed, out var length, Quality, Window)
            ? packed[..length]
            : throw new InvalidOperationException($"{plain.Length} bytes of a web page could not be packed.");
    }
}

/// <summary>One file of the web pages.</summary>
internal sealed record WebFile(string Path, string ContentType, string Hash, byte[] Plain, byte[] Packed);
