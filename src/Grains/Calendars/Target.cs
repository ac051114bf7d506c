namespace Escalation.Grains.Calendars;

/// <summary>CLK-2: how long a clock may run, in one of three measures.</summary>
public abstract record Target
{
    /// <summary>Time that counts only while the calendar works.</summary>
    public sealed record WorkingTime(TimeSpan Length) : Target;

    /// <summary>The same clock time on the n-th working day after.</summary>
    public sealed record WorkingDayCount(int Days) : Target;

    /// <summary>The same clock time on the n-th day after, whatever day that is.</summary>
    public sealed record CalendarDayCount(int Days) : Target;

    private Target()
    {
    }

    public static Target Working(TimeSpan length) => new WorkingTime(length);

    public static Target WorkingDays(int days) => new WorkingDayCount(days);

    public static Target CalendarDays(int days) => new CalendarDayCount(days);
}
