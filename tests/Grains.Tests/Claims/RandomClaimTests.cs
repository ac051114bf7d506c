using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Log;
using Escalation.Grains.Proofs;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Claims;

/// <summary>Thousands of cases with money in them, lived through at random: people change roles, stand in for others, and time jumps.</summary>
public sealed class RandomClaimTests
{
    private static readonly string[] People = ["ana", "mihai", "irina", "dan", "vlad", "oleg"];
    private static readonly Roles[] AllRoles = [Roles.Agent, Roles.Supervisor, Roles.Admin];
    private static readonly string[] Currencies = ["EUR", "EUR", "EUR", "JPY"];

    private static readonly TestPolicy Policies = TestPolicy.With(("authority.yaml", ClaimTests.Authority("""
        limits:
          - {currency: EUR, agent: 50, head: 500, management: 5000, perCustomerAndMonth: {agent: 100, head: 1000, management: 6000}}
        people: {management: [vlad], head: [irina]}
        substitutes:
          - {person: vlad, by: dan, until: 2026-11-21T00:00:00Z}
          - {person: irina, by: ana}
        """)));

    [Fact, Rule("CLM-1"), Rule("CLM-3"), Rule("CLM-5")]
    public void Nothing_is_ever_approved_beyond_authority_or_by_who_asked_and_nothing_waits_unseen()
    {
        foreach (var seed in Enumerable.Range(1, 2000))
        {
            try
            {
                Live(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    private static void Live(int seed)
    {
        var random = new Random(seed);
        var story = new CaseStory { Policies = Policies };
        story.Tell(CaseStory.Opening());
        var month = 0m;
        for (var step = 0; step < 30; step++)
        {
            if (random.Next(4) == 0)
            {
                story.After(TimeSpan.FromMinutes(random.Next(1, 3000)));
                Assert.True(
                    story.Case.Approvals.All(approval => !approval.IsOpen || approval.DecideBy > story.Now), "an approval waits past its clock");
                Assert.True(!story.Case.IsOpen || story.Case.Apology is not { IsOwed: true, IsOverdue: false } owed || owed.DueAt > story.Now, "an apology is overdue unseen");
            }

            // Today's role has nothing to do with yesterday's.
            var by = new Actor(People[random.Next(People.Length)], AllRoles[random.Next(3)]);
            var before = story.Case;
            CaseCommand command = random.Next(10) switch
            {
                0 or 1 or 2 => new ConcedeClaim(new Money(random.Next(1, 700) * (random.Next(8) == 0 ? 10 : 1), Currencies[random.Next(4)]), "because"),
                3 or 4 or 5 or 6 => new DecideApproval(random.Next(1, story.Case.Approvals.Length + 2), random.Next(3) > 0, random.Next(3) > 0 ? "because" : null),
                7 => new SetClaim(new Money(random.Next(1, 200), "EUR"), null),
                8 => random.Next(2) == 0 ? new NameCause(People[random.Next(People.Length)]) : new Apologize(null, "Sorry."),
                _ => random.Next(4) == 0 ? new CloseCase(Outcome.NoActionPossible, "no") : new SetHeat((Heat)random.Next(5), null),
            };
            var decided = story.Try(command, by);
            Check(before, story, command, by, decided);
            foreach (var one in story.Case.Concessions.Where(one => one.State == ConcessionState.Counting).ToList())
            {
                var granted = !(month + one.Amount.Amount > one.MonthLimit);
                story.Tell(new SettleConcession(one.Number, one.Attempt, granted, month), Actor.Errands);
                month += granted && one.Amount.Currency == "EUR" ? one.Amount.Amount : 0;
            }

            Assert.True(month <= 6000, "more than anyone may in a month");
            Assert.True(story.Case.Concessions.Count(one => one.IsOpen) <= 1, "two concessions wait at once");
            Assert.True(story.Case.IsOpen || story.Case.Approvals.All(approval => !approval.IsOpen), "an approval waits in a closed case");
        }

        Assert.All(story.Case.Approvals, approval => Assert.NotEqual(approval.AskedBy, approval.DecidedBy));
        Assert.Equal(story.All<ApprovalDecided>().Count(), story.All<ApprovalDecided>().Select(e => e.Approval).Distinct().Count());
        Assert.All(story.All<ApprovalDecided>().Where(e => !e.Approved), e => Assert.NotNull(e.Reason));
        Assert.Empty(StreamProof.Check(story.Entries, new ProofCounts()));
        foreach (var happened in story.History)
        {
            var (facts, personal) = (EventCodec.FactsOf(happened), EventCodec.PersonalOf(happened));
            var read = EventCodec.Read(EventCodec.KindOf(happened), facts, personal);
            if (!facts.AsSpan().SequenceEqual(EventCodec.FactsOf(read)) || !personal.AsSpan().SequenceEqual(EventCodec.PersonalOf(read)))
            {
                Assert.Fail($"{happened} was read as {read}");
            }
        }
    }

    /// <summary>Written apart from the rules: who may what is looked up here by hand.</summary>
    private static void Check(Case before, CaseStory story, CaseCommand command, Actor by, Decision<CaseEvent> decided)
    {
        foreach (var cleared in decided.Events.OfType<ConcessionCleared>())
        {
            var amount = story.Case.Concessions[cleared.Concession - 1].Amount;
            var whole = amount.Amount + before.Conceded(amount.Currency);
            Assert.True(whole <= LimitOf(by, amount.Currency, story.Now), $"{by.Id} gave {whole} {amount.Currency}");
        }

        if (command is DecideApproval { Approve: true } yes && !decided.IsRefused && decided.Events.Count > 0)
        {
            Assert.NotEqual(by.Id, before.Approvals[yes.Approval - 1].AskedBy);
        }
    }

    private static decimal LimitOf(Actor by, string currency, DateTimeOffset now)
    {
        var isManagement = by.Roles == Roles.Admin || by.Id == "vlad" || (by.Id == "dan" && now < new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
        var isHead = by.Roles == Roles.Supervisor || by.Id is "irina" or "ana";
        return (currency, isManagement, isHead) switch
        {
            ("JPY", true, _) => decimal.MaxValue,
            ("JPY", false, _) => 0,
            (_, true, _) => 5000,
            (_, _, true) => 500,
            _ => 50,
        };
    }
}
