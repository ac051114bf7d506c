using System.Runtime.CompilerServices;
using System.Text.Json;
using CsvHelper;

namespace Escalation.Silo.Intake;

/// <summary>One line of the file, or one record of several lines, before anything is known of its meaning.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Values">By column; null where there is none.</param>
/// <param name="Fault">Why it cannot be read; null when it can.</param>
/// <param name="Identity">Its whole content: the same content is the same complaint.</param>
internal sealed record SourceRecord(int Line, IReadOnlyList<string?> Values, string? Fault, string Identity);

/// <summary>Reads CSV (with a first line of headings) or NDJSON (one object a line), one record after the other.</summary>
internal sealed class RecordFile(Func<Stream> open, System.Text.Encoding encoding, char separator)
{
    private const int LongestRecord = 1 << 20;
    private const int MostColumns = 500;
    private const int DeepestNesting = 4;

    private readonly List<string> _columns = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    /// <summary>The headings; in NDJSON the names met so far.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>An object as the first thing in the file means NDJSON; known once reading has begun.</summary>
    public bool IsJson { get; private set; }

    /// <summary>The column's index; -1 when there is none, or none yet.</summary>
    public int IndexOf(string column) => _indexes.GetValueOrDefault(column, -1);

    /// <summary>Every record in order.</summary>
    /// <exception cref="SourceFileException">The headings cannot be used.</exception>
    public async IAsyncEnumerable<SourceRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var text = new StreamReader(open(), encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        while (char.IsWhiteSpace((char)text.Peek()) && text.Peek() is not ('\n' or '\t'))
        {
            text.Read();
        }

        IsJson = text.Peek() == '{';
        await foreach (var record in IsJson ? ReadJsonAsync(text, cancellationToken) : ReadCsvAsync(text, cancellationToken))
        {
            yield return record;
        }
    }

    private async IAsyncEnumerable<SourceRecord> ReadJsonAsync(TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; await text.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Parse(number, line);
            }
        }
    }

    private SourceRecord Parse(int number, string line)
    {
        if (line.Length > LongestRecord)
        {
            return new SourceRecord(number, [], $"The line has {line.Length} characters, at most {LongestRecord} are taken.", line);
        }

        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return new SourceRecord(number, [], "The line is no JSON object.", line);
            }

            var values = new List<string?>();
            Flatten(document.RootElement, "", values);
            return new SourceRecord(number, values, null, line.Trim());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new SourceRecord(number, [], $"The line is not JSON: {e.Message}", line);
        }
        catch (SourceFileException e)
        {
            return new SourceRecord(number, [], e.Message, line);
        }
    }

    private void Flatten(JsonElement json, string prefix, List<string?> values)
    {
        foreach (var member in json.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                Flatten(member.Value, $"{name}.", values);
                continue;
            }

            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (!_indexes.TryGetValue(name, out var index))
            {
                index = Add(name);
            }

            while (values.Count <= index)
            {
                values.Add(null);
            }

            values[index] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText();
        }
    }

    private async IAsyncEnumerable<SourceRecord> ReadCsvAsync(TextReader text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var csv = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = separator,
            TrimWhitespace = separator != '\t',
            TrackLineNumbers = true,
            MaxRecordSize = LongestRecord,
        });
        await csv.ReadHeaderAsync(cancellationToken);
        _columns.Clear();
        _indexes.Clear();
        foreach (var heading in csv.Headers)
        {
            var name = heading.Trim();
            if (name.Length > 0 && IndexOf(name) >= 0)
            {
                throw new SourceFileException($"The first line names '{name}' twice.");
            }

            Add(name.Length > 0 ? name : $"column {_columns.Count + 1}");
        }

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
                yield return new SourceRecord((int)csv.LineNumber + 1, [], $"{broken} Nothing after this line was read.", "");
                break;
            }

            var values = new string?[csv.FieldCount];
            for (var column = 0; column < values.Length; column++)
            {
                values[column] = csv.GetString(column) is { Length: > 0 } value ? value : null;
            }

            yield return new SourceRecord(
                (int)csv.LineNumber, values,
                values.Length == _columns.Count ? null : $"{values.Length} fields where the first line has {_columns.Count}.",
                JsonSerializer.Serialize(values));
        }
    }

    private int Add(string name)
    {
        if (_columns.Count == MostColumns)
        {
            throw new SourceFileException($"The file has more than {MostColumns} columns.");
        }

        _indexes[name] = _columns.Count;
        _columns.Add(name);
        return _columns.Count - 1;
    }
}
