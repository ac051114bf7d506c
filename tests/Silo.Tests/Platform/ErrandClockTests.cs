using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Merging;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Platform;

/// <summary>
/// An errand that was begun by a host that died before the second step: nobody asks again, and the deadline clock ends it by
/// itself at the errand's due instant.
/// </summary>
public sealed class ErrandClockTests
{
    private static readonly Actor Ana = new("ana", Roles.Agent);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact, Rule("CLM-4"), Rule("CLM-3")]
    public async Task A_gift_and_a_concession_that_nobody_asks_for_again_are_settled_by_the_clock()
    {
        await using var platform = await TestPlatform.StartAsync();
        var grains = platform.Services.GetRequiredService<IGrains>();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetGuid();
        await BeginAsync(platform, id, new CaseCommand.GiveGift("fruitBasket"));
        await BeginAsync(platform, id, new CaseCommand.ConcedeClaim(new Money(40, "EUR"), null));
        var (begun, _) = await grains.Case(id).Get(TestContext.Current.CancellationToken);
        Assert.Equal((GiftState.Taking, ConcessionState.Counting), (begun.Gifts.Single().State, begun.Concessions.Single().State));

        await platform.FastForward(Patience);

        var (settled, _) = await grains.Case(id).Get(TestContext.Current.CancellationToken);
        Assert.Equal((GiftState.Given, ConcessionState.Made), (settled.Gifts.Single().State, settled.Concessions.Single().State));
        Assert.Single((await grains.GiftStock(GiftStock.IdOf("fruitBasket", null)).Get(TestContext.Current.CancellationToken)).State.Taken);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CASE-8")]
    public async Task A_merge_that_nobody_asks_for_again_is_ended_by_the_clock()
    {
        await using var platform = await TestPlatform.StartAsync();
        var grains = platform.Services.GetRequiredService<IGrains>();
        using var ana = platform.ClientFor("agent");
        var (from, into) = ((await ana.OpenCaseAsync()).GetProperty("id").GetGuid(), (await ana.OpenCaseAsync()).GetProperty("id").GetGuid());
        await BeginAsync(platform, from, new CaseCommand.MergeCase(into));
        Assert.True((await grains.Case(from).Get(TestContext.Current.CancellationToken)).State.IsMerging);

        await platform.FastForward(Patience);

        Assert.Equal(into, (await grains.Case(from).Get(TestContext.Current.CancellationToken)).State.MergedInto);
        Assert.Equal(MergeState.Done, (await grains.Case(from).Get(TestContext.Current.CancellationToken)).State.Merge!.State);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CASE-8"), Rule("REG-2")]
    public async Task A_letter_that_comes_back_to_a_merged_case_is_handed_on_by_the_clock()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var platform = await TestPlatform.StartAsync();
        var grains = platform.Services.GetRequiredService<IGrains>();
        using var ana = platform.ClientFor("agent");
        var into = (await ana.OpenCaseAsync()).GetProperty("id").GetGuid();
        var customer = (await grains.Case(into).Get(stop)).State.Opening!.CustomerId;
        var from = (await ana.SendAsync("/api/cases", new
        {
            customer = new { id = customer, name = "Ioana Munteanu" }, type = "wrongPayment", summary = "The fee was taken twice.", channel = "web", product = "loan", site = "london",
        })).GetProperty("id").GetGuid();
        await platform.UntilAsync(async () => (await grains.Case(from).Get(stop)).State is var state && state.Letters.Single().SentAt(state) is not null);
        await ana.SendAsync($"/api/cases/{from}/merge", new { into });
        var letter = (await grains.Case(from).Get(stop)).State.Letters.Single().Notice!.Value;

        await grains.Case(from).Tell(
            new Envelope<CaseCommand>(Guid.CreateVersion7(platform.Time.GetUtcNow()), Actor.Notifier, new CaseCommand.RecordNoticeBounced(letter, "5.1.1")), stop);
        await platform.FastForward(Patience);

        await platform.UntilAsync(async () => !(await grains.Case(from).Get(stop)).State.HasErrands);
        Assert.True((await grains.Case(into).Get(stop)).State.Clocks.Single(clock => clock.Name == "uk-disp.acknowledgement").IsRunning);
        Assert.Empty(await platform.ProveAsync());
    }

    /// <summary>The first step alone: what the host that began it would have done next, it did not live to do.</summary>
    private static async Task BeginAsync(TestPlatform platform, Guid id, CaseCommand command) => Assert.IsType<Answer.Done>(
        await platform.Services.GetRequiredService<IGrains>().Case(id).Tell(
            new Envelope<CaseCommand>(Guid.CreateVersion7(platform.Time.GetUtcNow()), Ana, command), TestContext.Current.CancellationToken));
}
