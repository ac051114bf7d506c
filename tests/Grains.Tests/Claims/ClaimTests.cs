using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Claims;

/// <summary>CLM-1, CLM-3: who concedes what, and who is asked for leave.</summary>
public sealed class ClaimTests
{
    private static readonly Actor Mihai = new("mihai", Roles.Agent);

    [Fact, Rule("CLM-1"), Rule("CLM-6"), Rule("CASE-2")]
    public void Within_the_agents_limit_it_is_conceded_at_once_without_inquiry()
    {
        var story = Opened().Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "called")).Tell(new MoveToStage(Stage.Clarify, null))
            .Tell(new ConcedeClaim(new Money(40, "EUR"), null)).Counted();

        Assert.Equal((ConcessionState.Made, Level.Buffer), (story.Case.Concessions.Single().State, story.Case.Concessions.Single().Level));
        Assert.Empty(story.Case.Approvals);
        Assert.Equal(new Money(40, "EUR"), story.Case.Claim);

        // Neither facts nor two options are asked for any more; the customer's yes is.
        story.Tell(new MoveToStage(Stage.Options, null)).Tell(new MoveToStage(Stage.Agreement, null));
        Assert.Equal(["the customer's yes"], story.Case.MissingFor());
    }

    [Fact, Rule("CLM-1")]
    public void Above_it_the_head_is_asked_above_theirs_management_and_a_currency_without_limits_goes_to_the_top()
    {
        Assert.Equal(Level.Head, Asked(new Money(51, "EUR")).Case.Approvals.Single().Level);
        Assert.Equal(Level.Management, Asked(new Money(501, "EUR")).Case.Approvals.Single().Level);

        var unknown = Asked(new Money(1, "JPY")).Case.Approvals.Single();
        Assert.Equal(Level.Management, unknown.Level);
        Assert.Contains("No limits are set for JPY", unknown.Because, StringComparison.Ordinal);
    }

    [Fact, Rule("CLM-1")]
    public void An_amount_in_parts_is_judged_as_the_whole()
    {
        var story = Opened().Tell(new ConcedeClaim(new Money(30, "EUR"), null)).Counted();

        Assert.Equal("reason", story.Refuse(new ConcedeClaim(new Money(30, "EUR"), null)).Field);
        story.Tell(new ConcedeClaim(new Money(30, "EUR"), "the second half"));
        Assert.Equal((ApprovalState.Open, Level.Head), (story.Case.Approvals.Single().State, story.Case.Approvals.Single().Level));
    }

    [Fact, Rule("CLM-1")]
    public void A_site_may_have_limits_of_its_own()
    {
        var policies = TestPolicy.With(("authority.yaml", Authority("""
            limits:
              - {currency: EUR, sites: [north], agent: 5, head: 50}
              - {currency: EUR, agent: 50, head: 500}
            """)));
        var north = new CaseStory { Policies = policies };
        north.Tell(Opening() with { Site = "North" }).Tell(new ConcedeClaim(new Money(6, "EUR"), "it is little"));
        var south = new CaseStory { Policies = policies };
        south.Tell(Opening() with { Site = "south" }).Tell(new ConcedeClaim(new Money(6, "EUR"), null));

        Assert.Equal(ConcessionState.Waiting, north.Case.Concessions.Single().State);
        Assert.Equal(ConcessionState.Counting, south.Case.Concessions.Single().State);
    }

    [Fact, Rule("CLM-3")]
    public void Approved_within_the_approvers_limit_the_customer_has_it_and_denied_they_are_told_why()
    {
        var approved = Asked(new Money(300, "EUR")).Tell(new DecideApproval(1, true, null), Irina).Counted();
        Assert.Equal((ConcessionState.Made, Level.Head), (approved.Case.Concessions.Single().State, approved.Case.Concessions.Single().Level));
        Assert.False(approved.Case.Work.Trusted);

        var asked = Asked(new Money(300, "EUR"));
        Assert.Equal("approval.reasonNeeded", asked.Refuse(new DecideApproval(1, false, " "), Irina).Code);
        asked.Tell(new DecideApproval(1, false, "The kettle was not ours."), Irina);
        Assert.Equal(("approval.denied", "The kettle was not ours."), (asked.Case.Concessions.Single().Refusal, asked.Case.Approvals.Single().DecisionReason));
    }

    [Fact, Rule("CLM-3")]
    public void Beyond_the_approvers_limit_it_is_refused_with_who_could()
    {
        var story = Asked(new Money(501, "EUR"));

        var refused = story.Refuse(new DecideApproval(1, true, null), Irina);
        Assert.Equal("approval.beyondAuthority", refused.Code);
        Assert.Contains("500 EUR", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("management", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("approval.beyondAuthority", story.Refuse(new DecideApproval(1, false, "no"), Irina).Code);
        story.Tell(new DecideApproval(1, true, null), Vlad);
    }

    [Fact, Rule("CLM-3")]
    public void Nobody_approves_what_they_asked_for_whatever_they_are_by_then_or_whoever_they_stand_in_for()
    {
        var promoted = Asked(new Money(300, "EUR"));
        Assert.Equal("approval.ownRequest", promoted.Refuse(new DecideApproval(1, true, null), Ana with { Roles = Roles.Admin }).Code);

        // Irina asked management, and stands in for them today.
        var standingIn = new CaseStory
        {
            Policies = TestPolicy.With(("authority.yaml", Authority("""
                limits:
                  - {currency: EUR, agent: 50, head: 500, management: 5000}
                people: {management: [vlad]}
                substitutes:
                  - {person: vlad, by: irina, until: 2026-11-20T00:00:00Z}
                  - {person: vlad, by: oleg}
                """))),
        };
        var oleg = new Actor("oleg", Roles.Supervisor);
        standingIn.Tell(Opening());
        Assert.Equal("claim.beyondAuthority", standingIn.Refuse(new ConcedeClaim(new Money(5001, "EUR"), "r"), Irina).Code);

        standingIn.After(TimeSpan.FromDays(1)).Tell(new ConcedeClaim(new Money(900, "EUR"), "it was our fault"), Irina);
        Assert.Equal("approval.ownRequest", standingIn.Refuse(new DecideApproval(1, true, null), Irina).Code);

        // Another head may not decide it for themselves, but in management's place.
        Assert.Equal("approval.beyondAuthority", standingIn.Refuse(new DecideApproval(1, true, null), new Actor("dan", Roles.Supervisor)).Code);
        standingIn.Tell(new DecideApproval(1, true, null), oleg);
        Assert.Equal(Level.Management, standingIn.Case.Concessions.Single().Level);
    }

    [Fact, Rule("CLM-3")]
    public void Not_decided_in_time_it_goes_to_the_next_and_at_the_top_it_is_told_again_until_someone_decides()
    {
        var story = Asked(new Money(300, "EUR"));
        var first = story.Case.Approvals.Single().DecideBy;
        Assert.True(first > story.Now);

        story.After(first - story.Now);
        Assert.Equal((Level.Management, 1), (story.Case.Approvals.Single().Level, story.Case.Approvals.Single().PassedOn));
        story.After(TimeSpan.FromDays(5));
        Assert.True(story.Case.Approvals.Single().PassedOn > 3);
        Assert.Single(story.Case.Escalations, e => e.Cause == "approval.overdue:a1" && e.IsOpen);

        // The head may still decide what is within their limit.
        story.Tell(new DecideApproval(1, true, null), Irina).Counted();
        Assert.Equal(ConcessionState.Made, story.Case.Concessions.Single().State);
        Assert.DoesNotContain(story.Case.Escalations, e => e.Cause == "approval.overdue:a1" && e.IsOpen);
    }

    [Fact, Rule("CLM-3")]
    public void Above_the_customers_month_those_with_a_higher_limit_are_asked_and_at_the_top_it_is_refused()
    {
        var story = Opened().Tell(new ConcedeClaim(new Money(40, "EUR"), "again")).Counted(monthTotal: 90);
        var approval = story.Case.Approvals.Single();
        Assert.Equal((Level.Head, "ana"), (approval.Level, approval.AskedBy));
        Assert.Contains("130 EUR this month", approval.Because, StringComparison.Ordinal);

        story.Tell(new DecideApproval(1, true, null), Irina).Counted(monthTotal: 980);
        Assert.Equal((2, Level.Management), (story.Case.Approvals.Length, story.Case.Approvals[1].Level));
        Assert.Equal("approval.beyondAuthority", story.Refuse(new DecideApproval(2, true, null), new Actor("dan", Roles.Supervisor)).Code);
        story.Tell(new DecideApproval(2, true, null), Vlad).Counted();
        Assert.Equal(ConcessionState.Made, story.Case.Concessions.Single().State);
    }

    [Fact, Rule("CLM-1")]
    public void Asked_twice_it_is_asked_once_and_what_was_conceded_in_full_is_not_conceded_again()
    {
        var story = Opened().Tell(new SetClaim(new Money(300, "EUR"), null)).Tell(new ConcedeClaim(null, "our fault"));
        Assert.Empty(story.Try(new ConcedeClaim(null, "our fault")).Events);
        Assert.Equal("claim.waiting", story.Refuse(new ConcedeClaim(null, "mine"), Mihai).Code);

        story.Tell(new DecideApproval(1, true, null), Irina).Counted();
        Assert.Empty(story.Try(new ConcedeClaim(null, null)).Events);
        Assert.Equal("amount", Opened().Refuse(new ConcedeClaim(null, null)).Field);
        Assert.Equal("amount", Opened().Refuse(new ConcedeClaim(new Money(0, "EUR"), null)).Field);
    }

    [Fact, Rule("CLM-3")]
    public void What_waits_ends_with_its_case()
    {
        var story = Asked(new Money(300, "EUR")).Tell(new CloseCase(Outcome.NoActionPossible, "Nothing to be done."), Irina);

        Assert.Equal(ApprovalState.Dropped, story.Case.Approvals.Single().State);
        Assert.Equal((ConcessionState.Refused, "case.closed"), (story.Case.Concessions.Single().State, story.Case.Concessions.Single().Refusal));
    }

    [Fact, Rule("CLM-2")]
    public void A_remedy_is_recommended_with_its_reasons()
    {
        var policy = TestPolicy.Shipped.Current;
        var concede = RemedyRules.Recommend(Opened().Tell(new SetClaim(new Money(20, "EUR"), null)).Case, policy);
        var replace = RemedyRules.Recommend(About("kettle"), policy);
        var procedure = RemedyRules.Recommend(About("Dishwasher", new Money(200, "EUR")), policy);
        var choice = RemedyRules.Recommend(About("sofa"), policy);

        Assert.Equal((RemedyKind.Concede, Level.Buffer), (concede.Kind, concede.DecidedBy));
        Assert.Equal("The claim of 20 EUR is within the agent's limit of 50 EUR: concede it at once, without inquiry or haggling.", concede.Reasons.Single().Text);
        Assert.Equal((RemedyKind.Replace, RemedyKind.Procedure, RemedyKind.Choice), (replace.Kind, procedure.Kind, choice.Kind));
        Assert.Equal(Level.Head, procedure.DecidedBy);
        Assert.Equal(["claim.above", "price.notInexpensive", "margin.thin", "procedure"], procedure.Reasons.Select(reason => reason.Code));
        Assert.Equal(("200 EUR", "50 EUR", "head"), procedure.Reasons[0].Values is var named ? (named["amount"], named["limit"], named["level"]) : default);
        Assert.Contains(procedure.Reasons, reason => reason.Text.Contains("margin of 12 % is thin", StringComparison.Ordinal));
        Assert.Contains(choice.Reasons, reason => reason.Text.Contains("'sofa'", StringComparison.Ordinal));
    }

    [Fact, Rule("CLM-5")]
    public void An_apology_is_owed_by_who_caused_it_and_escalates_when_it_is_not_given_in_time()
    {
        var story = Opened().Tell(new NameCause("mihai"));
        Assert.Equal(("mihai", Level.Buffer), (story.Case.Apology!.Owner, story.Case.Apology.Level));
        Assert.Equal("by", story.Refuse(new Apologize(null, "Sorry.")).Field);

        story.After(story.Case.Apology.DueAt - story.Now);
        Assert.True(story.Case.Apology!.IsOverdue);
        Assert.Equal(("apology.overdue", Level.Head), (story.Case.Escalations.Single().Cause, story.Case.Escalations.Single().Level));

        story.Tell(new Apologize(null, "I am sorry that I forgot you."), Mihai);
        Assert.Equal(("mihai", false), (story.Case.Apology!.GivenBy, story.Case.Escalations.Single().IsOpen));
        Assert.Empty(story.Try(new Apologize(null, "Again."), Mihai).Events);
        Assert.Equal("apology.given", story.Refuse(new Apologize(null, "Me too."), Irina).Code);
    }

    [Fact, Rule("CLM-5")]
    public void Above_an_agents_limit_or_in_public_it_is_for_head_or_management_to_apologise_and_its_clock_runs_on()
    {
        var story = Opened().Tell(new NameCause("mihai"));
        var due = story.Case.Apology!.DueAt;
        story.Tell(new SetHeat(Heat.Public, "a review"));

        Assert.Equal((null, Level.Head, due), (story.Case.Apology.Owner, story.Case.Apology.Level, story.Case.Apology.DueAt));
        Assert.Equal("apology.needsHead", story.Refuse(new Apologize(null, "Sorry."), Mihai).Code);
        story.Tell(new Apologize(null, "We are sorry."), Irina);
        Assert.Equal("irina", story.Case.Apology!.GivenBy);
        Assert.Equal(Level.Head, Opened().Tell(new SetClaim(new Money(51, "EUR"), null)).Tell(new NameCause("ana")).Case.Apology!.Level);
    }

    /// <summary>The shipped file with other limits.</summary>
    internal static string Authority(string head) => $$"""
        {{head}}
        approvals: {calendar: always, head: PT2H, management: PT4H}
        apology: {calendar: always, within: PT8H}
        """;

    private static CaseStory Asked(Money amount) => Opened().Tell(new ConcedeClaim(amount, "It was our fault."));

    private static Case About(string product, Money? claim = null)
    {
        var story = new CaseStory();
        return story.Tell(Opening() with { Product = product, Claim = claim }).Case;
    }
}

/// <summary>The customer's grain, played by the test.</summary>
internal static class ClaimSteps
{
    /// <summary>What the customer was conceded before in this month is such; the platform counts what waits to be counted.</summary>
    public static CaseStory Counted(this CaseStory story, decimal monthTotal = 0)
    {
        foreach (var one in story.Case.Concessions.Where(one => one.State == ConcessionState.Counting))
        {
            var granted = !(monthTotal + one.Amount.Amount > one.MonthLimit);
            story.Tell(new SettleConcession(one.Number, one.Attempt, granted, monthTotal), Actor.Errands);
        }

        return story;
    }
}
