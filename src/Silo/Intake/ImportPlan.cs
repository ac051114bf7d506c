using System.Globalization;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Imports;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>The customer of a new case, as <c>POST /api/cases</c> has them.</summary>
internal sealed record CustomerFields(Guid? Id, string? Name, string? Email, string? Phone, string? Language, string? TimeZone);

/// <summary>A new case, as <c>POST /api/cases</c> has it, and <paramref name="Key"/>: the same key again is the same case.</summary>
internal sealed record CaseFields(
    CustomerFields Customer,
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
/// <param name="Identity">The whole content: without a key, the same content is the same case.</param>
internal sealed record CaseLine(int Line, CaseFields? Case, IReadOnlyList<ImportFault> Faults, string Identity);

/// <summary>A file and how it is understood; with <see cref="Questions"/> it must not be taken yet.</summary>
internal sealed class ImportPlan
{
    private readonly Func<Stream> _open;
    public bool IsJson { get; }

    private readonly Dictionary<string, FieldMapping> _fields;
    private readonly HashSet<string> _used;
    private readonly bool _ignoresOthers;
    private readonly Dictionary<DateShape, DateOrder> _orders;
    private readonly DateTimeZone? _zone;

    public ImportPlan(Func<Stream> open, ImportMapping mapping, long lines, bool isJson)
    {
        _open = open;
        IsJson = isJson;
        Mapping = mapping;
        Lines = lines;
        _fields = (mapping.Fields ?? new Dictionary<string, FieldMapping?>()).Where(field => field.Value is not null).ToDictionary(field => field.Key, field => field.Value!);
        _used = [.. _fields.Values.SelectMany(field => new[] { field.Column, field.Time }).OfType<string>(), .. mapping.Ignore ?? []];
        _ignoresOthers = _used.Contains("*");
        _orders = [];
        foreach (var format in _fields.GetValueOrDefault("complainedAt")?.Formats ?? [])
        {
            var (shape, order) = DateShape.TryFormat(format)!.Value;
            _orders[shape] = order;
        }

        _zone = mapping.TimeZone is { } zone ? DateTimeZoneProviders.Tzdb[zone] : null;
    }

    public ImportMapping Mapping { get; }

    /// <summary>No complaint is of a later day: years of two digits are of this century unless that is still to come.</summary>
    public required DateOnly Latest { get; init; }

    /// <summary>How many records the file has.</summary>
    public long Lines { get; }

    public IReadOnlyList<ImportQuestion> Questions { get; init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];

    public IReadOnlyList<ImportColumn> Columns { get; init; } = [];

    /// <summary>The first records.</summary>
    public IReadOnlyList<SourceRecord> Samples { get; init; } = [];

    /// <summary>True when the API knows the word.</summary>
    public static bool IsWord(string field, string word) =>
        field == "channel" ? WordOf<Channel>(word) is not null : WordOf<Heat>(word) is not null;

    /// <summary>Every line as a case, in order, one after the other.</summary>
    public async IAsyncEnumerable<CaseLine> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var file = new RecordFile(_open, EncodingGuess.Of(Mapping.Encoding!)!, Mapping.Delimiter?[0] ?? ',');
        await foreach (var record in file.ReadAsync(cancellationToken))
        {
            yield return Convert(record, file.Columns);
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
            [
                .. Samples.Select(record => Convert(record, columns)).Select(line => new ImportRow(
                    line.Line, line.Case is null ? null : JsonSerializer.SerializeToElement(line.Case, Wire.Json),
                    [.. line.Faults, .. line.Case is null ? [] : CaseChecks.FaultsOf(line.Case)])),
            ]);
    }

    private CaseLine Convert(SourceRecord record, IReadOnlyList<string> columns)
    {
        if (record.Fault is not null)
        {
            return new CaseLine(record.Line, null, [new ImportFault("", record.Fault)], record.Identity);
        }

        var values = new Dictionary<string, string>(columns.Count);
        for (var i = 0; i < record.Values.Count; i++)
        {
            if (record.Values[i] is { } value)
            {
                values[columns[i]] = value;
            }
        }

        var faults = new List<ImportFault>();
        if (IsJson && !_ignoresOthers)
        {
            faults.AddRange(values.Keys.Where(name => !_used.Contains(name)).Select(name => new ImportFault(name, $"{name} goes into no field.")));
        }

        string? Text(string field) => TextOf(field, values);
        var customer = new CustomerFields(
            IdOf(Text("customer.id"), faults), Text("customer.name"), Text("customer.email"), Text("customer.phone"), Text("customer.language"), Text("customer.timeZone"));
        var fields = new CaseFields(
            customer, Text("type"), Text("summary"), Word<Channel>("channel", Text("channel"), faults), Word<Heat>("heat", Text("heat"), faults),
            ClaimOf(Text("claim.amount"), Text("claim.currency"), faults), Text("product"), Text("site"), InstantOf(values, faults), Text("key"));
        return new CaseLine(record.Line, fields, faults, record.Identity);
    }

    private string? TextOf(string field, Dictionary<string, string> values)
    {
        if (!_fields.TryGetValue(field, out var mapped))
        {
            return null;
        }

        var text = mapped.Column is { } column && values.TryGetValue(column, out var value) ? value.Trim() : null;
        text = string.IsNullOrEmpty(text) ? mapped.Value : text;
        return text is not null && mapped.Words?.FirstOrDefault(word => string.Equals(word.Key, text, StringComparison.OrdinalIgnoreCase)).Value is { } meant ? meant : text;
    }

    private DateTimeOffset? InstantOf(Dictionary<string, string> values, List<ImportFault> faults)
    {
        if (TextOf("complainedAt", values) is not { } text)
        {
            return null;
        }

        if (DateText.TryRead(text) is not { } date || !_orders.TryGetValue(date.Shape, out var order) || date.DayIn(order, Latest) is not { } day)
        {
            faults.Add(new ImportFault("complainedAt", $"complainedAt '{text}' is no date in {(_orders.Count == 0 ? "any form that is known" : string.Join(" or ", _orders.Select(known => known.Key.FormatOf(known.Value))))}."));
            return null;
        }

        var time = date.Time;
        if (time is null && _fields["complainedAt"].Time is { } column && values.TryGetValue(column, out var clock))
        {
            time = DateText.TryTime(clock.Trim());
            if (time is null)
            {
                faults.Add(new ImportFault("complainedAt", $"'{clock}' in column '{column}' is no time of day."));
                return null;
            }
        }

        return At(date, day, time, faults);
    }

    private DateTimeOffset? At(DateText date, DateOnly day, TimeSpan? time, List<ImportFault> faults)
    {
        var local = new LocalDate(day.Year, day.Month, day.Day);
        if (date.Offset is { } offset)
        {
            return new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).Add((time ?? TimeSpan.Zero) - offset).ToMicroseconds();
        }

        if (_zone is null)
        {
            faults.Add(new ImportFault("complainedAt", "complainedAt has no offset, and the mapping names no timeZone."));
            return null;
        }

        // A day without a time begins when it does; a time that the clocks skip is as much later as they were put forward.
        var zoned = time is null ? _zone.AtStartOfDay(local) : _zone.AtLeniently(local.AtMidnight().PlusTicks(time.Value.Ticks));
        return zoned.ToDateTimeOffset().ToUniversalTime().ToMicroseconds();
    }

    private Money? ClaimOf(string? amount, string? currency, List<ImportFault> faults)
    {
        if (amount is null)
        {
            return null;
        }

        var sign = _fields["claim.amount"].Decimal is [var one] ? one : '.';
        if (AmountColumn.TryRead(amount, sign) is not { } value)
        {
            faults.Add(new ImportFault("claim.amount", $"claim.amount '{amount}' is no amount with '{sign}' before its decimals."));
            return null;
        }

        if (currency is null)
        {
            faults.Add(new ImportFault("claim.currency", "claim.currency is missing."));
            return null;
        }

        return new Money(value, currency);
    }

    private static Guid? IdOf(string? text, List<ImportFault> faults)
    {
        if (text is null)
        {
            return null;
        }

        if (Guid.TryParse(text, CultureInfo.InvariantCulture, out var id))
        {
            return id;
        }

        faults.Add(new ImportFault("customer.id", $"customer.id '{text}' is no UUID."));
        return null;
    }

    private static TEnum? Word<TEnum>(string field, string? text, List<ImportFault> faults)
        where TEnum : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        if (WordOf<TEnum>(text) is { } word)
        {
            return word;
        }

        faults.Add(new ImportFault(field, $"{field} '{text}' is none of {string.Join(", ", Enum.GetNames<TEnum>().Select(JsonNamingPolicy.CamelCase.ConvertName))}."));
        return null;
    }

    private static TEnum? WordOf<TEnum>(string text)
        where TEnum : struct, Enum =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<TEnum>(text, ignoreCase: true, out var word) && Enum.IsDefined(word) ? word : null;
}
