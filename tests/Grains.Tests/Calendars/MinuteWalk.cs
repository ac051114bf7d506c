using System.Globalization;
using Escalation.Grains.Calendars;
using NodaTime;

namespace Escalation.Grains.Tests.Calendars;

/// <summary>
/// The same questions answered minute by minute: for each, look at the clock on the wall and at the written hours.
/// Needs hours, and changes of the clock, at whole minutes.
/// </summary>
internal sealed class MinuteWalk(CalendarText text)
{
    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[text.TimeZone];
    private readonly Dictionary<LocalDate, bool[]> _days = [];

    public TimeSpan Worked(DateTimeOffset from, DateTimeOffset to) =>
        Pieces(from).TakeWhile(piece => piece.From < to).Aggregate(
            TimeSpan.Zero, (sum, piece) => sum + (piece.Works ? (piece.To < to ? piece.To : to) - piece.From : TimeSpan.Zero));

    public DateTimeOffset Due(DateTimeOffset start, TimeSpan target)
    {
        foreach (var piece in Pieces(start).Where(piece => piece.Works))
        {
            if (target <= piece.To - piece.From)
            {
                return piece.From + target;
            }

            target -= piece.To - piece.From;
        }

        throw new InvalidOperationException();
    }

    public DateTimeOffset DueInWorkingDays(DateTimeOffset start, int days)
    {
        var opening = Due(start, TimeSpan.Zero);
        var wall = Wall(opening);
        var dates = Pieces(opening).Where(piece => piece.Works).Select(piece => Wall(piece.From).Date)
            .Where(date => date > wall.Date).Distinct();
        return days == 0
            ? opening
            : _zone.AtLeniently(dates.ElementAt(days - 1) + wall.TimeOfDay).ToInstant().ToDateTimeOffset();
    }

    private IEnumerable<(DateTimeOffset From, DateTimeOffset To, bool Works)> Pieces(DateTimeOffset from)
    {
        while (true)
        {
            var to = new DateTimeOffset(from.Ticks - (from.Ticks % TimeSpan.TicksPerMinute) + TimeSpan.TicksPerMinute, TimeSpan.Zero);
            var wall = Wall(from);
            yield return (from, to, Day(wall.Date)[(wall.Hour * 60) + wall.Minute]);
            from = to;
        }
    }

    private LocalDateTime Wall(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(_zone).LocalDateTime;

    private bool[] Day(LocalDate date)
    {
        if (!_days.TryGetValue(date, out var minutes))
        {
            _days[date] = minutes = new bool[1440];
            var iso = Name(date);
            var version = text.Versions.Where(later => string.CompareOrdinal(later.From, iso) <= 0)
                .MaxBy(later => later.From, StringComparer.Ordinal) ?? text.Base;
            if (version.SpecialDays.TryGetValue(iso, out var special))
            {
                Paint(minutes, special, 0);
            }
            else if (!version.Holidays.Contains(iso) && !version.RecurringHolidays.Contains(iso[5..]))
            {
                Paint(minutes, version.Hours.GetValueOrDefault(Weekday(date), []), 0);
                Paint(minutes, version.Hours.GetValueOrDefault(Weekday(date.PlusDays(-1)), []), -1440);
            }
        }

        return minutes;
    }

    private static void Paint(bool[] minutes, IReadOnlyList<OpeningText> openings, int shift)
    {
        foreach (var opening in openings)
        {
            var (from, to) = (Minute(opening.From), Minute(opening.To));
            to += to < from ? 1440 : 0;
            for (var minute = Math.Max(0, from + shift); minute < Math.Min(1440, to + shift); minute++)
            {
                minutes[minute] = true;
            }
        }
    }

    private static int Minute(string time) =>
        (int.Parse(time[..2], CultureInfo.InvariantCulture) * 60) + int.Parse(time[3..], CultureInfo.InvariantCulture);

    private static string Weekday(LocalDate date) => date.ToString("ddd", CultureInfo.InvariantCulture).ToLowerInvariant();

    private static string Name(LocalDate date) => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
}
