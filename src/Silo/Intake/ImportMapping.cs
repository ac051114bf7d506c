using System.Text.Json;
using System.Text.Json.Serialization;
using Escalation.Grains;

namespace Escalation.Silo.Intake;

/// <summary>Where a field comes from.</summary>
internal sealed record FieldMapping
{
    /// <summary>The column's heading; in NDJSON the members' names with dots between.</summary>
    public string? Column { get; init; }

    /// <summary>The same for every line; with a column, for lines where that is empty.</summary>
    public string? Value { get; init; }

    /// <summary>What the column's words mean, where they are not the API's.</summary>
    public IReadOnlyDictionary<string, string>? Words { get; init; }

    /// <summary>How the column's dates are written: <c>dd-MM-yy</c>.</summary>
    public IReadOnlyList<string>? Formats { get; init; }

    /// <summary>The column with the time of day that belongs to the date.</summary>
    public string? Time { get; init; }

    /// <summary>The sign before an amount's decimals.</summary>
    public string? Decimal { get; init; }
}

/// <summary>How a file is understood. What it does not say is found out, and what remains in doubt is asked.</summary>
internal sealed record ImportMapping
{
    private static readonly JsonSerializerOptions Strict = new(Wire.Json) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, WriteIndented = false };

    /// <summary>Nothing said.</summary>
    public static ImportMapping None { get; } = new();

    /// <summary>What the lines are: <c>cases</c> or <c>reviews</c>. Default: cases.</summary>
    public string? As { get; init; }

    [JsonIgnore]
    public ImportSubject Subject => ImportSubject.Of(As) ?? ImportSubject.Cases;

    /// <summary>One of <see cref="EncodingGuess.Names"/>.</summary>
    public string? Encoding { get; init; }

    /// <summary>What separates a CSV file's fields: a comma, a semicolon, a tab or a bar.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Where the fields come from, by the API's names; null for a field that the file does not have.</summary>
    public IReadOnlyDictionary<string, FieldMapping?>? Fields { get; init; }

    /// <summary>Columns that go into no field; <c>*</c> stands for all that are left.</summary>
    public IReadOnlyList<string>? Ignore { get; init; }

    /// <summary>IANA zone of dates without an offset.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Keys of cases are unique within a source: the same key from another source is another case. Keys of reviews are their place's.</summary>
    public string? Source { get; init; }

    /// <summary>Reads a mapping.</summary>
    /// <param name="subject">What the file is said to hold; null when only the mapping says so.</param>
    /// <exception cref="SourceFileException">It is none; the message says where and why.</exception>
    public static ImportMapping Parse(string json, ImportSubject? subject = null)
    {
        try
        {
            var mapping = JsonSerializer.Deserialize<ImportMapping>(json, Strict) ?? None;
            mapping = mapping with { As = mapping.As ?? subject?.Name };
            mapping.Check();
            if (subject is not null && mapping.Subject != subject)
            {
                throw new SourceFileException($"The file is said to hold {subject.Name}, and the mapping says {mapping.Subject.Name}.");
            }

            return mapping;
        }
        catch (JsonException e)
        {
            throw new SourceFileException($"The mapping is not as it must be{(e.Path is { Length: > 2 } path ? $" at {path[2..]}" : "")}: {e.Message}");
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Strict);

    private void Check()
    {
        Expect(ImportSubject.Of(As) is not null, $"as '{As}' is none of {string.Join(", ", ImportSubject.All.Select(subject => subject.Name))}.");
        Expect(Source is null || Subject != ImportSubject.Reviews, "source is for cases: a review's key is unique at its place.");
        Expect(Encoding is null || EncodingGuess.Of(Encoding) is not null, $"encoding '{Encoding}' is none of {string.Join(", ", EncodingGuess.Names)}.");
        Expect(Delimiter is null || (Delimiter.Length == 1 && DelimiterGuess.Candidates.Contains(Delimiter[0])), $"delimiter '{Delimiter}' is no comma, semicolon, tab or bar.");
        Expect(TimeZone is null || NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) is not null, $"timeZone '{TimeZone}' is no IANA zone; one is Europe/Chisinau.");
        foreach (var (name, field) in Fields ?? new Dictionary<string, FieldMapping?>())
        {
            Expect(Subject.Names.Fields.Contains(name), $"'{name}' is no field; fields are {string.Join(", ", Subject.Names.Fields)}.");
            Expect(field is null || field.Column is not null || field.Value is not null, $"fields.{name} needs a column or a value.");
            Expect(field?.Decimal is null or "." or ",", $"fields.{name}.decimal is neither a point nor a comma.");
            foreach (var format in field?.Formats ?? [])
            {
                Expect(DateShape.TryFormat(format) is not null, $"fields.{name}.formats: '{format}' is none; one is dd-MM-yy.");
            }
        }

        static void Expect(bool holds, string problem)
        {
            if (!holds)
            {
                throw new SourceFileException($"The mapping is not as it must be: {problem}");
            }
        }
    }
}
