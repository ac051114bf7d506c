using Escalation.Grains.Cases;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Log;
using Escalation.Grains.Proofs;
using Escalation.Grains.Tests.Cases;
using Escalation.Grains.Tests.Claims;
using Escalation.Grains.Tests.Escalations;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Proofs;

/// <summary>A proof that cannot fail proves nothing: each history here is whole but for one thing, and the proof names that and nothing else.</summary>
public sealed class ForgedHistoryTests
{
    private static readonly DateTimeOffset AfterTheAcknowledgement = Noon.AddMinutes(11);

    [Fact, Rule("ESC-2")]
    public void Two_open_escalations_of_one_cause()
    {
        var whole = Escalated().Entries;
        var raised = (EscalationRaised)whole.Single(entry => entry.Event is EscalationRaised).Event;

        Expect("ESC-2", [.. whole, After(whole, Noon, "ana", raised with { Escalation = 2 })]);
    }

    [Fact, Rule("ESC-2")]
    public void One_due_instant_that_raised_twice()
    {
        var whole = Escalated().Entries.Where(entry => entry.Event is not (EscalationRaised or EscalationTold)).ToList();
        var raised = new EscalationRaised(1, "clock.breached:silence", Level.Specialist, null, Noon, Noon.AddMinutes(10));
        List<Entry> twice = [.. whole];
        foreach (var happened in new CaseEvent[] { raised, new EscalationClosed(1, "word"), raised with { Escalation = 2 } })
        {
            twice.Add(After(twice, Noon, "ana", happened));
        }

        Expect("ESC-2", Numbered(twice));
        Expect(null, Numbered([.. twice.SkipLast(1), After(twice, Noon, "ana", raised with { Escalation = 2, CauseAt = Noon.AddHours(1) })]));
    }

    [Fact, Rule("ESC-3")]
    public void What_the_deadline_clock_left_over_its_time()
    {
        var whole = Escalated().Entries;

        Expect("ESC-3", [.. whole, After(whole, AfterTheAcknowledgement, Actor.Clock.Id, new NoteAdded("It looked, and did nothing."))]);
    }

    [Fact, Rule("ESC-3")]
    public void While_the_platform_was_down_nothing_could_go_up()
    {
        var story = Escalated().DownFor(TimeSpan.FromDays(2)).Tell(new AddNote("Back again.")).Tell(new Tick(), Actor.Clock);

        Assert.Equal(Level.Head, story.Case.Escalations[0].Level);
        Expect(null, story.Entries);
    }

    [Fact, Rule("ESC-3")]
    public void A_late_acknowledgement_without_having_gone_up_first()
    {
        var whole = Escalated().Entries;

        Expect("ESC-3", [.. whole, After(whole, AfterTheAcknowledgement, "irina", new EscalationAcknowledged(1, Noon.AddHours(1)))]);
    }

    [Fact, Rule("ESC-4")]
    public void An_acknowledgement_that_outlived_its_hold()
    {
        var whole = Escalated().Tell(new AcknowledgeEscalation(1), Irina).Entries;

        Expect("ESC-4", [.. whole, After(whole, Noon.AddMinutes(31), Actor.Clock.Id, new NoteAdded("It looked, and did nothing."))]);
        Expect(null, [.. Escalated().Tell(new AcknowledgeEscalation(1), Irina).Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "called")).Entries]);
    }

    [Fact, Rule("CLM-3")]
    public void An_approval_decided_by_who_asked()
    {
        var whole = Approved().Entries;

        Expect(null, whole);
        Expect("CLM-3", [.. whole.Select(entry => entry.Event is ApprovalDecided ? entry with { By = "ana" } : entry)]);
    }

    [Fact, Rule("CLM-3")]
    public void Money_conceded_below_the_level_that_was_needed_after_a_no_and_without_anybody()
    {
        var whole = Approved().Entries;

        Expect("CLM-3", [.. whole.Select(entry => entry.Event is ConcessionCleared e ? entry with { Event = e with { Level = Level.Buffer } } : entry)]);
        Expect("CLM-3", [.. whole.Select(entry => entry.Event is ApprovalDecided e ? entry with { Event = e with { Approved = false } } : entry)]);
        Expect("CLM-3", Numbered([.. whole.Where(entry => entry.Event is not ConcessionCleared)]));
    }

    [Fact, Rule("CLM-4")]
    public void A_gift_given_twice()
    {
        var story = Opened().Tell(new GiveGift("fruitBasket")).Tell(new SettleGift(1, null), Actor.Errands);

        Expect(null, story.Entries);
        Expect("CLM-4", [.. story.Entries, After(story.Entries, Noon, Actor.Errands.Id, new GiftGiven(1))]);
    }

    [Fact, Rule("CLM-4")]
    public void A_request_that_the_stock_answered_twice()
    {
        var stock = GiftStock.IdOf("fruitBasket", null);
        var taken = new GiftStockEvent.GiftTaken(Guid.Parse("0197f3c0-0000-7000-8000-000000000007"), "fruitBasket", null, Guid.Empty, Guid.Empty, "ana");
        Entry At(int version, GiftStockEvent happened) => new(stock, GiftStock.Category, version, version, Noon, Actor.Errands.Id, new Guid(version, 0, 0, new byte[8]), happened);

        Expect(null, [At(1, taken), At(2, taken with { Request = stock })]);
        Expect("CLM-4", [At(1, taken), At(2, taken)]);
    }

    /// <summary>Escalated to the specialists at noon, who have ten minutes.</summary>
    private static CaseStory Escalated() =>
        new CaseStory { Policies = LadderPolicy.Peopled }.Tell(Opening()).Tell(new Escalate("They threaten to sue.", Level.Specialist));

    /// <summary>Asked for by Ana, approved by the head, and counted.</summary>
    private static CaseStory Approved() =>
        Opened().Tell(new ConcedeClaim(new Money(300, "EUR"), "It was our fault.")).Tell(new DecideApproval(1, true, null), Irina).Counted();

    private static Entry After(List<Entry> whole, DateTimeOffset at, string by, CaseEvent happened) => whole[^1] with
    {
        Version = whole[^1].Version + 1,
        Position = whole[^1].Position + 1,
        At = at,
        By = by,
        CommandId = new Guid(1_000_000 + whole.Count, 0, 0, new byte[8]),
        Event = happened,
    };

    private static List<Entry> Numbered(IEnumerable<Entry> entries) => [.. entries.Select((entry, at) => entry with { Version = at + 1, Position = at + 1 })];

    /// <summary>Exactly one fault, of that rule; none at all for null.</summary>
    private static void Expect(string? rule, IReadOnlyList<Entry> entries) =>
        Assert.Equal(rule is null ? [] : [rule], StreamProof.Check(entries, new ProofCounts()).Select(fault => fault.Rule));
}
