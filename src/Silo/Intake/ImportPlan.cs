using System.Runtime.CompilerServices;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Imports;

namespace Escalation.Silo.Intake;

/// <summary>One line of the file: what it says, or why that cannot be known.</summary>
/// <param name="Identity">The whole content: without a key, the same content is the same case or review.</param>
internal sealed record ReadLine(int Line, LineFields? Fields, IReadOnlyList<ImportFault> Faults, string Identity);

/// <summary>A file and how it is understood; with <see cref="Questions"/> it must not be taken yet.</summary>
internal sealed class ImportPlan
{
    private readonly Func<Stream> _open;
    private readonly LineMapping _lines;

    /// <param name="latest">No line is of a later day.</param>
    public ImportPlan(Func<Stream> open, ImportMapping mapping, long lines, bool isJson, DateOnly latest)
    {
        _open = open;
        _lines = new LineMapping(mapping, latest);
        IsJson = isJson;
        Mapping = mapping;
        Lines = lines;
        Latest = latest;
    }

    public bool IsJson { get; }

    public ImportMapping Mapping { get; }

    public DateOnly Latest { get; }

    /// <summary>How many records the file has.</summary>
    public long Lines { get; }

    public IReadOnlyList<ImportQuestion> Questions { get; init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];

    public IReadOnlyList<ImportColumn> Columns { get; init; } = [];

    /// <summary>The first records.</summary>
    public IReadOnlyList<SourceRecord> Samples { get; init; } = [];

    /// <summary>Every line in order, one after the other.</summary>
    public IAsyncEnumerable<ReadLine> ReadAsync(CancellationToken cancellationToken = default) => ReadAsync(0, cancellationToken);

    /// <summary>Every line in order but the first <paramref name="skip"/>.</summary>
    public async IAsyncEnumerable<ReadLine> ReadAsync(long skip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var records = 0L;
        var file = new RecordFile(_open, EncodingGuess.Of(Mapping.Encoding!)!, Mapping.Delimiter?[0] ?? ',');
        await foreach (var record in file.ReadAsync(cancellationToken))
        {
            if (++records > skip)
            {
                yield return Read(record, file.Columns);
            }
        }
    }

    /// <summary>Every question with its answers, for people.</summary>
    public string Asks() => string.Join(Environment.NewLine, Questions.SelectMany(asked =>
        asked.Answers.Select(answer => $"    {answer.Say}   {answer.Means}").Prepend($"{asked.About}: {asked.Question}")));

    /// <summary>As the API shows it.</summary>
    public ImportPreview Preview()
    {
        var columns = Columns.Select(column => column.Name).ToList();
        return new ImportPreview(
            Mapping.Encoding!, Mapping.Delimiter, Lines, JsonSerializer.SerializeToElement(Mapping, Wire.Json), Columns, Questions, Notes,
            [.. Samples.Select(record => RowOf(Read(record, columns)))]);
    }

    private static ImportRow RowOf(ReadLine line) => new(
        line.Line, Shown<CaseFields>(line), Shown<ReviewFields>(line), [.. line.Faults, .. line.Fields?.Faults() ?? []]);

    private static JsonElement? Shown<TFields>(ReadLine line)
        where TFields : LineFields =>
        line.Fields is TFields fields ? JsonSerializer.SerializeToElement(fields, Wire.Json) : null;

    private ReadLine Read(SourceRecord record, IReadOnlyList<string> columns)
    {
        if (record.Fault is not null)
        {
            return new ReadLine(record.Line, null, [new ImportFault("", record.Fault)], record.Identity);
        }

        var values = new Dictionary<string, string>(columns.Count);
        for (var i = 0; i < record.Values.Count; i++)
        {
            if (record.Values[i] is { } value)
            {
                values[columns[i]] = value;
            }
        }

        var line = new MappedLine(_lines, values);
        var fields = Mapping.Subject.Read(line);
        var unused = IsJson ? _lines.Unused(values.Keys).Select(name => new ImportFault(name, $"{name} goes into no field.")) : [];
        return new ReadLine(record.Line, fields, [.. unused, .. line.Faults], record.Identity);
    }
}
