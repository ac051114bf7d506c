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
        var reasons = new List<CodedSentence>();
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
            reasons.Add(CodedSentence.Of("claim.none", "No amount is claimed."));
        }

        return new Remedy(OfProduct(state.Opening?.Product, policy.Remedies, reasons), reasons, decidedBy, state.Claim);
    }

    private static CodedSentence OfClaim(Policy policy, Money claim, string? site, Level? decidedBy)
    {
        var authority = policy.Authority;
        var rule = authority.For(claim.Currency, site);
        var amount = AuthorityBook.Text(claim);
        string Limit(Level level) => authority.LimitText(claim.Currency, site, level);
        switch (decidedBy)
        {
            case Level.Buffer:
                var limit = Limit(Level.Buffer);
                return CodedSentence.Of(
                    rule?.LimitOf(Level.Buffer) is null ? "claim.withinAny" : "claim.within",
                    $"The claim of {amount} is within the agent's limit of {limit}: concede it at once, without inquiry or haggling.",
                    ("amount", amount), ("limit", limit));
            case null:
                return CodedSentence.Of(
                    "claim.beyondEveryone",
                    $"The claim of {amount} is beyond everyone's authority: management's limit is {Limit(Level.Management)}.",
                    ("amount", amount), ("limit", Limit(Level.Management)));
            case { } level when rule is null:
                return CodedSentence.Of(
                    "claim.noLimits",
                    $"No limits are set for {claim.Currency}, so {policy.WhoIs(Level.Management)} decides about {amount}.",
                    ("amount", amount), ("currency", claim.Currency), ("level", CodeOf(level)));
            case { } level:
                return CodedSentence.Of(
                    "claim.above",
                    $"The claim of {amount} is above the agent's limit of {Limit(Level.Buffer)}: {policy.WhoIs(level)} decides about money.",
                    ("amount", amount), ("limit", Limit(Level.Buffer)), ("level", CodeOf(level)));
        }
    }

    private static RemedyKind OfProduct(string? product, RemedyBook book, List<CodedSentence> reasons)
    {
        if (product is null)
        {
            reasons.Add(CodedSentence.Of("product.unnamed", "The case names no product, so price, margin and complexity say nothing: offer a choice."));
            return RemedyKind.Choice;
        }

        if (!book.Products.TryGetValue(product, out var facts))
        {
            reasons.Add(CodedSentence.Of(
                "product.unknown", $"Nothing is known of the price, margin and complexity of '{product}': offer a choice.", ("product", product)));
            return RemedyKind.Choice;
        }

        var known = book.Inexpensive.TryGetValue(facts.Price.Currency, out var limit);
        var (inexpensive, good, thin) = (known && facts.Price.Amount <= limit, facts.Margin >= book.GoodMargin, facts.Margin <= book.ThinMargin);
        reasons.Add(OfPrice(facts, known ? new Money(limit, facts.Price.Currency) : null));
        reasons.Add(CodedSentence.Of(
            good ? "margin.good" : thin ? "margin.thin" : "margin.between",
            $"Its margin of {Percent(facts.Margin)} is {(good ? "good" : thin ? "thin" : "neither good nor thin")} (good from {Percent(book.GoodMargin)}, thin up to {Percent(book.ThinMargin)}).",
            ("margin", Percent(facts.Margin)), ("good", Percent(book.GoodMargin)), ("thin", Percent(book.ThinMargin))));
        switch (inexpensive, good, thin, facts.Complexity)
        {
            case (true, true, _, _):
                reasons.Add(CodedSentence.Of("replace", "Replacing it costs less than arguing: give the customer another one."));
                return RemedyKind.Replace;
            case (_, _, true, Complexity.Complex):
                reasons.Add(CodedSentence.Of("procedure", "It is complex, and with so thin a margin a mistake is dear: follow the written procedure."));
                return RemedyKind.Procedure;
            case (_, _, _, Complexity.Complex):
                reasons.Add(CodedSentence.Of("choice.complex", "It is complex; nothing speaks for one remedy: offer a choice."));
                return RemedyKind.Choice;
            default:
                reasons.Add(CodedSentence.Of("choice.simple", "It is simple; nothing speaks for one remedy: offer a choice."));
                return RemedyKind.Choice;
        }
    }

    /// <param name="limit">Up to which price a product is inexpensive; null where that is not set.</param>
    private static CodedSentence OfPrice(ProductFacts facts, Money? limit)
    {
        var price = AuthorityBook.Text(facts.Price);
        if (limit is null)
        {
            return CodedSentence.Of(
                "price.unjudged",
                $"{facts.Id} costs {price}; what counts as inexpensive in {facts.Price.Currency} is not set.",
                ("product", facts.Id), ("price", price), ("currency", facts.Price.Currency));
        }

        var inexpensive = facts.Price.Amount <= limit.Amount;
        return CodedSentence.Of(
            inexpensive ? "price.inexpensive" : "price.notInexpensive",
            $"{facts.Id} costs {price}, which {(inexpensive ? "is inexpensive" : "is not inexpensive")}: up to {AuthorityBook.Text(limit)} is.",
            ("product", facts.Id), ("price", price), ("limit", AuthorityBook.Text(limit)));
    }

    private static string CodeOf(Level level) => level.ToString().ToLowerInvariant();

    private static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
