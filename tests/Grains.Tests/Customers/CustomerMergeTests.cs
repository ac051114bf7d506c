using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Policies;
using Escalation.TestKit;
using static Escalation.Grains.Customers.CustomerCommand;

namespace Escalation.Grains.Tests.Customers;

/// <summary>CUS-1: two records of one customer become one.</summary>
public sealed class CustomerMergeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    private static readonly Policy Policy = TestPolicy.Shipped.Current;
    private static readonly Actor Irina = new("irina", Roles.Supervisor);
    private static readonly Guid Low = Guid.Parse("0197f3c0-0000-7000-8000-000000000001");
    private static readonly Guid High = Guid.Parse("0197f3c0-0000-7000-8000-000000000002");

    [Fact, Rule("CUS-1"), Rule("CUS-2"), Rule("CLM-3")]
    public void The_one_that_stays_has_what_both_went_through_and_the_stricter_of_what_restricts_them()
    {
        var (shared, own, request) = (Id(0x51), Id(0x52), Id(0x53));
        var into = Told(Known(Low, new("Vera Q.", "vera@example.org", null, "ro", "Europe/Chisinau")),
            new AddCase(new("Vera Q.", "vera@example.org", null, "ro", "Europe/Chisinau"), own, "quality", Noon.AddDays(-2)),
            new NoteExperience(Of(shared, kept: 1), 3),
            new SetOccasions([new(OccasionKind.Birthday, 3, 14)]),
            new DeclineService("Threats.", Noon.AddDays(30), null));
        var from = Told(Known(High, new("V. Quimbly", "v@example.org", "+373 22 1", "en", "UTC")),
            new AddCase(new("V. Quimbly", "v@example.org", "+373 22 1", "en", "UTC"), shared, "longWait", Noon.AddDays(-5)),
            new NoteExperience(Of(shared, kept: 2), 4),
            new NoteCaseLevel(shared, Level.Head, 2),
            new CountConcession(request, shared, new Money(40, "EUR"), null),
            new SetOccasions([new(OccasionKind.Birthday, 4, 1), new(OccasionKind.NewYear, 1, 1)]),
            new DeclineService("More threats.", Noon.AddDays(60), null));

        var joined = Told(into, TakeOver(from, 9));

        Assert.Equal([shared, own], joined.Cases);
        Assert.Equal([("longWait", Noon.AddDays(-5)), ("quality", Noon.AddDays(-2))], joined.Complaints);
        Assert.Equal((2, Level.Head, 40m), (joined.Experiences[shared].Experience.Kept, joined.Level, joined.ConcededInMonthOf(Noon, "EUR")));
        Assert.Equal(new CustomerContact("Vera Q.", "vera@example.org", "+373 22 1", "ro", "Europe/Chisinau"), joined.Contact);
        Assert.Equal([(OccasionKind.Birthday, 14), (OccasionKind.NewYear, 1)], joined.Occasions.Select(occasion => (occasion.Kind, occasion.Day)));
        Assert.Equal(("More threats.", Noon.AddDays(60)), (joined.Declined!.Reason, joined.Declined.Until));

        // Told again it is nothing new; what came to be known since is.
        Assert.Empty(joined.Decide(TakeOver(from, 9), As(Actor.Errands)).Events);
        var later = Told(from, new NoteExperience(Of(shared, kept: 3), 7));
        Assert.Equal(3, Told(joined, TakeOver(later, 10)).Experiences[shared].Experience.Kept);
    }

    [Theory, Rule("CUS-1")]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_opposite_merges_exactly_one_wins_whichever_is_heard_first(bool lowFirst)
    {
        var (low, high) = (Told(Known(Low), new MergeCustomer(High)), Told(Known(High), new MergeCustomer(Low)));
        if (lowFirst)
        {
            (low, high) = Heard(low, high);
            (high, low) = Heard(high, low);
        }
        else
        {
            (high, low) = Heard(high, low);
            (low, high) = Heard(low, high);
        }

        Assert.Equal((High, null), (low.MergedInto, high.MergedInto));
        Assert.Equal((CustomerMergeState.Abandoned, "customer.merge.opposite"), (high.Merge!.State, high.Merge.Refusal));
        Assert.Equal([Low], high.Joined.Keys);
        Assert.Empty(low.Joined);

        static (Customer From, Customer Into) Heard(Customer from, Customer into)
        {
            var answer = into.Decide(TakeOver(from, 5), As(Actor.Errands));
            into = answer.IsRefused ? into : Folded(into, answer.Events);
            return (Told(from, new SettleCustomerMerge(1, answer.IsRefused ? answer.Refusal : null)), into);
        }
    }

    [Fact, Rule("CUS-1"), Rule("CUS-7")]
    public void Whoever_was_merged_points_to_the_other_for_good_and_can_still_be_forgotten()
    {
        var from = Told(Known(Low), new MergeCustomer(High), new SettleCustomerMerge(1, null));

        Assert.Equal((High, Noon), (from.MergedInto, from.NextDue()!.At));
        foreach (var command in new CustomerCommand[] { new AddCase(from.Contact!, Id(0x54), "quality"), new ServeAgain("x"), new AllowGift(), new MergeCustomer(Id(0x54)) })
        {
            Assert.Equal("customer.merged", from.Decide(command, As(Irina)).Refusal!.Code);
        }

        Assert.Empty(from.Decide(new MergeCustomer(High), As(Irina)).Events);
        Assert.Null(Told(from, new CarryCustomerMerge(1)).NextDue());
        Assert.Null(Told(from, new EraseCustomer("They asked.")).Contact);
    }

    [Fact, Rule("CUS-1")]
    public void What_cannot_be_one_is_refused()
    {
        var erased = Told(Known(High), new EraseCustomer("They asked."));

        Assert.Equal("customer.merge.self", Known(Low).Decide(new MergeCustomer(Low), As(Irina)).Refusal!.Code);
        Assert.Equal("customer.erased", erased.Decide(new MergeCustomer(Low), As(Irina)).Refusal!.Code);
        Assert.Equal("customer.erased", erased.Decide(TakeOver(Known(Low), 1), As(Actor.Errands)).Refusal!.Code);
        Assert.Equal("customer.notFound", Customer.Empty(High).Decide(TakeOver(Known(Low), 1), As(Actor.Errands)).Refusal!.Code);
        Assert.Equal("customer.merge.systemOnly", Known(High).Decide(TakeOver(Known(Low), 1), As(Irina)).Refusal!.Code);
        Assert.Equal("customer.merge.opposite", Told(Known(High), TakeOver(Known(Low), 1)).Decide(new MergeCustomer(Low), As(Irina)).Refusal!.Code);
    }

    [Theory, Rule("CUS-1")]
    [InlineData("Vera Quimbly", "QUIMBLY, Vera", true)]
    [InlineData("Ștefan Țîrdea", "Stefan Tirdea", true)]
    [InlineData("Vera Quimbly", "Oleg Quimbly", false)]
    public void A_telephone_is_someones_with_their_name_only(string one, string other, bool same)
    {
        Assert.Equal(same, ContactPoints.Of(one, null, "+373 22 123456")[0] == ContactPoints.Of(other, null, "+37322123456")[0]);
        Assert.Equal(ContactPoints.Of(one, "Vera@Example.org", null), ContactPoints.Of(other, "vera@example.org", null));
    }

    private static Guid Id(byte last) => Guid.Parse($"0197f3c0-0000-7000-8000-0000000000{last:x2}");

    private static Context As(Actor by) => new(Noon, by, Policy);

    private static Customer Known(Guid id, CustomerContact? contact = null) =>
        Told(Customer.Empty(id), new UpdateContact(contact ?? new("Vera", "vera@example.org", null, "en", "UTC")));

    private static TakeOverCustomer TakeOver(Customer from, int version) => new(JoinedCustomer.Of(from, version), JoinedWords.Of(from));

    private static CaseExperience Of(Guid caseId, int kept) => new(caseId, 1, kept, 0, 0, 0, null, null, null);

    /// <summary>The platform's own words and a supervisor's, as a supervisor of the platform.</summary>
    private static Customer Told(Customer state, params CustomerCommand[] commands) => commands.Aggregate(state, (now, command) =>
    {
        var decision = now.Decide(command, As(new Actor("irina", Roles.Supervisor | Roles.System)));
        Assert.True(!decision.IsRefused, decision.Refusal?.Detail);
        return Folded(now, decision.Events);
    });

    private static Customer Folded(Customer state, IReadOnlyList<CustomerEvent> events) =>
        events.Aggregate(state, (folded, happened) => folded.Evolve(happened, Noon, "irina"));
}
