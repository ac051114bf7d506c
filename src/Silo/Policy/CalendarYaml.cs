using Escalation.Grains.Calendars;
using Escalation.Grains.Calendars.Holidays;
using Escalation.Silo.Policy.Holidays;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>calendars/ID.yaml</c>: the words are those of the calendar routes.</summary>
/// <param name="countries">Files of holiday rules, by name: <c>md.yaml</c>.</param>
internal sealed class CalendarYaml(IReadOnlyDictionary<string, string> countries)
{
    private const int FirstYear = 2020;
    private const int LastYear = 2060;

    public WorkCalendar? Read(YamlPart file)
    {
        var text = new CalendarText
        {
            TimeZone = file.Text("timeZone"),
            Base = ReadVersion(file),
            Versions = [.. (file.Find("versions")?.Items() ?? []).Select(ReadLater)],
        };
        file.Close();
        if (WorkCalendar.TryRead(text, out var calendar, out var faults))
        {
            return calendar;
        }

        foreach (var fault in faults)
        {
            PartOf(file, fault.Path).Fault(fault.Sentence + ".");
        }

        return null;
    }

    private CalendarVersionText ReadLater(YamlPart part)
    {
        var version = ReadVersion(part) with { From = part.Text("from") };
        part.Close();
        return version;
    }

    private CalendarVersionText ReadVersion(YamlPart part) => new()
    {
        Hours = ReadHours(part.Get("hours")),
        Holidays = [.. part.Words("holidays").Union(ReadCountry(part.Find("holidaysFrom")))],
        RecurringHolidays = part.Words("recurringHolidays"),
        SpecialDays = ReadHours(part.Find("specialDays")),
    };

    /// <summary>A country's holidays: <c>{file: md.yaml, regions: [md], from: 2020, to: 2060}</c>.</summary>
    private IReadOnlyList<string> ReadCountry(YamlPart? part)
    {
        if (part is null)
        {
            return [];
        }

        var name = part.Text("file");
        var regions = part.Words("regions");
        var from = part.Find("from") is null ? FirstYear : part.Number("from", WorkCalendar.Earliest.Year);
        var to = part.Find("to") is null ? LastYear : part.Number("to", from);
        part.Close();
        if (regions.Count == 0)
        {
            part.Fault("needs at least one region.", "regions");
        }
        else if (to >= WorkCalendar.Latest.Year)
        {
            part.Fault($"is not before the year {WorkCalendar.Latest.Year}.", "to");
        }
        else if (!countries.TryGetValue(name, out var text))
        {
            part.Fault($"is '{name}', which is not in the folder countries; there are {string.Join(", ", countries.Keys.Order(StringComparer.Ordinal))}.", "file");
        }
        else if (HolidayFile.Import(name, text, new HolidayQuery([.. regions], from, to), out var faults) is { } list)
        {
            // A day off that is left out without a word would be a due instant that is wrong without a word.
            foreach (var left in list.LeftOut)
            {
                part.Fault($"cannot take a rule: {left}");
            }

            return [.. list.Dates];
        }
        else
        {
            foreach (var fault in faults)
            {
                part.Fault($"cannot be read: {fault}");
            }
        }

        return [];
    }

    private static Dictionary<string, IReadOnlyList<OpeningText>> ReadHours(YamlPart? days)
    {
        var hours = new Dictionary<string, IReadOnlyList<OpeningText>>(StringComparer.Ordinal);
        foreach (var (day, openings) in days?.Entries() ?? [])
        {
            hours[day] = [.. openings.Items().Select(ReadOpening)];
        }

        return hours;
    }

    private static OpeningText ReadOpening(YamlPart part)
    {
        var times = part.IsWord ? part.Word().Split('-') : [.. part.Items().Select(time => time.Word())];
        if (times is [var from, var to])
        {
            return new OpeningText(from.Trim(), to.Trim());
        }

        part.Fault("must be two times: 09:00-17:00, or [\"09:00\", \"17:00\"].");
        return new OpeningText("00:00", "24:00");
    }

    /// <summary>The part nearest to where a fault lies: for <c>versions[1].hours.mon[0]</c> as deep as the file goes.</summary>
    private static YamlPart PartOf(YamlPart part, string path)
    {
        foreach (var step in path.Split('.'))
        {
            var name = step.Split('[')[0];
            if (part.Find(name) is not { } next)
            {
                return part;
            }

            part = next;
            foreach (var index in step.Split('[').Skip(1))
            {
                part = part.Items().ElementAtOrDefault(int.Parse(index.TrimEnd(']'), System.Globalization.CultureInfo.InvariantCulture)) ?? part;
            }
        }

        return part;
    }
}
