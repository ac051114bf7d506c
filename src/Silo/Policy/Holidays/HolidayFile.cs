using System.Diagnostics.CodeAnalysis;
using Escalation.Grains.Calendars.Holidays;

namespace Escalation.Silo.Policy.Holidays;

/// <summary>
/// A YAML file of holiday rules, in the form in which the holidays of many countries are published
/// (<c>github.com/holidays/definitions</c>): rules by month, functions in Ruby, and dates that they are expected to yield.
/// </summary>
/// <param name="Name">What it is called: <c>ro.yaml</c>.</param>
/// <param name="Rules">What yields the days.</param>
/// <param name="Expectations">The dates that the file itself expects.</param>
/// <param name="Unread">Expectations that cannot be read, and why: nothing depends on them.</param>
internal sealed record HolidayFile(
    string Name, HolidayRules Rules, IReadOnlyList<HolidayExpectation> Expectations, IReadOnlyList<string> Unread)
{
    /// <summary>Reads a file, or says everything that is wrong with it at once, by file and line.</summary>
    /// <param name="name">What to call it where something is wrong: <c>ro.yaml</c>.</param>
    /// <param name="text">Its content.</param>
    public static bool TryRead(
        string name, string text, [NotNullWhen(true)] out HolidayFile? file, out IReadOnlyList<string> faults)
    {
        var reader = new HolidayFileReader(name);
        file = reader.Read(text);
        faults = reader.Faults;
        return file is not null;
    }

    /// <summary>From a file's text to the holidays of a calendar: what a policy needs.</summary>
    /// <returns>Null with the faults when the file cannot be read, or has none of the regions.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The years are outside 1900 to 2299.</exception>
    public static HolidayList? Import(string name, string text, HolidayQuery query, out IReadOnlyList<string> faults) =>
        TryRead(name, text, out var file, out faults) ? file.Of(query, out faults) : null;

    /// <summary>The holidays of some regions; null with the faults when the file has no rule for one of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The years are outside 1900 to 2299.</exception>
    public HolidayList? Of(HolidayQuery query, out IReadOnlyList<string> faults)
    {
        var regions = string.Join(", ", Rules.Regions.Order(StringComparer.Ordinal));
        faults = [.. query.Regions.Where(region => !Rules.Has(region))
            .Select(region => $"{Name}: no rule holds in the region '{region}'; there are {regions}.")];
        return faults.Count == 0 ? Rules.Of(query) : null;
    }
}

/// <summary>Dates of which a file says whether they are holidays.</summary>
/// <param name="Place">File and line.</param>
/// <param name="Dates">The dates.</param>
/// <param name="Regions">Taken together.</param>
/// <param name="Observed">Whether the days off instead are meant.</param>
/// <param name="Informal">Whether days that are kept but worked count.</param>
/// <param name="IsHoliday">What is expected.</param>
/// <param name="Name">What the holiday is called; null when the file does not say.</param>
internal sealed record HolidayExpectation(
    string Place, IReadOnlyList<DateOnly> Dates, IReadOnlyList<string> Regions, bool Observed, bool Informal, bool IsHoliday, string? Name);
