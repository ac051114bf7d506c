using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Xml;
using Escalation.Grains.Calendars;

namespace Escalation.Grains;

/// <summary>How values look on the wire and in the log, fixed by the outside contract.</summary>
public static class Wire
{
    /// <summary>camelCase, enums as camelCase words, instants RFC 3339 in UTC, durations ISO 8601, nulls left out.</summary>
    public static JsonSerializerOptions Json { get; } = Configure(new JsonSerializerOptions());

    /// <summary>Applies the contract to <paramref name="options"/> and returns them.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new DurationConverter());
        options.Converters.Add(new TargetConverter());
        return options;
    }

    /// <summary>The instant in whole microseconds, the precision of the log.</summary>
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var instant) && HasOffset(reader.GetString()!)
                ? instant.ToMicroseconds()
                : throw new JsonException("An instant is expected as RFC 3339 with an offset, for instance 2026-11-21T16:30:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<char> text = stackalloc char[32];
            value.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
            writer.WriteStringValue(text[..length]);
        }

        private static bool HasOffset(string text) =>
            text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text.Contains('T', StringComparison.Ordinal));
    }

    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return XmlConvert.ToTimeSpan(reader.GetString() ?? "");
            }
            catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException)
            {
                throw new JsonException("A duration is expected as ISO 8601, for instance PT8H or P3D.", e);
            }
        }

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(XmlConvert.ToString(value));
    }

    /// <summary>One of <c>{"working": "PT8H"}</c>, <c>{"workingDays": 3}</c>, <c>{"calendarDays": 3}</c>.</summary>
    private sealed class TargetConverter : JsonConverter<Target>
    {
        public override Target Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var json = JsonElement.ParseValue(ref reader);
            return json.TryGetProperty("working", out var length) ? Target.Working(length.Deserialize<TimeSpan>(options))
                : json.TryGetProperty("workingDays", out var working) ? Target.WorkingDays(working.GetInt32())
                : json.TryGetProperty("calendarDays", out var days) ? Target.CalendarDays(days.GetInt32())
                : throw new JsonException("A target is expected: working, workingDays or calendarDays.");
        }

        public override void Write(Utf8JsonWriter writer, Target value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            switch (value)
            {
                case Target.WorkingTime time:
                    writer.WritePropertyName("working");
                    JsonSerializer.Serialize(writer, time.Length, options);
                    break;
                case Target.WorkingDayCount days:
                    writer.WriteNumber("workingDays", days.Days);
                    break;
                case Target.CalendarDayCount days:
                    writer.WriteNumber("calendarDays", days.Days);
                    break;
            }

            writer.WriteEndObject();
        }
    }
}
