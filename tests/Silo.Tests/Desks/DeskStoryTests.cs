using System.Net.Http.Json;
using System.Text.Json;
using Escalation.TestKit;
using Escalation.TestKit.Hubs;

namespace Escalation.Silo.Tests.Desks;

/// <summary>DSK-1 to DSK-7 through the front door: people open their desks, cases come to them, and nothing is left lying.</summary>
public sealed class DeskStoryTests : IDisposable
{
    private const string People =
        """
        teams:
          front: {name: Front line}
        people:
          agent: {name: Ana Rusu, team: front, level: buffer, languages: [ro, en], capacity: 2}
          supervisor: {name: Irina Moraru, team: front, level: head, languages: [ro, ru], capacity: 2}
          admin: {name: Vlad Munteanu}
        """;

    private readonly string _folder = TestPolicy.FolderWith(("people.yaml", People));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("DSK-1"), Rule("DSK-2"), Rule("DSK-7")]
    public async Task A_case_comes_to_the_desk_that_is_open_and_says_why()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        await using var desk = await TestDesk.OpenAsync(ana);
        Assert.Equal("snapshot", desk.Messages[0].GetProperty("kind").GetString());
        await desk.UntilAsync(d => d.Presence == "available");

        var opened = await ana.OpenCaseAsync();

        await desk.UntilAsync(d => d.Offers.Count == 1);
        var offer = desk.Offers[0];
        Assert.Equal(opened.GetProperty("id").GetString(), offer.GetProperty("caseId").GetString());
        Assert.Equal(30, (offer.GetProperty("until").GetDateTimeOffset() - offer.GetProperty("offeredAt").GetDateTimeOffset()).TotalSeconds);
        Assert.Contains("speaks Romanian", offer.GetProperty("why").EnumerateArray().Select(why => why.GetProperty("text").GetString()));

        var accepted = await desk.InvokeAsync("Accept", offer.GetProperty("id").GetString()!);
        Assert.True(accepted.GetProperty("accepted").GetBoolean());
        await desk.UntilAsync(d => d.Offers.Count == 0 && d.Cases.Count == 1 && d.Waiting.Count == 1 && d.Load == 1);
        Assert.Equal("step", desk.Waiting[0].GetProperty("kind").GetString());
        Assert.Equal("agent", (await ana.GetJsonAsync($"/api/cases/{opened.GetProperty("id").GetString()}")).GetProperty("owner").GetString());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-1")]
    public async Task Whoever_promises_sees_on_which_days_and_hours_they_have_promised_already()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/assign", new { agent = "agent" });

        // 11:30 on the customer's clock.
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Call back", dueAt = "2026-11-20T09:30:00Z" });

        var path = $"/api/cases/{id}/promises/times?day=2026-11-20";
        await platform.UntilAsync(async () => (await ana.GetJsonAsync(path)).GetProperty("promised").GetArrayLength() == 1);
        var times = await ana.GetJsonAsync(path);
        Assert.Equal("agent", times.GetProperty("owner").GetString());
        Assert.Equal(("2026-11-20", 1), (times.GetProperty("promised")[0].GetProperty("day").GetString(), times.GetProperty("promised")[0].GetProperty("promises").GetInt32()));
        Assert.Equal("2026-11-20T09:00:00Z", times.GetProperty("times").EnumerateArray().Single(each => each.GetProperty("promises").GetInt32() > 0).GetProperty("dueAt").GetString());
        Assert.Equal(0, (await ana.GetJsonAsync($"{path}&owner=supervisor")).GetProperty("promised").GetArrayLength());
    }

    [Fact, Rule("DSK-3")]
    public async Task Declined_it_goes_to_the_next_and_with_nobody_left_it_waits_on_the_queue_until_the_cool_down_is_over()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        await using var first = await TestDesk.OpenAsync(ana);
        await using var second = await TestDesk.OpenAsync(irina);
        await first.UntilAsync(d => d.Presence == "available");
        await second.UntilAsync(d => d.Presence == "available");

        await ana.OpenCaseAsync();
        await first.UntilAsync(d => d.Offers.Count == 1);
        Assert.Equal("Irina Moraru", first.Offers[0].GetProperty("nextName").GetString());
        var unknown = await first.InvokeAsync("Decline", first.OfferId, "tired");
        Assert.Equal("offer.unknownReason", unknown.GetProperty("code").GetString());
        Assert.True((await first.InvokeAsync("Decline", first.OfferId, "lunch")).GetProperty("declined").GetBoolean());

        await second.UntilAsync(d => d.Offers.Count == 1);
        await first.UntilAsync(d => d.Offers.Count == 0);
        await platform.FastForward(TimeSpan.FromSeconds(30));
        await second.UntilAsync(d => d.Offers.Count == 0);
        await platform.UntilAsync(async () => (await RowAsync(ana)).TryGetProperty("queued", out var queued) && queued.GetBoolean());

        await platform.FastForward(TimeSpan.FromMinutes(11));
        await first.UntilAsync(d => d.Offers.Count == 1);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("DSK-4")]
    public async Task Two_accept_at_once_one_has_it_and_the_other_is_told_who()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        await using var desk = await TestDesk.OpenAsync(ana);
        await desk.UntilAsync(d => d.Presence == "available");
        await ana.OpenCaseAsync();
        await desk.UntilAsync(d => d.Offers.Count == 1);
        var path = new Uri($"/api/offers/{desk.OfferId}/accept", UriKind.Relative);
        var caseId = desk.Offers[0].GetProperty("caseId").GetString();

        var answers = await Task.WhenAll(ana.PostAsJsonAsync(path, new { }, Token), irina.PostAsJsonAsync(path, new { }, Token));

        Assert.Equal([200, 409], answers.Select(answer => (int)answer.StatusCode).Order());
        var lost = JsonSerializer.Deserialize<JsonElement>(await answers.First(answer => (int)answer.StatusCode == 409).Content.ReadAsStringAsync(Token));
        Assert.Equal("offer.taken", lost.GetProperty("code").GetString());
        var winner = (await ana.GetJsonAsync($"/api/cases/{caseId}")).GetProperty("owner").GetString();
        Assert.Contains($"({winner})", lost.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact, Rule("DSK-5")]
    public async Task Whoever_disconnects_holds_nothing()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var first = await TestDesk.OpenAsync(ana);
        await first.UntilAsync(d => d.Presence == "available");
        await ana.OpenCaseAsync(name: "Kept");
        await first.UntilAsync(d => d.Offers.Count == 1);
        await first.InvokeAsync("Accept", first.OfferId);
        await ana.OpenCaseAsync(name: "Ringing");
        await first.UntilAsync(d => d.Offers.Count == 1 && d.Offers[0].GetProperty("customer").GetString() == "Ringing");
        await using var second = await TestDesk.OpenAsync(irina);
        await second.UntilAsync(d => d.Presence == "available");

        await first.DisposeAsync();

        await second.UntilAsync(d => d.Offers.Count == 1 && d.Offers[0].GetProperty("customer").GetString() == "Ringing");
        await second.InvokeAsync("Accept", second.OfferId);
        await second.UntilAsync(d => d.Offers.Count == 0);

        // First contact falls due an hour after the complaint: within five minutes of that, the case is offered while ana stays its owner.
        await platform.FastForward(TimeSpan.FromMinutes(56));
        await second.UntilAsync(d => d.Offers.Count == 1);
        Assert.Equal("agent", second.Offers[0].GetProperty("insteadOf").GetString());
        Assert.Equal("agent", (await ana.GetJsonAsync($"/api/cases/{second.Offers[0].GetProperty("caseId").GetString()}")).GetProperty("owner").GetString());
        await second.InvokeAsync("Accept", second.OfferId);
        await second.UntilAsync(d => d.Cases.Count == 2);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("DSK-6")]
    public async Task Beyond_capacity_goes_a_supervisors_hand_only()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var cases = new List<string>();
        foreach (var name in new[] { "One", "Two", "Three" })
        {
            cases.Add((await ana.OpenCaseAsync(name: name)).GetProperty("id").GetString()!);
        }

        await ana.SendAsync($"/api/cases/{cases[0]}/assign", new { agent = "agent" });
        await ana.SendAsync($"/api/cases/{cases[1]}/assign", new { agent = "agent" });
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ana.SendAsync($"/api/cases/{cases[2]}/assign", new { agent = "agent" }));
        Assert.Contains("desk.atCapacity", refused.Message, StringComparison.Ordinal);
        await irina.SendAsync($"/api/cases/{cases[2]}/assign", new { agent = "agent" });
        await platform.UntilAsync(async () => (await AgentAsync(ana)).GetProperty("load").GetInt32() == 3);

        await using var desk = await TestDesk.OpenAsync(ana);
        await desk.UntilAsync(d => d.Presence == "available");
        await ana.OpenCaseAsync(name: "Four");
        await ana.SendAsync($"/api/cases/{cases[0]}/assign", new Dictionary<string, string?> { ["agent"] = null });
        await ana.SendAsync($"/api/cases/{cases[1]}/assign", new Dictionary<string, string?> { ["agent"] = null });
        await desk.UntilAsync(d => d.Offers.Count == 1);
    }

    [Fact, Rule("DSK-1")]
    public async Task Presence_is_ones_own_and_a_supervisors_and_a_busy_agent_holds_no_offer()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        await using var desk = await TestDesk.OpenAsync(ana);
        await desk.UntilAsync(d => d.Presence == "available");
        await ana.OpenCaseAsync();
        await desk.UntilAsync(d => d.Offers.Count == 1);

        await desk.InvokeAsync("SetPresence", "busy");
        await desk.UntilAsync(d => d.Presence == "busy" && d.Offers.Count == 0);
        var byAna = await ana.PutAsJsonAsync("/api/agents/supervisor/presence", new { presence = "away" }, Token);
        Assert.Equal(403, (int)byAna.StatusCode);
        var byIrina = await irina.PutAsJsonAsync("/api/agents/agent/presence", new { presence = "available" }, Token);
        Assert.Equal(200, (int)byIrina.StatusCode);
        await desk.UntilAsync(d => d.Presence == "available" && d.Offers.Count == 1);
        Assert.Equal(409, (int)(await irina.PutAsJsonAsync("/api/agents/admin/presence", new { presence = "away" }, Token)).StatusCode);
        Assert.Equal(404, (int)(await irina.PutAsJsonAsync("/api/agents/nobody/presence", new { presence = "away" }, Token)).StatusCode);
    }

    private static async Task<JsonElement> RowAsync(HttpClient client) =>
        (await client.GetJsonAsync("/api/board")).GetProperty("items")[0];

    private static async Task<JsonElement> AgentAsync(HttpClient client) =>
        (await client.GetJsonAsync("/api/agents")).GetProperty("items").EnumerateArray().First(agent => agent.GetProperty("id").GetString() == "agent");
}
