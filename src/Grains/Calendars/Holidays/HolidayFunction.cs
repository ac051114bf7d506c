namespace Escalation.Grains.Calendars.Holidays;

/// <summary>What a function is asked about.</summary>
/// <param name="Year">The year.</param>
/// <param name="Month">The rule's month; 0 for rules that belong to none.</param>
/// <param name="Day">The day of that month, where the rule names one.</param>
internal readonly record struct HolidayCall(int Year, int Month, int? Day)
{
    /// <summary>The rule's date in that year; null for 29 February in most.</summary>
    public DateOnly? Date => HolidayRules.Date(Year, Month, Day!.Value);
}

/// <summary>A function that a rule names.</summary>
/// <param name="Compute">The date; null when there is no holiday that year.</param>
internal sealed record HolidayFunction(Func<HolidayCall, DateOnly?> Compute)
{
    /// <summary>Goes by a day of a month, and says nothing without.</summary>
    public bool NeedsDay { get; init; }

    /// <summary>The years of which it knows anything. Default: all.</summary>
    public Func<int, bool> Knows { get; init; } = _ => true;

    /// <summary>Goes by the year alone.</summary>
    public static HolidayFunction OfYear(Func<int, DateOnly?> compute) => new(call => compute(call.Year));

    /// <summary>Moves a day.</summary>
    public static HolidayFunction OfDate(Func<DateOnly, DateOnly> move) =>
        new(call => call.Date is { } date ? move(date) : null) { NeedsDay = true };
}
