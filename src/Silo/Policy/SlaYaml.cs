using System.Collections.Immutable;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Policies;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>sla.yaml</c>: pause reasons, SLA policies in order, clocks of the law. See <c>docs/POLICY.md</c>.</summary>
internal sealed class SlaYaml(IReadOnlyDictionary<string, WorkCalendar> calendars, IReadOnlySet<string> conflictTypes)
{
    /// <summary>A target is tried from here on: an ordinary working week.</summary>
    private static readonly DateTimeOffset Trial = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Required = [Clock.Acknowledge, Clock.Silence, Clock.Resolution];

    public SlaBook Read(YamlPart file)
    {
        var reasons = ReadReasons(file.Find("pauseReasons"));
        var policies = (file.Get("policies")?.Items() ?? []).Select(ReadPolicy).ToImmutableArray();
        CheckOrder(file, policies);
        var statutory = (file.Find("statutory")?.Items() ?? []).Select(ReadStatutory).ToImmutableArray();
        file.Close();
        return new SlaBook(calendars, policies, statutory, reasons);
    }

    private static Dictionary<string, PauseReason> ReadReasons(YamlPart? part)
    {
        var reasons = new Dictionary<string, PauseReason>(StringComparer.Ordinal);
        string[] known = [Clock.Acknowledge, Clock.Silence, Clock.Resolution, Clock.Stage, Clock.Reply];
        foreach (var (id, reason) in part?.Entries() ?? [])
        {
            var clocks = reason.Words("clocks").ToImmutableArray();
            foreach (var clock in clocks.Where(clock => !known.Contains(clock)))
            {
                reason.Fault($"names '{clock}'; only internal clocks pause: {string.Join(", ", known)}.", "clocks");
            }

            reason.Close();
            reasons[id] = new PauseReason(id, clocks);
        }

        return reasons;
    }

    private static void CheckOrder(YamlPart file, ImmutableArray<SlaPolicy> policies)
    {
        if (policies.IsEmpty || !policies[^1].When.AreNone)
        {
            file.Fault("must end with a policy without conditions: the default, which judges every case that no other does.", "policies");
        }

        foreach (var policy in policies.Take(Math.Max(policies.Length - 1, 0)).Where(policy => policy.When.AreNone))
        {
            file.Fault($"has '{policy.Id}' without conditions before the last: those after it would never judge a case.", "policies");
        }

        foreach (var twice in policies.GroupBy(policy => policy.Id).Where(same => same.Count() > 1))
        {
            file.Fault($"has the id '{twice.Key}' twice.", "policies");
        }
    }

    private SlaPolicy ReadPolicy(YamlPart part)
    {
        var calendar = Calendar(part, part.Text("calendar"));
        var when = ReadConditions(part.Find("when"));
        var targets = new Dictionary<string, SlaTarget>(StringComparer.Ordinal);
        if (part.Get("targets") is { } list)
        {
            foreach (var metric in Required)
            {
                if (list.Get(metric) is { } target)
                {
                    targets[metric] = ReadTarget(target, calendar);
                }
            }

            if (list.Find(Clock.Reply) is { } reply)
            {
                targets[Clock.Reply] = ReadTarget(reply, calendar);
            }

            foreach (var (word, target) in list.Find(Clock.Stage)?.Entries() ?? [])
            {
                var stage = Enum.GetValues<Stage>().Cast<Stage?>().FirstOrDefault(stage => YamlPart.CamelCase(stage!.Value) == word);
                if (stage is null or Stage.Closed)
                {
                    target.Fault("is no stage that a case can be at: contact, clarify, options, agreement, followThrough.");
                }
                else
                {
                    targets[Clock.StageTarget(stage.Value)] = ReadTarget(target, calendar);
                }
            }

            list.Close();
        }

        var policy = new SlaPolicy(part.Text("id"), when, targets) { Name = part.FindLocalized("name") };
        part.Close();
        return policy;
    }

