using System.Collections.Frozen;
using System.Text.Json;
using Escalation.Grains.Notices;

namespace Escalation.Silo.Policy;

/// <summary>LNG-1: what the platform writes to staff by itself, from the files that their pages are built with.</summary>
internal sealed class StaffTexts
{
    private static readonly FrozenDictionary<string, StaffTexts> Languages = Read();

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private StaffTexts(string language) => Language = language;

    /// <summary>BCP 47.</summary>
    public string Language { get; }

    /// <summary>The texts for a reader of <paramref name="language"/> (BCP 47; <c>ro-MD</c> finds <c>ro</c>), else English.</summary>
    public static StaffTexts For(string? language) =>
        Languages.GetValueOrDefault(language?.Split('-')[0] ?? NoticeTexts.Fallback) ?? Languages[NoticeTexts.Fallback];

    /// <summary>The text of <c>area.key</c>; null for a key without one, and for a text that has plural forms.</summary>
    public string? Find(string key) => _texts.GetValueOrDefault(key);

    /// <summary>The text of <c>area.key</c>, with its <c>{places}</c> filled.</summary>
    public string Say(string key, params IEnumerable<(string Place, string Value)> values) => new MessageTemplate("", _texts[key])
        .Fill(values.ToDictionary(each => each.Place, each => each.Value, StringComparer.Ordinal)).Body;

    private static FrozenDictionary<string, StaffTexts> Read()
    {
        var languages = new Dictionary<string, StaffTexts>(StringComparer.OrdinalIgnoreCase);
        var assembly = typeof(StaffTexts).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (name.Split('/', '\\') is not ["staff", var language, var area])
            {
                continue;
            }

            using var json = assembly.GetManifestResourceStream(name)!;
            using var file = JsonDocument.Parse(json);
            var texts = languages.TryGetValue(language, out var known) ? known : languages[language] = new StaffTexts(language);
            foreach (var text in file.RootElement.EnumerateObject().Where(text => text.Value.ValueKind == JsonValueKind.String))
            {
                texts._texts[$"{area}.{text.Name}"] = text.Value.GetString()!;
            }
        }

        return languages.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
