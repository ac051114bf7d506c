using System.Globalization;
using Escalation.Grains.Log;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Silo.Intake;

/// <summary>
/// Compares what an import or replay left in the log with the file's own counters: every case there, every row with an
/// entry of its own, hand-overs as often as <c>reassignment_count</c> rose, rounds begun as often as <c>reopen_count</c> rose.
/// Beside that it judges each closed case by our own working time, and says how often the source found the same.
/// </summary>
internal sealed class IncidentCheck(IEventLog log, TextWriter output)
{
    private const int MostNamed = 20;

    /// <summary>Counts of the file, or of the log.</summary>
    internal readonly record struct Counts(long Cases, long Rows, long HandOvers, long Rounds)
    {
        public static Counts operator +(Counts one, Counts other) =>
            new(one.Cases + other.Cases, one.Rows + other.Rows, one.HandOvers + other.HandOvers, one.Rounds + other.Rounds);
    }

    /// <summary>What was found.</summary>
    /// <param name="File">By the file's counters.</param>
    /// <param name="Log">By the cases' histories.</param>
    /// <param name="Disagreeing">How many cases differ in any of them, or have a gap in their history.</param>
    /// <param name="Sla">How often our working time comes to the source's verdict. It tells of the source, not of the import.</param>
    internal sealed record Report(Counts File, Counts Log, int Disagreeing, IncidentSla Sla)
    {
        public bool Agrees => Disagreeing == 0;
    }

    /// <summary>Reads the whole file against the log, and prints a table. Lines that cannot be read do not count.</summary>
    public async Task<Report> RunAsync(IncidentLog incidents, string salt, CancellationToken cancellationToken)
    {
        Lock gate = new();
        var file = default(Counts);
        var found = default(Counts);
        var disagreeing = 0;
        var sla = new IncidentSla(incidents.Zone);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(incidents.ReadAsync(null, cancellationToken), options, async (incident, token) =>
        {
            var ids = new IncidentIds(incident.Rows[0], salt);
            var entries = await log.ReadAsync(ids.Case, 0, token);
            var expected = Expected(incident);
            var (actual, hasGap) = Actual(incident, ids, entries);
            lock (gate)
            {
                file += expected;
                found += actual;
                sla.Judge(incident);
                if (expected == actual && !hasGap)
                {
                    return;
                }

                if (++disagreeing <= MostNamed)
                {
                    Name(incident, expected, actual, hasGap);
                }
            }
        });
        var report = new Report(file, found, disagreeing, sla);
        Print(report);
        return report;
    }

    private static Counts Expected(IncidentCase incident)
    {
        var (first, last) = (incident.Rows[0], incident.Rows[^1]);
        return new Counts(1, incident.Rows.Count, last.Reassignments - first.Reassignments, last.Reopens - first.Reopens);
    }

    /// <summary>Counts only what the file's own commands caused: people may have worked on the case since.</summary>
    private static (Counts Counts, bool HasGap) Actual(IncidentCase incident, IncidentIds ids, IReadOnlyList<Entry> entries)
    {
        var rowOf = RowsByCommand(incident, ids);
        var counts = new Counts(Cases: entries.Count > 0 ? 1 : 0, 0, 0, 0);
        var rows = new HashSet<int>();
        foreach (var entry in entries)
        {
            if (!rowOf.TryGetValue(entry.CommandId, out var row))
            {
                continue;
            }

            rows.Add(row);
            counts += entry.Event switch
            {
                // The first row's owner was found, not handed to.
                OwnerAssigned when row > 0 => new Counts(0, 0, 1, 0),
                RoundStarted => new Counts(0, 0, 0, 1),
                _ => default,
            };
        }

        var hasGap = entries.Where((entry, index) => entry.Version != index + 1).Any();
        return (counts with { Rows = rows.Count }, hasGap);
    }

    private static Dictionary<Guid, int> RowsByCommand(IncidentCase incident, IncidentIds ids)
    {
        var rowOf = new Dictionary<Guid, int>();
        IncidentPosition? position = null;
        foreach (var row in incident.Rows)
        {
            (position, var commands) = IncidentMapping.Map(position, row, ids);
            for (var place = 0; place < commands.Length; place++)
            {
                rowOf[ids.Command(position.Index, place)] = position.Index;
            }
        }

        return rowOf;
    }

    private void Name(IncidentCase incident, Counts expected, Counts actual, bool hasGap) => output.WriteLine(
        $"{incident.Number} (line {incident.Rows[0].Line}): file {expected}, log {actual}{(hasGap ? ", with a gap in its history" : "")}");

    private void Print(Report report)
    {
        output.WriteLine("                         file          log");
        Line("cases", report.File.Cases, report.Log.Cases);
        Line("rows with an entry", report.File.Rows, report.Log.Rows);
        Line("hand-overs", report.File.HandOvers, report.Log.HandOvers);
        Line("rounds begun anew", report.File.Rounds, report.Log.Rounds);
        output.WriteLine(report.Agrees
            ? "All agree."
            : string.Create(CultureInfo.InvariantCulture, $"{report.Disagreeing:N0} cases disagree; the first {MostNamed} are named above."));

        output.Write(report.Sla);

        void Line(string what, long inFile, long inLog) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-18} {inFile,10:N0} {inLog,12:N0}  {(inFile == inLog ? "equal" : "DIFFERENT")}"));
    }
}
