using Escalation.Grains.Cases;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Approvals;

/// <summary>How leave is asked for and given (PRM-4, CLM-3): nobody approves what they asked for.</summary>
internal static class ApprovalRules
{
    /// <summary>PRM-4: a second delay waits for a supervisor; asked twice for the same, it is asked once.</summary>
    public static Refused? AskSecondDelay(CaseTurn turn, Promise promise, ExplainDelay command)
    {
        var number = turn.Case.Approvals.Length + 1;
        switch (turn.Case.Approvals.FirstOrDefault(approval => approval.IsOpen && approval.Promise == promise.Number))
        {
            case { } same when same.Reason == command.Reason && same.NewDueAt == command.NewDueAt && same.AskedBy == turn.Context.By.Id:
                return null;
            case { } other:
                return new Refused(
                    "approval.waiting",
                    $"A new date for {promise.Id}, {other.NewDueAt:u}, waits for a supervisor already, asked for by {other.AskedBy}.");
        }

        var decideBy = promise.SendBy > turn.Now && !promise.PersonCalls ? promise.SendBy : promise.DueAt;
        turn.Emit(new ApprovalAsked(
            number, ApprovalKind.SecondDelay, command.Reason, decideBy, promise.Number, promise.Revision, command.NewDueAt));
        return null;
    }

    /// <summary>One decision each, by someone else than who asked, who may; a no needs a reason that can be told.</summary>
    public static Refused? Decide(CaseTurn turn, DecideApproval command)
    {
        if (command.Approval < 1 || command.Approval > turn.Case.Approvals.Length)
        {
            return new Refused("approval.notFound", $"Case {turn.Case.Id} has no approval {command.Approval}.");
        }

        var approval = turn.Case.Approvals[command.Approval - 1];
        switch (approval)
        {
            case { State: ApprovalState.Dropped }:
                return new Refused("approval.dropped", $"There is nothing left to decide: {approval.DecisionReason}.");
            case { IsOpen: false } when approval.DecidedBy == turn.Context.By.Id && (approval.State == ApprovalState.Approved) == command.Approve:
                return null;
            case { IsOpen: false }:
                return new Refused(
                    "approval.decided",
                    $"{approval.DecidedBy} {(approval.State == ApprovalState.Approved ? "approved" : "denied")} it already, at {approval.DecidedAt:u}.");
        }

        if (!turn.Context.By.IsSupervisor)
        {
            return new Refused("approval.needsSupervisor", "Only a supervisor decides an approval.");
        }

        if (approval.AskedBy == turn.Context.By.Id)
        {
            return new Refused("approval.ownRequest", $"{approval.AskedBy} asked for it, so someone else has to decide it.");
        }

        if (!command.Approve && string.IsNullOrWhiteSpace(command.Reason))
        {
            return new Refused("approval.reasonNeeded", "A denial needs a reason.", "reason");
        }

        return approval.Kind switch
        {
            ApprovalKind.SecondDelay => DecideSecondDelay(turn, approval, command),
        };
    }

    /// <summary>What the open approvals of a promise asked for is over.</summary>
    public static void Drop(CaseTurn turn, int promise, string reason)
    {
        foreach (var approval in turn.Case.Approvals.Where(approval => approval.IsOpen && approval.Promise == promise))
        {
            turn.Emit(new ApprovalDropped(approval.Number, reason));
        }
    }

    private static Refused? DecideSecondDelay(CaseTurn turn, Approval approval, DecideApproval command)
    {
        var promise = turn.Case.Promises[approval.Promise!.Value - 1];
        if (command.Approve && PromiseRules.RefuseMove(turn, promise, approval.NewDueAt!.Value) is { } outdated)
        {
            return outdated with { Field = null };
        }

        turn.Emit(new ApprovalDecided(approval.Number, command.Approve, command.Reason));
        if (command.Approve)
        {
            PromiseRules.Move(turn, promise, approval.Reason ?? "", approval.NewDueAt!.Value, automatic: false);
        }
        else
        {
            PromiseRules.AskAgain(turn, promise);
        }

        return null;
    }
}
