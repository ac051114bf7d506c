using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Merging;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using In = Escalation.Dashboard.Api.CaseFields;

namespace Escalation.Dashboard.Api;

/// <summary>What is claimed, conceded, recommended and apologised for (CLM-1, CLM-2, CLM-5, CLM-6).</summary>
internal sealed class ClaimRoutes(IGrains grains, CaseDesk desk, IPolicySource policies, TimeProvider time)
{
    public void Map(Routes routes)
    {
        var claim = Work("cases.claim", "CLM-1, CLM-3: what is claimed; or that the customer is to have it, at once within your limit, else with another's leave.") with
        {
            Body = [In.Amount, In.Concede, In.ReasonOfConcession],
            Otherwise = (StatusCodes.Status202Accepted, typeof(ApprovalView), "CLM-3: above your limit; it waits for someone with more authority."),
        };
        routes.Post("/api/cases/{id}/claim", claim, desk.Tells(claim, ReadClaim, ClaimedAsync));

        var remedy = Work("cases.remedy", "CLM-2: what is recommended for the case as it stands, and why.") with
        {
            Right = Rights.CasesRead,
            Answer = typeof(RemedyView),
            Body = null,
            Representation = null,
            HasETag = false,
            TakesIfMatch = false,
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/cases/{id}/remedy", remedy, async context =>
        {
            if (await desk.FindAsync(context) is var (state, _))
            {
                var policy = policies.Current;
                var rule = state.Claim is { } claimed ? policy.Authority.For(claimed.Currency, state.Opening!.Site) : null;
                await JsonAnswer.WriteAsync(context, RemedyView.Of(RemedyRules.Recommend(state, policy), rule));
            }
        });

        var cause = Work("cases.cause", "CLM-5: who caused the conflict, and so owes the customer an apology.") with { Body = [In.CausedBy] };
        routes.Post("/api/cases/{id}/cause", cause, desk.Tells(cause, (f, _) => new NameCause(f.Get(In.CausedBy))));

        var apology = Work("cases.apology", "CLM-5: an apology was given.") with { Body = [In.ApologyBy, In.Text] };
        routes.Post("/api/cases/{id}/apology", apology, desk.Tells(apology, (f, _) => new Apologize(f.Get(In.ApologyBy), f.Get(In.Text))));

        var review = new Operation("customers.claims", Rights.ClaimsReview, "CLM-6: a customer's claims over all their cases, and what stands out.")
        {
            Tag = "Customers",
            Answer = typeof(CustomerClaimsView),
            Refusals = [StatusCodes.Status404NotFound],
        };
        routes.Get("/api/customers/{id}/claims", review, ReviewAsync);
    }

    internal static Operation Work(string name, string summary) => new(name, Rights.CasesWork, summary)
    {
        Tag = "Claims",
        Body = [],
        Answer = typeof(Receipt),
        Representation = typeof(CaseView),
        HasETag = true,
        TakesIfMatch = true,
        Refusals = [StatusCodes.Status404NotFound, StatusCodes.Status409Conflict],
    };

    private static CaseCommand ReadClaim(Fields fields, int part)
    {
        var (amount, reason) = (fields.Get(In.Amount), fields.Get(In.ReasonOfConcession));
        if (fields.Get(In.Concede))
        {
            return new ConcedeClaim(amount, reason);
        }

        if (amount is null)
        {
            fields.Fault(In.Amount, "is required, unless what is claimed is conceded");
        }

        return new SetClaim(amount!, reason);
    }

    /// <summary>200 when the customer has it, 202 when someone else decides, 409 when their month is full.</summary>
    private async Task ClaimedAsync(HttpContext context, ICaseGrain grain, Guid caseId, Answer.Done done)
    {
        var (state, version) = await desk.SettleAsync(caseId);
        var asked = done.Events.OfType<ConcessionAsked>().FirstOrDefault()?.Concession;
        var concession = asked is { } number ? state.Concessions[number - 1] : state.Concessions.LastOrDefault(one => one.IsOpen);
        switch (concession)
        {
            case { State: ConcessionState.Waiting, Approval: { } approval }:
                context.Response.Headers.ETag = Preconditions.ETag(version);
                await JsonAnswer.WriteAsync(context, ApprovalView.Of(caseId, state.Approvals[approval - 1]), StatusCodes.Status202Accepted);
                break;
            case { State: ConcessionState.Refused, Refusal: "claim.monthLimit" }:
                await Problems.Of(new Grains.Refused(
                    "claim.monthLimit", "With this the customer would be conceded more this month than anyone may; it was not conceded.")).WriteAsync(context);
                break;
            default:
                await CaseDesk.ReceiptAsync(context, grain, caseId, done with { Version = version });
                break;
        }
    }

