using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Customers;

/// <summary>CUS-1: who is who in a file of many lines.</summary>
public sealed class ClaimedPointsTests
{
    private static readonly Guid Ana = Guid.Parse("0197f3c0-0000-7000-8000-00000000000a");
    private static readonly Guid Ben = Guid.Parse("0197f3c0-0000-7000-8000-00000000000b");
    private static readonly Guid Next = Guid.Parse("0197f3c0-0000-7000-8000-00000000000c");

    [Fact, Rule("CUS-1")]
    public void Somebody_known_by_all_they_say_is_found_and_nothing_changes()
    {
        var claimed = Of(new() { ["a"] = Ana, ["b"] = Ana }, new CustomerClaim(["a", "b"], Next), new CustomerClaim(["b"], Ana));

        Assert.Equal([Ana, Ana], claimed.Customers);
        Assert.Empty(claimed.Touched);
    }

    [Fact, Rule("CUS-1")]
    public void Nobody_known_is_a_new_customer_whom_the_next_claim_finds()
    {
        var claimed = Of([], new CustomerClaim(["a"], Ana), new CustomerClaim(["a", "b"], Ben), new CustomerClaim(["b"], Next), new CustomerClaim(["c"], Next));

        Assert.Equal([Ana, Ana, Ana, Next], claimed.Customers);
        Assert.Equal(["a", "b", "c"], claimed.Touched.Order());
    }

    [Fact, Rule("CUS-1")]
    public void Two_customers_named_together_become_the_first_of_them_for_these_points()
    {
        var claimed = Of(new() { ["a"] = Ana, ["b"] = Ben, ["other"] = Ben }, new CustomerClaim(["b"], Next), new CustomerClaim(["a", "b"], Next), new CustomerClaim(["b"], Next));

        Assert.Equal([Ben, Ana, Ana], claimed.Customers);
        Assert.Equal((Ana, Ana, Ben), (claimed.Points["a"], claimed.Points["b"], claimed.Points["other"]));
    }

    [Fact, Rule("CUS-1")]
    public void Who_was_known_before_goes_before_the_candidate_of_a_claim_that_is_made_again()
    {
        var claimed = Of(new() { ["a"] = Next, ["b"] = Ben }, new CustomerClaim(["a", "b"], Next));

        Assert.Equal(Ben, Assert.Single(claimed.Customers));
        Assert.Equal(Ben, claimed.Points["a"]);
    }

    private static ClaimedPoints Of(Dictionary<string, Guid> known, params CustomerClaim[] claims) => ClaimedPoints.Of(known, claims);
}
