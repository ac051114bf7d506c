using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Policies;
using NodaTime;

namespace Escalation.Grains.Statutory;

/// <summary>REG-1: on which day a clock of the law ends, as people count.</summary>
public static class LawDays
{
    /// <summary>Days without work that may lie between two with it.</summary>
    private const int LongestBreak = 31;

    /// <summary>
    /// The midnight at which the last day of a clock ends, and the zone in which it is one; null for a clock that is due at another time of
    /// day. What is due as Monday begins is due by the end of Friday where nobody works between.
    /// </summary>
    public static (DateTimeOffset At, string TimeZone)? EndOf(Clock clock, Policy policy, Case state)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var zone = ZoneOf(clock, policy, state);
        return Local(clock.DueAt, zone).TimeOfDay == LocalTime.Midnight ? (LastMomentOf(clock, policy).AddMicroseconds(1), zone) : null;
    }

    internal static DateOnly LastDayOf(Clock clock, Policy policy, Case state) =>
        Local(LastMomentOf(clock, policy), ZoneOf(clock, policy, state)).Date.ToDateOnly();

    /// <summary>What is due at midnight is due on the working day before.</summary>
    internal static DateTimeOffset LastMomentOf(Clock clock, Policy policy)
    {
        var calendar = ClockRules.CalendarOf(policy, clock.Plan);
        var last = clock.DueAt.AddMicroseconds(-1);
        for (var days = 0; days < LongestBreak && calendar.Worked(last.AddHours(-1), last) == TimeSpan.Zero; days++)
        {
            last = last.AddDays(-1);
        }

        return last;
    }

    /// <summary>The law's days are those of its own country; where it counts all of them, the customer's.</summary>
    internal static string ZoneOf(Clock clock, Policy policy, Case state) =>
        clock.Plan.Calendar != SlaBook.Always && policy.Sla.Calendars.TryGetValue(clock.Plan.Calendar, out var calendar) ? calendar.TimeZone : state.TimeZone;

    private static ZonedDateTime Local(DateTimeOffset instant, string timeZone) =>
        Instant.FromDateTimeOffset(instant).InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc);
}
