using Escalation.Grains.Calendars;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>calendars/ID.yaml</c>: the words are those of the calendar routes.</summary>
internal static class CalendarYaml
{
    public static WorkCalendar? Read(YamlPart file)
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

    private static CalendarVersionText ReadLater(YamlPart part)
    {
        var version = ReadVersion(part) with { From = part.Text("from") };
        part.Close();
        return version;
    }

    private static CalendarVersionText ReadVersion(YamlPart part) => new()
    {
        Hours = ReadHours(part.Get("hours")),
        Holidays = part.Words("holidays"),
        RecurringHolidays = part.Words("recurringHolidays"),
        SpecialDays = ReadHours(part.Find("specialDays")),
    };

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
