using System.Globalization;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Imports;
using Escalation.Grains.Reviews;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>A mapping made ready for reading lines.</summary>
internal sealed class LineMapping
{
    private readonly Dictionary<string, FieldMapping> _fields;
    private readonly HashSet<string> _used;
    private readonly bool _ignoresOthers;
    private readonly Dictionary<DateShape, DateOrder> _orders = [];
    private readonly DateTimeZone? _zone;
    private readonly DateOnly _latest;

    /// <param name="latest">No line is of a later day: years of two digits are of this century unless that is still to come.</param>
    public LineMapping(ImportMapping mapping, DateOnly latest)
    {
        _latest = latest;
        _fields = (mapping.Fields ?? new Dictionary<string, FieldMapping?>()).Where(field => field.Value is not null).ToDictionary(field => field.Key, field => field.Value!);
        _used = [.. _fields.Values.SelectMany(field => new[] { field.Column, field.Time }).OfType<string>(), .. mapping.Ignore ?? []];
        _ignoresOthers = _used.Contains("*");
        foreach (var format in _fields.GetValueOrDefault(mapping.Subject.Date)?.Formats ?? [])
        {
            var (shape, order) = DateShape.TryFormat(format)!.Value;
            _orders[shape] = order;
        }

        _zone = mapping.TimeZone is { } zone ? DateTimeZoneProviders.Tzdb[zone] : null;
    }

    /// <summary>Columns that go into no field, and are not said to be left out.</summary>
    public IEnumerable<string> Unused(IEnumerable<string> columns) => _ignoresOthers ? [] : columns.Where(name => !_used.Contains(name));

    public FieldMapping? Of(string field) => _fields.GetValueOrDefault(field);

    /// <summary>The instant of a date and, where it is apart, its time of day; else why it is none.</summary>
    public (DateTimeOffset? At, string? Problem) InstantOf(string field, string text, string? clock)
    {
        if (DateText.TryRead(text) is not { } date || !_orders.TryGetValue(date.Shape, out var order) || date.DayIn(order, _latest) is not { } day)
        {
            return (null, $"{field} '{text}' is no date in {(_orders.Count == 0 ? "any form that is known" : string.Join(" or ", _orders.Select(known => known.Key.FormatOf(known.Value))))}.");
        }

        var time = date.Time ?? (clock is null ? null : DateText.TryTime(clock.Trim()));
        if (time is null && clock is not null)
        {
            return (null, $"'{clock}' in column '{_fields[field].Time}' is no time of day.");
        }

        if (date.Offset is { } offset)
        {
            return (new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).Add((time ?? TimeSpan.Zero) - offset).ToMicroseconds(), null);
        }

        if (_zone is null)
        {
            return (null, $"{field} has no offset, and the mapping names no timeZone.");
        }

        // A day without a time begins when it does; a time that the clocks skip is as much later as they were put forward.
        var local = new LocalDate(day.Year, day.Month, day.Day);
        var zoned = time is null ? _zone.AtStartOfDay(local) : _zone.AtLeniently(local.AtMidnight().PlusTicks(time.Value.Ticks));
        return (zoned.ToDateTimeOffset().ToUniversalTime().ToMicroseconds(), null);
    }
}

/// <summary>One line read through a mapping: its fields as the API would have them, and a fault for each that is none.</summary>
internal sealed class MappedLine(LineMapping mapping, IReadOnlyDictionary<string, string> values)
{
    private readonly List<ImportFault> _faults = [];

    public IReadOnlyList<ImportFault> Faults => _faults;

    public string? Text(string field)
    {
        if (mapping.Of(field) is not { } mapped)
        {
            return null;
        }

        var text = mapped.Column is { } column && values.TryGetValue(column, out var value) ? value.Trim() : null;
        text = string.IsNullOrEmpty(text) ? mapped.Value : text;
        return text is not null && mapped.Words?.FirstOrDefault(word => string.Equals(word.Key, text, StringComparison.OrdinalIgnoreCase)).Value is { } meant ? meant : text;
    }

    public DateTimeOffset? Instant(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        var clock = mapping.Of(field)!.Time is { } column && values.TryGetValue(column, out var value) ? value : null;
        var (at, problem) = mapping.InstantOf(field, text, clock);
        if (problem is not null)
        {
            Fault(field, problem);
        }

        return at;
    }

    public Money? Claim(string amountField, string currencyField)
    {
        if (Text(amountField) is not { } amount)
        {
            return null;
        }

        var sign = mapping.Of(amountField)!.Decimal is [var one] ? one : '.';
        if (AmountColumn.TryRead(amount, sign) is not { } value)
        {
            return Fault<Money>(amountField, $"{amountField} '{amount}' is no amount with '{sign}' before its decimals.");
        }

        return Text(currencyField) is { } currency ? new Money(value, currency) : Fault<Money>(currencyField, $"{currencyField} is missing.");
    }

    public Guid? Id(string field) => Read<Guid>(field, text => Guid.TryParse(text, CultureInfo.InvariantCulture, out var id) ? id : null, "no UUID");

    public int? Rating(string field) => Read(field, Stars.TryRead, $"no number of stars from 1 to {Stars.Most}");

    public bool? Flag(string field) => Read<bool>(field, text => bool.TryParse(text, out var flag) ? flag : null, "neither true nor false");

    public TEnum? Word<TEnum>(string field)
        where TEnum : struct, Enum =>
        Read(field, WordOf<TEnum>, $"none of {string.Join(", ", Enum.GetNames<TEnum>().Select(JsonNamingPolicy.CamelCase.ConvertName))}");

    /// <summary>The API's word; null for one that it does not know.</summary>
    public static TEnum? WordOf<TEnum>(string text)
        where TEnum : struct, Enum =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse<TEnum>(text, ignoreCase: true, out var word) && Enum.IsDefined(word) ? word : null;

    private T? Read<T>(string field, Func<string, T?> read, string otherwise)
        where T : struct
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (read(text) is not { } value)
        {
            Fault(field, $"{field} '{text}' is {otherwise}.");
            return null;
        }

        return value;
    }

    private T? Fault<T>(string field, string reason)
        where T : class
    {
        Fault(field, reason);
        return null;
    }

    private void Fault(string field, string reason) => _faults.Add(new ImportFault(field, reason));
}
