using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Notices;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Merging;

/// <summary>
/// CASE-8, PRM-5, REG-2: a notice that comes back after its case was merged belongs to the case that goes on: what it alone had met runs
/// there, and a person there is asked. The merged case records it, and an errand carries it over.
/// </summary>
internal static class MergedNoticeRules
{
    /// <summary>True when the case was merged and the case that goes on has to hear that the notice came back.</summary>
    public static bool Hands(CaseTurn turn, Notice notice)
    {
        if (turn.Case.MergedInto is null || notice.Kind is not (NoticeKind.Letter or NoticeKind.Explanation or NoticeKind.Promise))
        {
            return false;
        }

        turn.Emit(new MergedNoticeCameBack(notice.Number));
        return true;
    }

    /// <summary>The clocks of the law that the notice alone had met, as they stand in the merged case.</summary>
    public static ImmutableArray<Clock> OwedBy(Case merged, Notice notice) =>
    [
        .. LetterRules.OwedBy(merged, notice).Select(name => merged.Clocks.First(clock => clock.Name == name)),
    ];

    /// <summary>Once: its clocks run to the due instants that they always had, unless a letter from here meets them, and a person is asked.</summary>
    public static Refused? TakeBack(CaseTurn turn, TakeNoticeBack c)
    {
        if (Refuse(turn) is { } no)
        {
            return no;
        }

        if (turn.Case.TakenBack.Contains(new ReturnedNotice(c.From, c.Notice)))
        {
            return null;
        }

        var owed = c.Clocks.Where(clock => !IsSettled(turn.Case, clock.Name)).ToImmutableArray();
        if (!owed.IsEmpty && !turn.Case.IsOpen && Case.Reopen(turn, new ReopenCase(LetterRules.LetterCameBack)) is not null)
        {
            owed = [];
        }

        turn.Emit(new NoticeTakenBack(c.From, c.Notice, owed));
        foreach (var clock in owed)
        {
            ClockRules.Reopen(turn, clock.Name);
        }

        var promise = c.Promise is { } number ? turn.Case.Promises.ElementAtOrDefault(number - 1) : null;
        if (turn.Case.IsOpen && (owed.Length > 0 || promise is { IsOpen: true }))
        {
            turn.Emit(new CallTaskRaised(turn.Case.CallTasks.Length + 1, promise?.Number, CallTask.NotAccepted));
        }

        return null;
    }

    public static Refused? Settle(CaseTurn turn, SettleNoticeBack c)
    {
        if (Refuse(turn) is { } no)
        {
            return no;
        }

        if (turn.Case.CameBack.ContainsKey(c.Notice))
        {
            turn.Emit(new MergedNoticeCarried(c.Notice));
        }

        return null;
    }

    /// <summary>A clock of that name runs here anyway, or a letter that is proven to have gone out from here meets it.</summary>
    private static bool IsSettled(Case state, string clock) =>
        state.Clocks.Any(own => own.Name == clock && own.IsRunning) ||
        state.Letters.Any(letter => letter.Meets.Contains(clock) && letter.SentAt(state) is not null);

    private static Refused? Refuse(CaseTurn turn) => (turn.Context.By.Roles & Roles.System) == 0
        ? new Refused("case.merge.systemOnly", "Only the platform says what came back to a case that was merged.")
        : null;
}
