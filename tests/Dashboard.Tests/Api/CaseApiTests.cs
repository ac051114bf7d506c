using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>Cases over HTTP, from complaint to close.</summary>
public sealed class CaseApiTests
{
    [Fact, Rule("PRM-5")]
    public async Task A_customer_says_over_which_channel_they_want_to_be_told()
    {
        await using var api = await ApiHost.StartAsync();
        object Complaint(string prefers) => new
        {
            customer = new { name = "Vera", email = "vera@example.org", phone = "+373 22 123456", prefers },
            type = "wrongPayment",
            summary = "Charged twice.",
            channel = "web",
        };

        var taken = await api.PostAsync("/api/cases", Complaint("sms"));
        var refused = await api.PostAsync("/api/cases", Complaint("visit"));

        Assert.Equal(201, taken.Status);
        Assert.Equal("sms", (await api.GetAsync($"/api/customers/{taken.Json.GetProperty("customer").GetProperty("id").GetString()}"))["prefers"]);
        Assert.Equal((422, "request.invalid"), (refused.Status, refused.Code));
        Assert.True(refused.Json.GetProperty("errors").TryGetProperty("customer.prefers", out _));
    }

    [Fact]
    [Rule("CASE-1")]
    public async Task Complaint_from_intake_opens_a_case_with_its_address_and_version()
    {
        await using var api = await ApiHost.StartAsync();

        var opened = await api.PostAsync("/api/cases", ApiHost.Complaint(), Roles.Intake);

        Assert.Equal(201, opened.Status);
        Assert.Equal($"/api/cases/{opened["id"]}", opened.Header("Location"));
        Assert.Equal($"\"{opened["version"]}\"", opened.Header("ETag"));
        Assert.Equal("contact", opened["stage"]);
        Assert.Equal("buffer", opened["level"]);
        Assert.Equal("vera@example.org", opened["customer.email"]);
        Assert.Equal("UTC", opened["customer.timeZone"]);
        Assert.Equal("120.00", opened["claim.amount"]);
        Assert.Equal(3, opened.Json.GetProperty("clocks").GetArrayLength());
        Assert.Equal("PT0S", opened.Json.GetProperty("clocks")[0].GetProperty("paused").GetString());
        Assert.Equal(1, opened.Json.GetProperty("missing").GetArrayLength());

        var got = await api.GetAsync(opened.Header("Location")!);
        Assert.Equal((200, opened.Text), (got.Status, got.Text));
        Assert.Equal(304, (await api.GetAsync(opened.Header("Location")!, Roles.Agent, ("If-None-Match", opened.Header("ETag")!))).Status);
    }

    [Fact]
    [Rule("CASE-1")]
    public async Task Complaints_with_the_same_mail_address_belong_to_one_customer()
    {
        await using var api = await ApiHost.StartAsync();

        var first = await api.PostAsync("/api/cases", ApiHost.Complaint("Vera@Example.org"));
        var second = await api.PostAsync("/api/cases", ApiHost.Complaint("vera@example.org"));

        Assert.Equal(first["customer.id"], second["customer.id"]);
        var customer = await api.GetAsync($"/api/customers/{first["customer.id"]}");
        Assert.Equal(2, customer.Json.GetProperty("cases").GetArrayLength());
    }

    [Fact]
    [Rule("CASE-1")]
    public async Task Intake_does_not_learn_what_others_know_of_a_customer()
    {
        await using var api = await ApiHost.StartAsync();
        var known = new { customer = new { name = "Vera", email = "vera@example.org", phone = "+373 22 123456" }, type = "quality", summary = "Torn.", channel = "web" };
        await api.PostAsync("/api/cases", known);

        var opened = await api.PostAsync("/api/cases", ApiHost.Complaint(), Roles.Intake);

        Assert.False(opened.Json.GetProperty("customer").TryGetProperty("phone", out _));
    }

    [Fact]
    [Rule("CASE-2")]
    public async Task Case_goes_through_its_stages_to_the_close()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        await Taken("contacts", new { direction = "toCustomer", channel = "phone", note = "Called." }, "contactLogged");
        await Taken("steps", new { step = "listen" }, "stepDone");
        await Taken("stage", new { to = "clarify" }, "stageEntered");
        await Taken("facts", new { facts = "Two charges.", expectation = "One back." }, "factsRecorded");
        await Taken("stage", new { to = "options" }, "stageEntered");
        await Taken("options", new { text = "Refund.", cost = new { amount = 60, currency = "EUR" } }, "optionOffered");
        await Taken("options", new { text = "Credit." }, "optionOffered");
        await Taken("stage", new { to = "agreement" }, "stageEntered");
        await Taken("agreement", new { text = "Refund it is.", options = new[] { 1 } }, "agreementReached");
        var promised = await api.PostAsync($"{at}/promises", new { text = "Refund arrives.", dueAt = "2026-11-21T16:30:00Z", owner = "ana" });
        Assert.Equal((201, "p1", "2026-11-21T16:30:00Z", "0"), (promised.Status, promised["id"], promised["dueAt"], promised["revision"]));
        await Taken("stage", new { to = "followThrough" }, "stageEntered");
        await Taken("promises/p1/explain", new { reason = "The bank is slow.", newDueAt = "2026-11-22T16:30:00Z" }, "promiseExplained");
        await Taken("promises/p1/keep", new { evidence = "Bank receipt." }, "promiseKept");
        await Taken("close", new { outcome = "agreed", summary = "Refunded. Thank you." }, "caseClosed");
        await Taken("reopen", null, "roundStarted");

