using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>An object of texts, by names that are not known beforehand.</summary>
internal sealed class TextsField(string name, int maxEach, bool required, string about) : Field<ImmutableDictionary<string, string>>(name, required, about)
{
    private const int Most = 50;

    public override ImmutableDictionary<string, string>? Read(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "must be an object of texts");
            return null;
        }

        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (texts.Count == Most)
            {
                faults.Add(path, $"has more than {Most} members");
                return null;
            }

            // Names that cannot be read as Unicode end the reading of the body, as they do everywhere.
            var at = $"{path}.{member.Name}";
            if (TextField.TryText(member.Value, at, faults, out var text))
            {
                if (text.Length > maxEach || text.Contains('\0', StringComparison.Ordinal))
                {
                    faults.Add(at, $"must have at most {maxEach} characters, and no NUL character");
                }

                texts[member.Name] = text;
            }
        }

        return texts.ToImmutable();
    }

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxEach },
    };
}
