using Escalation.Grains.Log;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Proofs;

/// <summary>DSK-2 to DSK-4 as a case's history shows them: one offer at a time, answered in time, by one, who then has the case.</summary>
internal static class OfferProof
{
    public static void Check(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        OfferMade? open = null;
        var made = 0;
        string? owner = null;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            switch (entry.Event)
            {
                case OfferMade e:
                    Expect(open is null, "DSK-4", $"offer {e.Offer} was made while offer {open?.Offer} was open");
                    Expect(e.Offer == made + 1, "DSK-4", $"offer {e.Offer} follows offer {made}");
                    Expect(owner == e.InsteadOf, "DSK-2", $"offer {e.Offer} was made of a case that is {owner}'s");
                    (open, made) = (e, e.Offer);
                    break;
                case OfferAccepted e:
                    Expect(open?.Offer == e.Offer, "DSK-4", $"offer {e.Offer} was accepted when it was not open");
                    Expect(open is null || entry.At < open.Until, "DSK-4", $"offer {e.Offer} was accepted at {entry.At:o}, but stood until {open?.Until:o}");
                    Expect(
                        i + 1 < entries.Count && entries[i + 1].CommandId == entry.CommandId && entries[i + 1].Event is OwnerAssigned assigned && assigned.Owner == entry.By,
                        "DSK-4", $"offer {e.Offer} was accepted by {entry.By}, who did not become the owner");
                    open = null;
                    break;
                case OfferDeclined e:
                    Expect(open?.Offer == e.Offer && entry.At < open.Until, "DSK-3", $"offer {e.Offer} was declined when it was not open");
                    open = null;
                    break;
                case OfferExpired e:
                    Expect(open?.Offer == e.Offer, "DSK-3", $"offer {e.Offer} expired when it was not open");
                    Expect(entry.At >= e.Until, "CLK-7", $"offer {e.Offer} expired early, at {entry.At:o}");
                    open = null;
                    break;
                case OfferWithdrawn e:
                    Expect(open?.Offer == e.Offer, "DSK-5", $"offer {e.Offer} was taken back when it was not open");
                    open = null;
                    break;
                case OwnerAssigned e:
                    owner = e.Owner;
                    break;
                default:
                    break;
            }
        }

        void Expect(bool holds, string rule, string otherwise)
        {
            if (!holds)
            {
                faults.Add(new Fault(stream, rule, $"{char.ToUpperInvariant(otherwise[0])}{otherwise[1..]}."));
            }
        }
    }
}