    private StatutoryClock ReadStatutory(YamlPart part)
    {
        var id = part.Text("id");
        if (Required.Contains(id) || id is Clock.Stage or Clock.Reply)
        {
            part.Fault($"is '{id}', the name of an internal clock.", "id");
        }

        var aims = part.Enums<StatutoryAim>("metBy").ToList();
        if (aims.Count != 1)
        {
            part.Fault("must be contact or close.", "metBy");
        }

        var calendar = Calendar(part, part.Text("calendar"));
        var clock = new StatutoryClock(
            id,
            ReadConditions(part.Find("when")),
            part.Get("target") is { } target ? ReadTarget(target, calendar) : new SlaTarget(calendar, Target.CalendarDays(1), []),
            aims.FirstOrDefault())
        {
            Name = part.FindLocalized("name"),
        };
        part.Close();
        return clock;
    }

    /// <summary>Either a duration of working time, or a mapping: <c>{workingDays: 3, warn: [0.5, PT4H], calendar: office}</c>.</summary>
    internal SlaTarget ReadTarget(YamlPart part, string calendar)
    {
        if (part.IsWord)
        {
            return Tried(part, new SlaTarget(calendar, Target.Working(part.Duration()), []));
        }

        var own = part.Find("calendar") is { } named ? Calendar(part, named.Word()) : calendar;
        var measures = new[]
        {
            part.Find("working") is { } time ? Target.Working(time.Duration()) : null,
            part.Find("workingDays") is null ? null : Target.WorkingDays(part.Number("workingDays")),
            part.Find("calendarDays") is null ? null : Target.CalendarDays(part.Number("calendarDays")),
        }.OfType<Target>().ToList();
        if (measures.Count != 1)
        {
            part.Fault("needs one of working (a duration), workingDays, calendarDays.");
        }

        var warnings = new List<Warning>();
        foreach (var item in part.Find("warn")?.Items() ?? [])
        {
            if (Warning.TryParse(item.Word(), out var warning))
            {
                warnings.Add(warning);
            }
            else
            {
                item.Fault($"is '{item.Word()}'; a share of the target such as 0.75, or a time before due such as PT30M, is expected.");
            }
        }

        part.Close();
        return Tried(part, new SlaTarget(own, measures.FirstOrDefault() ?? Target.CalendarDays(1), [.. warnings]));
    }

    private SlaTarget Tried(YamlPart part, SlaTarget target)
    {
        if (calendars.TryGetValue(target.Calendar, out var calendar) && calendar.Due(Trial, target.Target) is { IsRefused: true } never)
        {
            part.Fault($"is never reached on calendar '{target.Calendar}': {never.Refusal.Detail}");
        }

        return target;
    }

    private CaseConditions ReadConditions(YamlPart? part)
    {
        if (part is null)
        {
            return CaseConditions.None;
        }

        var types = part.Words("type").ToImmutableArray();
        foreach (var type in types.Where(type => !conflictTypes.Contains(type)))
        {
            part.Fault($"is '{type}', which is no conflict type of policy.yaml.", "type");
        }

        var conditions = new CaseConditions
        {
            Types = types,
            Levels = [.. part.Enums<Level>("level")],
            Heats = [.. part.Enums<Heat>("heat")],
            CustomerGroups = [.. part.Words("customerGroup")],
            Sites = [.. part.Words("site")],
            Languages = [.. part.Words("language")],
            Products = [.. part.Words("product")],
        };
        part.Close();
        if (conditions.AreNone)
        {
            part.Fault("names no condition; leave it out for a policy that judges every case.");
        }

        return conditions;
    }

    /// <summary>A calendar that the policy has.</summary>
    internal string Calendar(YamlPart part, string id)
    {
        if (id.Length > 0 && !calendars.ContainsKey(id))
        {
            part.Fault($"is '{id}'; known are {string.Join(", ", calendars.Keys.Order(StringComparer.Ordinal))}.", "calendar");
        }

        return id;
    }
}
