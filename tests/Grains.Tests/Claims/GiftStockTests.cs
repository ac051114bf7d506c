using Escalation.Grains.Goodwill;
using Escalation.TestKit;
using static Escalation.Grains.Goodwill.GiftStockCommand;

namespace Escalation.Grains.Tests.Claims;

/// <summary>CLM-4: what a customer may be given within a year.</summary>
public sealed class GiftStockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);

    private GiftStock _stock = GiftStock.Empty(GiftStock.IdOf("coffeeVoucher", null));

    [Fact, Rule("CLM-4"), Rule("CUS-1")]
    public void The_years_limit_counts_what_the_customer_was_given_before_they_were_merged()
    {
        Take(1, customer: 7, Noon.AddDays(-400));
        Take(2, customer: 7, Noon.AddDays(-30));
        Take(3, customer: 8, Noon.AddDays(-20));

        // Two within a year is the limit: neither had both, but they are one person now.
        Assert.Equal("gift.customerLimit", Take(4, customer: 9, Noon, joined: [7, 8]));
        Assert.Null(Take(5, customer: 9, Noon, joined: [7]));
        Assert.Equal("gift.customerLimit", Take(6, customer: 9, Noon, joined: [7]));
    }

    private string? Take(int number, int customer, DateTimeOffset now, params int[] joined)
    {
        var request = Id('a', number);
        var take = new TakeGift(request, "coffeeVoucher", null, Id('c', number), Id('d', customer), "ana", null, [.. joined.Select(other => Id('d', other))]);
        var context = new Context(now, new Actor("ana", Roles.Agent), TestPolicy.Shipped.Current, TestPolicy.Shipped);
        _stock = _stock.Decide(take, context).Aggregate(_stock, (state, happened) => state.Evolve(happened, now, "ana"));
        return _stock.NotTaken.GetValueOrDefault(request)?.Code;
    }

    private static Guid Id(char kind, int number) => Guid.Parse($"0197f3c0-0000-7000-8000-00000000{kind}{number:000}");
}
