using Escalation.Silo.Intake;
using NodaTime;

namespace Escalation.Silo.Tests.Intake;

/// <summary>Incident logs made by hand, in the form of the real one.</summary>
internal static class Incidents
{
    /// <summary>The real one, beside the repository where it is there at all.</summary>
    public const string RealLog = "incident_event_log.2016-03-04.csv.gz";

    public const string Header =
        "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at," +
        "sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci," +
        "impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor," +
        "caused_by,closed_code,resolved_by,resolved_at,closed_at";

    /// <summary>One line of the log. The final outcome stands on every row, and must not be believed.</summary>
    public static string Line(
        string number, string state, string at, int update, string group = "Group A", int reassignments = 0, int reopens = 0,
        string impact = "2 - Medium", string urgency = "2 - Medium", string caller = "Caller A", string category = "Category A",
        string contactType = "Phone", string opened = "1/1/2001 00:00", string closed = "9/9/2039 09:09", bool madeSla = true) =>
        $"{number},{state},true,{reassignments},{reopens},{update},{(madeSla ? "true" : "false")},{caller},?,{opened},?,?,?,{at},{contactType},Location A," +
        $"{category},Subcategory A,Symptom A,?,{impact},{urgency},9 - Final,{group},?,true,false,?,?,?,?,?,final,final,{closed},{closed}";

    /// <summary>
    /// Three cases: one from new to closed with two hand-overs; one that begins mid-life, is resolved, reopened and handed back to
    /// its own group; one that is closed and comes back.
    /// </summary>
    public static string Small { get; } = Csv(
        Line("INC1", "New", "1/3/2016 08:00", 0),
        Line("INC1", "New", "1/3/2016 08:05", 1),
        Line("INC1", "Active", "1/3/2016 08:05", 2, "Group B", 1),
        Line("INC1", "Awaiting User Info", "1/3/2016 09:00", 3, "Group B", 1),
        Line("INC1", "Active", "1/3/2016 10:00", 5, "?", 2, impact: "1 - High"),
        Line("INC1", "-100", "1/3/2016 10:30", 6, "?", 2, impact: "?", urgency: "?"),
        Line("INC1", "Resolved", "2/3/2016 11:00", 7, "?", 2, impact: "1 - High"),
        Line("INC1", "Closed", "7/3/2016 12:00", 8, "?", 2, impact: "1 - High"),
        Line("INC2", "Active", "1/3/2016 08:30", 9, "Group C", 4, 1, caller: "?"),
        Line("INC2", "Resolved", "1/3/2016 09:30", 10, "Group C", 4, 1, caller: "?"),
        Line("INC2", "Active", "1/3/2016 09:29", 11, "Group C", 5, 2, caller: "?"),
        Line("INC2", "Resolved", "1/3/2016 12:00", 12, "Group C", 5, 2, caller: "?"),
        Line("INC3", "New", "1/3/2016 09:00", 0, "?", category: "?"),
        Line("INC3", "Closed", "1/3/2016 09:10", 1, "?", category: "?"),
        Line("INC3", "Closed", "1/3/2016 09:20", 2, "Group D", 1, category: "?"),
        Line("INC3", "Awaiting Vendor", "1/3/2016 09:30", 3, "Group D", 1, 1, category: "?"),
        Line("INC3", "Closed", "1/3/2016 09:40", 4, "Group D", 1, 1, category: "?"));

    public static string Csv(params string[] lines) => string.Join('\n', [Header, .. lines]) + "\n";

    public static IncidentLog Read(string text, DateTimeZone? zone = null, DateTimeOffset? notAfter = null) =>
        new(() => new StringReader(text), zone ?? DateTimeZone.Utc, notAfter);

    public static async Task<(List<IncidentCase> Cases, List<LineFault> Faults)> ReadAllAsync(IncidentLog log)
    {
        var faults = new List<LineFault>();
        var cases = new List<IncidentCase>();
        await foreach (var incident in log.ReadAsync(faults.Add, TestContext.Current.CancellationToken))
        {
            cases.Add(incident);
        }

        return (cases, faults);
    }
}
