using System.Text.Json;
using Escalation.Grains.Calendars;
using Escalation.Grains.Policies;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>A calendar: the id of one that the platform knows, or written out.</summary>
internal sealed class CalendarField(string name, bool required, string about, IPolicySource policies) : Field<WorkCalendar>(name, required, about)
{
    private const int MostOpenings = 50;
    private const int MostDays = 5000;
    private const int MostVersions = 100;

    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private IReadOnlyDictionary<string, WorkCalendar> Known => policies.Current.Sla.Calendars;

    public override WorkCalendar? Read(JsonElement json, string path, Faults faults)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                if (TextField.TryText(json, path, faults, out var id) && !Known.ContainsKey(id))
                {
                    faults.Add(path, $"is no calendar's id; known are {string.Join(", ", Known.Keys.Order(StringComparer.Ordinal))}");
                }

                return Known.GetValueOrDefault(id);
            case JsonValueKind.Object:
                return ReadInline(json, path, faults);
            default:
                faults.Add(path, "must be a calendar's id, or an object {timeZone, hours, holidays, recurringHolidays, specialDays, versions}");
                return null;
        }
    }

    public override OpenApiSchema Schema()
    {
        var inline = VersionSchema();
        inline.Required = new HashSet<string> { "timeZone", "hours" };
        inline.Properties!.Add("timeZone", Text("IANA zone whose wall clock counts."));
        var version = VersionSchema();
        version.Required = new HashSet<string> { "from", "hours" };
        version.Properties!.Add("from", Date("First day on which it holds."));
        inline.Properties.Add("versions", ListOf(version, MostVersions, "Hours and holidays that replace all those before from a day on."));
        return new OpenApiSchema
        {
            OneOf = [new OpenApiSchema { Type = JsonSchemaType.String, Description = "The id of a calendar of the policy; always is true 24/7." }, inline],
        };
    }

    private static WorkCalendar? ReadInline(JsonElement json, string path, Faults faults)
    {
        var before = faults.Count;
        var text = new CalendarText
        {
            TimeZone = Find(json, "timeZone", path, faults, required: true) is { } zone && TextField.TryText(zone, $"{path}.timeZone", faults, out var name)
                ? name
                : "UTC",
            Base = ReadVersion(json, path, faults),
            Versions = ReadList(json, "versions", path, faults, MostVersions, (item, at) => ReadLater(item, at, faults)),
        };
        var unread = faults.Count == before ? [] : faults.ByField.Keys.ToHashSet(StringComparer.Ordinal);
        if (WorkCalendar.TryRead(text, out var calendar, out var wrong))
        {
            return calendar;
        }

        // What could not be read at all has its fault already, and so has what holds it.
        var around = unread.SelectMany(WithParents).ToHashSet(StringComparer.Ordinal);
        foreach (var (at, sentence) in wrong.Select(fault => ($"{path}.{fault.Path}", fault.Sentence)))
        {
            if (!around.Contains(at) && !WithParents(at).Any(unread.Contains))
            {
                faults.Add(at, sentence);
            }
        }

        return null;
    }

    /// <summary>Of <c>a.b[0]</c> itself, <c>a.b</c> and <c>a</c>.</summary>
    private static IEnumerable<string> WithParents(string path)
    {
        for (var end = path.Length; end > 0; end = path.AsSpan(0, end).LastIndexOfAny('.', '['))
        {
            yield return path[..end];
        }
    }

    private static CalendarVersionText ReadVersion(JsonElement json, string path, Faults faults) => new()
    {
        Hours = ReadHours(json, "hours", path, faults, required: true),
        Holidays = ReadTexts(json, "holidays", path, faults),
        RecurringHolidays = ReadTexts(json, "recurringHolidays", path, faults),
        SpecialDays = ReadHours(json, "specialDays", path, faults, required: false),
    };

    private static CalendarVersionText ReadLater(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "must be an object {from, hours, holidays, recurringHolidays, specialDays}");
            return new CalendarVersionText();
        }

        var from = Find(json, "from", path, faults, required: true) is { } value && TextField.TryText(value, $"{path}.from", faults, out var text)
            ? text
            : "";
        return ReadVersion(json, path, faults) with { From = from };
    }

    private static List<string> ReadTexts(JsonElement json, string name, string path, Faults faults) =>
        ReadList(json, name, path, faults, MostDays, (item, at) => TextField.TryText(item, at, faults, out var text) ? text : "");

    private static Dictionary<string, IReadOnlyList<OpeningText>> ReadHours(
        JsonElement json, string name, string path, Faults faults, bool required)
    {
        var hours = new Dictionary<string, IReadOnlyList<OpeningText>>(StringComparer.Ordinal);
        if (Find(json, name, path, faults, required) is not { } days)
        {
            return hours;
        }

        if (days.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{path}.{name}", "must be an object of days, each with a list of openings");
            return hours;
        }

        foreach (var day in days.EnumerateObject().Take(MostDays + 1))
        {
            if (hours.Count == MostDays)
            {
                faults.Add($"{path}.{name}", $"has more than {MostDays} days");
                break;
            }

            var openings = ReadList(day.Value, $"{path}.{name}.{day.Name}", faults, MostOpenings, (item, at) => ReadOpening(item, at, faults));
            if (!hours.TryAdd(day.Name, openings))
            {
                faults.Add($"{path}.{name}.{day.Name}", "is there twice");
            }
        }

        return hours;
    }

    private static OpeningText ReadOpening(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() == 2)
        {
            var isFrom = TextField.TryText(json[0], $"{path}[0]", faults, out var from);
            return TextField.TryText(json[1], $"{path}[1]", faults, out var to) && isFrom ? new OpeningText(from, to) : new OpeningText("", "");
        }

        faults.Add(path, "must be a list of two times, for instance [\"09:00\", \"17:00\"]");
        return new OpeningText("", "");
    }

    private static List<T> ReadList<T>(
        JsonElement json, string name, string path, Faults faults, int most, Func<JsonElement, string, T> read) =>
        Find(json, name, path, faults, required: false) is { } list ? ReadList(list, $"{path}.{name}", faults, most, read) : [];

    /// <summary>As many items as there are, with something empty for those that could not be read, so that their places stay right.</summary>
    private static List<T> ReadList<T>(JsonElement json, string path, Faults faults, int most, Func<JsonElement, string, T> read)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() <= most)
        {
            return [.. json.EnumerateArray().Select((item, i) => read(item, $"{path}[{i}]"))];
        }

        faults.Add(path, $"must be a list of at most {most}");
        return [];
    }

    private static JsonElement? Find(JsonElement json, string name, string path, Faults faults, bool required)
    {
        if (json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            return value;
        }

        if (required)
        {
            faults.Add($"{path}.{name}", "is required");
        }

        return null;
    }

    private static OpenApiSchema VersionSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["hours"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Openings by weekday; one that ends before it begins ends on the next day. A day left out is closed.",
                Properties = Weekdays.ToDictionary(day => day, IOpenApiSchema (_) => Openings()),
                AdditionalPropertiesAllowed = false,
            },
            ["holidays"] = ListOf(Date(null), MostDays, "Days on which nobody works."),
            ["recurringHolidays"] = ListOf(
                new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9]{2}-[0-9]{2}$" }, MostDays,
                "Months and days on which nobody works in any year, for instance 12-25."),
            ["specialDays"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Openings by day, for instance 2026-12-24; stronger than weekdays and holidays.",
                AdditionalProperties = Openings(),
            },
        },
    };

    private static OpenApiSchema Openings() => ListOf(
        new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            MinItems = 2,
            MaxItems = 2,
            Items = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$" },
        },
        MostOpenings,
        "From and to; 24:00 is the end of a day.");

    private static OpenApiSchema ListOf(OpenApiSchema items, int most, string about) =>
        new() { Type = JsonSchemaType.Array, Items = items, MaxItems = most, Description = about };

    private static OpenApiSchema Date(string? about) => new() { Type = JsonSchemaType.String, Format = "date", Description = about };

    private static OpenApiSchema Text(string about) => new() { Type = JsonSchemaType.String, Description = about };
}
