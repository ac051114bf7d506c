namespace Escalation.Grains.Calendars;

/// <summary>
/// CLK-2: how far a running clock has come. It holds times already used, not rules, so that it outlives every change of
/// priority, policy, group and calendar.
/// </summary>
/// <param name="StartedAt">Where the clock counts from.</param>
/// <param name="Consumed">Working time used, pauses left out, each part counted on the calendar that held then.</param>
/// <param name="Paused">Working time that passed while the clock was paused, counted the same way.</param>
/// <param name="PausedInAll">All time that passed while the clock was paused.</param>
public readonly record struct ClockProgress(DateTimeOffset StartedAt, TimeSpan Consumed, TimeSpan Paused, TimeSpan PausedInAll)
{
    public static ClockProgress From(DateTimeOffset start) => new(start, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>The clock ran from one instant to another.</summary>
    public ClockProgress Ran(WorkCalendar calendar, DateTimeOffset from, DateTimeOffset to) =>
        this with { Consumed = Consumed + calendar.Worked(from, to) };

    /// <summary>The clock was paused from one instant to another.</summary>
    public ClockProgress Rested(WorkCalendar calendar, DateTimeOffset from, DateTimeOffset to) =>
        to <= from ? this : this with { Paused = Paused + calendar.Worked(from, to), PausedInAll = PausedInAll + (to - from) };

    /// <summary>
    /// When the clock is due, as seen from <paramref name="now"/>: now plus what is left of the target, and now when
    /// nothing is left. A target in days is counted from the start as ever, and moved on by the time paused: the working
    /// time of it for working days, all of it for calendar days.
    /// </summary>
    public DueAnswer Due(WorkCalendar calendar, DateTimeOffset now, Target target)
    {
        if (target is Target.WorkingTime time)
        {
            return time.Length < TimeSpan.Zero || time.Length > Consumed
                ? calendar.Due(now, Target.Working(time.Length - Consumed))
                : DueAnswer.Of(now.UtcTicks);
        }

        var due = calendar.Due(StartedAt, target);
        return due.IsRefused || PausedInAll == TimeSpan.Zero
            ? due
            : target is Target.CalendarDayCount
                ? DueAnswer.Of(due.At.UtcTicks + PausedInAll.Ticks)
                : Paused == TimeSpan.Zero ? due : calendar.Due(due.At, Target.Working(Paused));
    }
}
