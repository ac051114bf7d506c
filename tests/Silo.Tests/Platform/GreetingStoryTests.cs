using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Silo.Deadlines;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Platform;

/// <summary>CUS-5, CUS-6 over real HTTP, on two hosts that see the same due instants.</summary>
public sealed class GreetingStoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Rule("CUS-6"), Rule("CUS-5")]
    public async Task A_greeting_goes_out_once_over_two_hosts_and_whoever_is_declined_is_told_and_keeps_what_is_theirs()
    {
        await using var one = await TestPlatform.StartAsync();
        await using var other = await TestPlatform.StartBesideAsync(one);
        using var ana = other.ClientFor("agent");
        using var irina = other.ClientFor("supervisor");
        var opened = await ana.OpenCaseAsync();
        var (id, customer) = (opened.GetProperty("id").GetGuid(), opened.GetProperty("customer").GetProperty("id").GetGuid());
        var day = one.Time.GetUtcNow().AddDays(20);
        using var set = await ana.PutAsJsonAsync(
            $"/api/customers/{customer}/occasions", new { birthday = $"{day:MM-dd}", dates = new[] { new { name = "Ziua mea", date = $"{day.AddDays(2):MM-dd}" } } }, Stop);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);

        // The case is closed long before the birthday, so that only the greeting of a case that is open is suppressed.
        await ana.SendAsync($"/api/cases/{id}/close", new { outcome = "withdrawn", summary = "Delivered at last." });
        await one.FastForward(TimeSpan.FromDays(21));
        await Task.WhenAll(new[] { one, other }.Select(host => host.Services.GetRequiredService<DeadlineClock>().SweepOnceAsync(Stop)));
        await one.UntilAsync(async () => await SentAsync(one) == 1);
        await ana.OpenCaseAsync("Ioana Munteanu");
        await one.FastForward(TimeSpan.FromDays(3));

        Assert.Equal(1, await SentAsync(one));
        Assert.Equal(1, await one.QueryAsync<long>("select count(*) from event where kind = 'greetingSuppressed' and data ->> 'because' = 'case.open'"));
        Assert.Equal(1, await one.QueryAsync<long>("select count(*) from outbox where subject = 'La mulți ani, Ioana Munteanu'"));

        // Declined, they are told; new cases are not taken, unless a law covers them, and those that are open go on.
        var declined = await irina.SendAsync($"/api/customers/{customer}/decline", new { reason = "Amenințări repetate.", until = one.Time.GetUtcNow().AddDays(60), reviewAt = one.Time.GetUtcNow().AddDays(30) });
        Assert.Contains("Amenințări repetate.", declined.GetProperty("declined").GetProperty("text").GetString(), StringComparison.Ordinal);
        await one.FastForward(TimeSpan.FromDays(1));
        await one.UntilAsync(async () => await SentAsync(one) == 2);

        // On the review date it waits in the rail, on whichever host one looks, until somebody has decided.
        await one.FastForward(TimeSpan.FromDays(30));
        await Task.WhenAll(new[] { one, other }.Select(host => host.Services.GetRequiredService<DeadlineClock>().SweepOnceAsync(Stop)));
        await one.UntilAsync(async () => await one.QueryAsync<long>("select count(*) from event where kind = 'decliningReviewAsked'") == 1);
        Assert.Equal(customer, Assert.Single(await DeclinedAsync(ana)).GetProperty("customer").GetGuid());
        using var refused = await ana.PostAsJsonAsync("/api/cases", Complaint(), Stop);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal((HttpStatusCode.Conflict, "customer.declined"), (refused.StatusCode, problem.GetProperty("code").GetString()));
        var covered = await ana.SendAsync("/api/cases", Complaint(product: "card", site: "london"));
        using var gift = await ana.PostAsJsonAsync($"/api/cases/{covered.GetProperty("id").GetGuid()}/gifts", new { gift = "coffeeVoucher" }, Stop);
        Assert.Equal("customer.declined", (await gift.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString());
        using var forbidden = await ana.PostAsJsonAsync($"/api/customers/{customer}/serve", new { reason = "Please." }, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        await irina.SendAsync($"/api/customers/{customer}/serve", new { reason = "The appeal was right." });
        Assert.Empty(await DeclinedAsync(ana));
        await ana.SendAsync("/api/cases", Complaint());
        Assert.Empty(await one.ProveAsync());
    }

    private static async Task<IEnumerable<JsonElement>> DeclinedAsync(HttpClient client) =>
        (await client.GetJsonAsync("/api/board/rail")).GetProperty("declined").EnumerateArray();

    private static object Complaint(string? product = null, string? site = null) => new
    {
        customer = new { name = "Ioana Munteanu", email = "ioana@example.org", language = "ro", timeZone = "Europe/Chisinau" },
        type = "quality", summary = "It hums.", channel = "phone", product, site,
    };

    private static async Task<long> SentAsync(TestPlatform platform) =>
        await platform.QueryAsync<long>("select count(*) from event where kind = 'customerLetterSettled' and data ->> 'state' = 'sent'");
}
