using Escalation.Grains.Cases;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Escalations;

/// <summary>How a case goes up the ladder by someone's word, and how an escalation is taken and ended.</summary>
internal static class EscalationRules
{
    private const string Word = "word";
    private const string CustomersWord = "customer";

    /// <summary>ESC-1, ESC-2: someone's explicit word; the same word for the same level does not open a second.</summary>
    public static Refused? Escalate(CaseTurn turn, Escalate command)
    {
        var level = command.Level ?? (turn.Case.Level == Level.Management ? Level.Management : turn.Case.Level + 1);
        if (!turn.Case.Escalations.Any(e => e.IsOpen && e.Cause == Word && e.Level == level))
        {
            turn.Emit(new EscalationRaised(turn.Case.Escalations.Length + 1, Word, level, command.Reason));
        }

        return null;
    }

    /// <summary>CUS-8, ESC-1, ESC-2: the customer wants someone higher; asked again while that is open, nothing more happens.</summary>
    public static void CustomerAsks(CaseTurn turn, string? words)
    {
        if (!turn.Case.Escalations.Any(e => e.IsOpen && e.Cause == CustomersWord))
        {
            var level = turn.Case.Level == Level.Management ? Level.Management : turn.Case.Level + 1;
            turn.Emit(new EscalationRaised(turn.Case.Escalations.Length + 1, CustomersWord, level, words));
        }
    }

    public static Refused? Acknowledge(CaseTurn turn, AcknowledgeEscalation command)
    {
        var number = command.Escalation;
        if (number < 1 || number > turn.Case.Escalations.Length)
        {
            return new Refused("escalation.notFound", $"Case {turn.Case.Id} has no escalation {number}.");
        }

        switch (turn.Case.Escalations[number - 1])
        {
            case { IsOpen: false } closed:
                return new Refused("escalation.closed", $"The escalation was closed on {closed.ClosedAt:u}.");
            case { AcknowledgedBy: { } who } when who != turn.Context.By.Id:
                return new Refused("escalation.alreadyAcknowledged", $"{who} acknowledged it already.");
            case { AcknowledgedBy: null }:
                turn.Emit(new EscalationAcknowledged(number));
                break;
        }

        return null;
    }

    public static void CloseAll(CaseTurn turn, string reason)
    {
        foreach (var escalation in turn.Case.Escalations.Where(e => e.IsOpen))
        {
            turn.Emit(new EscalationClosed(escalation.Number, reason));
        }
    }
}
