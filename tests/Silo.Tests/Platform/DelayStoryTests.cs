using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Platform;

/// <summary>What people do about a delay, through the front door: real HTTP, real PostgreSQL, time as a verb.</summary>
public sealed class DelayStoryTests
{
    [Fact, Rule("PRM-3")]
    public async Task The_owner_is_asked_then_the_supervisors_see_it_and_a_word_ends_it()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var (id, due) = await PromisedAsync(platform, ana, TimeSpan.FromHours(49));
        var promise = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0];

        await platform.FastForward(promise.GetProperty("askAt").GetDateTimeOffset() - platform.Time.GetUtcNow());
        await platform.UntilAsync(async () => await AskOnBoardAsync(ana) == "asked");
        await platform.FastForward(TimeSpan.FromHours(4));
        await platform.UntilAsync(async () => await AskOnBoardAsync(ana) == "unanswered");

        await ana.SendAsync($"/api/cases/{id}/promises/p1/confirm", new { });
        await platform.UntilAsync(async () => await AskOnBoardAsync(ana) is null);
        promise = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0];
        Assert.Equal(due.AddMinutes(-30), promise.GetProperty("sendBy").GetDateTimeOffset());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-4")]
    public async Task A_second_delay_waits_for_a_supervisor_and_of_two_who_approve_at_once_one_does()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        using var vlad = platform.ClientFor("admin");
        var (id, due) = await PromisedAsync(platform, ana, TimeSpan.FromHours(29));
        await ana.SendAsync($"/api/cases/{id}/promises/p1/explain", new { reason = "The part is late.", newDueAt = due.AddDays(1) });

        using var asked = await PostAsync(ana, $"/api/cases/{id}/promises/p1/explain", new { reason = "And later still.", newDueAt = due.AddDays(2) });
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var approval = await asked.Content.ReadFromJsonAsync<JsonElement>(Wire.Json, TestContext.Current.CancellationToken);
        Assert.Equal(("open", "secondDelay"), (approval.GetProperty("state").GetString(), approval.GetProperty("kind").GetString()));

        await platform.UntilAsync(async () => (await irina.GetJsonAsync("/api/approvals")).GetProperty("items").GetArrayLength() == 1);
        var path = $"/api/approvals/{approval.GetProperty("id").GetString()}/decide";
        var decided = await Task.WhenAll(PostAsync(irina, path, new { approve = true }), PostAsync(vlad, path, new { approve = true }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], decided.Select(answer => answer.StatusCode).Order());

        var promise = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0];
        Assert.Equal((2, due.AddDays(2)), (promise.GetProperty("revision").GetInt32(), promise.GetProperty("dueAt").GetDateTimeOffset()));
        await platform.UntilAsync(async () => (await irina.GetJsonAsync("/api/approvals")).GetProperty("items").GetArrayLength() == 0);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-9")]
    public async Task Kept_rates_are_counted_by_owner_type_site_and_customer_once_for_each_promise()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var (id, due) = await PromisedAsync(platform, ana, TimeSpan.FromHours(5));
        foreach (var owner in new[] { "mihai", "mihai", "mihai" })
        {
            await ana.SendAsync($"/api/cases/{id}/promises", new { text = "A call", dueAt = due, owner });
        }

        await ana.SendAsync($"/api/cases/{id}/promises/p1/keep", new { evidence = "signed for" });
        await ana.SendAsync($"/api/cases/{id}/promises/p2/explain", new { reason = "ill", newDueAt = due.AddHours(1) });
        await ana.SendAsync($"/api/cases/{id}/promises/p2/keep", new { evidence = "called" });
        await ana.SendAsync($"/api/cases/{id}/promises/p3/withdraw", new { reason = "not needed" });
        await platform.FastForward(TimeSpan.FromDays(5));
        await ana.SendAsync($"/api/cases/{id}/promises/p4/keep", new { evidence = "called, late" });

        var byOwner = (await irina.GetJsonAsync("/api/promises/kept?by=owner")).GetProperty("items");
        Assert.Equal(
            [("mihai", 1, 0, 1, 1, 2, 0.5), ("agent", 1, 1, 0, 0, 0, 1.0)],
            byOwner.EnumerateArray().Select(each => (
                each.GetProperty("key").GetString(), Int(each, "kept"), Int(each, "keptFirst"), Int(each, "lapsed"),
                Int(each, "withdrawn"), Int(each, "moves"), each.GetProperty("rate").GetDouble())));
        foreach (var by in new[] { "type", "site", "customer" })
        {
            var only = Assert.Single((await irina.GetJsonAsync($"/api/promises/kept?by={by}")).GetProperty("items").EnumerateArray());
            Assert.Equal((2, 1), (Int(only, "kept"), Int(only, "lapsed")));
        }

        Assert.Empty((await irina.GetJsonAsync("/api/promises/kept?to=2026-01-01T00:00:00Z")).GetProperty("items").EnumerateArray());

        static int Int(JsonElement each, string name) => each.GetProperty(name).GetInt32();
    }

    [Fact, Rule("PRM-9"), Rule("CASE-8")]
    public async Task A_promise_that_came_with_a_merged_case_counts_once_for_who_gave_it_with_every_move()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var (from, due) = await PromisedAsync(platform, ana, TimeSpan.FromHours(5));
        var into = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{from}/promises/p1/explain", new { reason = "ill", newDueAt = due.AddHours(20) });
        await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from notice where done_at is null") == 0);
        await ana.SendAsync($"/api/cases/{into}/promises", new { text = "A call", dueAt = due, owner = "mihai" });

        var merged = await ana.SendAsync($"/api/cases/{from}/merge", new { into });
        Assert.Equal(("p1", "p2"), (merged.GetProperty("promises")[0].GetProperty("was").GetString(), merged.GetProperty("promises")[0].GetProperty("now").GetString()));
        var known = (await ana.GetJsonAsync($"/api/cases/{into}")).GetProperty("merged")[0];
        Assert.Equal((from, "p1", "p2"), (known.GetProperty("id").GetString(), known.GetProperty("promises")[0].GetProperty("was").GetString(), known.GetProperty("promises")[0].GetProperty("now").GetString()));
        await ana.SendAsync($"/api/cases/{into}/promises/p2/keep", new { evidence = "signed for" });
        await platform.FastForward(TimeSpan.FromSeconds(1));

        var only = Assert.Single((await irina.GetJsonAsync("/api/promises/kept?by=owner")).GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("agent", 1, 0, 1),
            (only.GetProperty("key").GetString(), only.GetProperty("kept").GetInt32(), only.GetProperty("keptFirst").GetInt32(), only.GetProperty("moves").GetInt32()));
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-1")]
    public async Task Whoever_promises_sees_it_on_the_customers_clock_and_is_warned_of_quiet_hours()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();

        var made = await ana.SendAsync($"/api/cases/{id}/promises", new { text = "A call", dueAt = "2026-11-20T20:30:00Z" });

        Assert.Equal("2026-11-20T22:30:00+02:00", made.GetProperty("dueLocal").GetString());
        Assert.Equal("quietHours", made.GetProperty("warnings")[0].GetProperty("code").GetString());
        Assert.Equal("outsideWorkingTime", made.GetProperty("warnings")[1].GetProperty("code").GetString());
        Assert.Contains("22:30 (Europe/Chisinau)", made.GetProperty("warnings")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact, Rule("PRM-6"), Rule("CUS-8")]
    public async Task The_links_of_an_explanation_open_the_customers_page_and_not_fine_brings_a_call()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var (id, _) = await PromisedAsync(platform, ana, TimeSpan.FromHours(5));
        await platform.FastForward(TimeSpan.FromHours(4.5));
        await platform.UntilAsync(async () => (await MailsAsync(ana)).Count == 3);

        var explanation = (await MailsAsync(ana))[0];
        var links = explanation.Split('\n').Where(line => line.StartsWith("http", StringComparison.Ordinal)).Select(line => new Uri(line)).ToList();
        Assert.Equal(["?answer=fine", "?answer=callMe", "?answer=cancel"], links.Select(link => link.Query));
        Assert.All(links, link => Assert.Equal(platform.Url.Authority, link.Authority));

        // No key, no cookie: the link is all that a customer has.
        using var customer = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        Assert.Contains("Nu îmi convine, sunați-mă", await customer.GetStringAsync(links[1], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["do"] = "answer", ["answer"] = "callMe", ["promise"] = "1", ["revision"] = "1", ["key"] = "once",
        });
        using var answered = await customer.PostAsync(links[1], form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, answered.StatusCode);

        var shown = await ana.GetJsonAsync($"/api/cases/{id}");
        Assert.Equal("customer.callMe", shown.GetProperty("callTasks")[0].GetProperty("reason").GetString());
        Assert.Equal("callMe", shown.GetProperty("promises")[0].GetProperty("moves")[0].GetProperty("answer").GetString());
        Assert.Equal("tense", shown.GetProperty("heat").GetString());
        Assert.Empty(await platform.ProveAsync());
    }

    private static async Task<IReadOnlyList<string>> MailsAsync(HttpClient client) =>
        [.. (await client.GetJsonAsync("/api/dev/outbox")).GetProperty("items").EnumerateArray().Select(mail => mail.GetProperty("body").GetString()!)];

    internal static async Task<(string Id, DateTimeOffset Due)> PromisedAsync(TestPlatform platform, HttpClient ana, TimeSpan length)
    {
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString()!;
        var due = platform.Time.GetUtcNow() + length;
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered and fitted", dueAt = due });
        return (id, due);
    }

    private static async Task<string?> AskOnBoardAsync(HttpClient client) =>
        (await client.GetJsonAsync("/api/board")).GetProperty("items").EnumerateArray()
            .SelectMany(row => row.GetProperty("promises").EnumerateArray())
            .Select(promise => promise.TryGetProperty("ask", out var ask) ? ask.GetString() : null).FirstOrDefault();

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) =>
        client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Wire.Json, TestContext.Current.CancellationToken);
}
