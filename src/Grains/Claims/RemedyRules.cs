using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Claims;

/// <summary>CLM-2: recommends a remedy from the claim and from the product's price, margin and complexity.</summary>
public static class RemedyRules
{
    /// <summary>
    /// A claim within the agent's limit is conceded. Above it, an inexpensive product with a good margin is replaced, and a
    /// complex one with a thin margin goes by the written procedure; else the customer is offered a choice.
    /// </summary>
    public static Remedy Recommend(Case state, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        var authority = policy.Authority;
        var site = state.Opening?.Site;
        var reasons = new List<string>();
        Level? decidedBy = null;
        if (state.Claim is { } claim)
        {
            decidedBy = authority.Covers(claim, site, Level.Buffer) ? Level.Buffer : authority.LowestAbove(Level.Buffer, claim, site);
            reasons.Add(OfClaim(policy, claim, site, decidedBy));
            if (decidedBy == Level.Buffer)
            {
                return new Remedy(RemedyKind.Concede, reasons, decidedBy, claim);
            }
        }
        else
        {
            reasons.Add("No amount is claimed.");
        }

        return new Remedy(OfProduct(state.Opening?.Product, policy.Remedies, reasons), reasons, decidedBy, state.Claim);
    }

    private static string OfClaim(Policy policy, Money claim, string? site, Level? decidedBy)
    {
        var authority = policy.Authority;
        var amount = AuthorityBook.Text(claim);
        return decidedBy switch
        {
            Level.Buffer => $"The claim of {amount} is within the agent's limit of {authority.LimitText(claim.Currency, site, Level.Buffer)}: concede it at once, without inquiry or haggling.",
            null => $"The claim of {amount} is beyond everyone's authority: management's limit is {authority.LimitText(claim.Currency, site, Level.Management)}.",
            _ when authority.For(claim.Currency, site) is null => $"No limits are set for {claim.Currency}, so {policy.WhoIs(Level.Management)} decides about {amount}.",
            { } level => $"The claim of {amount} is above the agent's limit of {authority.LimitText(claim.Currency, site, Level.Buffer)}: {policy.WhoIs(level)} decides about money.",
        };
    }

    private static RemedyKind OfProduct(string? product, RemedyBook book, List<string> reasons)
    {
        if (product is null || !book.Products.TryGetValue(product, out var facts))
        {
            reasons.Add(product is null
                ? "The case names no product, so price, margin and complexity say nothing: offer a choice."
                : $"Nothing is known of the price, margin and complexity of '{product}': offer a choice.");
            return RemedyKind.Choice;
        }

        var known = book.Inexpensive.TryGetValue(facts.Price.Currency, out var limit);
        var (inexpensive, good, thin) = (known && facts.Price.Amount <= limit, facts.Margin >= book.GoodMargin, facts.Margin <= book.ThinMargin);
        reasons.Add(known
            ? $"{facts.Id} costs {AuthorityBook.Text(facts.Price)}, which {(inexpensive ? "is inexpensive" : "is not inexpensive")}: up to {AuthorityBook.Text(new Money(limit, facts.Price.Currency))} is."
            : $"{facts.Id} costs {AuthorityBook.Text(facts.Price)}; what counts as inexpensive in {facts.Price.Currency} is not set.");
        reasons.Add($"Its margin of {Percent(facts.Margin)} is {(good ? "good" : thin ? "thin" : "neither good nor thin")} (good from {Percent(book.GoodMargin)}, thin up to {Percent(book.ThinMargin)}).");
        switch (inexpensive, good, thin, facts.Complexity)
        {
            case (true, true, _, _):
                reasons.Add("Replacing it costs less than arguing: give the customer another one.");
                return RemedyKind.Replace;
            case (_, _, true, Complexity.Complex):
                reasons.Add("It is complex, and with so thin a margin a mistake is dear: follow the written procedure.");
                return RemedyKind.Procedure;
            default:
                reasons.Add($"It is {(facts.Complexity == Complexity.Complex ? "complex" : "simple")}; nothing speaks for one remedy: offer a choice.");
                return RemedyKind.Choice;
        }
    }

    private static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
