using System.Globalization;
using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Notices;
using Escalation.Grains.Statutory;
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
            return new Refused("promise.dueInPast", $"A promise needs a due instant in the future; {command.DueAt:u} has passed.", "dueAt")
                .Naming(("at", CodedSentence.At(command.DueAt)));
        }

        Add(turn, command.Text, command.DueAt, command.Owner, command.OutsideLaw);
        NoticeRules.Promised(turn, turn.Case.Promises[^1]);
        return null;
    }

    /// <summary>REG-1: a letter of the law promises something; the customer reads of it there.</summary>
    public static void MakeByLetter(CaseTurn turn, string text, DateTimeOffset dueAt) => Add(turn, text, dueAt, null, outsideLaw: true);

    private static void Add(CaseTurn turn, string text, DateTimeOffset dueAt, string? by, bool outsideLaw)
    {
        var owner = by ?? turn.Case.Owner ?? turn.Context.By.Id;
        var sendBy = SendBy.Of(turn.Now, dueAt, turn.Case.TimeZone, turn.Context.Policy.Promises);
        turn.Emit(new PromiseMade(turn.Case.Promises.Length + 1, text, owner, dueAt, sendBy, AskAt(turn, sendBy), outsideLaw));
    }

    /// <summary>
    /// PRM-3, PRM-4: a person gives the reason and the new date. A second delay by someone who may not decide it alone
    /// waits for a supervisor.
    /// </summary>
    public static Refused? Explain(CaseTurn turn, ExplainDelay command)
    {
        if (Find(turn, command.Promise, out var promise) is { } refused)
        {
            return refused;
        }

        if (RefuseMove(turn, promise, command.NewDueAt) is { } no)
        {
            return no;
        }

        if (promise.Revision >= 1 && !turn.Context.By.IsSupervisor)
        {
            return ApprovalRules.AskSecondDelay(turn, promise, command);
        }

        Move(turn, promise, command.Reason, command.NewDueAt, automatic: false);
        return null;
    }

    /// <summary>PRM-4: why the promise cannot be moved to <paramref name="newDueAt"/> now; null when it can.</summary>
    public static Refused? RefuseMove(CaseTurn turn, Promise promise, DateTimeOffset newDueAt)
    {
        var policy = turn.Context.Policy.Promises;
        switch (promise)
        {
            case { IsOpen: false }:
                return new Refused("promise.notOpen", $"Promise {promise.Id} is {Word(promise)} and can no longer be moved. Make a new one.");
            case var p when turn.Now >= p.DueAt:
                return new Refused("promise.pastDue", $"Promise {promise.Id} was due at {promise.DueAt:u}. Keep it, or make a new one.")
                    .Naming(("at", CodedSentence.At(promise.DueAt)));
            case var p when p.Revision >= policy.MoveLimit:
                return new Refused("promise.moveLimit", $"Promise {promise.Id} was moved {promise.Revision} times, the limit. A person must call the customer.")
                    .Naming(("count", promise.Revision.ToString(CultureInfo.InvariantCulture)));
        }

        if (newDueAt <= turn.Now)
        {
            return new Refused("promise.dueInPast", $"The new date must be in the future; {newDueAt:u} has passed.", "newDueAt")
                .Naming(("at", CodedSentence.At(newDueAt)));
        }

        return newDueAt <= promise.DueAt
            ? new Refused("promise.notLater", $"The new date must be later than {promise.DueAt:u}, the one that the customer has.", "newDueAt")
                .Naming(("at", CodedSentence.At(promise.DueAt)))
            : null;
    }

    /// <summary>
    /// PRM-3: someone says that it will be kept in time. The asking ends, and the platform holds its own explanation back
    /// until the last call; a confirmed promise that is not kept by then is explained like any other.
    /// </summary>
    public static Refused? Confirm(CaseTurn turn, ConfirmPromise command)
    {
        if (Find(turn, command.Promise, out var promise) is { } refused)
        {
            return refused;
        }

        if (!promise.IsOpen || turn.Now >= promise.DueAt)
        {
            return new Refused("promise.notOpen", $"Promise {promise.Id} is {Word(promise)}; there is nothing to confirm.");
        }

        if (promise.PersonCalls)
        {
            return new Refused("promise.personCalls", $"Promise {promise.Id} was moved before and its time to explain has passed: a person must call the customer.");
        }

        if (promise.ConfirmedAt is null)
        {
            ApprovalRules.Drop(turn, promise.Number, "promise.confirmed");
            turn.Emit(new PromiseConfirmed(promise.Number, promise.Revision, SendBy.LastCall(
                promise.SendBy, promise.DueAt, turn.Case.TimeZone, turn.Context.Policy.Promises)));
        }

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
        Conclude(turn, promise, "promise.kept");
        NoticeRules.Kept(turn, promise);
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
        Conclude(turn, promise, "promise.withdrawn");
        return null;
    }

    /// <summary>
    /// What the platform does by itself: ask the owner, explain at send-by, ask a person for a second delay, note that a
    /// customer did not answer, lapse at due.
    /// </summary>
    public static void Fire(CaseTurn turn)
    {
        foreach (var promise in turn.Case.Promises.Where(promise => promise.NextAt <= turn.Now).OrderBy(promise => promise.DueAt))
        {
            if (turn.Now >= promise.DueAt)
            {
                Lapse(turn, promise);
                continue;
            }

            AnswerRules.FireUnanswered(turn, promise);
            if (promise.PersonCalls || !turn.Case.Promises[promise.Number - 1].IsOpen)
            {
                continue;
            }

            if (turn.Now < promise.SendBy)
            {
                Ask(turn, promise);
            }
            else if (promise.Revision == 0)
            {
                var texts = turn.Context.Policy.Texts.For(turn.Case.Language);
                var policy = turn.Context.Policy.Promises;
                var newDueAt = SendBy.SameTimeLater(promise.DueAt, policy.AutomaticMoveDays, turn.Case.TimeZone, policy.Calendar);
                Move(turn, promise, texts.ReasonFor(turn.Case.Opening!.Type), newDueAt, automatic: true);
            }
            else
            {
                turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.SecondDelay));
                Escalate(turn, promise, Causes.SecondDelay, turn.Ladder.Causes.SecondDelay);
            }
        }
    }

    /// <summary>PRM-3, PRM-4: the promise gets its new date, and the customer is told and asked (PRM-6).</summary>
    public static void Move(CaseTurn turn, Promise promise, string reason, DateTimeOffset newDueAt, bool automatic)
    {
        var sendBy = SendBy.Of(turn.Now, newDueAt, turn.Case.TimeZone, turn.Context.Policy.Promises);
        var law = LawRules.DelayOf(turn, promise, newDueAt);
        var canAsk = law is null ? NoticeRules.CanWrite(turn) : NoticeRules.CanWriteAtLength(turn);
        turn.Emit(new PromiseExplained(
            promise.Number, promise.Revision + 1, reason, promise.DueAt, newDueAt, sendBy, automatic,
            AskAt(turn, sendBy), canAsk ? promise.DueAt.AddDays(law?.Rule.WaitDays ?? 0) : null, law?.Rule.Means));
        NoticeRules.Explain(turn, turn.Case.Promises[promise.Number - 1], reason, promise.DueAt, law);
        Conclude(turn, promise, "promise.explained");
    }

    /// <summary>PRM-4: a new date was denied, so the question to the owner stands again.</summary>
    public static void AskAgain(CaseTurn turn, Promise promise)
    {
        if (!promise.PersonCalls && turn.Now < promise.SendBy)
        {
            turn.Emit(new PromiseOwnerAsked(promise.Number, promise.Revision, promise.Owner, HalfWay(turn.Now, promise.SendBy)));
        }
    }

    /// <summary>What hung on the promise's old state no longer does: escalations and approvals about it end.</summary>
    public static void Conclude(CaseTurn turn, Promise promise, string reason)
    {
        ApprovalRules.Drop(turn, promise.Number, reason);
        foreach (var escalation in turn.Case.Escalations.Where(e => e.IsOpen && e.Cause.EndsWith($":{promise.Id}", StringComparison.Ordinal)))
        {
            turn.Emit(new EscalationClosed(escalation.Number, reason));
        }
    }

    /// <summary>PRM-3: the owner is asked; silent for half of the time that is left, supervisors see it.</summary>
    private static void Ask(CaseTurn turn, Promise promise)
    {
        if (promise is { Ask: AskState.Ahead, AskAt: { } askAt } && askAt <= turn.Now)
        {
            turn.Emit(new PromiseOwnerAsked(promise.Number, promise.Revision, promise.Owner, HalfWay(askAt, promise.SendBy)));
            promise = turn.Case.Promises[promise.Number - 1];
        }

        if (promise.Ask == AskState.Asked && promise.ReactBy <= turn.Now)
        {
            turn.Emit(new PromiseOwnerSilent(promise.Number, promise.Revision));
        }
    }

    private static DateTimeOffset AskAt(CaseTurn turn, DateTimeOffset sendBy) =>
        SendBy.AskAt(turn.Now, sendBy, turn.Case.TimeZone, turn.Context.Policy.Promises);

    private static DateTimeOffset HalfWay(DateTimeOffset from, DateTimeOffset to) => (from + ((to - from) / 2)).ToMicroseconds();

    /// <summary>PRM-8: recorded, escalated to head, and a person has to call.</summary>
    private static void Lapse(CaseTurn turn, Promise promise)
    {
        turn.Emit(new PromiseLapsed(promise.Number, promise.DueAt, Silently: !promise.PersonCalls));
        LawRules.Lapsed(turn, promise);
        ApprovalRules.Drop(turn, promise.Number, "promise.lapsed");
        Escalate(turn, promise, Causes.PromiseLapsed, turn.Ladder.Causes.PromiseLapsed);
        turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise.Number, CallTask.Lapsed));
    }

    private static void Escalate(CaseTurn turn, Promise promise, string cause, AskedLevel level) =>
        EscalationRules.Raise(turn, $"{cause}:{promise.Id}", level, promise.Text, promise.DueAt);

    /// <summary>What has become of a promise that can no longer be changed.</summary>
    public static string Word(Promise promise) => promise.State switch
    {
        PromiseState.Open => "past due",
        PromiseState.Explained => "past due",
        PromiseState.Kept => "kept",
        PromiseState.Withdrawn => "withdrawn",
        PromiseState.Lapsed => "lapsed",
        PromiseState.Merged => "in another case now",
    };

    public static Refused? Find(CaseTurn turn, int number, out Promise promise)
    {
        promise = number >= 1 && number <= turn.Case.Promises.Length ? turn.Case.Promises[number - 1] : null!;
        return promise is null
            ? new Refused("promise.notFound", $"Case {turn.Case.Id} has no promise p{number}.")
            : null;
    }
}
