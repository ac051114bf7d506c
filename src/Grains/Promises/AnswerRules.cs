using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Promises;

/// <summary>PRM-6: what the customer says to a new date, and what their silence means. It is never a yes.</summary>
internal static class AnswerRules
{
    /// <summary>
    /// The customer answers the latest explanation. They may change their mind for as long as the promise is open; an
    /// older explanation can no longer be answered.
    /// </summary>
    public static Refused? Answer(CaseTurn turn, AnswerDelay command)
    {
        if (PromiseRules.Find(turn, command.Promise, out var promise) is { } refused)
        {
            return refused;
        }

        var move = promise.Moves.LastOrDefault();
        var repeated = move is not null && move.Answer == command.Answer && (command.Revision ?? promise.Revision) == promise.Revision;
        if (repeated)
        {
            return null;
        }

        if (!promise.IsOpen || turn.Now >= promise.DueAt)
        {
            return new Refused("promise.notOpen", $"Promise {promise.Id} is {PromiseRules.Word(promise)}: there is no new date to answer.");
        }

        if (move is null)
        {
            return new Refused("promise.notMoved", $"Promise {promise.Id} has its first date: there is no new date to answer.");
        }

        if (command.Revision is { } revision && revision != promise.Revision)
        {
            return new Refused(
                "promise.answer.superseded", $"The answer is to date {revision} of promise {promise.Id}, which has moved since, to {promise.DueAt:u}.");
        }

        Case.Contacted(turn, Direction.FromCustomer, command.Channel, null);
        turn.Emit(new DelayAnswered(promise.Number, promise.Revision, command.Answer));
        switch (command.Answer)
        {
            case CustomerAnswer.Fine:
                break;
            case CustomerAnswer.CallMe:
                RaiseHeat(turn);
                AskToCall(turn, promise.Number, CallTask.CallMe);
                break;
            case CustomerAnswer.Cancel:
                turn.Emit(new PromiseWithdrawn(promise.Number, null, ByCustomer: true));
                PromiseRules.Conclude(turn, promise, "promise.withdrawn");
                LawRules.Cancelled(turn, promise);
                AskToCall(turn, promise.Number, CallTask.Cancelled);
                break;
        }

        return null;
    }

    /// <summary>The time to answer went by. A second delay without a word has to be talked about, unless a law settles it (REG-1).</summary>
    public static void FireUnanswered(CaseTurn turn, Promise promise)
    {
        if (promise.AnswerDueAt is not { } answerBy || turn.Now < answerBy)
        {
            return;
        }

        var silence = promise.Moves[^1].Silence;
        turn.Emit(new DelayUnanswered(promise.Number, promise.Revision, silence));
        switch (silence)
        {
            case Silence.Cancels:
                turn.Emit(new PromiseWithdrawn(promise.Number, null, ByLaw: true));
                PromiseRules.Conclude(turn, promise, "promise.withdrawn");
                LawRules.Cancelled(turn, promise);
                AskToCall(turn, promise.Number, CallTask.CancelledBySilence);
                break;
            case null when promise.Revision >= 2:
                AskToCall(turn, promise.Number, CallTask.NoAnswer);
                break;
            case Silence.Consents or null:
                break;
        }
    }

    /// <summary>A person has to call; asked for the same reason again while that is open, nothing more happens.</summary>
    public static void AskToCall(CaseTurn turn, int? promise, string reason)
    {
        if (!turn.Case.CallTasks.Any(task => task.DoneAt is null && task.Promise == promise && task.Reason == reason))
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise, reason));
        }
    }

    /// <summary>One step hotter, at most heated: what is hotter still is for people to judge.</summary>
    private static void RaiseHeat(CaseTurn turn)
    {
        if (turn.Case.Heat < Heat.Heated)
        {
            turn.Emit(new HeatSet(turn.Case.Heat + 1, turn.Case.Heat, null));
        }
    }
}
