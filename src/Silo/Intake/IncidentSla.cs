using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>
/// CLK-2: judges closed incidents as the source's service level did, by our own calendar, and counts how often the verdict
/// is the source's. The clock runs day and night from Monday to Friday, from opened to closed, and never pauses.
/// </summary>
/// <param name="zone">The zone in which the log's wall clock runs.</param>
internal sealed class IncidentSla(DateTimeZone zone)
{
    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri"];
    private static readonly IReadOnlyList<OpeningText> AllDay = [new OpeningText("00:00", "24:00")];

    private readonly WorkCalendar _calendar = Calendar(zone);
    private readonly SortedDictionary<Heat, (long Compared, long Agreeing)> _counts = [];

    /// <summary>How many were compared.</summary>
    public long Compared => _counts.Values.Sum(count => count.Compared);

    /// <summary>In how many the source found the same.</summary>
    public long Agreeing => _counts.Values.Sum(count => count.Agreeing);

    /// <summary>How long a case of that priority may take, in working time; null where the source's target is not known.</summary>
    public static TimeSpan? TargetOf(Heat heat) => heat switch
    {
        Heat.Calm => TimeSpan.FromHours(345.6),
        Heat.Tense => TimeSpan.FromHours(153.4),
        Heat.Heated or Heat.Aggressive or Heat.Public => null,
    };

    /// <summary>Was it closed too late? By the priority that it had in the end; null when there is no telling.</summary>
    public bool? IsBreached(IncidentCase incident) =>
        incident.Outcome is { } outcome && IncidentMapping.HeatOf(incident.Rows[^1]) is { } heat && TargetOf(heat) is { } target &&
        outcome.OpenedAt >= WorkCalendar.Earliest && outcome.ClosedAt <= WorkCalendar.Latest
            ? _calendar.Worked(outcome.OpenedAt, outcome.ClosedAt) > target
            : null;

    /// <summary>Compares our verdict with the source's, and counts it.</summary>
    public void Judge(IncidentCase incident)
    {
        if (IsBreached(incident) is not { } isBreached)
        {
            return;
        }

        var heat = IncidentMapping.HeatOf(incident.Rows[^1])!.Value;
        var (compared, agreeing) = _counts.GetValueOrDefault(heat);
        _counts[heat] = (compared + 1, agreeing + (isBreached != incident.Outcome!.MadeSla ? 1 : 0));
    }

    /// <summary>A line for each priority and one for all; nothing when nothing could be compared.</summary>
    public override string ToString()
    {
        if (Compared == 0)
        {
            return "";
        }

        var lines = _counts.Select(pair => Line(pair.Key == Heat.Calm ? "Low" : "Moderate", pair.Value.Compared, pair.Value.Agreeing))
            .Append(Line("together", Compared, Agreeing));
        return $"made_sla, as our weekday clock finds it from opened to closed:{Environment.NewLine}{string.Concat(lines)}";
    }

    private static string Line(string what, long compared, long agreeing) => string.Create(
        CultureInfo.InvariantCulture, $"{what,-18} {agreeing,10:N0} of {compared,9:N0}  {100.0 * agreeing / compared:N2} %{Environment.NewLine}");

    private static WorkCalendar Calendar(DateTimeZone zone)
    {
        var text = new CalendarText
        {
            TimeZone = zone.Id,
            Base = new CalendarVersionText { Hours = Weekdays.ToDictionary(day => day, _ => AllDay) },
        };
        return WorkCalendar.TryRead(text, out var calendar, out var faults)
            ? calendar
            : throw new ArgumentException(string.Join("; ", faults), nameof(zone));
    }
}
