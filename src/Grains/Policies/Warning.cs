using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace Escalation.Grains.Policies;

/// <summary>CLK-4: when a clock warns: after a share of its target, or a time before it is due.</summary>
/// <param name="Share">More than 0, less than 1; null when a time is given.</param>
/// <param name="Before">Counted on the clock's calendar; null when a share is given.</param>
[JsonConverter(typeof(WarningConverter))]
public readonly record struct Warning(double? Share, TimeSpan? Before)
{
    /// <summary>Reads <c>0.75</c> or <c>PT30M</c>.</summary>
    public static bool TryParse(string text, out Warning warning)
    {
        warning = default;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share))
        {
            warning = new Warning(share, null);
            return share is > 0 and < 1;
        }

        try
        {
            warning = new Warning(null, XmlConvert.ToTimeSpan(text));
            return warning.Before > TimeSpan.Zero;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    public override string ToString() =>
        Share is { } share ? share.ToString(CultureInfo.InvariantCulture) : XmlConvert.ToString(Before ?? TimeSpan.Zero);

    [SuppressMessage("Performance", "CA1812", Justification = "Made by the serialiser.")]
    private sealed class WarningConverter : JsonConverter<Warning>
    {
        public override Warning Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString() ?? "", out var warning)
                ? warning
                : throw new JsonException("A share between 0 and 1, or an ISO 8601 duration, is expected.");

        public override void Write(Utf8JsonWriter writer, Warning value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
