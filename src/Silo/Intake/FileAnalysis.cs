using System.Text.Json;
using Escalation.Grains.Imports;

namespace Escalation.Silo.Intake;

/// <summary>
/// Reads a file once from end to end and understands it: encoding, separator, columns, dates. What the mapping says is taken as
/// said; what follows from the file beyond doubt is added to it; what is left is asked.
/// </summary>
internal sealed class FileAnalysis
{
    private const int MostSamples = 10;
    private const int Look = 1 << 16;

    private readonly ImportMapping _given;
    private readonly ImportSubject _subject;
    private readonly List<ColumnStats> _columns = [];
    private readonly List<ImportQuestion> _questions = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, FieldMapping?> _fields = [];
    private readonly List<SourceRecord> _samples = [];
    private bool _isJson;

    private FileAnalysis(ImportMapping given) => (_given, _subject) = (given, given.Subject);

    /// <summary>The file, understood as far as it can be.</summary>
    /// <param name="open">Opens the file from its beginning; called more than once.</param>
    /// <param name="today">Nothing in the file is of a later day.</param>
    /// <exception cref="SourceFileException">The file cannot be read at all.</exception>
    public static async Task<ImportPlan> RunAsync(Func<Stream> open, ImportMapping given, DateOnly today, CancellationToken cancellationToken)
    {
        var analysis = new FileAnalysis(given);
        var encoding = given.Encoding ?? await analysis.EncodingAsync(open, cancellationToken);
        var separator = given.Delimiter?[0] ?? await analysis.SeparatorAsync(open, encoding, cancellationToken);
        var file = new RecordFile(open, EncodingGuess.Of(encoding)!, separator);
        var lines = await analysis.CountAsync(file, today.AddDays(1), cancellationToken);
        var mapping = analysis.Map() with
        {
            Encoding = encoding,
            Delimiter = analysis._isJson ? null : separator.ToString(),
        };
        return new ImportPlan(open, mapping, lines, analysis._isJson, today.AddDays(1))
        {
            Questions = analysis._questions,
            Notes = analysis._notes,
            Columns = [.. analysis._columns.Select(column => new ImportColumn(column.Name, analysis.FieldOf(column.Name), column.Filled, column.Examples))],
            Samples = analysis._samples,
        };
    }

    private async Task<string> EncodingAsync(Func<Stream> open, CancellationToken cancellationToken)
    {
        var guess = new EncodingGuess();
        var buffer = new byte[Look];
        await using var bytes = open();
        int read;
        while ((read = await bytes.ReadAsync(buffer, cancellationToken)) > 0)
        {
            guess.Feed(buffer.AsSpan(0, read));
        }

        var (name, or) = guess.Read();
        if (or is not null)
        {
            Ask("encoding", null, "The text is not UTF-8, and may be in more than one encoding. Which?",
                [.. new[] { name, or }.Select(one => new ImportAnswer($"\"encoding\": \"{one}\"", one))]);
        }

        return name;
    }

    private async Task<char> SeparatorAsync(Func<Stream> open, string encoding, CancellationToken cancellationToken)
    {
        using var text = new StreamReader(open(), EncodingGuess.Of(encoding)!, detectEncodingFromByteOrderMarks: true);
        var start = new char[Look];
        var read = await text.ReadBlockAsync(start, cancellationToken);
        var begin = new string(start, 0, read);
        if (begin.TrimStart().StartsWith('{'))
        {
            return ',';
        }

        var (separator, or) = DelimiterGuess.Read(begin);
        if (or is { } other)
        {
            Ask("delimiter", null, "The fields may be separated in more than one way. Which?",
                [.. new[] { separator, other }.Select(one => new ImportAnswer($"\"delimiter\": {JsonSerializer.Serialize(one.ToString())}", $"'{one}'"))]);
        }

        return separator;
    }

    private async Task<long> CountAsync(RecordFile file, DateOnly latest, CancellationToken cancellationToken)
    {
        var lines = 0L;
        await foreach (var record in file.ReadAsync(cancellationToken))
        {
            lines++;
            if (_samples.Count < MostSamples)
            {
                _samples.Add(record);
            }

            for (var i = 0; i < record.Values.Count && record.Fault is null; i++)
            {
                if (record.Values[i] is { } value)
                {
                    Column(file, i, latest).Add(value);
                }
            }
        }

        for (var i = 0; i < file.Columns.Count; i++)
        {
            Column(file, i, latest);
        }

        _isJson = file.IsJson;
        return lines;
    }

