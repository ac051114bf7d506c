using System.Collections.Immutable;
using Escalation.Grains.Calendars;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Clocks;

/// <summary>What a clock runs by. It is kept with the clock, so that the clock can say so for ever.</summary>
/// <param name="Version">The policy's version.</param>
/// <param name="Sla">Id of the SLA policy, or of the statutory clock, in it; empty for clocks older than SLA policies.</param>
/// <param name="Calendar">Id of the calendar in that version.</param>
/// <param name="Target">How long the clock may run.</param>
/// <param name="Warnings">CLK-4: when it warns.</param>
public sealed record ClockPlan(string Version, string Sla, string Calendar, Target Target, ImmutableArray<Warning> Warnings)
{
    /// <summary>The plan of a clock in the plain time that all clocks ran in at first.</summary>
    public static ClockPlan Plain(TimeSpan target) => new("", "", SlaBook.Always, Target.Working(target), []);

    /// <summary>True when nothing but the version differs.</summary>
    public bool SaysTheSameAs(ClockPlan other) =>
        Sla == other.Sla && Calendar == other.Calendar && Target == other.Target && Warnings.SequenceEqual(other.Warnings);

    /// <summary>
    /// When a clock that has come so far is due, as seen from <paramref name="now"/>, and when it warns before that, in order.
    /// A share of a target in days is a share of the way from its start to its end, in working time where it counts working days.
    /// A calendar that never gets there (the policy's check refuses one) counts as 24/7: a clock without an end would be worse.
    /// </summary>
    public (DateTimeOffset DueAt, ImmutableArray<DateTimeOffset> Warnings) Schedule(
        WorkCalendar calendar, ClockProgress progress, DateTimeOffset now)
    {
        var due = progress.Due(calendar, now, Target);
        if (due.IsRefused)
        {
            return calendar == WorkCalendar.Always
                ? throw new InvalidOperationException($"Nothing is due {Target} after {now:O}.")
                : Schedule(WorkCalendar.Always, progress, now);
        }

        var warnings = Warnings.Select(warning => WarnAt(calendar, progress, now, due.At, warning).ToMicroseconds())
            .Where(at => at < due.At).Distinct().Order();
        return (due.At.ToMicroseconds(), [.. warnings]);
    }

    private DateTimeOffset WarnAt(
        WorkCalendar calendar, ClockProgress progress, DateTimeOffset now, DateTimeOffset dueAt, Warning warning)
    {
        switch (Target)
        {
            case Target.WorkingTime time:
                return Reached(time.Length, length => progress.Due(calendar, now, Target.Working(length)));
            case Target.WorkingDayCount:
                var worked = calendar.Worked(progress.StartedAt, dueAt);
                return Reached(worked, length => calendar.Due(progress.StartedAt, Target.Working(length)));
            default:
                return Reached(dueAt - progress.StartedAt, length => DueAnswer.Of((progress.StartedAt + length).UtcTicks));
        }

        DateTimeOffset Reached(TimeSpan whole, Func<TimeSpan, DueAnswer> dueAfter)
        {
            var length = warning.Share is { } share ? whole * share : whole - warning.Before!.Value;
            return length <= TimeSpan.Zero ? dueAt : dueAfter(length) is { IsRefused: false } answer ? answer.At : dueAt;
        }
    }
}
