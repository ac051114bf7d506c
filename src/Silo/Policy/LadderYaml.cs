using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Policies;
using NodaTime;
using NodaTime.Text;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>ladder.yaml</c>: levels, causes and rosters. See <c>docs/LADDER.md</c>.</summary>
/// <param name="calendars">By id.</param>
/// <param name="sla">Whose clocks causes may name.</param>
/// <param name="people">Those of <c>people.yaml</c>; null in a version of the policy from before that file, which has them here.</param>
internal sealed class LadderYaml(IReadOnlyDictionary<string, WorkCalendar> calendars, SlaBook? sla, IReadOnlyDictionary<string, DutyPerson>? people)
{
    private static readonly string[] Clocks = [Clock.Acknowledge, Clock.Silence, Clock.Resolution, Clock.Stage, Clock.Reply];

    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private static readonly LocalDateTimePattern LocalTime = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    public LadderBook Read(YamlPart file)
    {
        var duty = ReadPeople(file);
        var rosters = ReadRosters(file.Find("rosters"), duty);
        var levels = file.Get("levels");
        var rungs = LadderBook.Default.Rungs.Select(rung => ReadRung(levels?.Get(YamlPart.CamelCase(rung.Level)), rung, rosters)).ToImmutableArray();
        levels?.Close();
        var causes = file.Get("causes") is { } part ? ReadCauses(part) : new LadderCauses();
        file.Close();
        return new LadderBook(rungs, causes, rosters, duty);
    }

    private LadderRung ReadRung(YamlPart? part, LadderRung rung, Dictionary<string, DutyRoster> rosters)
    {
        if (part is null)
        {
            return rung;
        }

        var calendar = part.Text("calendar");
        if (calendar.Length > 0 && !calendars.ContainsKey(calendar))
        {
            part.Fault($"is '{calendar}'; known are {string.Join(", ", calendars.Keys.Order(StringComparer.Ordinal))}.", "calendar");
        }

        rung = rung with
        {
            Calendar = calendar,
            Acknowledge = part.Duration("acknowledge"),
            Hold = part.Duration("hold"),
            Rosters = [.. part.Words("rosters")],
        };
        foreach (var unknown in rung.Rosters.Where(id => !rosters.ContainsKey(id)))
        {
            part.Fault($"names '{unknown}', which is no roster of this file.", "rosters");
        }

        part.Close();
        return rung with { Rosters = [.. rung.Rosters.Where(rosters.ContainsKey)] };
    }

    private LadderCauses ReadCauses(YamlPart part)
    {
        var none = new LadderCauses();
        var like = part.Find("likeComplaint");
        var causes = new LadderCauses
        {
            ClockWarned = ReadClocks(part.Find("clockWarned")),
            ClockBreached = ReadClocks(part.Find("clockBreached")),
            StatutoryWarned = Asked(part, "statutoryWarned", none.StatutoryWarned),
            StatutoryBreached = Asked(part, "statutoryBreached", none.StatutoryBreached),
            PromiseLapsed = Asked(part, "promiseLapsed", none.PromiseLapsed),
            SecondDelay = Asked(part, "secondDelay", none.SecondDelay),
            Heat = ReadHeats(part.Find("heat")),
            Round = ReadRounds(part.Find("round")),
            LikeComplaints = like?.Number("count", 2) ?? none.LikeComplaints,
            LikeComplaintsWithin = like?.Duration("within") ?? none.LikeComplaintsWithin,
            LikeComplaint = like is null ? none.LikeComplaint : Asked(like, "level", AskedLevel.Specialist),
            CallMe = Asked(part, "callMe", none.CallMe),
            Higher = Asked(part, "higher", none.Higher),
            ClaimAboveAuthority = Asked(part, "claimAboveAuthority", none.ClaimAboveAuthority),
        };
        like?.Close();
        if (causes.PromiseLapsed is not (AskedLevel.Head or AskedLevel.Management))
        {
            part.Fault("must be head or management: a lapsed promise is never a matter for less (PRM-8).", "promiseLapsed");
        }

        if (causes.SecondDelay == AskedLevel.None)
        {
            part.Fault("must lift the case before the promise lapses (PRM-4); none does not.", "secondDelay");
        }

        part.Close();
        return causes;
    }

    private Dictionary<string, AskedLevel> ReadClocks(YamlPart? part)
    {
        var clocks = new Dictionary<string, AskedLevel>(StringComparer.Ordinal);
        foreach (var (clock, _) in part?.Entries() ?? [])
        {
            clocks[clock] = Asked(part!, clock, AskedLevel.None);
            if (!Clocks.Contains(clock))
            {
                var law = sla?.Statutory.Any(statutory => statutory.Id == clock) == true;
                part!.Fault(
                    law ? "is a clock of the law: see statutoryWarned and statutoryBreached."
                        : $"is no clock of ours; known are {string.Join(", ", Clocks)}.",
                    clock);
            }
        }

        return clocks;
    }