        var history = await api.GetAsync($"{at}/history");
        var versions = history.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("version").GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(1, versions.Count), versions);
        var page = await api.GetAsync($"{at}/history?limit=2&after=3");
        Assert.Equal("5", page["next"]);

        async Task Taken(string what, object? body, string kind)
        {
            var taken = await api.PostAsync($"{at}/{what}", body);
            Assert.True(taken.Status == 200, taken.Text);
            Assert.Contains(kind, taken.Json.GetProperty("events").EnumerateArray().Select(item => item.GetString()));
            Assert.Equal($"\"{taken["version"]}\"", taken.Header("ETag"));
        }
    }

    [Fact]
    public async Task Write_answers_the_whole_case_when_asked_to()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var taken = await api.PostAsync($"{at}/heat", new { heat = "tense" }, Roles.Agent, ("Prefer", "return=representation"));

        Assert.Equal("return=representation", taken.Header("Preference-Applied"));
        Assert.Equal((await api.GetAsync(at)).Text, taken.Text);
    }

    [Fact]
    [Rule("CLK-6")]
    public async Task Clock_explains_its_due_instant()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var why = await api.GetAsync($"{at}/clocks/acknowledge/why");

        var interval = why.Json.GetProperty("intervals")[0];
        Assert.Equal(why.Json.GetProperty("target").GetProperty("working").GetString(), interval.GetProperty("counted").GetString());
        Assert.Equal(why["counted"], interval.GetProperty("counted").GetString());
        Assert.Equal(why["dueAt"], interval.GetProperty("to").GetString());
        Assert.Equal(TestPolicy.Shipped.Current.Version, why["policy"]);
        Assert.Equal(("PT0S", "internal"), (why["paused"], why["kind"]));
        Assert.Equal("clock.notFound", (await api.GetAsync($"{at}/clocks/tea/why")).Code);
    }

    [Fact]
    [Rule("ESC-4"), Rule("CLK-6")]
    public async Task Escalation_is_acknowledged_by_its_own_id()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        await api.PostAsync($"{at}/escalate", new { reason = "Asked for the head.", level = "head" });
        var escalation = (await api.GetAsync(at)).Json.GetProperty("escalations")[0];
        var why = await api.GetAsync($"/api/escalations/{escalation.GetProperty("id")}/why");
        Assert.Equal(("escalation.acknowledge", escalation.GetProperty("acknowledgeBy").GetString()), (why["clock"], why["dueAt"]));
        Assert.Equal(why.Json.GetProperty("target").GetProperty("working").GetString(), why["counted"]);

        var taken = await api.PostAsync($"/api/escalations/{escalation.GetProperty("id")}/acknowledge", null, Roles.Supervisor);

        Assert.Equal((200, "head"), (taken.Status, taken["level"]));
        Assert.Equal("supervisor", (await api.GetAsync(at)).Json.GetProperty("escalations")[0].GetProperty("acknowledgedBy").GetString());
        Assert.Equal("escalation.notFound", (await api.PostAsync($"/api/escalations/{at.Split('/')[^1].Replace("-", "", StringComparison.Ordinal)}-e9/acknowledge")).Code);
    }

    [Fact]
    [Rule("PRM-5")]
    public async Task Notices_of_a_case_show_how_far_they_have_come()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var notices = await api.GetAsync($"/api/notices?case={at.Split('/')[^1]}");

        var notice = notices.Json.GetProperty("items")[0];
        Assert.Equal("acknowledgement", notice.GetProperty("kind").GetString());
        Assert.Equal("decided", notice.GetProperty("state").GetString());
        Assert.Equal("vera@example.org", notice.GetProperty("to").GetString());
    }

    [Fact]
    public async Task Owner_is_assigned_and_taken_back()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        await api.PostAsync($"{at}/assign", new { agent = "ana" });
        Assert.Equal("ana", (await api.GetAsync(at))["owner"]);
        await api.PostAsync($"{at}/assign", """{"agent":null}""");
        Assert.False((await api.GetAsync(at)).Json.TryGetProperty("owner", out _));
    }
}
