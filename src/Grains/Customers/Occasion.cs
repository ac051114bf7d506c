using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Escalation.Grains.Policies;
using NodaTime;

namespace Escalation.Grains.Customers;

/// <summary>CUS-6: what kind of day it is.</summary>
public enum OccasionKind
{
    Birthday,
    NewYear,

    /// <summary>A date of the customer's own.</summary>
    Own,
}

/// <summary>CUS-6: a day of the year on which we are in touch with a customer.</summary>
/// <param name="Kind">What kind of day.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">From 1; 29 February is kept on the 28th of other years.</param>
/// <param name="Name">What the customer calls it; null for a birthday and for New Year.</param>
public sealed record Occasion(OccasionKind Kind, int Month, int Day, string? Name = null)
{
    /// <summary>What it is called in the log, where nothing names a person: one greeting a year for each.</summary>
    [JsonIgnore]
    public string Key => Kind switch
    {
        OccasionKind.Birthday => "birthday",
        OccasionKind.NewYear => "newYear",
        OccasionKind.Own => string.Create(CultureInfo.InvariantCulture, $"own-{Month:00}-{Day:00}"),
    };

    /// <summary>Its day in a year.</summary>
    public LocalDate In(int year) => new(year, Month, Math.Min(Day, CalendarSystem.Iso.GetDaysInMonth(year, Month)));
}

/// <summary>CUS-6: a greeting that is to be decided at its instant.</summary>
/// <param name="Occasion">The occasion's key.</param>
/// <param name="Year">The year of its day.</param>
/// <param name="At">In the customer's waking hours.</param>
public sealed record PlannedGreeting(string Occasion, int Year, DateTimeOffset At);

/// <summary>CUS-6: when a greeting goes out: on its day, in the customer's zone, from the morning on, never in their quiet hours.</summary>
internal static class GreetingTimes
{
    private static readonly LocalTime Morning = new(10, 0);

    /// <summary>The next greeting of any of the occasions; null when there are none.</summary>
    /// <param name="greeted">The last year of each occasion that was decided, by key.</param>
    public static PlannedGreeting? Next(
        ImmutableArray<Occasion> occasions, ImmutableDictionary<string, int> greeted, DateTimeOffset now, string timeZone, PromisePolicy policy)
    {
        var zone = ZoneOf(timeZone);
        var today = Instant.FromDateTimeOffset(now).InZone(zone).Date;
        return occasions.SelectMany(occasion => new[] { today.Year, today.Year + 1 }
                .Where(year => greeted.GetValueOrDefault(occasion.Key) < year)
                .Select(year => (occasion.Key, Year: year, Times: Of(occasion.In(year), zone, policy))))
            .Where(each => each.Times.Until > now)
            .Select(each => new PlannedGreeting(each.Key, each.Year, (each.Times.From > now ? each.Times.From : now).ToMicroseconds()))
            .MinBy(each => each.At);
    }

    /// <summary>From when until when it may go out on that day.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until) Of(LocalDate day, DateTimeZone zone, PromisePolicy policy)
    {
        var (quietUntil, quietFrom) = (Local(policy.QuietUntil), Local(policy.QuietFrom));
        var from = quietUntil > Morning ? quietUntil : Morning;
        var until = quietFrom > from ? day.At(quietFrom) : day.PlusDays(1).AtMidnight();
        return (day.At(from).InZoneLeniently(zone).ToDateTimeOffset().ToUniversalTime(), until.InZoneLeniently(zone).ToDateTimeOffset().ToUniversalTime());
    }

    public static DateTimeZone ZoneOf(string timeZone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;

    private static LocalTime Local(TimeOnly time) => new(time.Hour, time.Minute);
}