    private static Dictionary<Heat, AskedLevel> ReadHeats(YamlPart? part)
    {
        var heats = new Dictionary<Heat, AskedLevel>();
        foreach (var (word, _) in part?.Entries() ?? [])
        {
            if (Enum.GetValues<Heat>().Cast<Heat?>().FirstOrDefault(heat => YamlPart.CamelCase(heat!.Value) == word) is { } heat)
            {
                heats[heat] = Asked(part!, word, AskedLevel.None);
            }
            else
            {
                part!.Fault($"is no heat; known are {string.Join(", ", Enum.GetValues<Heat>().Select(YamlPart.CamelCase))}.", word);
            }
        }

        return heats;
    }

    private static Dictionary<int, AskedLevel> ReadRounds(YamlPart? part)
    {
        var rounds = new Dictionary<int, AskedLevel>();
        foreach (var (word, _) in part?.Entries() ?? [])
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var round) && round >= 2)
            {
                rounds[round] = Asked(part!, word, AskedLevel.None);
            }
            else
            {
                part!.Fault("must be a round from 2 on.", word);
            }
        }

        return rounds;
    }

    private static AskedLevel Asked(YamlPart part, string key, AskedLevel otherwise) =>
        part.Find(key) is null ? otherwise : part.Enums<AskedLevel>(key).Cast<AskedLevel?>().FirstOrDefault() ?? otherwise;

    private Dictionary<string, DutyPerson> ReadPeople(YamlPart file)
    {
        var here = file.Find("people");
        if (people is null)
        {
            return PeopleYaml.ReadDuty(here);
        }

        here?.Fault("stand in people.yaml: move them there.");
        return new Dictionary<string, DutyPerson>(people, StringComparer.Ordinal);
    }

    private static Dictionary<string, DutyRoster> ReadRosters(YamlPart? list, Dictionary<string, DutyPerson> people)
    {
        var rosters = new Dictionary<string, DutyRoster>(StringComparer.Ordinal);
        foreach (var (id, part) in list?.Entries() ?? [])
        {
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(part.Text("timeZone"));
            if (zone is null)
            {
                part.Fault("must be an IANA time zone, for instance Europe/Chisinau.", "timeZone");
            }

            var start = LocalDatePattern.Iso.Parse(part.Text("start"));
            if (!start.Success)
            {
                part.Fault("must be a date such as 2026-01-05.", "start");
            }

            var (day, at) = ReadHandOver(part.Get("handOver"));
            var rotation = part.Words("rotation");
            foreach (var unknown in rotation.Where(person => !people.ContainsKey(person)))
            {
                part.Fault($"names '{unknown}', who is none of the people.", "rotation");
            }

            var overrides = (part.Find("overrides")?.Items() ?? []).Select(over => ReadOverride(over, people)).ToImmutableArray();
            var fallback = part.Find("fallback")?.Word();
            if (fallback is not null && !people.ContainsKey(fallback))
            {
                part.Fault($"is '{fallback}', who is none of the people.", "fallback");
            }

            if (rotation.Count == 0 && fallback is null)
            {
                part.Fault("has neither a rotation nor a fallback: nobody would ever be on duty.");
            }

            var sites = part.Words("sites");
            part.Close();
            rosters[id] = new DutyRoster(
                id, zone ?? DateTimeZone.Utc, start.Success ? start.Value : new LocalDate(2026, 1, 5), day, at,
                [.. rotation], overrides, fallback, [.. sites]);
        }

        return rosters;
    }

    private static (IsoDayOfWeek Day, NodaTime.LocalTime At) ReadHandOver(YamlPart? part)
    {
        if (part is null)
        {
            return (IsoDayOfWeek.Monday, NodaTime.LocalTime.Midnight);
        }

        var day = Array.IndexOf(Weekdays, part.Text("day"));
        if (day < 0)
        {
            part.Fault($"must be one of {string.Join(", ", Weekdays)}.", "day");
        }

        var at = part.Time("at");
        part.Close();
        return ((IsoDayOfWeek)(Math.Max(day, 0) + 1), new NodaTime.LocalTime(at.Hour, at.Minute));
    }

    private static DutyOverride ReadOverride(YamlPart part, Dictionary<string, DutyPerson> people)
    {
        var (from, to) = (ReadLocal(part, "from"), ReadLocal(part, "to"));
        if (to <= from)
        {
            part.Fault("must be later than from.", "to");
        }

        var person = part.Text("person");
        if (!people.ContainsKey(person))
        {
            part.Fault($"is '{person}', who is none of the people.", "person");
        }

        part.Close();
        return new DutyOverride(from, to, person);
    }

    private static LocalDateTime ReadLocal(YamlPart part, string key)
    {
        var parsed = LocalTime.Parse(part.Text(key));
        if (parsed.Success)
        {
            return parsed.Value;
        }

        part.Fault("must be a local date and time such as 2026-12-24T09:00.", key);
        return key == "from" ? new LocalDateTime(1, 1, 1, 0, 0) : new LocalDateTime(9000, 1, 1, 0, 0);
    }
}
