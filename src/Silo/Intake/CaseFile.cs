using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CsvHelper;
using Escalation.Grains;
using Escalation.Grains.Cases;

namespace Escalation.Silo.Intake;

/// <summary>The customer of a new case, as <c>POST /api/cases</c> has them.</summary>
internal sealed record CustomerFields(Guid? Id, string? Name, string? Email, string? Phone, string? Language, string? TimeZone);

/// <summary>A new case, as <c>POST /api/cases</c> has it, and <paramref name="Key"/>: the same key again is the same case.</summary>
internal sealed record CaseFields(
    CustomerFields? Customer,
    string? Type,
    string? Summary,
    Channel? Channel,
    Heat? Heat,
    Money? Claim,
    string? Product,
    string? Site,
    DateTimeOffset? ComplainedAt,
    string? Key);

/// <summary>One line of the file: a case, or why it is none.</summary>
internal sealed record CaseLine(int Line, CaseFields? Case, string? Fault);

/// <summary>
/// Reads new cases from CSV (a header with the API's names: <c>customer.name</c>, <c>type</c>, <c>claim.amount</c>) or NDJSON
/// (one object a line). Strict: a name that the API does not know is a fault.
/// </summary>
internal sealed class CaseFile(Func<TextReader> open)
{
    private const int LongestRecord = 1 << 20;

    private static readonly string[] Names =
    [
        "key", "customer.id", "customer.name", "customer.email", "customer.phone", "customer.language", "customer.timeZone",
        "type", "summary", "channel", "heat", "claim.amount", "claim.currency", "product", "site", "complainedAt",
    ];

    private static readonly JsonSerializerOptions Strict = new(Wire.Json)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly CsvReaderOptions Csv = new() { TrimWhitespace = true, TrackLineNumbers = true, MaxRecordSize = LongestRecord };

    /// <summary>The cases in the file at <paramref name="path"/>, plain or <c>.gz</c>.</summary>
    public static CaseFile Of(string path) => new(() => SourceFile.OpenText(path));

    /// <summary>Every line in order. An object as the first thing in the file means NDJSON.</summary>
    /// <exception cref="SourceFileException">The first line of a CSV file names a field that is not known, or lacks one.</exception>
    public async IAsyncEnumerable<CaseLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var text = open();
        while (char.IsWhiteSpace((char)text.Peek()) && text.Peek() is not '\n')
        {
            text.Read();
        }

        await foreach (var line in text.Peek() == '{' ? ReadJsonAsync(text, cancellationToken) : ReadCsvAsync(text, cancellationToken))
        {
            yield return line;
        }
    }

    private static async IAsyncEnumerable<CaseLine> ReadJsonAsync(
        TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var _ = text;
        for (var number = 1; await text.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(number, () => JsonSerializer.Deserialize<CaseFields>(line, Strict));
            }
        }
    }

    private static async IAsyncEnumerable<CaseLine> ReadCsvAsync(
        TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var csv = CsvReader.Create(text, Csv);
        await csv.ReadHeaderAsync(cancellationToken);
        var columns = Columns(csv.Headers);
        while (true)
        {
            string? broken = null;
            try
            {
                if (!await csv.ReadAsync(cancellationToken))
                {
                    break;
                }
            }
            catch (CsvFormatException e)
            {
                broken = e.Message;
            }

            if (broken is not null)
            {
                yield return new CaseLine((int)csv.LineNumber + 1, null, $"{broken} Nothing after this line was read.");
                break;
            }

            var line = (int)csv.LineNumber;
            yield return csv.FieldCount == columns.Length
                ? Parse(line, () => ToJson(csv, columns).Deserialize<CaseFields>(Strict))
                : new CaseLine(line, null, $"{csv.FieldCount} fields where the first line has {columns.Length}.");
        }
    }

    private static string[] Columns(IEnumerable<string> headers)
    {
        var names = headers.Select(header => header.Trim()).ToArray();
        var unknown = names.Except(Names).ToList();
        var twice = names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        return unknown.Count == 0 && twice.Count == 0
            ? names
            : throw new SourceFileException(
                $"The first line names {string.Join(", ", unknown.Concat(twice.Select(name => name + " twice")))}. Known: {string.Join(", ", Names)}.");
    }

    private static JsonObject ToJson(CsvReader csv, string[] columns)
    {
        var json = new JsonObject();
        for (var column = 0; column < columns.Length; column++)
        {
            if (csv.GetString(column) is not { Length: > 0 } value)
            {
                continue;
            }

            var path = columns[column].Split('.');
            var at = json;
            if (path.Length == 2)
            {
                at = json[path[0]] as JsonObject ?? [];
                json[path[0]] ??= at;
            }

            at[path[^1]] = columns[column] == "claim.amount" && csv[column].TryParse<decimal>(out var amount)
                ? JsonValue.Create(amount)
                : JsonValue.Create(value);
        }

        return json;
    }

    private static CaseLine Parse(int line, Func<CaseFields?> read)
    {
        try
        {
            return read() is { } fields ? new CaseLine(line, fields, null) : new CaseLine(line, null, "null is no case.");
        }
        catch (JsonException e)
        {
            return new CaseLine(line, null, e.Path is { Length: > 2 } path ? $"{path[2..]}: {e.Message}" : e.Message);
        }
    }
}
