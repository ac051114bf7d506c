using System.Globalization;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>A day off, and what it is called.</summary>
public readonly record struct Holiday(DateOnly Date, string Name);

/// <summary>A rule whose days are missing from a list.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Reason">Why, and of which years.</param>
public sealed record UnappliedRule(HolidayRule Rule, string Reason)
{
    public override string ToString() => $"{Rule.Place}: '{Rule.Name}' {Reason}";
}

/// <summary>Whose holidays, and of which years.</summary>
/// <param name="Regions">Such as <c>ro</c>; several are taken together.</param>
/// <param name="From">The first year.</param>
/// <param name="To">The last year, included.</param>
public sealed record HolidayQuery(IReadOnlyList<string> Regions, int From, int To)
{
    /// <summary>Years are taken from here on.</summary>
    public const int Earliest = 1900;

    /// <summary>Years are taken up to here, included.</summary>
    public const int Latest = 2299;

    /// <summary>Take the day that is off instead where a rule names one, as Monday for a Sunday. Default: yes.</summary>
    public bool Observed { get; init; } = true;

    /// <summary>Also days that are kept but worked. Default: no.</summary>
    public bool Informal { get; init; }
}

/// <summary>The answer to a <see cref="HolidayQuery"/>.</summary>
/// <param name="Days">In order of date; a date comes once for each name that it has.</param>
/// <param name="LeftOut">Rules of these regions that could not be applied, or not in all of these years.</param>
public sealed record HolidayList(IReadOnlyList<Holiday> Days, IReadOnlyList<UnappliedRule> LeftOut)
{
    /// <summary>The dates as a calendar's <c>holidays</c>, each once: <c>2026-12-25</c>.</summary>
    public IReadOnlyList<string> Dates =>
        [.. Days.Select(day => day.Date).Distinct().Select(date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
}
