using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Proofs;

/// <summary>
/// ESC-2, ESC-3, ESC-4: reads a case's escalations from its events alone. While the platform was down nothing could go on; so what
/// counts is what the deadline clock left as it was when it looked at the case, and who acknowledged what should have gone on first.
/// </summary>
internal sealed class EscalationProof(Guid stream, List<Fault> faults)
{
    private readonly Dictionary<int, Running> _open = [];
    private readonly HashSet<(string, DateTimeOffset)> _caused = [];
    private readonly HashSet<int> _left = [];

    /// <summary>Checks the whole of one case's history.</summary>
    public static void Check(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        var proof = new EscalationProof(stream, faults);
        for (var i = 0; i < entries.Count; i++)
        {
            proof.Take(entries[i]);
            var ends = i + 1 == entries.Count || entries[i + 1].CommandId != entries[i].CommandId;
            if (ends && entries[i].By == Actor.Clock.Id)
            {
                proof.Looked(entries[i]);
            }
        }
    }

    private void Take(Entry entry)
    {
        switch (entry.Event)
        {
            case EscalationRaised e:
                Raised(e, entry.Version);
                break;
            case EscalationRisen e:
                On(e.Escalation, running => running with { DueAt = e.AcknowledgeBy, Holder = null });
                break;
            case EscalationRepeated e:
                On(e.Escalation, running => running with { DueAt = e.AcknowledgeBy, Holder = null });
                break;
            case EscalationReplanned e:
                On(e.Escalation, running => running with { DueAt = e.DueAt });
                break;
            case EscalationAcknowledged e:
                if (_open.GetValueOrDefault(e.Escalation) is { Holder: null } late && late.DueAt <= entry.At)
                {
                    Fault("ESC-3", $"Escalation {e.Escalation} was acknowledged at {entry.At:u}, after {late.DueAt:u}, without having gone up.");
                }

                On(e.Escalation, running => running with { DueAt = e.HoldUntil, Holder = entry.By });
                break;
            case AcknowledgementFell e:
                On(e.Escalation, running => running with { Holder = null });
                break;
            case ContactLogged { Direction: Direction.ToCustomer }:
                foreach (var held in _open.Where(one => one.Value.Holder is not null).Select(one => one.Key).ToList())
                {
                    On(held, running => running with { DueAt = null });
                }

                break;
            case EscalationClosed e:
                _open.Remove(e.Escalation);
                break;
        }
    }

    /// <summary>ESC-2: one cause has one open escalation, and one due instant of it raises one ever.</summary>
    private void Raised(EscalationRaised e, int version)
    {
        if (_open.FirstOrDefault(one => one.Value.Cause == e.Cause) is { Value: not null } same)
        {
            Fault("ESC-2", $"{e.Cause} raised escalation {e.Escalation} at version {version}, while {same.Key} was open for it.");
        }
        else if (e.CauseAt is { } at && !_caused.Add((e.Cause, at)))
        {
            Fault("ESC-2", $"{e.Cause}, due at {at:u}, raised a second escalation, {e.Escalation}, at version {version}.");
        }

        _open[e.Escalation] = new Running(e.Cause, e.AcknowledgeBy, null);
    }

    /// <summary>ESC-3, ESC-4: what the deadline clock left over its time, though it looked at the case; each escalation is told of once.</summary>
    private void Looked(Entry entry)
    {
        foreach (var (number, running) in _open.Where(one => one.Value.DueAt <= entry.At && _left.Add(one.Key)))
        {
            Fault(
                running.Holder is null ? "ESC-3" : "ESC-4",
                running.Holder is null
                    ? $"Escalation {number} was to be acknowledged by {running.DueAt:u}, and at {entry.At:u} had neither gone up nor been told again."
                    : $"{running.Holder} held escalation {number} without contact until {running.DueAt:u}, and at {entry.At:u} still had it.");
        }
    }

    private void On(int number, Func<Running, Running> change)
    {
        if (_open.TryGetValue(number, out var running))
        {
            _open[number] = change(running);
        }
    }

    private void Fault(string rule, string detail) => faults.Add(new Fault(stream, rule, detail));

    /// <summary>An open escalation: since when somebody should have answered, and who has it. Old events say no instant.</summary>
    private sealed record Running(string Cause, DateTimeOffset? DueAt, string? Holder);
}
