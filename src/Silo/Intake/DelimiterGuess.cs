namespace Escalation.Silo.Intake;

/// <summary>Finds out what separates the fields of a CSV text, from its first records.</summary>
internal static class DelimiterGuess
{
    /// <summary>In the order in which they are thought of.</summary>
    public static readonly IReadOnlyList<char> Candidates = [',', ';', '\t', '|'];

    private const int MostRecords = 50;

    /// <summary>The separator, and when another one fits as well, that one. A comma where there is only one field.</summary>
    /// <param name="start">The first part of the text; its last record may be cut off.</param>
    public static (char Separator, char? Or) Read(string start)
    {
        var fits = Candidates.Select(candidate => (candidate, counts: CountFields(start, candidate)))
            .Where(fit => fit.counts.Count > 0 && fit.counts[0] > 1)
            .Select(fit => (fit.candidate, Width: fit.counts[0], Share: fit.counts.Count(count => count == fit.counts[0]) / (double)fit.counts.Count))
            .OrderByDescending(fit => fit.Share >= 0.9).ThenByDescending(fit => fit.Width).ToList();
        return fits switch
        {
            [] => (',', null),
            [var only] => (only.candidate, null),
            [var first, var second, ..] => (first.candidate, second.Share >= 0.9 && second.Width == first.Width ? second.candidate : null),
        };
    }

    /// <summary>How many fields each record has; the last is left out unless it is the only one.</summary>
    private static List<int> CountFields(string text, char separator)
    {
        var counts = new List<int>();
        var (fields, isQuoted, isEmpty) = (1, false, true);
        foreach (var letter in text)
        {
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (letter == '\n' && !isQuoted)
            {
                if (!isEmpty)
                {
                    counts.Add(fields);
                }

                (fields, isEmpty) = (1, true);
                if (counts.Count == MostRecords)
                {
                    return counts;
                }

                continue;
            }
            else if (letter == separator && !isQuoted)
            {
                fields++;
            }

            isEmpty &= letter is '\r' or '\n';
        }

        if (counts.Count == 0 && !isEmpty)
        {
            counts.Add(fields);
        }

        return counts;
    }
}