    private async Task ReviewAsync(HttpContext context)
    {
        var id = CaseDesk.RouteText(context, "id");
        if (!Guid.TryParseExact(id, "D", out var customerId) ||
            (await grains.Customer(customerId).Get(context.RequestAborted)).State is not { Exists: true } customer)
        {
            await Problems.NotFound("customer", id).WriteAsync(context);
            return;
        }

        var cases = new List<Case>();
        foreach (var caseId in customer.Cases)
        {
            var (state, _) = await grains.Case(caseId).Get(context.RequestAborted);
            if (state.Exists && (state.Claim is not null || !state.Concessions.IsEmpty || !state.Gifts.IsEmpty))
            {
                cases.Add(state);
            }
        }

        cases.Sort((a, b) => b.Opening!.ComplainedAt.CompareTo(a.Opening!.ComplainedAt));
        var now = time.GetUtcNow();
        var currencies = cases.SelectMany(state => state.Concessions.Select(one => one.Amount.Currency).Append(state.Claim?.Currency)).OfType<string>().Distinct();

        // What was merged into another case is claimed there.
        var counted = cases.Where(state => state.MergedInto is null).ToList();
        var totals = currencies.Order(StringComparer.Ordinal).Select(currency => new ClaimTotalView(
            currency,
            counted.Where(state => state.Claim?.Currency == currency).Sum(state => state.Claim!.Amount),
            counted.Sum(state => state.Conceded(currency)),
            customer.ConcededInMonthOf(now, currency)));
        await JsonAnswer.WriteAsync(context, new CustomerClaimsView(
            customerId, [.. cases.Select(Claimed)], [.. totals], [.. Patterns(counted, now, policies.Current.Authority.Abuse)]));
    }

    private static ClaimedCaseView Claimed(Case state) => new(
        state.Id, state.Opening!.Number, state.Opening.ComplainedAt, state.Opening.Type, state.Opening.Product, state.Claim,
        [.. state.Concessions.Where(one => one.State == ConcessionState.Made).Select(one => one.Amount)],
        state.Gifts.Count(gift => gift.State == GiftState.Given), state.IsOpen ? null : state.Outcome);

    private static IEnumerable<string> Patterns(List<Case> cases, DateTimeOffset now, AbusePolicy abuse)
    {
        var recent = cases.Where(state => state.Claim is not null && state.Opening!.ComplainedAt > now - abuse.Within).ToList();
        var days = abuse.Within.TotalDays.ToString("0.#", CultureInfo.InvariantCulture);
        if (recent.Count >= abuse.Claims)
        {
            yield return $"{recent.Count} cases with a claim within {days} days; {abuse.Claims} stand out.";
        }

        foreach (var same in recent.Where(state => state.Opening!.Product is not null).GroupBy(state => state.Opening!.Product, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1))
        {
            yield return $"{same.Count()} claims about {same.Key} within {days} days.";
        }

        foreach (var same in recent.GroupBy(state => state.Claim).Where(same => same.Count() > 1))
        {
            yield return $"{same.Count()} claims of exactly {AuthorityBook.Text(same.Key!)} within {days} days.";
        }
    }
}

/// <summary>CASE-8: two cases on one matter become one.</summary>
internal static class MergeRoute
{
    public static void Map(Routes routes, CaseDesk desk)
    {
        var merge = ClaimRoutes.Work("cases.merge", "CASE-8: this case ends in another of the same customer, which takes over its promises, clocks and claims.") with
        {
            Tag = "Cases",
            Body = [In.MergeInto],
            Answer = typeof(MergeReceipt),
            Representation = null,
        };
        routes.Post("/api/cases/{id}/merge", merge, desk.Tells(merge, (f, _) => new MergeCase(f.Get(In.MergeInto)), async (context, _, caseId, done) =>
        {
            var (state, version) = await desk.SettleAsync(caseId);
            var attempt = done.Events.OfType<MergeBegun>().First().Attempt;
            switch (state.Merge)
            {
                case { State: MergeState.Done } merged:
                    context.Response.Headers.ETag = Preconditions.ETag(version);
                    await JsonAnswer.WriteAsync(
                        context,
                        new MergeReceipt(caseId, version, merged.Into, merged.Number!.Value, [.. merged.Promises!.Select(MovedPromiseView.Of)]));
                    break;
                case { State: MergeState.Abandoned } abandoned when abandoned.Attempt == attempt:
                    await Problems.Of(new Grains.Refused(abandoned.Refusal!, abandoned.Detail ?? "", abandoned.Refusal == "case.notFound" ? In.MergeInto.Name : null)).WriteAsync(context);
                    break;
                default:
                    await Problems.Of(new Grains.Refused("case.merge.busy", "It was not merged then; it is being tried anew.")).WriteAsync(context);
                    break;
            }
        }));
    }
}
