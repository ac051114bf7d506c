using System.Text.Json;
using System.Xml;
using Escalation.Grains.Calendars;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>How long a clock may run: one of three measures.</summary>
internal sealed class TargetField(string name, bool required, string about) : Field<Target>(name, required, about)
{
    private const int MostDays = 100_000;

    private static readonly string[] Measures = ["working", "workingDays", "calendarDays"];

    public override Target? Read(JsonElement json, string path, Faults faults)
    {
        var given = json.ValueKind == JsonValueKind.Object
            ? Measures.Where(measure => json.TryGetProperty(measure, out var value) && value.ValueKind != JsonValueKind.Null).ToList()
            : [];
        if (given.Count != 1)
        {
            faults.Add(path, "must be an object with one of: working (\"PT8H\"), workingDays (3), calendarDays (3)");
            return null;
        }

        var (measure, at) = (json.GetProperty(given[0]), $"{path}.{given[0]}");
        return given[0] switch
        {
            "working" => ReadTime(measure, at, faults) is { } time ? Target.Working(time) : null,
            "workingDays" => ReadDays(measure, at, faults) is { } days ? Target.WorkingDays(days) : null,
            _ => ReadDays(measure, at, faults) is { } days ? Target.CalendarDays(days) : null,
        };
    }

    public override OpenApiSchema Schema() => new()
    {
        OneOf =
        [
            Measure("working", new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "duration",
                Description = "Working time in days of 24 hours, hours, minutes and seconds, for instance PT8H.",
            }),
            Measure("workingDays", Days("The same clock time on the n-th working day after.")),
            Measure("calendarDays", Days("The same clock time on the n-th day after.")),
        ],
    };

    private static TimeSpan? ReadTime(JsonElement json, string path, Faults faults)
    {
        if (!TextField.TryText(json, path, faults, out var text))
        {
            return null;
        }

        if (TryDuration(text) is not { } time)
        {
            faults.Add(path, "must be a duration as ISO 8601 in days, hours, minutes and seconds, for instance PT8H");
        }
        else if (time < TimeSpan.Zero)
        {
            faults.Add(path, "must not be negative");
        }
        else
        {
            return TimeSpan.FromTicks(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond));
        }

        return null;
    }

    /// <summary>Years and months have no certain length, and are not taken.</summary>
    private static TimeSpan? TryDuration(string text)
    {
        if (text.Split('T')[0].AsSpan().ContainsAny('Y', 'M') || text.Length > 100)
        {
            return null;
        }

        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static int? ReadDays(JsonElement json, string path, Faults faults)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var days) && days is >= 0 and <= MostDays)
        {
            return days;
        }

        faults.Add(path, $"must be a whole number of days from 0 to {MostDays}");
        return null;
    }

    private static OpenApiSchema Measure(string name, OpenApiSchema schema) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { name },
        Properties = new Dictionary<string, IOpenApiSchema> { [name] = schema },
    };

    private static OpenApiSchema Days(string about) => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = "0",
        Maximum = MostDays.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Description = about,
    };
}
