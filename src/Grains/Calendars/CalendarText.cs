namespace Escalation.Grains.Calendars;

/// <summary>A calendar as people write it: zones by name, times as <c>09:00</c>, days as <c>2026-12-24</c>.</summary>
public sealed record CalendarText
{
    /// <summary>IANA zone. Default: UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Hours and holidays, from the beginning of time.</summary>
    public CalendarVersionText Base { get; init; } = new();

    /// <summary>Hours and holidays that replace all those before from a day on.</summary>
    public IReadOnlyList<CalendarVersionText> Versions { get; init; } = [];
}

/// <summary>Hours and holidays that hold together.</summary>
public sealed record CalendarVersionText
{
    /// <summary>The first day on which they hold; empty for those that hold from the beginning of time.</summary>
    public string From { get; init; } = "";

    /// <summary>Openings by weekday, <c>mon</c> to <c>sun</c>; one that ends before it begins ends on the next day.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<OpeningText>> Hours { get; init; } =
        new Dictionary<string, IReadOnlyList<OpeningText>>();

    /// <summary>Days on which nobody works.</summary>
    public IReadOnlyList<string> Holidays { get; init; } = [];

    /// <summary>Months and days, as <c>12-25</c>, on which nobody works in any year.</summary>
    public IReadOnlyList<string> RecurringHolidays { get; init; } = [];

    /// <summary>Days with their own hours, whatever weekday or holiday they are; none for a closed day.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<OpeningText>> SpecialDays { get; init; } =
        new Dictionary<string, IReadOnlyList<OpeningText>>();
}

/// <summary>An opening from one time to another; <c>24:00</c> is the end of a day.</summary>
public readonly record struct OpeningText(string From, string To);

/// <summary>Something that is wrong with a calendar.</summary>
/// <param name="Path">Where it stands: <c>hours.mon[0]</c>.</param>
/// <param name="Sentence">What is wrong.</param>
public readonly record struct CalendarFault(string Path, string Sentence);