    private ColumnStats Column(RecordFile file, int index, DateOnly latest)
    {
        while (_columns.Count <= index)
        {
            var name = file.Columns[_columns.Count];
            _columns.Add(new ColumnStats(name, latest)
            {
                MustBeDates = GivenOf(_subject.Date)?.Column == name,
                MayBeAmounts = _subject.Amount is { } amount && (GivenOf(amount)?.Column == name || _subject.Names.Find(name)?.Field == amount),
            });
        }

        return _columns[index];
    }

    private ImportMapping Map()
    {
        foreach (var field in _subject.Names.Fields)
        {
            if (_given.Fields?.TryGetValue(field, out var given) == true)
            {
                _fields[field] = given;
                if (given?.Column is { } column && Stats(column) is null && !_isJson)
                {
                    Ask(field, column, $"There is no column '{column}'. Which one is {field}?", Columns(field));
                }
            }
        }

        foreach (var field in _subject.Names.Fields.Where(field => !_fields.ContainsKey(field)))
        {
            Suggest(field);
        }

        MapDates();
        MapAmounts();
        foreach (var field in _subject.Required.Where(field => _fields.GetValueOrDefault(field) is null))
        {
            Ask(field, null, $"No column is known to be {field}, which every {_subject.Noun} needs. Which one is it, or which value have all lines?",
                [.. Columns(field), new ImportAnswer($"\"fields\": {{\"{field}\": {{\"value\": \"...\"}}}}", "the same for every line")]);
        }

        foreach (var (field, isWord) in _subject.Words)
        {
            NoteWords(field, isWord);
        }

        return _given with { Fields = _fields.Where(field => field.Value is not null || _given.Fields?.ContainsKey(field.Key) == true).ToDictionary(), Ignore = Leave() };
    }

    /// <summary>A heading that is the field's own name is taken as such; any other is asked about.</summary>
    private void Suggest(string field)
    {
        var named = _columns.Where(column => IsFree(column.Name) && _subject.Names.Find(column.Name)?.Field == field).ToList();
        if (named.Where(column => _subject.Names.Find(column.Name)!.Value.IsSure).ToList() is [var own])
        {
            _fields[field] = new FieldMapping { Column = own.Name };
            return;
        }

        var possible = field == _subject.Date ? [.. named.Union(_columns.Where(column => IsFree(column.Name) && column.AreDates))] : named;
        if (possible.Count == 0)
        {
            return;
        }

        _fields[field] = new FieldMapping { Column = (named.FirstOrDefault() ?? possible[0]).Name };
        var which = string.Join(" or ", possible.Select(column => $"'{column.Name}'"));
        Ask(field, _fields[field]!.Column, $"Is {field} in column {which}?",
        [
            .. possible.Select(column => new ImportAnswer(
                $"\"fields\": {{\"{field}\": {{\"column\": {JsonSerializer.Serialize(column.Name)}}}}}",
                field == _subject.Date && column.AreDates ? Span(column) : $"for instance {string.Join(", ", column.Examples.Select(example => $"'{example}'"))}")),
            new ImportAnswer($"\"fields\": {{\"{field}\": null}}", field == _subject.Date ? $"none is: {_subject.Undated}" : "none is"),
        ]);
    }

    private void MapDates()
    {
        if (_fields.GetValueOrDefault(_subject.Date) is not { Column: { } name } mapped || Stats(name) is not { } column)
        {
            return;
        }

        var formats = new List<string>(mapped.Formats ?? []);
        var known = formats.Select(format => DateShape.TryFormat(format)!.Value.Shape).ToHashSet();
        foreach (var finding in column.Dates.Read().Where(finding => !known.Contains(finding.Shape)))
        {
            if (finding.Decided is { } order)
            {
                formats.Add(finding.Shape.FormatOf(order));
                continue;
            }

            var many = $"{finding.Readable} of {column.Filled} dates of '{name}', for instance '{finding.Example}',";
            Ask(_subject.Date, name,
                finding.Readings.Any(reading => reading.Readable == finding.Readable)
                    ? $"{many} can be read in more than one way. Which is right?"
                    : $"{many} mix days and months in no single order. Which order do most of them have? Lines that do not fit are not taken.",
                [.. finding.Readings.Select(reading => new ImportAnswer($"\"formats\": [\"{reading.Format}\"]", $"{reading} ({reading.Readable} dates)"))]);
        }

        var time = mapped.Time;
        if (time is null && column.Dates.WithoutTime > 0 && _columns.FirstOrDefault(other => IsFree(other.Name) && other.AreTimes) is { } clock)
        {
            time = clock.Name;
            Ask(_subject.Date, time, $"Does '{time}' hold the time of day that belongs to '{name}'?",
            [
                new ImportAnswer($"\"fields\": {{\"{_subject.Date}\": {{\"column\": {JsonSerializer.Serialize(name)}, \"time\": {JsonSerializer.Serialize(time)}}}}}", $"for instance '{clock.Examples[0]}'"),
                new ImportAnswer($"\"ignore\": [{JsonSerializer.Serialize(time)}]", "no: the day begins at midnight"),
            ]);
        }

        if (column.Dates.Local > 0 && _given.TimeZone is null)
        {
            Ask("timeZone", name, $"The dates of '{name}' have no offset. In which zone are they?", [new ImportAnswer("\"timeZone\": \"Europe/Chisinau\"", "an IANA zone, for instance")]);
        }

        _fields[_subject.Date] = mapped with { Formats = formats, Time = time };
    }

