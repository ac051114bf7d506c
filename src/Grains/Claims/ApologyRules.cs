using Escalation.Grains.Cases;
using Escalation.Grains.Escalations;
using Escalation.Grains.Policies;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Claims;

/// <summary>CLM-5: who owes the customer an apology, and by when.</summary>
internal static class ApologyRules
{
    public const string Overdue = "apology.overdue";

    /// <summary>Names who caused the conflict; null takes it back.</summary>
    public static Refused? NameCause(CaseTurn turn, NameCause command)
    {
        if (turn.Case.CausedBy != command.CausedBy)
        {
            turn.Emit(new CauseNamed(command.CausedBy, turn.Case.CausedBy));
        }

        return null;
    }

    /// <summary>
    /// Owed by the one who caused the conflict; above the agent's limit or at heat public, by head or management. What was
    /// owed goes up with heat or claim, and its clock runs on.
    /// </summary>
    public static void Judge(CaseTurn turn)
    {
        if (turn.Case is not { CausedBy: { } cause } || turn.Case.Apology is { IsOwed: false })
        {
            return;
        }

        var level = LevelOf(turn);
        var owner = level >= Level.Head ? null : cause;
        switch (turn.Case.Apology)
        {
            case null:
                turn.Emit(new ApologyOwed(owner, level, DueAt(turn)));
                break;
            case { } owed when owed.Level < level || (owed.Level < Level.Head && owed.Owner != owner):
                turn.Emit(new ApologyOwed(owner, level > owed.Level ? level : owed.Level, owed.DueAt));
                break;
        }
    }

    public static Refused? Apologize(CaseTurn turn, Apologize command)
    {
        if (turn.Case.Apology is { IsOwed: false } given)
        {
            return given.GivenBy == (command.By ?? turn.Context.By.Id)
                ? null
                : new Refused("apology.given", $"{turn.Context.Policy.NameOf(given.GivenBy!)} apologised already, at {given.GivenAt:u}.")
                    .Naming(("person", turn.Context.Policy.NameOf(given.GivenBy!)), ("at", CodedSentence.At(given.GivenAt ?? turn.Now)));
        }

        var authority = turn.Context.Policy.Authority;
        var sender = authority.LevelOf(turn.Context.By, turn.Now);
        var by = command.By ?? turn.Context.By.Id;
        var level = turn.Case.Apology?.Level ?? LevelOf(turn);
        var bySelf = by == turn.Context.By.Id;
        var owner = turn.Case.Apology?.Owner;
        if (level >= Level.Head && !(bySelf ? sender >= Level.Head : authority.LevelOf(new Actor(by, Roles.None), turn.Now) >= Level.Head || sender >= Level.Head))
        {
            return new Refused("apology.needsHead", $"This apology is for {turn.Context.Policy.WhoIs(Level.Head)} or {turn.Context.Policy.WhoIs(Level.Management)} to give: {WhyHigh(turn)}.");
        }

        if (level < Level.Head && owner is not null && by != owner && sender < Level.Head)
        {
            return new Refused("apology.owedByAnother", $"{turn.Context.Policy.NameOf(owner)} caused the conflict and owes the apology; a supervisor may give it for them.", "by")
                .Naming(("person", turn.Context.Policy.NameOf(owner)));
        }

        turn.Emit(new ApologyGiven(by, command.Text));
        EscalationRules.CloseCause(turn, Overdue, "apology.given");
        return null;
    }

    /// <summary>CLM-5: not given in time, it is someone else's to see to.</summary>
    public static void Fire(CaseTurn turn)
    {
        if (turn.Case.Apology is { IsOwed: true, IsOverdue: false } owed && owed.DueAt <= turn.Now)
        {
            turn.Emit(new ApologyOverdue(owed.DueAt));
            EscalationRules.Raise(
                turn, Overdue, owed.Level >= Level.Head ? Level.Management : Level.Head, $"{owed.Owner ?? AuthorityBook.WordOf(owed.Level)} owes the customer an apology.");
        }
    }

    private static Level LevelOf(CaseTurn turn) => WhyHigh(turn) is null ? Level.Buffer : Level.Head;

    private static string? WhyHigh(CaseTurn turn) =>
        turn.Case.Heat == Heat.Public ? "the conflict is public"
            : turn.Case.Claim is { } claim && !turn.Context.Policy.Authority.Covers(claim, turn.Case.Opening!.Site, Level.Buffer)
                ? $"the claim of {AuthorityBook.Text(claim)} is above the agent's limit"
                : turn.Case.Apology is { Level: >= Level.Head } ? "the conflict was above an agent's limit or public"
                : null;

    private static DateTimeOffset DueAt(CaseTurn turn)
    {
        var authority = turn.Context.Policy.Authority;
        return WorkingDue.Of(turn, authority.ApologyCalendar, authority.ApologizeWithin);
    }
}
