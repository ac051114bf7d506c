using System.Security.Cryptography;
using Escalation.Grains.Links;

namespace Escalation.Silo.Links;

/// <summary>The key that customers' links are signed with.</summary>
internal static class LinkKey
{
    public const string FileName = "link-key";

    /// <summary>The key of the settings, else the one in the data folder, which is made when there is none.</summary>
    /// <exception cref="InvalidOperationException">The key that was given is none.</exception>
    public static byte[] Of(string setting, string dataFolder)
    {
        if (setting.Length == 0)
        {
            return Kept(Path.Combine(dataFolder, FileName));
        }

        var key = new byte[setting.Length];
        return Convert.TryFromBase64String(setting, key, out var length) && length >= SignedLinks.LeastKey
            ? key[..length]
            : throw new InvalidOperationException(
                $"{LinkOptions.Section}:Key must be at least {SignedLinks.LeastKey} bytes in Base64; 'openssl rand -base64 32' makes one.");
    }

    private static byte[] Kept(string path)
    {
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: >= SignedLinks.LeastKey } kept)
        {
            return kept;
        }

        // Readable by its owner alone from the first byte on, and never half written.
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var key = RandomNumberGenerator.GetBytes(SignedLinks.LeastKey);
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(unfinished, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        return key;
    }
}
