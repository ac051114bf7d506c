using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Clocks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Merging;

/// <summary>
/// CASE-8: two cases on one matter become one, in three steps, each of them one append: the case that goes stands still
/// (<see cref="MergeBegun"/>), the case that stays takes everything over or says no, for ever for that attempt
/// (<see cref="CaseTakenOver"/>, <see cref="TakeOverRefused"/>), and the first ends or goes on (<see cref="CaseMerged"/>,
/// <see cref="MergeAbandoned"/>). The second step decides. Nobody waits for anybody: a case that stands still answers at once.
/// </summary>
internal static class MergeRules
{
    /// <summary>The case is to end in another.</summary>
    public static Refused? Begin(CaseTurn turn, MergeCase command)
    {
        if (command.Into == turn.Case.Id)
        {
            return new Refused("case.merge.self", "A case cannot be merged into itself.", "into");
        }

        if (turn.Case.Merged.Any(merged => merged.CaseId == command.Into))
        {
            return new Refused("case.merge.opposite", $"Case {command.Into} was merged into this one already.");
        }

        Case.Settle(turn);
        if (turn.Case.Notices.Any(notice => notice is { State: NoticeState.Decided, FallbackAt: not null }))
        {
            return new Refused("case.merge.noticePending", "The customer is being told of a new date right now. Try again when that has gone out.");
        }

        if (turn.Case.HasErrands)
        {
            return Busy(turn.Case);
        }

        Case.Resume(turn, "merge");
        turn.Emit(new MergeBegun((turn.Case.Merge?.Attempt ?? 0) + 1, command.Into));
        return null;
    }

