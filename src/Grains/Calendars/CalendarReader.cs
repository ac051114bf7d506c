using System.Collections.Frozen;
using System.Globalization;
using NodaTime;

namespace Escalation.Grains.Calendars;

/// <summary>Reads a calendar's text, and keeps everything that is wrong with it.</summary>
internal sealed class CalendarReader
{
    private const long Day = TimeSpan.TicksPerDay;

    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly List<CalendarFault> _faults = [];

    public IReadOnlyList<CalendarFault> Faults => _faults;

    /// <summary>Null when anything is wrong.</summary>
    public WorkCalendar? Read(CalendarText text)
    {
        var zone = DateTimeZoneProviders.Tzdb.Ids.Contains(text.TimeZone) ? DateTimeZoneProviders.Tzdb[text.TimeZone] : null;
        if (zone is null)
        {
            Add("timeZone", "must be an IANA time zone, for instance Europe/Chisinau");
        }

        var versions = new List<CalendarVersion> { ReadVersion(text.Base, "", 0) };
        foreach (var (i, version) in text.Versions.Index())
        {
            var from = ReadDate(version.From, $"versions[{i}].from");
            versions.Add(ReadVersion(version, $"versions[{i}].", from ?? 0));
            if (from is not null && text.Versions.Take(i).Any(other => other.From == version.From))
            {
                Add($"versions[{i}].from", $"is {version.From} a second time");
            }
        }

        if (_faults.Count == 0 && !versions.Exists(version => version.EverWorks))
        {
            Add("hours", "have no working time at all");
        }

        return _faults.Count > 0 ? null : new WorkCalendar(zone!, versions.OrderBy(version => version.FromDay));
    }

    private CalendarVersion ReadVersion(CalendarVersionText text, string prefix, int from) => new(
        from,
        ReadWeek(text.Hours, $"{prefix}hours"),
        ReadAll(text.Holidays, $"{prefix}holidays", ReadDate),
        ReadAll(text.RecurringHolidays, $"{prefix}recurringHolidays", ReadMonthDay),
        ReadSpecialDays(text.SpecialDays, $"{prefix}specialDays"));

    private DayHours[] ReadWeek(IReadOnlyDictionary<string, IReadOnlyList<OpeningText>> hours, string path)
    {
        var days = Enumerable.Range(0, 7).Select(_ => new List<(Opening Opening, string Path)>()).ToArray();
        foreach (var (name, openings) in hours)
        {
            var weekday = Array.IndexOf(Weekdays, name);
            if (weekday < 0)
            {
                Add($"{path}.{name}", "is no weekday; use mon, tue, wed, thu, fri, sat, sun");
                continue;
            }

            foreach (var (opening, at) in ReadOpenings(openings, $"{path}.{name}", mayPassMidnight: true))
            {
                days[weekday].Add((opening with { To = Math.Min(opening.To, Day) }, at));
                if (opening.To > Day)
                {
                    days[(weekday + 1) % 7].Add((new Opening(0, opening.To - Day), at));
                }
            }
        }

        return [.. days.Select(Hours)];
    }

    private FrozenDictionary<int, DayHours> ReadSpecialDays(IReadOnlyDictionary<string, IReadOnlyList<OpeningText>> text, string path)
    {
        var days = new Dictionary<int, DayHours>();
        foreach (var (name, openings) in text)
        {
            var day = ReadDate(name, $"{path}.{name}");
            var hours = Hours([.. ReadOpenings(openings, $"{path}.{name}", mayPassMidnight: false)]);
            if (day is not null)
            {
                days[day.Value] = hours;
            }
        }

        return days.ToFrozenDictionary();
    }

    private IEnumerable<(Opening Opening, string Path)> ReadOpenings(IReadOnlyList<OpeningText> openings, string path, bool mayPassMidnight)
    {
        foreach (var (i, opening) in openings.Index())
        {
            var at = $"{path}[{i}]";
            if (ReadTime(opening.From) is not { } from || from == Day || ReadTime(opening.To) is not { } to)
            {
                Add(at, "must be two times, for instance [\"09:00\", \"17:00\"]; 24:00 is the end of a day");
            }
            else if (from == to)
            {
                Add(at, $"is empty: it ends at {opening.To}, when it begins; all day is 00:00 to 24:00");
            }
            else if (from < to)
            {
                yield return (new Opening(from, to), at);
            }
            else if (mayPassMidnight)
            {
                yield return (new Opening(from, to + Day), at);
            }
            else
            {
                Add(at, $"ends at {opening.To}, before it begins; end at 24:00, and give the next day its own hours");
            }
        }
    }

    private DayHours Hours(List<(Opening Opening, string Path)> openings)
    {
        openings.Sort((left, right) => left.Opening.From.CompareTo(right.Opening.From));
        foreach (var (before, after) in openings.Zip(openings.Skip(1)))
        {
            if (after.Opening.From < before.Opening.To)
            {
                Add(after.Path, before.Path == after.Path ? "overlaps itself" : $"overlaps {before.Path}");
            }
        }

        return new DayHours(openings.Select(opening => opening.Opening));
    }

    private static FrozenSet<int> ReadAll(IReadOnlyList<string> texts, string path, Func<string, string, int?> read) =>
        texts.Select((text, i) => read(text, $"{path}[{i}]")).OfType<int>().ToFrozenSet();

    private int? ReadDate(string text, string path)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date.DayNumber;
        }

        Add(path, "must be a day of the calendar, for instance 2026-12-24");
        return null;
    }

    private int? ReadMonthDay(string text, string path)
    {
        // A leap year has them all.
        if (DateOnly.TryParseExact($"2000-{text}", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return (date.Month * 100) + date.Day;
        }

        Add(path, "must be month and day, for instance 12-25");
        return null;
    }

    private static long? ReadTime(string text) =>
        text is "24:00" or "24:00:00"
            ? Day
            : TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                ? time.Ticks
                : null;

    private void Add(string path, string sentence) => _faults.Add(new CalendarFault(path, sentence));
}