    private void MapAmounts()
    {
        if (_subject.Amount is not { } field || _fields.GetValueOrDefault(field) is not { Column: { } name, Decimal: null } mapped || Stats(name) is not { } column)
        {
            return;
        }

        // Numbers of JSON have a point.
        var sign = _isJson ? '.' : column.Amounts.Decided;
        if (sign is null)
        {
            Ask(field, name, $"Amounts of '{name}', for instance '{column.Amounts.Disputed ?? column.Examples.FirstOrDefault()}', can be read with a decimal point or a decimal comma. Which is right?",
                [new ImportAnswer("\"decimal\": \".\"", "a point before the decimals"), new ImportAnswer("\"decimal\": \",\"", "a comma before the decimals")]);
        }
        else
        {
            _fields[field] = mapped with { Decimal = sign.ToString() };
        }
    }

    private void NoteWords(string field, Predicate<string> isWord)
    {
        if (_fields.GetValueOrDefault(field) is { Column: { } name } mapped && Stats(name)?.Words is { } words)
        {
            var unknown = words.Where(word => mapped.Words?.ContainsKey(word) != true && !isWord(word)).ToList();
            if (unknown.Count > 0)
            {
                _notes.Add($"{field}: {string.Join(", ", unknown.Take(20).Select(word => $"'{word}'"))} of '{name}' mean nothing yet. Give \"words\" for them; their lines are not taken.");
            }
        }
    }

    /// <summary>Nothing falls under the table unseen.</summary>
    private IReadOnlyList<string>? Leave()
    {
        var left = _columns.Where(column => IsFree(column.Name)).Select(column => column.Name).ToList();
        if (left.Count == 0 || _isJson)
        {
            return _given.Ignore;
        }

        Ask("ignore", null, $"{string.Join(", ", left.Select(name => $"'{name}'"))} would go into no field. Is that right?",
            [new ImportAnswer($"\"ignore\": {JsonSerializer.Serialize(left)}", "yes"), new ImportAnswer("\"ignore\": [\"*\"]", "yes, whatever else there is")]);
        return [.. _given.Ignore ?? [], .. left];
    }

    private FieldMapping? GivenOf(string field) => _given.Fields?.GetValueOrDefault(field);

    private ColumnStats? Stats(string name) => _columns.FirstOrDefault(column => column.Name == name);

    private string? FieldOf(string name) =>
        _fields.FirstOrDefault(field => field.Value?.Column == name || field.Value?.Time == name).Key;

    private bool IsFree(string name) => FieldOf(name) is null && _given.Ignore?.Contains(name) != true && _given.Ignore?.Contains("*") != true;

    private List<ImportAnswer> Columns(string field) =>
    [
        .. _columns.Where(column => IsFree(column.Name)).Select(column => new ImportAnswer(
            $"\"fields\": {{\"{field}\": {{\"column\": {JsonSerializer.Serialize(column.Name)}}}}}",
            $"for instance {string.Join(", ", column.Examples.Select(example => $"'{example}'"))}")),
    ];

    private static string Span(ColumnStats column) =>
        string.Join("; ", column.Dates.Read().Select(finding => finding.Decided is { } order
            ? finding.Readings.First(reading => reading.Order == order).ToString()
            : string.Join(" or ", finding.Readings.Select(reading => reading.ToString()))));

    private void Ask(string about, string? column, string question, IReadOnlyList<ImportAnswer> answers) =>
        _questions.Add(new ImportQuestion(about, column, question, answers));
}