    /// <summary>
    /// The case that stays takes over what the other has. Of two opposite merges the case with the lower id gets its way: the
    /// other's gives way to it, never the other way round, so exactly one of them wins whichever is heard first.
    /// </summary>
    public static Refused? TakeOver(CaseTurn turn, TakeOverCase command)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("case.merge.systemOnly", "Only the platform hands a case over.");
        }

        var from = command.Content;
        if (turn.Case.AnswerTo(from.Id, command.Attempt) is not null)
        {
            return null;
        }

        if (RefusalOf(turn.Case, from) is { } no)
        {
            turn.Emit(new TakeOverRefused(from.Id, command.Attempt, no.Code, no.Detail));
            return null;
        }

        if (turn.Case.Merge is { State: MergeState.Begun } own)
        {
            turn.Emit(new MergeAbandoned(own.Attempt, "case.merge.opposite", $"Case {from.Opening!.Number} was merged into this one at the same time."));
        }

        Take(turn, from, command.Attempt);
        return null;
    }

    /// <summary>The case that goes hears what the other said.</summary>
    public static Refused? Settle(CaseTurn turn, SettleMerge command)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("case.merge.systemOnly", "Only the platform says what came of a merge.");
        }

        if (turn.Case.Merge is not { State: MergeState.Begun } merge || merge.Attempt != command.Attempt)
        {
            return null;
        }

        if (command.Refusal is { } no)
        {
            turn.Emit(new MergeAbandoned(merge.Attempt, no.Code, no.Detail));
            return null;
        }

        foreach (var approval in turn.Case.Approvals.Where(approval => approval.IsOpen))
        {
            turn.Emit(new ApprovalDropped(approval.Number, "case.merged"));
        }

        foreach (var clock in turn.Case.Clocks.Where(clock => clock.IsRunning))
        {
            turn.Emit(new ClockStopped(clock.Name));
        }

        EscalationRules.CloseAll(turn, "case.merged");
        turn.Emit(new CaseMerged(merge.Attempt, merge.Into, command.Number!.Value, command.Promises!));
        turn.Emit(new CaseClosed(Outcome.Merged, null));
        return null;
    }

    private static Refused? RefusalOf(Case state, Case from) => state switch
    {
        { IsOpen: false } => new Refused("case.merge.closed", $"Case {state.Opening!.Number} is closed. Reopen it first."),
        _ when state.Opening!.CustomerId != from.Opening!.CustomerId => new Refused(
            "case.merge.otherCustomer", $"Case {state.Opening.Number} is another customer's: their promises must not mix."),
        { Merge: { State: MergeState.Begun } own } when own.Into != from.Id => Busy(state),
        { Merge.State: MergeState.Begun } when from.Id.CompareTo(state.Id) > 0 => new Refused(
            "case.merge.opposite", $"Case {state.Opening.Number} is being merged into this one at the same time."),
        _ => null,
    };

    private static Refused Busy(Case state) => new(
        "case.merge.busy", $"Case {state.Opening!.Number} is in the middle of something that ends in a moment. Try again.");

    private static void Take(CaseTurn turn, Case from, int attempt)
    {
        var open = from.Promises.Where(promise => promise.IsOpen).ToList();
        var first = turn.Case.Promises.Length + 1;
        var numbers = open.Select((promise, at) => new MovedPromise(promise.Number, first + at)).ToImmutableArray();
        var concessions = from.Concessions.Where(concession => concession.State is ConcessionState.Made or ConcessionState.Waiting).ToList();
        var firstConcession = turn.Case.Concessions.Length + 1;
        var firstGift = turn.Case.Gifts.Length + 1;
        turn.Emit(new CaseTakenOver(
            from.Id,
            attempt,
            from.Opening!.Number,
            from.Claim,
            numbers,
            [.. open.Select((promise, at) => Wordless(promise, first + at, turn.Case.Round))],
            [.. from.Clocks.Where(clock => IsMoreUrgent(clock, turn.Case))],
            [.. concessions.Select((concession, at) => concession with { Number = firstConcession + at, Reason = null, Approval = null })],
            [.. from.Gifts.Where(gift => gift.State == GiftState.Given).Select((gift, at) => gift with { Number = firstGift + at })],
            new MergedWords(
                [.. open.Select(promise => promise.Text)],
                [.. open.Select(promise => promise.Moves.Select(move => move.Reason).ToImmutableArray())],
                [.. concessions.Select(concession => concession.Reason)])));

        LawRules.TakeOver(turn, from);
        TakePeople(turn, from, numbers);
        var approvals = TakeApprovals(turn, from, numbers, concessions, firstConcession);
        foreach (var escalation in from.Escalations.Where(escalation => escalation.IsOpen && escalation.Cause != Causes.CustomerLevel))
        {
            EscalationRules.Raise(turn, CauseOf(escalation.Cause, from.Opening!.Number, [.. numbers.Select(promise => new MovedPart($":{Promise.IdOf(promise.Was)}", $":{Promise.IdOf(promise.Now)}")), .. approvals]), escalation.Level, escalation.Reason, escalation.CauseAt);
        }
    }

    /// <summary>Owner, heat, claim and cause where they say more than our own; calls that a person still has to make.</summary>
    private static void TakePeople(CaseTurn turn, Case from, ImmutableArray<MovedPromise> numbers)
    {
        if (turn.Case.Claim is null && from.Claim is { } claim)
        {
            turn.Emit(new ClaimSet(claim, null, null));
        }

        if (turn.Case.Owner is null && from.Owner is not null)
        {
            turn.Emit(new OwnerAssigned(from.Owner, null));
        }

        if (from.Heat > turn.Case.Heat)
        {
            turn.Emit(new HeatSet(from.Heat, turn.Case.Heat, null));
        }

        if (turn.Case.CausedBy is null && from.CausedBy is not null)
        {
            turn.Emit(new CauseNamed(from.CausedBy, null));
        }

        if (turn.Case.Apology is null && from.Apology is { IsOwed: true } apology)
        {
            turn.Emit(new ApologyOwed(apology.Owner, apology.Level, apology.DueAt));
        }

        var called = new HashSet<int>();
        foreach (var task in from.CallTasks.Where(task => task.DoneAt is null))
        {
            var promise = task.Promise is { } was ? numbers.FirstOrDefault(number => number.Was == was)?.Now : null;
            if (task.Promise is null || promise is not null || task.Reason != CallTask.SecondDelay)
            {
                turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise, task.Reason));
                _ = promise is { } number && task.Reason == CallTask.SecondDelay && called.Add(number);
            }
        }

        // PRM-8: of a promise that only a person may still save, someone has to be asked here too.
        foreach (var promise in turn.Case.Promises.Where(p => p.PersonCalls && numbers.Any(n => n.Now == p.Number) && !called.Contains(p.Number)))
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.SecondDelay));
        }
    }

    /// <summary>CLM-3: what waits for leave goes on waiting, asked for by the same person and until the same instant.</summary>
    private static List<MovedPart> TakeApprovals(
        CaseTurn turn, Case from, ImmutableArray<MovedPromise> numbers, List<Concession> concessions, int firstConcession)
    {
        var moved = new List<MovedPart>();
        foreach (var approval in from.Approvals.Where(approval => approval.IsOpen))
        {
            var promise = approval.Promise is { } was ? numbers.FirstOrDefault(number => number.Was == was)?.Now : null;
            var at = concessions.FindIndex(concession => concession.Number == approval.Concession);
            if (promise is not null || at >= 0)
            {
                turn.Emit(new ApprovalAsked(
                    turn.Case.Approvals.Length + 1, approval.Kind, approval.Reason, approval.DecideBy, promise, approval.Revision,
                    approval.NewDueAt, approval.Amount, approval.Level, at < 0 ? null : firstConcession + at, approval.AskedBy, approval.Because));
                moved.Add(new MovedPart($":a{approval.Number}", $":a{turn.Case.Approvals.Length}"));
            }
        }

        return moved;
    }

    /// <summary>Of two clocks of one name the nearer due instant holds: what meets it meets the other too.</summary>
    private static bool IsMoreUrgent(Clock clock, Case state) =>
        clock.IsOpen && (state.Clocks.FirstOrDefault(same => same.Name == clock.Name) is not { IsRunning: true } own || own.DueAt > clock.DueAt);

    private static Promise Wordless(Promise promise, int number, int round) => promise with
    {
        Number = number,
        Text = null,
        Round = round,
        Moves = [.. promise.Moves.Select(move => move with { Reason = null })],
    };

    /// <summary>A cause that names a promise or an approval names it by its number here, or as the other case's when it stayed there.</summary>
    private static string CauseOf(string cause, long number, List<MovedPart> moved)
    {
        foreach (var part in moved)
        {
            if (cause.EndsWith(part.Was, StringComparison.Ordinal))
            {
                return $"{cause[..^part.Was.Length]}{part.Now}";
            }
        }

        var colon = cause.LastIndexOf(':');
        return colon >= 0 && cause[(colon + 1)..] is ['p' or 'a', >= '0' and <= '9', ..] ? $"{cause}@{number}" : cause;
    }

    /// <summary>How causes end that name a part of a case: there and here.</summary>
    private sealed record MovedPart(string Was, string Now);
}
