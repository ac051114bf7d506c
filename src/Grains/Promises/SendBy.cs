using Escalation.Grains.Policies;
using NodaTime;

namespace Escalation.Grains.Promises;

/// <summary>PRM-2: when the customer has to be told that a promise will be late.</summary>
public static class SendBy
{
    /// <summary>
    /// The last moment at which an explanation still reaches the customer well before <paramref name="dueAt"/>: a share
    /// of the promise's length before it, within bounds, moved earlier out of the customer's quiet hours.
    /// A promise too short for that is explained at half its length, so that it is not called late as it is made.
    /// Never before <paramref name="from"/> and never after due.
    /// </summary>
    /// <param name="from">When the promise was made or last moved.</param>
    /// <param name="dueAt">When it is due; after <paramref name="from"/>.</param>
    /// <param name="timeZone">The customer's IANA zone; an unknown one counts as UTC.</param>
    /// <param name="policy">Lead and quiet hours.</param>
    public static DateTimeOffset Of(DateTimeOffset from, DateTimeOffset dueAt, string timeZone, PromisePolicy policy)
    {
        var length = dueAt - from;
        var lead = Clamp(length * policy.LeadShare, policy.LeadMinimum, policy.LeadMaximum);
        var latest = dueAt - lead;
        if (latest <= from)
        {
            return (from + (length / 2)).ToMicroseconds();
        }

        return (BeforeQuietHours(latest, from, dueAt, timeZone, policy) ?? latest).ToMicroseconds();
    }

    /// <summary>
    /// The start of the quiet hours that <paramref name="instant"/> falls into, if the promise existed by then;
    /// else their end, if that still leaves the least lead; null when it is not in quiet hours, or nothing better exists.
    /// </summary>
    private static DateTimeOffset? BeforeQuietHours(
        DateTimeOffset instant, DateTimeOffset from, DateTimeOffset dueAt, string timeZone, PromisePolicy policy)
    {
        var zone = Zone(timeZone);
        var local = Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime;
        var time = local.TimeOfDay.ToTimeOnly();
        var overnight = policy.QuietFrom > policy.QuietUntil;
        var inEvening = time >= policy.QuietFrom;
        var inMorning = time < policy.QuietUntil;
        var quiet = overnight ? inEvening || inMorning : inEvening && inMorning;
        if (!quiet)
        {
            return null;
        }

        var startDay = overnight && inMorning && !inEvening ? local.Date.PlusDays(-1) : local.Date;
        var start = At(startDay, policy.QuietFrom, zone);
        if (start > from)
        {
            return start;
        }

        var end = At(overnight ? startDay.PlusDays(1) : startDay, policy.QuietUntil, zone);
        return end <= dueAt - policy.LeadMinimum ? end : null;
    }

    /// <summary>The same wall clock <paramref name="days"/> calendar days later in the customer's zone.</summary>
    public static DateTimeOffset SameTimeLater(DateTimeOffset instant, int days, string timeZone)
    {
        var zone = Zone(timeZone);
        var local = Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime;
        return local.PlusDays(days).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
    }

    private static DateTimeOffset At(LocalDate day, TimeOnly time, DateTimeZone zone) =>
        (day + LocalTime.FromTimeOnly(time)).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();

    private static DateTimeZone Zone(string timeZone) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least ? least : value > most ? most : value;
}
