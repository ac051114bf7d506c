using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace Escalation.Dashboard.Pages;

/// <summary>The built web pages: small, so they are carried in the assembly and kept in memory, each plain and as its build packed it.</summary>
internal sealed class WebFiles
{
    /// <summary>Prefix of the resources; Web.targets embeds them so.</summary>
    private const string Prefix = "web/";

    /// <summary>What the build calls the same file in Brotli: <c>pack.mjs</c> of the pages.</summary>
    private const string Packed = ".br";

    private readonly FrozenDictionary<string, WebFile> _files = Read().ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);

    /// <summary>The file at <paramref name="path"/>, for instance <c>index.html</c>; null when there is none.</summary>
    public WebFile? Find(string path) => _files.GetValueOrDefault(path);

    private static IEnumerable<WebFile> Read()
    {
        var types = new FileExtensionContentTypeProvider();
        var assembly = typeof(WebFiles).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var name in names.Where(name => !name.EndsWith(Packed, StringComparison.Ordinal)))
        {
            var plain = Resource(assembly, name);
            var path = name[Prefix.Length..].Replace('\\', '/');
            var type = types.TryGetContentType(path, out var known) ? known : "application/octet-stream";
            var hash = Convert.ToHexStringLower(SHA256.HashData(plain))[..16];
            yield return new WebFile(
                path, type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type, hash, plain, Resource(assembly, name + Packed));
        }
    }

    private static byte[] Resource(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not among the web pages: build them with npm run build.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>One file of the web pages.</summary>
internal sealed record WebFile(string Path, string ContentType, string Hash, byte[] Plain, byte[] Packed);
