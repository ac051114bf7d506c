using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Promises;

/// <summary>How promises are made, guarded, moved, kept and, if all fails, lapse with a noise (PRM-1 to PRM-8).</summary>
internal static class PromiseRules
{
    /// <summary>PRM-1.</summary>
    public static Refused? Make(CaseTurn turn, MakePromise command)
    {
        if (command.DueAt <= turn.Now)
        {
            return new Refused("promise.dueInPast", $"A promise needs a due instant in the future; {command.DueAt:u} has passed.", "dueAt");
        }

        var owner = command.Owner ?? turn.Case.Owner ?? turn.Context.By.Id;
        var sendBy = SendBy.Of(turn.Now, command.DueAt, turn.Case.TimeZone, turn.Context.Policy.Promises);
        turn.Emit(new PromiseMade(turn.Case.Promises.Length + 1, command.Text, owner, command.DueAt, sendBy));
        return null;
    }

    /// <summary>PRM-3, PRM-4: a person gives the reason and the new date.</summary>
    public static Refused? Explain(CaseTurn turn, ExplainDelay command)
    {
        var policy = turn.Context.Policy.Promises;
        if (Find(turn, command.Promise, out var promise) is { } refused)
        {
            return refused;
        }

        switch (promise)
        {
            case { IsOpen: false }:
                return new Refused("promise.notOpen", $"Promise {promise.Id} is {Word(promise)} and can no longer be moved. Make a new one.");
            case var p when turn.Now >= p.DueAt:
                return new Refused("promise.pastDue", $"Promise {promise.Id} was due at {promise.DueAt:u}. Keep it, or make a new one.");
            case var p when p.Revision >= policy.MoveLimit:
                return new Refused("promise.moveLimit", $"Promise {promise.Id} was moved {promise.Revision} times, the limit. A person must call the customer.");
            case { Revision: >= 1 } when !turn.Context.By.IsSupervisor:
                return new Refused("promise.needsSupervisor", $"Promise {promise.Id} was moved before: a second delay needs a supervisor's approval.");
        }

        if (command.NewDueAt <= turn.Now)
        {
            return new Refused("promise.dueInPast", $"The new date must be in the future; {command.NewDueAt:u} has passed.", "newDueAt");
        }

        if (command.NewDueAt <= promise.DueAt)
        {
            return new Refused("promise.notLater", $"The new date must be later than {promise.DueAt:u}, the one that the customer has.", "newDueAt");
        }

        Move(turn, promise, command.Reason, command.NewDueAt, automatic: false);
        return null;
    }

    /// <summary>PRM-7: kept needs a word of evidence; after due it lapsed first.</summary>
    public static Refused? Keep(CaseTurn turn, KeepPromise command)
    {
        if (Find(turn, command.Promise, out var promise) is { } refused)
        {
            return refused;
        }

        if (promise.State == PromiseState.Withdrawn)
        {
            return new Refused("promise.notOpen", $"Promise {promise.Id} was withdrawn.");
        }

        if (promise.EndedAt is not null)
        {
            return null;
        }

        if (promise.IsOpen && turn.Now >= promise.DueAt)
        {
            Lapse(turn, promise);
        }

        turn.Emit(new PromiseKept(promise.Number, command.Evidence, Late: turn.Now >= promise.DueAt));
        CloseEscalations(turn, promise, "promise.kept");
        return null;
    }

    public static Refused? Withdraw(CaseTurn turn, WithdrawPromise command)
    {
        if (Find(turn, command.Promise, out var promise) is { } refused)
        {
            return refused;
        }

        if (promise.State == PromiseState.Withdrawn)
        {
            return null;
        }

        if (!promise.IsOpen || turn.Now >= promise.DueAt)
        {
            return new Refused("promise.notOpen", $"Promise {promise.Id} is {Word(promise)} and can no longer be withdrawn.");
        }

        turn.Emit(new PromiseWithdrawn(promise.Number, command.Reason));
        CloseEscalations(turn, promise, "promise.withdrawn");
        return null;
    }

    /// <summary>What the platform does by itself: explain at send-by, ask a person for a second delay, lapse at due.</summary>
    public static void Fire(CaseTurn turn)
    {
        foreach (var promise in turn.Case.Promises.Where(promise => promise.NextAt <= turn.Now).OrderBy(promise => promise.DueAt))
        {
            if (turn.Now >= promise.DueAt)
            {
                Lapse(turn, promise);
            }
            else if (promise.Revision == 0)
            {
                var texts = turn.Context.Policy.Texts.For(turn.Case.Language);
                var policy = turn.Context.Policy.Promises;
                var newDueAt = SendBy.SameTimeLater(promise.DueAt, policy.AutomaticMoveDays, turn.Case.TimeZone);
                Move(turn, promise, texts.ReasonFor(turn.Case.Opening!.Type), newDueAt, automatic: true);
            }
            else
            {
                turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.SecondDelay));
                Escalate(turn, promise, "promise.secondDelay", AboveOf(turn.Case.Level));
            }
        }
    }

    private static void Move(CaseTurn turn, Promise promise, string reason, DateTimeOffset newDueAt, bool automatic)
    {
        var sendBy = SendBy.Of(turn.Now, newDueAt, turn.Case.TimeZone, turn.Context.Policy.Promises);
        turn.Emit(new PromiseExplained(
            promise.Number, promise.Revision + 1, reason, promise.DueAt, newDueAt, sendBy, automatic));
        NoticeRules.Explain(turn, turn.Case.Promises[promise.Number - 1], reason, promise.DueAt);
        CloseEscalations(turn, promise, "promise.explained");
    }

    /// <summary>PRM-8: recorded, escalated to head, and a person has to call.</summary>
    private static void Lapse(CaseTurn turn, Promise promise)
    {
        turn.Emit(new PromiseLapsed(promise.Number, promise.DueAt, Silently: !promise.PersonCalls));
        Escalate(turn, promise, "promise.lapsed", Level.Head);
        turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.Lapsed));
    }

    private static void Escalate(CaseTurn turn, Promise promise, string cause, Level level) =>
        turn.Emit(new EscalationRaised(turn.Case.Escalations.Length + 1, $"{cause}:{promise.Id}", level, promise.Text));

    private static void CloseEscalations(CaseTurn turn, Promise promise, string reason)
    {
        foreach (var escalation in turn.Case.Escalations.Where(e => e.IsOpen && e.Cause.EndsWith($":{promise.Id}", StringComparison.Ordinal)))
        {
            turn.Emit(new EscalationClosed(escalation.Number, reason));
        }
    }

    private static Level AboveOf(Level level) => level == Level.Management ? level : level + 1;

    private static string Word(Promise promise) => promise.State switch
    {
        PromiseState.Open => "past due",
        PromiseState.Explained => "past due",
        PromiseState.Kept => "kept",
        PromiseState.Withdrawn => "withdrawn",
        PromiseState.Lapsed => "lapsed",
    };

    private static Refused? Find(CaseTurn turn, int number, out Promise promise)
    {
        promise = number >= 1 && number <= turn.Case.Promises.Length ? turn.Case.Promises[number - 1] : null!;
        return promise is null
            ? new Refused("promise.notFound", $"Case {turn.Case.Id} has no promise p{number}.")
            : null;
    }
}
