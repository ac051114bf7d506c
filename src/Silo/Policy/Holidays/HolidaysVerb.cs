using System.Globalization;
using Escalation.Grains.Calendars.Holidays;

namespace Escalation.Silo.Policy.Holidays;

/// <summary>
/// <c>holidays FILE --region ro --from 2026 --to 2035</c>: a calendar's holidays, to paste into a policy; 0 all taken,
/// 1 something was left out or came out otherwise than the file expects, 2 the file cannot be taken.
/// </summary>
internal sealed class HolidaysVerb(TextWriter output, TextWriter error)
{
    public async Task<int> RunAsync(string path, HolidayQuery query, CancellationToken cancellationToken)
    {
        if (query.From < HolidayQuery.Earliest || query.To > HolidayQuery.Latest || query.From > query.To)
        {
            await error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{query.From} to {query.To} are no years from {HolidayQuery.Earliest} to {HolidayQuery.Latest}, in order."));
            return 2;
        }

        string text;
        try
        {
            text = await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return 2;
        }

        if (!HolidayFile.TryRead(Path.GetFileName(path), text, out var file, out var faults) || file.Of(query, out faults) is not { } list)
        {
            await SayAsync(faults);
            return 2;
        }

        await output.WriteLineAsync("holidays:");
        foreach (var day in list.Days.GroupBy(day => day.Date, day => day.Name))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  - {day.Key:yyyy-MM-dd} # {OneLine(string.Join(" / ", day))}"));
        }

        await SayAsync(list.LeftOut.Select(left => left.ToString()));
        return await CheckAsync(file) & list.LeftOut.Count == 0 ? 0 : 1;
    }

    /// <summary>What the file itself expects, of all its regions.</summary>
    private async Task<bool> CheckAsync(HolidayFile file)
    {
        await SayAsync(file.Unread);
        var check = new HolidayCheck(file.Rules);
        var verdicts = (
            from expected in file.Expectations
            from date in expected.Dates
            let answer = check.Ask(expected, date)
            select (expected, date, answer.Verdict, answer.Found)).ToList();
        var wrong = verdicts.Where(verdict => verdict.Verdict == HolidayVerdict.Wrong).ToList();
        await SayAsync(wrong.Select(verdict => string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict.expected.Place}: {verdict.date:yyyy-MM-dd} is {verdict.Found}; the file expects {(verdict.expected.IsHoliday ? verdict.expected.Name ?? "a holiday" : "none")}.")));
        if (verdicts.Count > 0)
        {
            var matched = verdicts.Count(verdict => verdict.Verdict == HolidayVerdict.Matched);
            await error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{matched} of the {verdicts.Count} dates that the file expects came out so."));
        }

        return wrong.Count == 0;
    }

    private async Task SayAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await error.WriteLineAsync(line);
        }
    }

    /// <summary>A name is nobody's to end a comment with.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
