using Escalation.Grains.Customers;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Customers;

/// <summary>CUS-3: four outcomes, each with what it rests on.</summary>
public sealed class OutlookTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);

    [Theory, Rule("CUS-3")]
    [InlineData(5, 1, OutlookOutcome.UnlikelyToReturn)]
    [InlineData(4, 3, OutlookOutcome.UnlikelyToReturn)]
    [InlineData(3, 3, OutlookOutcome.MayTryOthers)]
    [InlineData(3, 4, OutlookOutcome.Loyal)]
    [InlineData(3, 5, OutlookOutcome.ReturnsExpectingMore)]
    [InlineData(1, 5, OutlookOutcome.ReturnsExpectingMore)]
    public void One_answer_gives_one_of_four(int expected, int got, OutlookOutcome outcome)
    {
        var outlook = Outlook.Of([Case(1, expected, got)]);

        Assert.Equal((outcome, got - expected, 1), (outlook.Outcome, outlook.Gap, outlook.Rated));
        Assert.Equal(("experience.gap", (double)(got - expected)), (outlook.Reasons[0].Code, outlook.Reasons[0].Value));
    }

    [Fact, Rule("CUS-3")]
    public void Without_an_answer_there_is_no_outlook_but_the_reasons_to_ask()
    {
        var outlook = Outlook.Of([Case(1, 4, null) with { Lapsed = 1, Moved = 2, Kept = 3, Rounds = 2 }]);

        Assert.Null(outlook.Outcome);
        Assert.Equal(
            ["experience.unanswered", "promises.lapsed", "promises.moved", "promises.kept", "rounds.again"],
            outlook.Reasons.Select(reason => reason.Code));
        Assert.Contains("A promise was broken", outlook.FollowUp, StringComparison.Ordinal);
    }

    [Fact, Rule("CUS-3")]
    public void The_three_latest_answers_count_whatever_order_they_come_in()
    {
        var cases = new[] { Case(1, 1, 5), Case(2, 5, 3), Case(3, 4, 3), Case(4, 3, 3) };

        Assert.Equal((OutlookOutcome.UnlikelyToReturn, -1.0, 3), (Outlook.Of(cases).Outcome, Outlook.Of(cases).Gap, Outlook.Of(cases).Rated));
        Assert.Equal(Outlook.Of(cases).Gap, Outlook.Of(cases.Reverse()).Gap);
    }

    [Fact, Rule("CUS-2")]
    public void The_ledger_takes_a_newer_version_of_a_case_once_and_an_older_one_never()
    {
        var customer = Customer.Empty(Guid.Empty) with { Exists = true };
        var context = new Context(Noon, new Actor("ladder", Roles.System), TestPolicy.Shipped.Current, TestPolicy.Shipped);
        var newer = customer.Decide(new CustomerCommand.NoteExperience(Case(1, 4, 5), 9), context).Events;
        customer = newer.Aggregate(customer, (state, happened) => state.Evolve(happened, Noon, "ladder"));

        Assert.Empty(customer.Decide(new CustomerCommand.NoteExperience(Case(1, 4, 5), 9), context).Events);
        Assert.Empty(customer.Decide(new CustomerCommand.NoteExperience(Case(1, null, null), 7), context).Events);
        Assert.Equal(5, Assert.Single(customer.Experiences.Values).Experience.Got);
    }

    private static CaseExperience Case(int day, int? expected, int? got) =>
        new(new Guid(day, 0, 0, new byte[8]), 1, 0, 0, 0, 0, expected, got, Noon.AddDays(day));
}
