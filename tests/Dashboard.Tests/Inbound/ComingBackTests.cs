using Escalation.Dashboard.Tests.Api;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Inbound;

/// <summary>CASE-4: a customer who comes back is never turned away, however late and by whichever way they come.</summary>
public sealed class ComingBackTests
{
    [Fact, Rule("CASE-4"), Rule("PRM-5")]
    public async Task A_letter_with_the_number_of_a_closed_case_in_its_subject_reopens_it()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, number) = await ClosedAsync(api);
        api.Time.Advance(TimeSpan.FromDays(13));

        var taken = await WriteAsync(api, "r1@example.org", $"Case {number}: it leaks again");

        Assert.Equal((200, "reply", id), (taken.Status, taken["kind"], taken["caseId"]));
        Assert.Equal(("contact", "2"), ((await api.GetAsync($"/api/cases/{id}"))["stage"], (await api.GetAsync($"/api/cases/{id}"))["round"]));
        Assert.Equal(422, (await WriteAsync(api, "r2@example.org", $"Case {number}: it leaks again", from: "someone@example.org")).Status);
        Assert.Equal(422, (await WriteAsync(api, "r3@example.org", $"Case {number}1")).Status);
    }

    [Fact, Rule("CASE-4"), Rule("CASE-9")]
    public async Task A_letter_that_comes_too_late_for_reopening_opens_a_case_that_goes_on_from_the_old_once()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, number) = await ClosedAsync(api);
        api.Time.Advance(TimeSpan.FromDays(15));

        var taken = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WriteAsync(api, "r1@example.org", $"Case {number}")));
        Assert.All(taken, answer => Assert.Equal((200, "opened"), (answer.Status, answer["kind"])));
        var next = Assert.Single(taken.Select(answer => answer["caseId"]!).Distinct());
        var another = await WriteAsync(api, "r2@example.org", $"Case {number}", "And the door does not close.");
        Assert.Equal(("reply", next), (another["kind"], another["caseId"]));

        var opened = (await api.GetAsync($"/api/cases/{next}")).Json;
        Assert.Equal((id, "It leaks again.", "email"), (opened.GetProperty("previous").GetString(), opened.GetProperty("summary").GetString(), opened.GetProperty("channel").GetString()));
        Assert.Equal("contact", opened.GetProperty("stage").GetString());
        Assert.Equal(["It leaks again.", "And the door does not close."], await ContactsAsync(api, next));
        var told = (await api.GetAsync($"/api/notices?case={next}")).Json.GetProperty("items").EnumerateArray().Single();
        Assert.Equal("acknowledgement", told.GetProperty("kind").GetString());
        Assert.Contains(opened.GetProperty("number").GetRawText(), told.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal("closed", (await api.GetAsync($"/api/cases/{id}"))["stage"]);
        Assert.Empty(api.Errors);
    }

    [Fact, Rule("CASE-4")]
    public async Task A_letter_goes_to_the_case_that_somebody_opened_for_them_already()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, number) = await ClosedAsync(api);
        api.Time.Advance(TimeSpan.FromDays(15));
        var next = (await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Vera", email = "vera@example.org" },
            type = "quality",
            summary = "They called: it leaks again.",
            channel = "phone",
            previous = id,
        }))["id"];

        var taken = await WriteAsync(api, "r1@example.org", $"Case {number}");

        Assert.Equal(("reply", next), (taken["kind"], taken["caseId"]));
    }

    [Fact, Rule("CASE-4")]
    public async Task A_case_goes_on_from_one_of_the_same_customer_only()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, _) = await ClosedAsync(api);
        object Next(string? customer, string name, string previous) =>
            new { customer = new { id = customer, name }, type = "quality", summary = "It leaks again.", channel = "phone", previous };

        var mine = await api.PostAsync("/api/cases", Next(null, "Vera", id));
        Assert.Equal((201, id, await CustomerAsync(api, id)), (mine.Status, mine["previous"], mine["customer.id"]));

        var other = await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Oleg", email = "oleg@example.org" }, type = "quality", summary = "It rattles.", channel = "phone",
        });
        foreach (var refused in new[]
        {
            await api.PostAsync("/api/cases", Next(other["customer.id"], "Somebody", id)),
            await api.PostAsync("/api/cases", Next(null, "Vera", "0197f3c0-0000-7000-8000-00000000dead")),
            await api.PostAsync("/api/cases", Next(null, "Vera", "the old one")),
        })
        {
            Assert.Equal((422, "previous"), (refused.Status, Assert.Single(refused.Fields)));
        }
    }

    [Fact, Rule("CASE-8"), Rule("CASE-4")]
    public async Task An_answer_to_a_letter_of_a_merged_case_goes_where_the_case_went()
    {
        await using var api = await ApiHost.StartAsync();
        var (from, into) = (await OpenAsync(api), await OpenAsync(api));
        Assert.Equal(200, (await api.PostAsync($"/api/cases/{from.Id}/merge", new { into = into.Id })).Status);

        var taken = await WriteAsync(api, "r1@example.org", "Re: your case", inReplyTo: $"{Guid.Parse(from.Id):N}-n1@shop.example");

        Assert.Equal((200, "reply", into.Id), (taken.Status, taken["kind"], taken["caseId"]));
        Assert.Equal("closed", (await api.GetAsync($"/api/cases/{from.Id}"))["stage"]);
        Assert.Equal(["It leaks again."], await ContactsAsync(api, into.Id));
    }

    [Fact, Rule("CASE-4"), Rule("CUS-8")]
    public async Task What_is_written_on_the_page_of_a_case_closed_long_ago_opens_another_and_leads_to_its_page()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, _) = await ClosedAsync(api);
        var page = new Uri((await api.GetAsync($"/api/cases/{id}/links")).Json.GetProperty("url").GetString()!).AbsolutePath;
        api.Time.Advance(TimeSpan.FromDays(15));
        Assert.Contains("we open a new case that goes on from this one", (await api.GetAsync(page, Roles.None)).Text, StringComparison.Ordinal);

        var clicks = await Task.WhenAll(PostAsync(api, page, "do=add&text=It+leaks+again.&key=1"), PostAsync(api, page, "do=add&text=It+leaks+again.&key=1"));
        Assert.All(clicks, click => Assert.Equal(303, click.Status));
        var shown = (await api.GetAsync(clicks[0].Header("Location")!, Roles.None)).Text;
        var next = Assert.Single((await api.GetAsync($"/api/customers/{await CustomerAsync(api, id)}")).Json.GetProperty("cases").EnumerateArray(), one => one.GetString() != id).GetString()!;
        var opened = (await api.GetAsync($"/api/cases/{next}")).Json;

        Assert.Contains($"We have opened case {opened.GetProperty("number").GetRawText()} for you", shown, StringComparison.Ordinal);
        Assert.Equal((id, "It leaks again.", "web"), (opened.GetProperty("previous").GetString(), opened.GetProperty("summary").GetString(), opened.GetProperty("channel").GetString()));
        Assert.Equal(["It leaks again."], await ContactsAsync(api, next));

        Assert.Equal(303, (await PostAsync(api, page, "do=call&key=2")).Status);
        Assert.Equal("customer.callMe", (await api.GetAsync($"/api/cases/{next}")).Json.GetProperty("callTasks")[0].GetProperty("reason").GetString());
        Assert.Equal("closed", (await api.GetAsync($"/api/cases/{id}"))["stage"]);
        Assert.Empty(api.Errors);
    }

    private static async Task<(string Id, string Number)> OpenAsync(ApiHost api)
    {
        var opened = await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Vera", email = "vera@example.org", language = "en", timeZone = "Europe/Chisinau" },
            type = "quality",
            summary = "It leaks.",
            channel = "phone",
        });
        return (opened["id"]!, opened["number"]!);
    }

    private static async Task<(string Id, string Number)> ClosedAsync(ApiHost api)
    {
        var opened = await OpenAsync(api);
        Assert.Equal(200, (await api.PostAsync($"/api/cases/{opened.Id}/close", new { outcome = "withdrawn", summary = "It stopped." }, Roles.Supervisor)).Status);
        return opened;
    }

    private static Task<Reply> WriteAsync(
        ApiHost api, string messageId, string subject, string text = "It leaks again.", string from = "Vera@example.org", string? inReplyTo = null) =>
        api.PostAsync("/api/inbound/email", new { from, subject, text, messageId, inReplyTo }, Roles.Intake);

    private static Task<Reply> PostAsync(ApiHost api, string page, string form) => api.SendAsync(
        HttpMethod.Post, page, Roles.None, new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"));

    private static async Task<string?> CustomerAsync(ApiHost api, string id) => (await api.GetAsync($"/api/cases/{id}"))["customer.id"];

    private static async Task<IReadOnlyList<string?>> ContactsAsync(ApiHost api, string id) =>
    [
        .. (await api.GetAsync($"/api/cases/{id}/history")).Json.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("kind").GetString() == "contactLogged")
            .Select(item => item.GetProperty("data").GetProperty("note").GetString()),
    ];
}
