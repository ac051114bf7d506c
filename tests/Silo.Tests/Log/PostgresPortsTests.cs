using Escalation.Grains.Hosting;
using Escalation.Silo.Log;
using static Escalation.Silo.Tests.Log.Appends;

namespace Escalation.Silo.Tests.Log;

public sealed class PostgresPortsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Case_numbers_are_given_out_once_by_all_hosts_together()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        using var one = new PostgresCaseNumbers(subject.Source);
        using var other = new PostgresCaseNumbers(subject.Source);

        var numbers = await EventLogContract.AllAsync(500, n => (n % 2 == 0 ? one : other).NextAsync(Token).AsTask());

        Assert.Equal(500, numbers.Distinct().Count());
        Assert.Equal(1, numbers.Min());
    }

    [Fact]
    public async Task A_new_customer_is_known_by_each_of_their_contact_points_afterwards()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        var directory = new PostgresCustomerDirectory(subject.Source);
        var ana = NewId();

        Assert.Equal(ana, await directory.FindOrClaimAsync(["mailto:ana@example.org", "tel:+491"], ana, Token));
        Assert.Equal(ana, await directory.FindOrClaimAsync(["tel:+491", "tel:+492"], NewId(), Token));
        Assert.Equal(ana, await directory.FindOrClaimAsync(["tel:+492"], NewId(), Token));
        Assert.Equal(ana, await directory.FindOrClaimAsync(["mailto:ana@example.org"], NewId(), Token));
        var ben = NewId();
        Assert.Equal(ben, await directory.FindOrClaimAsync(["mailto:ben@example.org"], ben, Token));
    }

    [Fact]
    public async Task Contact_points_of_two_customers_named_together_end_up_on_the_first()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        var directory = new PostgresCustomerDirectory(subject.Source);
        var (mail, phone) = (NewId(), NewId());
        await directory.FindOrClaimAsync(["mailto:ana@example.org"], mail, Token);
        await directory.FindOrClaimAsync(["tel:+491"], phone, Token);

        Assert.Equal(phone, await directory.FindOrClaimAsync(["tel:+491", "mailto:ana@example.org"], NewId(), Token));
        Assert.Equal(phone, await directory.FindOrClaimAsync(["mailto:ana@example.org"], NewId(), Token));
    }

    [Fact]
    public async Task Racing_callers_that_share_a_contact_point_get_the_same_customer()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        var directory = new PostgresCustomerDirectory(subject.Source);
        for (var round = 0; round < 10; round++)
        {
            // All share the phone; each has a mail address of its own, named before or after it.
            var customers = await EventLogContract.AllAsync(16, n => directory.FindOrClaimAsync(
                n % 2 == 0 ? [$"mailto:{n}@{round}", $"tel:{round}"] : [$"tel:{round}", $"mailto:{n}@{round}"], NewId(), Token).AsTask());

            var customer = Assert.Single(customers.Distinct());
            for (var n = 0; n < 16; n++)
            {
                Assert.Equal(customer, await directory.FindOrClaimAsync([$"mailto:{n}@{round}"], NewId(), Token));
            }
        }
    }

    [Fact]
    [TestKit.Rule("CUS-1")]
    public async Task Claims_made_together_are_answered_as_if_they_had_come_one_after_the_other()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        var directory = new PostgresCustomerDirectory(subject.Source);
        var (ana, ben, next) = (NewId(), NewId(), NewId());
        await directory.FindOrClaimAsync(["mailto:ana@example.org"], ana, Token);
        IReadOnlyList<CustomerClaim> claims =
        [
            new(["mailto:ben@example.org", "tel:+492"], ben), new(["mailto:ana@example.org"], next), new(["tel:+492", "mailto:b@example.org"], next),
            new(["mailto:ana@example.org", "mailto:ben@example.org"], next), new(["mailto:ben@example.org"], next),
        ];

        Assert.Equal([ben, ana, ben, ana, ana], await directory.FindOrClaimAllAsync(claims, Token));
        Assert.Equal([ana, ana, ben, ana, ana], await directory.FindOrClaimAllAsync([.. claims.Reverse()], Token));
        Assert.Equal(ana, await directory.FindOrClaimAsync(["tel:+492"], NewId(), Token));
    }

    [Fact]
    [TestKit.Rule("CUS-1")]
    public async Task Claims_made_together_on_several_hosts_get_the_same_customers()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        var directory = new PostgresCustomerDirectory(subject.Source);

        // Each host knows every customer by a mail address, and by one of its own, in an order of its own.
        var answers = await EventLogContract.AllAsync(6, async host =>
        {
            var order = Enumerable.Range(0, 40).OrderBy(customer => (customer * (host + 3)) % 41).ToList();
            var customers = await directory.FindOrClaimAllAsync(
                [.. order.Select(customer => new CustomerClaim([$"mailto:{customer}@example.org", $"tel:{customer}-{host}"], NewId()))], Token);
            return order.Zip(customers).OrderBy(one => one.First).Select(one => one.Second).ToList();
        });

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal(40, answers[0].Distinct().Count());
    }

    [Fact]
    [TestKit.Rule("CUS-7")]
    public async Task A_forgotten_customer_is_known_by_nothing()
    {
        await using var subject = await PostgresLogUnderTest.StartAsync();
        var directory = new PostgresCustomerDirectory(subject.Source);
        var (ana, next) = (NewId(), NewId());
        await directory.FindOrClaimAsync(["mailto:ana@example.org", "tel:+491"], ana, Token);

        await directory.ForgetAsync(ana, Token);

        Assert.Equal(next, await directory.FindOrClaimAsync(["tel:+491"], next, Token));
    }
}
