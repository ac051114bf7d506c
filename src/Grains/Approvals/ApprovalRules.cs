using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Escalations;
using Escalation.Grains.Policies;
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
                    $"A new date for {promise.Id}, {other.NewDueAt:u}, waits for a supervisor already, asked for by {turn.Context.Policy.NameOf(other.AskedBy)}.")
                    .Naming(("date", CodedSentence.At(other.NewDueAt ?? promise.DueAt)), ("person", turn.Context.Policy.NameOf(other.AskedBy)));
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
                    $"{turn.Context.Policy.NameOf(approval.DecidedBy!)} {(approval.State == ApprovalState.Approved ? "approved" : "denied")} it already, at {approval.DecidedAt:u}.")
                    .Naming(("person", turn.Context.Policy.NameOf(approval.DecidedBy!)), ("at", CodedSentence.At(approval.DecidedAt ?? turn.Now)));
        }

        if (!turn.Context.By.IsSupervisor)
        {
            return new Refused("approval.needsSupervisor", "Only a supervisor decides an approval.");
        }

        if (approval.AskedBy == turn.Context.By.Id)
        {
            return new Refused("approval.ownRequest", $"{turn.Context.Policy.NameOf(approval.AskedBy)} asked for it, so someone else has to decide it.");
        }

        if (!command.Approve && string.IsNullOrWhiteSpace(command.Reason))
        {
            return new Refused("approval.reasonNeeded", "A denial needs a reason.", "reason");
        }

        return approval.Kind switch
        {
            ApprovalKind.SecondDelay => DecideSecondDelay(turn, approval, command),
            ApprovalKind.Concession => DecideConcession(turn, approval, command),
        };
    }

    /// <summary>CLM-3: money that is beyond the authority of who asks waits for <paramref name="level"/>, on that level's clock.</summary>
    public static void AskConcession(CaseTurn turn, Concession concession, Level level, string? because)
    {
        turn.Emit(new ApprovalAsked(
            turn.Case.Approvals.Length + 1, ApprovalKind.Concession, concession.Reason, DecideBy(turn, level),
            Amount: concession.Amount, Level: level, Concession: concession.Number, AskedBy: concession.AskedBy, Because: because));
        EscalationRules.Raise(turn, Causes.ClaimAboveAuthority, turn.Ladder.Causes.ClaimAboveAuthority, because);
    }

    /// <summary>CLM-3: not decided in time, it goes to the next who may; at the top it is told again, and shows as an escalation.</summary>
    public static void Fire(CaseTurn turn)
    {
        foreach (var approval in turn.Case.Approvals.Where(a => a is { IsOpen: true, Kind: ApprovalKind.Concession } && a.DecideBy <= turn.Now))
        {
            var level = approval.Level ?? Level.Head;
            var whole = ClaimRules.Whole(turn.Case, approval.Amount!);
            var next = turn.Context.Policy.Authority.After(level, whole, turn.Case.Opening!.Site);
            turn.Emit(new ApprovalPassedOn(approval.Number, next, DecideBy(turn, next)));
            if (level == Level.Management)
            {
                EscalationRules.Raise(turn, OverdueCause(approval), Level.Management, $"{AuthorityBook.Text(approval.Amount!)}, asked for by {turn.Context.Policy.NameOf(approval.AskedBy)}, waits to be decided.");
            }
        }
    }

    /// <summary>ESC-5: what was overdue no longer is.</summary>
    public static void EndOverdue(CaseTurn turn, Approval approval, string reason)
    {
        EscalationRules.CloseCause(turn, OverdueCause(approval), reason);
        EscalationRules.CloseCause(turn, Causes.ClaimAboveAuthority, reason);
    }

    /// <summary>What the open approvals of a promise asked for is over.</summary>
    public static void Drop(CaseTurn turn, int promise, string reason)
    {
        foreach (var approval in turn.Case.Approvals.Where(approval => approval.IsOpen && approval.Promise == promise))
        {
            turn.Emit(new ApprovalDropped(approval.Number, reason));
        }
    }

    private static string OverdueCause(Approval approval) => $"approval.overdue:a{approval.Number}";

    private static DateTimeOffset DecideBy(CaseTurn turn, Level level)
    {
        var authority = turn.Context.Policy.Authority;
        return WorkingDue.Of(turn, authority.ApprovalCalendar, authority.DecideWithin.GetValueOrDefault(level, TimeSpan.FromHours(4)));
    }

    /// <summary>CLM-3: only within the approver's own authority, or that of whom they stand in for.</summary>
    private static Refused? DecideConcession(CaseTurn turn, Approval approval, DecideApproval command)
    {
        var authority = turn.Context.Policy.Authority;
        var site = turn.Case.Opening!.Site;
        var level = authority.LevelOf(turn.Context.By, turn.Now);
        var concession = turn.Case.Concessions[approval.Concession!.Value - 1];
        var whole = ClaimRules.Whole(turn.Case, concession.Amount);
        if (!authority.Covers(whole, site, level) || level < approval.Needed)
        {
            var who = level < approval.Needed ? approval.Needed.Value : authority.LowestAbove(level, whole, site) ?? Level.Management;
            return new Refused(
                "approval.beyondAuthority",
                $"You decide up to {authority.LimitText(whole.Currency, site, level)} for a case. {approval.Because} {turn.Context.Policy.WhoIs(who)} could decide.")
                .Naming(("limit", authority.LimitText(whole.Currency, site, level)), ("level", CodedSentence.Of(who)));
        }

        turn.Emit(new ApprovalDecided(approval.Number, command.Approve, command.Reason));
        EndOverdue(turn, approval, "approval.decided");
        if (command.Approve)
        {
            ClaimRules.Clear(turn, concession.Number, level);
        }
        else
        {
            turn.Emit(new ConcessionRefused(concession.Number, "approval.denied"));
        }

        return null;
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
