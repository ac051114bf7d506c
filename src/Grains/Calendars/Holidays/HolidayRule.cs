using System.Collections.Immutable;

namespace Escalation.Grains.Calendars.Holidays;

/// <summary>A rule by which a holiday comes each year.</summary>
/// <param name="Place">Where it was written: <c>ro.yaml:12</c>.</param>
/// <param name="Name">What the day is called.</param>
/// <param name="Regions">Where it holds: <c>us</c>, or <c>us_ca</c> for a part of it.</param>
/// <param name="Month">1 to 12; 0 for rules that belong to no month.</param>
/// <param name="Day">Which day.</param>
public sealed record HolidayRule(string Place, string Name, ImmutableArray<string> Regions, int Month, HolidayDay Day)
{
    /// <summary>In which years it holds. Default: in all.</summary>
    public HolidayYears Years { get; init; } = new HolidayYears.All();

    /// <summary>The function that moves it to the day that is off; empty when it is never moved.</summary>
    public string Observed { get; init; } = "";

    /// <summary>Kept, but worked.</summary>
    public bool IsInformal { get; init; }
}

/// <summary>Which day of a year.</summary>
public abstract record HolidayDay
{
    private HolidayDay()
    {
    }

    /// <summary>A day of the rule's month.</summary>
    public sealed record OfMonth(int Day) : HolidayDay;

    /// <summary>The n-th weekday of the rule's month: 1 to 5, or -1 to -5 from its end.</summary>
    public sealed record NthWeekday(int Week, DayOfWeek Weekday) : HolidayDay;

    /// <summary>What a function says, so many days later.</summary>
    /// <param name="Function">Its name, without arguments.</param>
    /// <param name="Day">The day of the rule's month that it is given; null when it goes by the year alone.</param>
    /// <param name="DaysLater">Negative for days before.</param>
    public sealed record Computed(string Function, int? Day, int DaysLater) : HolidayDay;
}

/// <summary>The years in which a rule holds.</summary>
public abstract record HolidayYears
{
    private HolidayYears()
    {
    }

    public abstract bool Contains(int year);

    public sealed record All : HolidayYears
    {
        public override bool Contains(int year) => true;
    }

    /// <summary>From one year to another, both included.</summary>
    public sealed record Between(int First, int Last) : HolidayYears
    {
        public override bool Contains(int year) => year >= First && year <= Last;
    }

    public sealed record Only(ImmutableArray<int> Years) : HolidayYears
    {
        public override bool Contains(int year) => Years.Contains(year);
    }
}
