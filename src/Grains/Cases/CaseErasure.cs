using Escalation.Grains.Approvals;
using Escalation.Grains.Notices;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Cases;

/// <summary>CUS-7: a case forgets whose it is.</summary>
internal static class CaseErasure
{
    /// <summary>The reason of a notice that is not sent because there is nobody to send it to.</summary>
    private const string Erased = "customer.erased";

    /// <summary>
    /// Notices that wait are dropped and say why; of a new date that is told to nobody, a person hears. Links open nothing any more.
    /// </summary>
    public static Refused? Erase(CaseTurn turn)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("case.erase.platformOnly", "A case is erased with its customer.");
        }

        foreach (var notice in turn.Case.Notices.Where(notice => notice.State == NoticeState.Decided))
        {
            turn.Emit(new NoticeDropped(notice.Number, Erased));
            if (turn.Case.IsOpen && notice is { Kind: NoticeKind.Explanation, Promise: { } promise } && turn.Case.Promises[promise - 1].IsOpen)
            {
                turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise, CallTask.NoChannel));
            }
        }

        turn.Emit(new CaseErased(Math.Min(turn.Case.LinkGeneration + 1, ushort.MaxValue)));
        return null;
    }

    /// <summary>The case as its history reads without anything personal.</summary>
    public static Case Nameless(Case state) => state with
    {
        Opening = state.Opening! with { Customer = null, Summary = null },
        Promises = [.. state.Promises.Select(promise => promise with
        {
            Text = null,
            Moves = [.. promise.Moves.Select(move => move with { Reason = null })],
        })],
        Options = [.. state.Options.Select(option => option with { Text = null })],
        Escalations = [.. state.Escalations.Select(escalation => escalation with { Reason = null })],
        Notices = [.. state.Notices.Select(notice => notice with
        {
            To = null,
            Subject = null,
            Body = null,
            Short = null,
            Reason = notice.State == NoticeState.Dropped ? notice.Reason : null,
        })],
        Approvals = [.. state.Approvals.Select(approval => approval with
        {
            Reason = null,
            DecisionReason = approval.State == ApprovalState.Dropped ? approval.DecisionReason : null,
        })],
        Letters = [.. state.Letters.Select(letter => letter with { Evidence = null })],
        Concessions = [.. state.Concessions.Select(concession => concession with { Reason = null })],
        Apology = state.Apology is { } apology ? apology with { Text = null } : null,
    };
}
