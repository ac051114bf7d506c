using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Platform;

/// <summary>Claims, goodwill, apologies and merging through the front door: real HTTP, real PostgreSQL, time as a verb.</summary>
public sealed class ClaimStoryTests
{
    [Fact, Rule("CLM-1"), Rule("CLM-2"), Rule("CLM-3"), Rule("CLM-6")]
    public async Task A_small_claim_is_conceded_at_once_a_large_one_waits_for_the_head_and_the_month_has_a_limit()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var opened = await ana.OpenCaseAsync();
        var (id, customer) = (opened.GetProperty("id").GetString()!, opened.GetProperty("customer").GetProperty("id").GetString()!);
        await ana.SendAsync($"/api/cases/{id}/claim", new { amount = new { amount = 45, currency = "EUR" } });
        Assert.Equal("concede", (await ana.GetJsonAsync($"/api/cases/{id}/remedy")).GetProperty("remedy").GetString());

        using var conceded = await PostAsync(ana, $"/api/cases/{id}/claim", new { concede = true });
        Assert.Equal(HttpStatusCode.OK, conceded.StatusCode);
        var shown = await ana.GetJsonAsync($"/api/cases/{id}");
        Assert.Equal("made", shown.GetProperty("concessions")[0].GetProperty("state").GetString());

        using var more = await PostAsync(ana, $"/api/cases/{id}/claim", new { amount = new { amount = 200, currency = "EUR" }, concede = true, reason = "The cellar was flooded." });
        Assert.Equal(HttpStatusCode.Accepted, more.StatusCode);
        var approval = await JsonAsync(more);
        Assert.Equal(("concession", "head"), (approval.GetProperty("kind").GetString(), approval.GetProperty("level").GetString()));
        var waiting = await platform.UntilListedAsync(irina);
        Assert.Equal(approval.GetProperty("id").GetString(), waiting.GetProperty("id").GetString());

        using var decided = await PostAsync(irina, $"/api/approvals/{approval.GetProperty("id").GetString()}/decide", new { approve = true });
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);

        // 245 this month: another 45 is above what an agent may concede to one customer.
        var second = await ana.SendAsync("/api/cases", new
        {
            customer = new { id = customer, name = "Ioana Munteanu", email = "ioana@example.org" }, type = "quality", summary = "Again.", channel = "phone",
        });
        using var third = await PostAsync(ana, $"/api/cases/{second.GetProperty("id").GetString()}/claim", new { amount = new { amount = 45, currency = "EUR" }, concede = true, reason = "again" });
        Assert.Equal(HttpStatusCode.Accepted, third.StatusCode);

        var claims = await irina.GetJsonAsync($"/api/customers/{customer}/claims");
        Assert.Equal(245, claims.GetProperty("totals")[0].GetProperty("concededThisMonth").GetDecimal());
        using var hidden = await ana.GetAsync(new Uri($"/api/customers/{customer}/claims", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, hidden.StatusCode);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CLM-4")]
    public async Task A_gift_is_given_once_however_often_it_is_clicked_and_what_came_of_it_is_recorded()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString()!;

        var clicks = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PostAsync(ana, $"/api/cases/{id}/gifts", new { gift = "fruitBasket" })));
        Assert.All(clicks, click => Assert.Equal(HttpStatusCode.Created, click.StatusCode));
        var basket = (await ana.GetJsonAsync("/api/goodwill")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("id").GetString() == "fruitBasket");
        Assert.Equal((19, 1), (basket.GetProperty("left").GetInt32(), basket.GetProperty("taken").GetInt32()));

        await ana.SendAsync($"/api/cases/{id}/gifts/g1/outcome", new { accepted = true });
        await ana.SendAsync($"/api/cases/{id}/gifts/g1/outcome", new { customerStayed = true });
        var gift = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("gifts").EnumerateArray().Single();
        Assert.Equal(("given", true, true), (gift.GetProperty("state").GetString(), gift.GetProperty("accepted").GetBoolean(), gift.GetProperty("customerStayed").GetBoolean()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(ana, $"/api/cases/{id}/gifts", new { gift = "car" })).StatusCode);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CLM-5")]
    public async Task An_apology_that_nobody_gives_goes_up_by_itself()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString()!;
        await ana.SendAsync($"/api/cases/{id}/cause", new { causedBy = "mihai" });
        var due = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("apology").GetProperty("dueAt").GetDateTimeOffset();

        await platform.FastForward(due - platform.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await platform.UntilAsync(async () => (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("escalations").EnumerateArray()
            .Any(escalation => escalation.GetProperty("cause").GetString() == "apology.overdue"));
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CASE-8"), Rule("CUS-8")]
    public async Task Merged_the_promise_is_kept_in_the_surviving_case_and_the_customers_old_link_shows_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var first = await ana.OpenCaseAsync();
        var second = await ana.OpenCaseAsync();
        var (from, into) = (first.GetProperty("id").GetString()!, second.GetProperty("id").GetString()!);
        await ana.SendAsync($"/api/cases/{from}/promises", new { text = "Delivered and fitted", dueAt = platform.Time.GetUtcNow().AddHours(30) });
        var link = (await ana.GetJsonAsync($"/api/cases/{from}/links")).GetProperty("url").GetString()!;

        using var merged = await PostAsync(ana, $"/api/cases/{from}/merge", new { into });
        Assert.Equal(HttpStatusCode.OK, merged.StatusCode);
        Assert.Equal("p1", (await JsonAsync(merged)).GetProperty("promises")[0].GetProperty("now").GetString());
        var survivor = await ana.GetJsonAsync($"/api/cases/{into}");
        Assert.Equal(("Delivered and fitted", "open"), (survivor.GetProperty("promises")[0].GetProperty("text").GetString(), survivor.GetProperty("promises")[0].GetProperty("state").GetString()));
        var gone = await ana.GetJsonAsync($"/api/cases/{from}");
        Assert.Equal(("merged", into), (gone.GetProperty("outcome").GetString(), gone.GetProperty("mergedInto").GetProperty("id").GetString()));

        using var customer = new HttpClient();
        Assert.Contains(survivor.GetProperty("number").GetRawText(), await customer.GetStringAsync(new Uri(link), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("case.merged", (await JsonAsync(await PostAsync(ana, $"/api/cases/{from}/reopen", new { }))).GetProperty("code").GetString());
        Assert.Equal("case.merge.opposite", (await JsonAsync(await PostAsync(ana, $"/api/cases/{into}/merge", new { into = from }))).GetProperty("code").GetString());

        // The deadline clock guards it where it stands now.
        await platform.FastForward(TimeSpan.FromHours(29));
        await platform.UntilAsync(async () => (await ana.GetJsonAsync($"/api/cases/{into}")).GetProperty("promises")[0].GetProperty("revision").GetInt32() == 1);
        Assert.Empty(await platform.ProveAsync());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) =>
        client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Wire.Json, TestContext.Current.CancellationToken);

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        answer.Content.ReadFromJsonAsync<JsonElement>(Wire.Json, TestContext.Current.CancellationToken);
}

/// <summary>What waits for a supervisor.</summary>
internal static class ApprovalSteps
{
    /// <summary>Waits until the board has heard of the one approval that waits.</summary>
    public static async Task<JsonElement> UntilListedAsync(this TestPlatform platform, HttpClient supervisor)
    {
        await platform.UntilAsync(async () => (await supervisor.GetJsonAsync("/api/approvals")).GetProperty("items").GetArrayLength() == 1);
        return (await supervisor.GetJsonAsync("/api/approvals")).GetProperty("items")[0];
    }
}
