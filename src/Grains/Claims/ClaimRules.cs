using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Claims;

/// <summary>
/// What is claimed, and who concedes it (CLM-1, CLM-3). A concession within someone's authority is first counted against
/// what the customer was conceded this month, on the customer's own grain, so that two at once do not both pass.
/// </summary>
internal static class ClaimRules
{
    public static Refused? Set(CaseTurn turn, SetClaim command)
    {
        if (command.Amount.Amount <= 0)
        {
            return new Refused("claim.amount", $"A claim is more than nothing; {AuthorityBook.Text(command.Amount)} is not.", "amount");
        }

        if (turn.Case.Claim != command.Amount)
        {
            turn.Emit(new ClaimSet(command.Amount, turn.Case.Claim, command.Reason));
        }

        return null;
    }

    /// <summary>CLM-1: within authority at once; beyond it, those who may are asked for leave (CLM-3).</summary>
    public static Refused? Concede(CaseTurn turn, ConcedeClaim command)
    {
        if (Amount(turn, command) is not { } amount)
        {
            return new Refused("claim.none", "Nothing is claimed: say how much is conceded.", "amount");
        }

        if (amount.Amount <= 0)
        {
            return new Refused("claim.amount", $"A concession is more than nothing; {AuthorityBook.Text(amount)} is not.", "amount");
        }

        if (command.Amount is null && turn.Case.Conceded(amount.Currency) >= amount.Amount)
        {
            return null;
        }

        var by = turn.Context.By;
        if (turn.Case.Concessions.LastOrDefault(concession => concession.IsOpen) is { } open)
        {
            return open.Amount == amount && open.AskedBy == by.Id
                ? null
                : new Refused("claim.waiting", $"{AuthorityBook.Text(open.Amount)}, asked for by {turn.Context.Policy.NameOf(open.AskedBy)}, has to be decided first.")
                    .Naming(("amount", AuthorityBook.Text(open.Amount)), ("person", turn.Context.Policy.NameOf(open.AskedBy)));
        }

        var authority = turn.Context.Policy.Authority;
        var site = turn.Case.Opening!.Site;
        var whole = Whole(turn.Case, amount);
        var level = authority.LevelOf(by, turn.Now);
        var number = turn.Case.Concessions.Length + 1;
        if (authority.Covers(whole, site, level))
        {
            Note(turn, amount, command.Reason);
            turn.Emit(new ConcessionAsked(number, amount, command.Reason));
            Clear(turn, number, level);
            return null;
        }

        if (authority.LowestAbove(level, whole, site) is not { } above)
        {
            return new Refused(
                "claim.beyondAuthority",
                $"{AuthorityBook.Text(whole)} for this case is beyond everyone's authority; management's limit is {authority.LimitText(amount.Currency, site, Level.Management)}.",
                "amount").Naming(("amount", AuthorityBook.Text(whole)), ("limit", authority.LimitText(amount.Currency, site, Level.Management)));
        }

        if (string.IsNullOrWhiteSpace(command.Reason))
        {
            return new Refused(
                "approval.reasonNeeded",
                $"{AuthorityBook.Text(whole)} for this case is above your limit of {authority.LimitText(amount.Currency, site, level)}, so {turn.Context.Policy.WhoIs(above)} decides, and needs a reason.",
                "reason").Naming(
                    ("amount", AuthorityBook.Text(whole)), ("limit", authority.LimitText(amount.Currency, site, level)), ("level", CodedSentence.Of(above)));
        }

        Note(turn, amount, command.Reason);
        turn.Emit(new ConcessionAsked(number, amount, command.Reason));
        ApprovalRules.AskConcession(turn, turn.Case.Concessions[^1], above, Because(authority, whole, site, level));
        return null;
    }

    /// <summary>CLM-3: someone has said yes, or could have alone; the customer's month has the last word.</summary>
    public static void Clear(CaseTurn turn, int number, Level level)
    {
        var concession = turn.Case.Concessions[number - 1];
        var authority = turn.Context.Policy.Authority;
        var site = turn.Case.Opening!.Site;
        turn.Emit(new ConcessionCleared(
            number,
            level,
            authority.For(concession.Amount.Currency, site)?.MonthLimitOf(level),
            WithinAgents: authority.Covers(Whole(turn.Case, concession.Amount), site, Level.Buffer)));
    }

    /// <summary>CLM-3: what the customer's grain has answered. Above the month's limit, those with a higher one are asked.</summary>
    public static Refused? Settle(CaseTurn turn, SettleConcession command)
    {
        if ((turn.Context.By.Roles & Roles.System) == 0)
        {
            return new Refused("claim.systemOnly", "Only the platform settles a concession.");
        }

        if (command.Concession < 1 || command.Concession > turn.Case.Concessions.Length)
        {
            return new Refused("claim.notFound", $"Case {turn.Case.Id} has no concession c{command.Concession}.");
        }

        var concession = turn.Case.Concessions[command.Concession - 1];
        if (concession.State != ConcessionState.Counting || concession.Attempt != command.Attempt)
        {
            return null;
        }

        if (command.IsGranted)
        {
            turn.Emit(new ConcessionMade(concession.Number, concession.Amount));
            return null;
        }

        var authority = turn.Context.Policy.Authority;
        var site = turn.Case.Opening!.Site;
        var needed = (command.MonthTotal ?? 0) + concession.Amount.Amount;
        var rule = authority.For(concession.Amount.Currency, site);
        var above = Enum.GetValues<Level>().Where(level =>
                level > concession.Level && level != Level.Specialist &&
                authority.Covers(Whole(turn.Case, concession.Amount), site, level) && !(rule?.MonthLimitOf(level) < needed))
            .Cast<Level?>().FirstOrDefault();
        if (above is null)
        {
            turn.Emit(new ConcessionRefused(concession.Number, "claim.monthLimit"));
            return null;
        }

        ApprovalRules.AskConcession(
            turn, concession, above.Value,
            $"With {AuthorityBook.Text(new Money(needed, concession.Amount.Currency))} this month the customer is above what {AuthorityBook.WordOf(concession.Level)} may concede to one customer.");
        return null;
    }

    /// <summary>What is still to be decided ends with its case.</summary>
    public static void RefuseOpen(CaseTurn turn, string reason)
    {
        foreach (var concession in turn.Case.Concessions.Where(concession => concession.IsOpen))
        {
            foreach (var approval in turn.Case.Approvals.Where(approval => approval.IsOpen && approval.Concession == concession.Number))
            {
                turn.Emit(new ApprovalDropped(approval.Number, reason));
                ApprovalRules.EndOverdue(turn, approval, reason);
            }

            turn.Emit(new ConcessionRefused(concession.Number, reason));
        }
    }

    /// <summary>CLM-1: authority is by case: an amount in parts is judged as the whole.</summary>
    public static Money Whole(Case state, Money amount) => amount with { Amount = amount.Amount + state.Conceded(amount.Currency) };

    private static Money? Amount(CaseTurn turn, ConcedeClaim command) => command.Amount ?? turn.Case.Claim;

    private static void Note(CaseTurn turn, Money amount, string? reason)
    {
        if (turn.Case.Claim is null)
        {
            turn.Emit(new ClaimSet(amount, null, reason));
        }
    }

    private static string? Because(AuthorityBook authority, Money whole, string? site, Level level) =>
        authority.For(whole.Currency, site) is null
            ? $"No limits are set for {whole.Currency}{(site is null ? "" : $" at {site}")}, so management decides."
            : $"{AuthorityBook.Text(whole)} for this case is above the limit of {AuthorityBook.WordOf(level)}, {authority.LimitText(whole.Currency, site, level)}.";
}
