using System.Security.Cryptography;
using System.Text;

namespace Escalation.Silo.Policy;

/// <summary>The text of a policy: its files by name, with <c>/</c> between folder and file.</summary>
/// <param name="Judging">Files that decide about cases; together they make a version.</param>
/// <param name="Texts">What customers read; a better word makes no new version.</param>
internal sealed record PolicyFiles(IReadOnlyDictionary<string, string> Judging, IReadOnlyDictionary<string, string> Texts)
{
    public const string TextsFolder = "texts/";

    /// <summary>Reads every YAML file of <paramref name="folder"/>; none where there is no such folder.</summary>
    public static PolicyFiles In(string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).ToDictionary(
                path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'), File.ReadAllText, StringComparer.Ordinal)
            : [];
        return new PolicyFiles(
            files.Where(file => !IsText(file.Key)).ToDictionary(StringComparer.Ordinal),
            files.Where(file => IsText(file.Key)).ToDictionary(StringComparer.Ordinal));
    }

    /// <summary>What the judging files add up to: the same text, wherever it lies, has the same print.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, text) in Judging.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{text.ReplaceLineEndings("\n")}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 4));
    }

    private static bool IsText(string name) => name.StartsWith(TextsFolder, StringComparison.Ordinal) || name.StartsWith(QuestionsYaml.Folder, StringComparison.Ordinal);
}
