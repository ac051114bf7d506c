using System.Globalization;

namespace Escalation.Grains.Reviews;

/// <summary>REV-2: stars as people and places write them.</summary>
public static class Stars
{
    /// <summary>The most that a place gives.</summary>
    public const int Most = 5;

    private static readonly string[] Scales = ["out of 5", "din 5", "из 5", "of 5", "/5"];

    private const char Full = '★';
    private const char Hollow = '☆';

    /// <summary>1 to 5 of <c>4</c>, <c>4.0</c>, <c>4,0</c>, <c>4/5</c>, <c>4 of 5</c> or <c>★★★★☆</c>; null for anything else, half stars among it.</summary>
    public static int? TryRead(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = text.Trim().TrimEnd('\uFE0F');
        if (plain.Length > 0 && plain.All(sign => sign is Full or Hollow))
        {
            var full = plain.LastIndexOf(Full) + 1;
            return plain.Length <= Most && !plain[..full].Contains(Hollow, StringComparison.Ordinal) && full > 0 ? full : null;
        }

        if (Scales.FirstOrDefault(scale => plain.EndsWith(scale, StringComparison.OrdinalIgnoreCase)) is { } scale)
        {
            plain = plain[..^scale.Length].TrimEnd();
        }

        return decimal.TryParse(plain.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var stars) &&
            stars is >= 1 and <= Most && stars == decimal.Truncate(stars)
            ? (int)stars
            : null;
    }
}
