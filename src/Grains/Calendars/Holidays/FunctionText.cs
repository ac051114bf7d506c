using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>What a file says a function does: Ruby, without its comments and white space.</summary>
internal sealed partial class FunctionText
{
    private FunctionText(string text)
    {
        Print = PrintOf(text);
        if (YearHash().Match(text) is { Success: true } hash)
        {
            Table = TableOf(hash);
        }
        else if (YearCases().Match(text) is { Success: true } cases)
        {
            Table = TableOf(cases);
            Otherwise = cases.Groups["otherwise"] is { Success: true, Value: var otherwise } ? otherwise : null;
        }
    }

    /// <summary>Twelve digits that stand for the text.</summary>
    public string Print { get; }

    /// <summary>The dates by year, when the text is nothing but a table of them.</summary>
    public FrozenDictionary<int, DateOnly>? Table { get; }

    /// <summary>What it says of years that are not in the table; null when nothing.</summary>
    public string? Otherwise { get; }

    /// <param name="name">One of <paramref name="sources"/>.</param>
    /// <param name="sources">The file's functions; those that a text calls belong to it.</param>
    public static FunctionText Of(string name, IReadOnlyDictionary<string, string> sources)
    {
        var text = new StringBuilder();
        var seen = new HashSet<string> { name };
        var next = new Queue<string>([name]);
        while (next.TryDequeue(out var function))
        {
            text.Append(Blank().Replace(Comment().Replace(sources[function], ""), ""));
            foreach (var called in Called().Matches(sources[function]).Select(match => match.Groups[1].Value))
            {
                if (sources.ContainsKey(called) && seen.Add(called))
                {
                    next.Enqueue(called);
                }
            }
        }

        return new FunctionText(text.ToString());
    }

    public static string PrintOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    private static FrozenDictionary<int, DateOnly>? TableOf(Match table)
    {
        var dates = new Dictionary<int, DateOnly>();
        foreach (var entry in Entry().Matches(table.Groups["entries"].Value).Select(match => match.Groups))
        {
            var date = $"{entry[2].Value}-{entry[3].Value}-{entry[4].Value}";
            if (!DateOnly.TryParseExact(date, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return null;
            }

            dates[int.Parse(entry[1].Value, CultureInfo.InvariantCulture)] = day;
        }

        return dates.ToFrozenDictionary();
    }

    [GeneratedRegex("#.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"find\(""(\w+)\(")]
    private static partial Regex Called();

    // dates = { '2020' => Date.civil(2020, 5, 24), ... }; dates[year.to_s]
    [GeneratedRegex(@"^@?\w+(\|\|)?=\{(?<entries>('\d{4}'=>Date\.(civil|new)\(\d{4},\d{1,2},\d{1,2}\),?)+)\}@?\w+\[year\.to_s\]$")]
    private static partial Regex YearHash();

    // case year; when 2020; Date.civil(2020, 5, 24); ... else ... end
    [GeneratedRegex(@"^caseyear(?<entries>(when\d{4}(Date\.(civil|new)\(\d{4},\d{1,2},\d{1,2}\))?)+)(else(?<otherwise>.+))?end$")]
    private static partial Regex YearCases();

    [GeneratedRegex(@"(\d{4})(?:'=>)?Date\.(?:civil|new)\((\d{4}),(\d{1,2}),(\d{1,2})\)")]
    private static partial Regex Entry();
}
