using System.Text.RegularExpressions;
using Escalation.Dashboard.Tests.Api;
using Escalation.Grains;
using Escalation.Grains.Links;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.CustomerPages;

/// <summary>CUS-8, PRM-6: the customer's page over HTTP, without script.</summary>
public sealed partial class CustomerPageTests
{
    [Fact, Rule("PRM-6")]
    public async Task Looking_changes_nothing_and_one_click_answers()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, page) = await MovedAsync(api);
        var before = await VersionAsync(api, id);

        var shown = await api.GetAsync($"{page}?answer=fine", Roles.None);
        Assert.Equal((200, before), (shown.Status, await VersionAsync(api, id)));
        Assert.Contains("Your answer: It suits me.", shown.Text, StringComparison.Ordinal);

        var form = Forms(shown.Text).First(fields => fields.Contains("answer=fine", StringComparison.Ordinal));
        var answers = await Task.WhenAll(PostAsync(api, page, form), PostAsync(api, page, form));
        Assert.All(answers, answer => Assert.Equal(303, answer.Status));

        var history = await HistoryAsync(api, id);
        Assert.Single(history, kind => kind == "delayAnswered");
        Assert.Single(history, kind => kind == "contactLogged");
        Assert.Contains("You answered on", (await api.GetAsync(page, Roles.None)).Text, StringComparison.Ordinal);
        Assert.Empty(api.Errors);
    }

    [Fact, Rule("PRM-6")]
    public async Task A_link_that_was_superseded_shows_the_newer_date_says_so_and_takes_no_answer_to_the_old_one()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, page) = await MovedAsync(api);
        var old = Forms((await api.GetAsync($"{page}?answer=fine", Roles.None)).Text).First(fields => fields.Contains("answer=fine", StringComparison.Ordinal));
        await api.PostAsync($"{id}/promises/p1/explain", new { reason = "The spare van too.", newDueAt = api.Time.GetUtcNow().AddDays(3) }, Roles.Supervisor);

        var shown = (await api.GetAsync($"{page}?answer=fine", Roles.None)).Text;
        Assert.Contains("has changed since", shown, StringComparison.Ordinal);
        Assert.Contains("The spare van too.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Your answer: It suits me.", shown, StringComparison.Ordinal);

        Assert.Equal(409, (await PostAsync(api, page, old)).Status);
        Assert.DoesNotContain("delayAnswered", await HistoryAsync(api, id));
    }

    [Fact, Rule("CUS-8")]
    public async Task A_revoked_or_expired_link_says_so_and_a_forged_one_says_nothing()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, page) = await MovedAsync(api);
        await api.PostAsync($"{id}/links/revoke");

        var revoked = await api.GetAsync(page, Roles.None);
        Assert.Equal(410, revoked.Status);
        Assert.Contains("This link no longer works", revoked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Vera", revoked.Text, StringComparison.Ordinal);
        Assert.Equal(410, (await PostAsync(api, page, "do=call")).Status);

        var fresh = PageOf((await api.GetAsync($"{id}/links")).Json.GetProperty("url").GetString()!);
        Assert.Equal(200, (await api.GetAsync(fresh, Roles.None)).Status);
        api.Time.Advance(TimeSpan.FromDays(91));
        Assert.Equal(410, (await api.GetAsync(fresh, Roles.None)).Status);

        foreach (var nothing in new[] { $"{fresh[..^1]}{(fresh[^1] == 'A' ? 'B' : 'A')}", "/c/x", PageOf(ApiHost.Links.UrlOf(new CustomerLink(Guid.CreateVersion7(api.Time.GetUtcNow()), 0, api.Time.GetUtcNow().AddDays(9)))) })
        {
            Assert.Equal((404, "There is nothing here.\n"), ((await api.GetAsync(nothing, Roles.None)).Status, (await api.GetAsync(nothing, Roles.None)).Text));
        }
    }

    [Fact, Rule("CUS-8")]
    public async Task A_customer_adds_to_the_case_asks_for_a_call_and_for_someone_higher()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, page) = await MovedAsync(api);

        foreach (var form in new[] { "do=add&text=It+leaks+%26+hisses&key=1", "do=call&key=2", "do=higher&key=3" })
        {
            Assert.Equal(303, (await PostAsync(api, page, form)).Status);
        }

        var shown = (await api.GetAsync(id)).Json;
        Assert.Equal("customer.callMe", shown.GetProperty("callTasks")[0].GetProperty("reason").GetString());
        Assert.Equal(
            ["customer.callMe", "customer"],
            shown.GetProperty("escalations").EnumerateArray().Select(escalation => escalation.GetProperty("cause").GetString()));
        var text = (await api.GetAsync(page, Roles.None)).Text;
        Assert.Contains("You asked to be called.", text, StringComparison.Ordinal);
        Assert.Contains("You asked for someone higher.", text, StringComparison.Ordinal);
        Assert.Equal(422, (await PostAsync(api, page, "do=add&text=+")).Status);
        Assert.Equal(422, (await PostAsync(api, page, $"do=add&text={new string('x', 4001)}")).Status);
        Assert.Equal(422, (await PostAsync(api, page, "do=answer&answer=no&promise=1&revision=1")).Status);
        Assert.Equal(400, (await api.PostAsync(page, new { text = "json" }, Roles.None)).Status);
        Assert.Empty(api.Errors);
    }

    [Fact, Rule("CUS-2")]
    public async Task At_closing_the_customer_is_asked_two_questions_and_one_click_answers_each()
    {
        await using var api = await ApiHost.StartAsync();
        var (id, page) = await MovedAsync(api);
        Assert.DoesNotContain("How was it for you?", (await api.GetAsync(page, Roles.None)).Text, StringComparison.Ordinal);
        Assert.Equal(409, (await PostAsync(api, page, "do=expected&points=4&key=0")).Status);
        await api.PostAsync($"{id}/promises/p1/keep", new { evidence = "Signed for." });
        await api.PostAsync($"{id}/close", new { outcome = "withdrawn", summary = "Done." });
        var asked = (await api.GetAsync(page, Roles.None)).Text;
        Assert.Contains("How was it for you?", asked, StringComparison.Ordinal);
        Assert.Equal(10, asked.Split("name=\"points\"").Length - 1);

        foreach (var (form, status) in new[]
        {
            ("do=expected&points=4&key=1", 303), ("do=expected&points=4&key=1", 303), ("do=got&points=2&key=1", 303), ("do=got&points=3&key=2", 303),
            ("do=got&points=6&key=3", 409), ("do=got&points=x&key=4", 422), ("do=got&key=5", 422),
        })
        {
            Assert.Equal((form, status), (form, (await PostAsync(api, page, form)).Status));
        }

        var shown = await api.GetAsync(id);
        Assert.Equal(("4", "3"), (shown["survey.expected"], shown["survey.got"]));
        Assert.Equal(3, (await HistoryAsync(api, id)).Count(kind => kind == "experienceRated"));
        Assert.Equal(2, (await api.GetAsync($"{page}?lang=ro", Roles.None)).Text.Split("aria-pressed=\"true\"").Length - 1);
        Assert.Equal("unlikelyToReturn", (await api.GetAsync($"/api/customers/{shown["customer.id"]}/outlook"))["outcome"]);
        Assert.Empty(api.Errors);
    }

    [Theory, Rule("CUS-8")]
    [InlineData("en", "What we promised you", "Friday 20 November 2026")]
    [InlineData("ro", "Ce v-am promis", "vineri, 20 noiembrie 2026")]
    [InlineData("ru", "Что мы вам обещали", "пятница, 20 ноября 2026")]
    public async Task The_page_speaks_the_customers_languages(string language, string heading, string date)
    {
        await using var api = await ApiHost.StartAsync();
        var (_, page) = await MovedAsync(api);

        var text = (await api.GetAsync($"{page}?lang={language}", Roles.None)).Text;

        Assert.Contains($"<html lang=\"{language}\"", text, StringComparison.Ordinal);
        Assert.Contains(heading, text, StringComparison.Ordinal);
        Assert.Contains(date, text, StringComparison.Ordinal);
        Assert.Contains("(Europe/Chisinau)", text, StringComparison.Ordinal);
    }

    [Fact, Rule("CUS-8")]
    public async Task A_closed_case_that_ended_on_the_way_shows_nothing_as_done_that_was_not_and_nobody_who_is_to_come()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.ACaseAsync();
        var page = PageOf((await api.GetAsync($"{id}/links")).Json.GetProperty("url").GetString()!);
        var open = (await api.GetAsync(page, Roles.None)).Text;
        await api.PostAsync($"{id}/close", new { outcome = "withdrawn", summary = "They let it be." });

        var closed = (await api.GetAsync(page, Roles.None)).Text;

        Assert.All(new[] { "Where your case is", "One of us will take your case", "What we promised you" }, text =>
        {
            Assert.Contains(text, open, StringComparison.Ordinal);
            Assert.DoesNotContain(text, closed, StringComparison.Ordinal);
        });
        Assert.Contains("Your rights", closed, StringComparison.Ordinal);
    }

    [Fact, Rule("CUS-8"), Rule("CASE-4")]
    public async Task Someone_higher_can_be_asked_for_of_a_closed_case_too_and_opens_it_again()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.ACaseAsync();
        var page = PageOf((await api.GetAsync($"{id}/links")).Json.GetProperty("url").GetString()!);
        await api.PostAsync($"{id}/close", new { outcome = "withdrawn", summary = "They let it be." });
        Assert.Contains("opens it again", (await api.GetAsync(page, Roles.None)).Text, StringComparison.Ordinal);

        Assert.Equal(303, (await PostAsync(api, page, "do=higher&key=1")).Status);

        var shown = await api.GetAsync(id);
        Assert.Equal("contact", shown["stage"]);
        Assert.Contains("customer", shown.Json.GetProperty("escalations").EnumerateArray().Select(escalation => escalation.GetProperty("cause").GetString()));
        Assert.Contains("You asked for someone higher.", (await api.GetAsync(page, Roles.None)).Text, StringComparison.Ordinal);
    }

    [Fact, Rule("CUS-1")]
    public async Task A_corrected_customer_is_named_so_in_every_case_and_told_there()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.ACaseAsync();
        var customer = $"/api/customers/{(await api.GetAsync(id))["customer.id"]}";

        var put = await api.SendAsync(HttpMethod.Put, customer, body: new { name = "Vera Lungu", email = "vera.lungu@example.org", prefers = "email" });
        await api.SendAsync(HttpMethod.Put, customer, body: new { name = "Vera Lungu", email = "vera.lungu@example.org", prefers = "email" });

        Assert.Equal((200, "Vera Lungu", "vera.lungu@example.org"), (put.Status, put["name"], put["email"]));
        Assert.False(put.Json.TryGetProperty("phone", out _));
        Assert.Equal(("Vera Lungu", "vera.lungu@example.org"), ((await api.GetAsync(id))["customer.name"], (await api.GetAsync(id))["customer.email"]));
        await api.PostAsync($"{id}/promises", new { text = "A call", dueAt = api.Time.GetUtcNow().AddHours(5) });
        Assert.Equal("vera.lungu@example.org", (await api.GetAsync($"/api/notices?case={id[(id.LastIndexOf('/') + 1)..]}")).Json.GetProperty("items").EnumerateArray().Last().GetProperty("to").GetString());
        Assert.Single(await HistoryAsync(api, id), kind => kind == "contactCorrected");

        Assert.Equal(422, (await api.SendAsync(HttpMethod.Put, customer, body: new { email = "no" })).Status);
        Assert.Equal(422, (await api.SendAsync(HttpMethod.Put, customer, body: new { name = "Vera", prefers = "visit" })).Status);
        Assert.Equal(404, (await api.SendAsync(HttpMethod.Put, $"/api/customers/{Guid.Empty}", body: new { name = "Vera" })).Status);
        Assert.Empty(api.Errors);
    }

    [Theory, Rule("CUS-8")]
    [InlineData("en", "Who pays, and who carries", "keep the receipts", "Your rights", "to a court at any time")]
    [InlineData("ro", "Cine plătește și cine transportă", "păstrați bonurile", "Drepturile dumneavoastră", "sau instanței")]
    [InlineData("ru", "Кто платит и кто везёт", "сохраните чеки", "Ваши права", "или в суд")]
    public async Task It_says_who_pays_who_carries_and_what_rights_there_are_by_type(string language, params string[] texts)
    {
        await using var api = await ApiHost.StartAsync();
        var (_, page) = await MovedAsync(api);

        var shown = System.Net.WebUtility.HtmlDecode((await api.GetAsync($"{page}?lang={language}", Roles.None)).Text);

        Assert.All(texts, text => Assert.Contains(text, shown, StringComparison.Ordinal));
    }

    [Fact, Rule("CUS-8")]
    public async Task The_page_is_not_indexed_not_kept_not_framed_and_runs_nothing_that_was_written_into_it()
    {
        await using var api = await ApiHost.StartAsync();
        var (_, page) = await MovedAsync(api, "<script>alert(1)</script> \"&' {status}");

        var shown = await api.GetAsync($"{page}?lang=%3Cb%3E&answer=%3Cb%3E&done=%3Cb%3E", Roles.None);

        Assert.DoesNotContain("<script>alert", shown.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>\"", shown.Text, StringComparison.Ordinal);
        Assert.Equal("no-store", shown.Header("Cache-Control"));
        Assert.Equal("no-referrer", shown.Header("Referrer-Policy"));
        Assert.StartsWith("noindex", shown.Header("X-Robots-Tag"), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", shown.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal(200, (await api.GetAsync("/customer.css", Roles.None)).Status);
        Assert.Equal(200, (await api.GetAsync("/customer.js", Roles.None)).Status);
    }

    [Fact, Rule("CUS-8")]
    public async Task The_database_away_the_customer_is_told_to_try_again()
    {
        await using var api = await ApiHost.StartAsync();
        var (_, page) = await MovedAsync(api);
        api.Log.IsAway = true;
        await using var other = await ApiHost.StartAsync();
        other.Log.IsAway = true;

        var away = await other.GetAsync(page, Roles.None);

        Assert.Equal((503, "60"), (away.Status, away.Header("Retry-After")));
        Assert.Contains("try again", away.Text, StringComparison.Ordinal);
    }

    /// <summary>A case whose promise was moved once, and the page behind the link that went out with it.</summary>
    private static async Task<(string Id, string Page)> MovedAsync(ApiHost api, string text = "Delivered and fitted")
    {
        var opened = await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Vera", email = "vera@example.org", language = "en", timeZone = "Europe/Chisinau" },
            type = "brokenPromise",
            summary = "It did not come.",
            channel = "phone",
        });
        var id = opened.Header("Location")!;
        Assert.Equal(201, (await api.PostAsync($"{id}/promises", new { text, dueAt = api.Time.GetUtcNow().AddHours(5) })).Status);
        Assert.Equal(200, (await api.PostAsync($"{id}/promises/p1/explain", new { reason = "The van broke down.", newDueAt = api.Time.GetUtcNow().AddHours(29) })).Status);
        var link = new CustomerLink(Guid.Parse(id[(id.LastIndexOf('/') + 1)..]), 0, api.Time.GetUtcNow().AddDays(90), 1, 1);
        return (id, PageOf(ApiHost.Links.UrlOf(link)));
    }

    private static string PageOf(string url) => new Uri(url).AbsolutePath;

    private static Task<Reply> PostAsync(ApiHost api, string page, string form) => api.SendAsync(
        HttpMethod.Post, page, Roles.None, new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"));

    private static async Task<string> VersionAsync(ApiHost api, string id) => (await api.GetAsync(id))["version"]!;

    private static async Task<IReadOnlyList<string?>> HistoryAsync(ApiHost api, string id) =>
        [.. (await api.GetAsync($"{id}/history")).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("kind").GetString())];

    /// <summary>The forms of a page, each as its one button would send it.</summary>
    private static IEnumerable<string> Forms(string html) => FormElement().Matches(html).Select(form => string.Join(
        '&', Field().Matches(form.Value).Select(field => $"{field.Groups[1].Value}={field.Groups[2].Value}")));

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex FormElement();

    [GeneratedRegex("name=\"(\\w+)\" value=\"([^\"]*)\"")]
    private static partial Regex Field();
}
