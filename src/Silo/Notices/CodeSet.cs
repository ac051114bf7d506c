using System.Globalization;

namespace Escalation.Silo.Notices;

/// <summary>A set of HTTP status codes, written as <c>200-299,409</c>.</summary>
internal sealed class CodeSet
{
    private readonly IReadOnlyList<(int From, int To)> _spans;

    private CodeSet(IReadOnlyList<(int, int)> spans) => _spans = spans;

    public bool Contains(int code) => _spans.Any(span => code >= span.From && code <= span.To);

    /// <summary>Reads the set; null when <paramref name="text"/> is none.</summary>
    public static CodeSet? TryParse(string text)
    {
        var spans = new List<(int, int)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !TryCode(ends[0], out var from) || !TryCode(ends[^1], out var to) || from > to)
            {
                return null;
            }

            spans.Add((from, to));
        }

        return new CodeSet(spans);
    }

    private static bool TryCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 100 and <= 599;
}
