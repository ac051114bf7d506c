using Escalation.Grains.Calendars;
using Escalation.Grains.Policies;
using NodaTime;

namespace Escalation.Grains.Promises;

/// <summary>PRM-2: when the customer has to be told that a promise will be late.</summary>
public static class SendBy
{
    /// <summary>Days without any work after which a calendar is no help any more.</summary>
    private const int LongestClosure = 366;

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

    /// <summary>
    /// PRM-3: the latest instant at which the platform still explains by itself a promise whose owner has said that it
    /// will be kept in time: the least lead before due, out of quiet hours; never earlier than <paramref name="sendBy"/>.
    /// </summary>
    public static DateTimeOffset LastCall(DateTimeOffset sendBy, DateTimeOffset dueAt, string timeZone, PromisePolicy policy)
    {
        var latest = dueAt - policy.LeadMinimum;
        if (latest <= sendBy)
        {
            return sendBy;
        }

        var awake = (BeforeQuietHours(latest, sendBy, dueAt, timeZone, policy) ?? latest).ToMicroseconds();
        return awake > sendBy ? awake : sendBy;
    }

    /// <summary>
    /// PRM-3: when a promise's owner is asked for reason and new date: a lead of working time before
    /// <paramref name="sendBy"/> (of the customer's waking hours, where the calendar knows no others), but not before half
    /// of the time until then has passed: nobody needs to be asked about a promise that they have just made.
    /// </summary>
    public static DateTimeOffset AskAt(DateTimeOffset from, DateTimeOffset sendBy, string timeZone, PromisePolicy policy)
    {
        var earliest = (from + ((sendBy - from) / 2)).ToMicroseconds();
        return policy.Calendar == WorkCalendar.Always
            ? AskInWakingHours(earliest, sendBy, timeZone, policy)
            : AskInWorkingTime(earliest, sendBy, policy);
    }

    /// <summary>The latest instant from which the lead of working time is left; found by halving, to the microsecond.</summary>
    private static DateTimeOffset AskInWorkingTime(DateTimeOffset earliest, DateTimeOffset sendBy, PromisePolicy policy)
    {
        if (policy.Calendar.Worked(earliest, sendBy) <= policy.AskLead)
        {
            return earliest;
        }

        var (enough, tooLate) = (earliest, sendBy);
        while (tooLate - enough > TimeSpan.FromMicroseconds(1))
        {
            var middle = (enough + ((tooLate - enough) / 2)).ToMicroseconds();
            (enough, tooLate) = policy.Calendar.Worked(middle, sendBy) >= policy.AskLead ? (middle, tooLate) : (enough, middle);
        }

        return enough;
    }

    private static DateTimeOffset AskInWakingHours(
        DateTimeOffset earliest, DateTimeOffset sendBy, string timeZone, PromisePolicy policy)
    {
        var left = policy.AskLead;
        var at = sendBy;
        while (at > earliest)
        {
            var wokeAt = LastEndOfQuietHours(at, timeZone, policy);
            var asleepAt = BeforeQuietHours(at - TimeSpan.FromMicroseconds(1), DateTimeOffset.MinValue, DateTimeOffset.MaxValue, timeZone, policy);
            if (asleepAt is { } bedtime)
            {
                at = bedtime;
            }
            else if (at - left >= wokeAt)
            {
                at -= left;
                break;
            }
            else
            {
                left -= at - wokeAt;
                at = wokeAt;
            }
        }

        return (at > earliest ? at : earliest).ToMicroseconds();
    }

    /// <summary>The instant on the wall clock of <paramref name="timeZone"/>; an unknown zone counts as UTC.</summary>
    public static DateTimeOffset OnWallClock(DateTimeOffset instant, string timeZone) =>
        Instant.FromDateTimeOffset(instant).InZone(Zone(timeZone)).ToDateTimeOffset();

    /// <summary>True when the customer is not to be disturbed at <paramref name="instant"/>.</summary>
    public static bool IsQuiet(DateTimeOffset instant, string timeZone, PromisePolicy policy)
    {
        var time = Instant.FromDateTimeOffset(instant).InZone(Zone(timeZone)).LocalDateTime.TimeOfDay.ToTimeOnly();
        return policy.QuietFrom > policy.QuietUntil
            ? time >= policy.QuietFrom || time < policy.QuietUntil
            : time >= policy.QuietFrom && time < policy.QuietUntil;
    }

    /// <summary>When quiet hours last ended before <paramref name="instant"/>.</summary>
    private static DateTimeOffset LastEndOfQuietHours(DateTimeOffset instant, string timeZone, PromisePolicy policy)
    {
        var zone = Zone(timeZone);
        var today = At(Instant.FromDateTimeOffset(instant).InZone(zone).Date, policy.QuietUntil, zone);
        return today < instant ? today : At(Instant.FromDateTimeOffset(instant).InZone(zone).Date.PlusDays(-1), policy.QuietUntil, zone);
    }

    /// <summary>
    /// The same wall clock in the customer's zone <paramref name="days"/> days later; days on which nobody works are left out.
    /// </summary>
    public static DateTimeOffset SameTimeLater(DateTimeOffset instant, int days, string timeZone, WorkCalendar calendar)
    {
        var zone = Zone(timeZone);
        var local = Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime;
        var day = local;
        for (var left = days; left > 0;)
        {
            day = day.PlusDays(1);
            left -= IsWorkday(day.Date, zone, calendar) ? 1 : 0;
            if (Period.DaysBetween(local.Date, day.Date) > LongestClosure)
            {
                day = local.PlusDays(days);
                break;
            }
        }

        return day.InZoneLeniently(zone).ToInstant().ToDateTimeOffset();
    }

    private static bool IsWorkday(LocalDate day, DateTimeZone zone, WorkCalendar calendar) =>
        calendar.Worked(At(day, TimeOnly.MinValue, zone), At(day.PlusDays(1), TimeOnly.MinValue, zone)) > TimeSpan.Zero;

    private static DateTimeOffset At(LocalDate day, TimeOnly time, DateTimeZone zone) =>
        (day + LocalTime.FromTimeOnly(time)).InZoneLeniently(zone).ToInstant().ToDateTimeOffset();

    private static DateTimeZone Zone(string timeZone) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least ? least : value > most ? most : value;
}
