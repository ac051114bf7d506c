using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Proofs;

/// <summary>CLM-3: who decided what, as it is recorded: nobody what they asked for, and nothing below the level that was needed.</summary>
internal static class AuthorityProof
{
    /// <summary>Checks the whole of one case's history.</summary>
    public static void Check(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        var asked = new Dictionary<int, (string By, int? Concession, Level? Needed)>();
        var decided = new Dictionary<int, bool>();
        var cleared = new HashSet<int>();
        foreach (var entry in entries)
        {
            switch (entry.Event)
            {
                case ApprovalAsked e:
                    asked[e.Approval] = (e.AskedBy ?? entry.By, e.Concession, e.Level);
                    break;
                case ApprovalDecided e:
                    decided[e.Approval] = e.Approved;
                    if (asked.TryGetValue(e.Approval, out var own) && own.By == entry.By)
                    {
                        Fault(entry, $"{entry.By} decided approval {e.Approval}, which they asked for.");
                    }

                    break;
                case ConcessionCleared e:
                    cleared.Add(e.Concession);
                    CheckCleared(entry, e);
                    break;
                case ConcessionMade e when !cleared.Contains(e.Concession):
                    Fault(entry, $"c{e.Concession} was conceded, but nobody with authority had said yes.");
                    break;
                case CaseTakenOver e:
                    // CASE-8: cleared where it was before, if it was.
                    cleared.UnionWith(e.Concessions.Where(concession => concession.Attempt > 0).Select(concession => concession.Number));
                    break;
            }
        }

        void CheckCleared(Entry entry, ConcessionCleared e)
        {
            if (asked.Where(one => one.Value.Concession == e.Concession).OrderBy(one => one.Key).LastOrDefault() is not { Key: > 0 } last)
            {
                return;
            }

            if (!decided.GetValueOrDefault(last.Key))
            {
                Fault(entry, $"c{e.Concession} went on without a yes to approval {last.Key}.");
            }
            else if (e.Level < last.Value.Needed)
            {
                Fault(entry, $"Approval {last.Key} of c{e.Concession} needed {last.Value.Needed}, and was given on the level {e.Level}.");
            }
        }

        void Fault(Entry entry, string detail) => faults.Add(new Fault(stream, "CLM-3", $"{detail} (version {entry.Version})"));
    }
}
