using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>CASE-5: the same key again gives the first answer, and changes nothing.</summary>
[Rule("CASE-5")]
public sealed class IdempotencyTests
{
    private static readonly (string, string) Key = ("Idempotency-Key", "order-4711");

    [Fact]
    public async Task Opening_twice_with_one_key_opens_one_case()
    {
        await using var api = await ApiHost.StartAsync();

        var first = await api.PostAsync("/api/cases", ApiHost.Complaint(), Roles.Intake, Key);
        await api.PostAsync($"{first.Header("Location")}/note", new { note = "In between." });
        var again = await api.PostAsync("/api/cases", ApiHost.Complaint(), Roles.Intake, Key);
        var other = await api.PostAsync("/api/cases", ApiHost.Complaint("oleg@example.org"), Roles.Intake, Key);

        Assert.Equal((201, first.Text, first.Header("ETag")), (again.Status, again.Text, again.Header("ETag")));
        Assert.Equal((201, first.Text), (other.Status, other.Text));
        Assert.Equal((1, 1), (api.Log.Count("case"), api.Log.Count("customer")));
    }

    [Fact]
    public async Task Opening_raced_twenty_times_with_one_key_opens_one_case()
    {
        await using var api = await ApiHost.StartAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            api.PostAsync("/api/cases", ApiHost.Complaint(), Roles.Intake, Key)));

        Assert.Equal([(201, replies[0].Text)], replies.Select(reply => (reply.Status, reply.Text)).Distinct());
        Assert.Equal((1, 1), (api.Log.Count("case"), api.Log.Count("customer")));
    }

    [Fact]
    public async Task Opening_raced_without_an_address_registers_one_customer()
    {
        await using var api = await ApiHost.StartAsync();
        var body = new { customer = new { name = "Vera" }, type = "quality", summary = "Torn.", channel = "web" };

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.PostAsync("/api/cases", body, Roles.Intake, Key)));

        Assert.Single(replies.Select(reply => reply.Text).Distinct());
        Assert.Equal((1, 1), (api.Log.Count("case"), api.Log.Count("customer")));
    }

    [Fact]
    public async Task Note_raced_twenty_times_with_one_key_is_added_once()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
            api.PostAsync($"{at}/note", new { note = $"Take {n}." }, Roles.Agent, Key)));
        await api.PostAsync($"{at}/heat", new { heat = "public" });
        var late = await api.PostAsync($"{at}/note", new { note = "Later." }, Roles.Agent, Key);

        Assert.Equal([(200, late.Text)], replies.Select(reply => (reply.Status, reply.Text)).Distinct());
        Assert.Equal(1, await NotesAsync(api, at));
    }

    [Fact]
    public async Task Promise_made_twice_with_one_key_is_made_once()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var first = await api.PostAsync($"{at}/promises", new { text = "Refund.", dueAt = "2026-11-21T10:00:00Z" }, Roles.Agent, Key);
        await api.PostAsync($"{at}/promises/p1/explain", new { reason = "Bank.", newDueAt = "2026-11-22T10:00:00Z" });
        var again = await api.PostAsync($"{at}/promises", new { text = "Other.", dueAt = "2026-12-21T10:00:00Z" }, Roles.Agent, Key);

        Assert.Equal((201, first.Text), (again.Status, again.Text));
        Assert.Equal(1, (await api.GetAsync(at)).Json.GetProperty("promises").GetArrayLength());
    }

    [Fact]
    public async Task Key_means_something_else_for_another_sender_case_or_route()
    {
        await using var api = await ApiHost.StartAsync();
        var (one, two) = (await api.ACaseAsync(), await api.ACaseAsync());

        await api.PostAsync($"{one}/note", new { note = "a" }, Roles.Agent, Key);
        await api.PostAsync($"{one}/note", new { note = "b" }, Roles.Supervisor, Key);
        await api.PostAsync($"{two}/note", new { note = "c" }, Roles.Agent, Key);
        var contact = await api.PostAsync($"{one}/contacts", new { direction = "toCustomer", channel = "phone", note = "d" }, Roles.Agent, Key);

        Assert.Equal((2, 1), (await NotesAsync(api, one), await NotesAsync(api, two)));
        Assert.Contains("contactLogged", contact.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_and_no_change_are_first_answers_too()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var refused = await api.PostAsync($"{at}/stage", new { to = "clarify" }, Roles.Agent, Key);
        var nothing = await api.PostAsync($"{at}/heat", new { heat = "calm" }, Roles.Agent, Key);
        await api.PostAsync($"{at}/contacts", new { direction = "toCustomer", channel = "phone", note = "Called." });
        await api.PostAsync($"{at}/heat", new { heat = "tense" });

        Assert.Equal(refused.Text, (await api.PostAsync($"{at}/stage", new { to = "clarify" }, Roles.Agent, Key)).Text);
        Assert.Equal(nothing.Text, (await api.PostAsync($"{at}/heat", new { heat = "calm" }, Roles.Agent, Key)).Text);
        Assert.Equal(("contact", "tense"), ((await api.GetAsync(at))["stage"], (await api.GetAsync(at))["heat"]));
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(201, 422)]
    public async Task Key_has_at_most_200_characters(int length, int status)
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var reply = await api.PostAsync($"{at}/note", new { note = "a" }, Roles.Agent, ("Idempotency-Key", new string('k', length)));

        Assert.Equal(status, reply.Status);
    }

    private static async Task<int> NotesAsync(ApiHost api, string at) =>
        (await api.GetAsync($"{at}/history")).Json.GetProperty("items").EnumerateArray()
            .Count(item => item.GetProperty("kind").GetString() == "noteAdded");
}
