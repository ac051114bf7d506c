using System.Net.Mail;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>people.yaml</c>: who works here, in which team, and how they are told. See <c>docs/DESK.md</c>.</summary>
internal sealed class PeopleYaml(IReadOnlySet<string> types, IReadOnlyDictionary<string, WorkCalendar> calendars)
{
    private const int MostCapacity = 1000;

    /// <summary>The people as their teams' desks see them, and as rosters do.</summary>
    public (PeopleBook People, IReadOnlyDictionary<string, DutyPerson> Duty) Read(YamlPart file)
    {
        var teams = (file.Find("teams")?.Entries() ?? []).Select(entry => ReadTeam(entry.Key, entry.Part)).ToList();
        var people = new Dictionary<string, Person>(StringComparer.Ordinal);
        var duty = new Dictionary<string, DutyPerson>(StringComparer.Ordinal);
        foreach (var (id, part) in file.Find("people")?.Entries() ?? [])
        {
            people[id] = ReadPerson(id, part, teams);
            duty[id] = ReadDuty(id, part);
            part.Close();
        }

        file.Close();
        return (new PeopleBook(people, [.. teams]), duty);
    }

    /// <summary>Those on duty of a policy from before this file.</summary>
    public static Dictionary<string, DutyPerson> ReadDuty(YamlPart? list)
    {
        var people = new Dictionary<string, DutyPerson>(StringComparer.Ordinal);
        foreach (var (id, part) in list?.Entries() ?? [])
        {
            people[id] = ReadDuty(id, part);
            part.Close();
        }

        return people;
    }

    private Team ReadTeam(string id, YamlPart part)
    {
        var calendar = part.Find("calendar")?.Word();
        if (calendar is not null && !calendars.ContainsKey(calendar))
        {
            part.Fault($"is '{calendar}'; known are {string.Join(", ", calendars.Keys.Order(StringComparer.Ordinal))}.", "calendar");
        }

        var team = new Team(id, part.Localized("name"), calendar);
        part.Close();
        return team;
    }

    private Person ReadPerson(string id, YamlPart part, List<Team> teams)
    {
        var team = part.Find("team")?.Word();
        if (team is not null && !teams.Exists(known => known.Id == team))
        {
            part.Fault($"is '{team}', which is none of the teams.", "team");
        }

        var knows = part.Words("types");
        foreach (var unknown in knows.Where(type => !types.Contains(type)))
        {
            part.Fault($"names '{unknown}', which is no conflict type.", "types");
        }

        var capacity = part.Find("capacity") is null ? 0 : part.Number("capacity");
        if (capacity > MostCapacity)
        {
            part.Fault($"is {capacity}; at most {MostCapacity} can be taken on.", "capacity");
        }

        if (team is not null && capacity == 0)
        {
            part.Fault("is missing: whoever is in a team takes on a number of cases.", "capacity");
        }

        return new Person(
            id, part.Text("name"), team, part.Enums<Level>("level").Cast<Level?>().FirstOrDefault() ?? Level.Buffer,
            [.. part.Words("languages")], [.. knows], [.. part.Words("sites")], capacity);
    }

    private static DutyPerson ReadDuty(string id, YamlPart part)
    {
        var person = new DutyPerson(
            id, part.Text("name"), part.Find("email")?.Word(), part.Find("webhook")?.Word(), [.. part.Enums<DutyChannel>("channels")])
        {
            Language = part.Words("languages") is [var first, ..] ? first : null,
        };
        if (person.Email is { } email && (!MailAddress.TryCreate(email, out var address) || address.Address != email))
        {
            part.Fault($"is '{email}', which is no mail address.", "email");
        }

        if (person.Webhook is { } webhook && !(Uri.TryCreate(webhook, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            part.Fault($"is '{webhook}'; an http or https address is expected.", "webhook");
        }

        if (person.Channels.Contains(DutyChannel.Email) && person.Email is null)
        {
            part.Fault("names email, but there is no email to write to.", "channels");
        }

        if (person.Channels.Contains(DutyChannel.Webhook) && person.Webhook is null)
        {
            part.Fault("names webhook, but there is no webhook to call.", "channels");
        }

        return person;
    }
}
