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
        await platform.FastForward(TimeSpan.FromHours(3));
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

        var path = $"/api/approvals/{approval.GetProperty("id").GetString()}/decide";
        var decided = await Task.WhenAll(PostAsync(irina, path, new { approve = true }), PostAsync(vlad, path, new { approve = true }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], decided.Select(answer => answer.StatusCode).Order());

        var promise = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0];
        Assert.Equal((2, due.AddDays(2)), (promise.GetProperty("revision").GetInt32(), promise.GetProperty("dueAt").GetDateTimeOffset()));
        Assert.Empty(await platform.ProveAsync());
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
