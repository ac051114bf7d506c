using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Platform;

/// <summary>A law covers a case, through the front door: real HTTP, real PostgreSQL, letters that a server takes.</summary>
public sealed class StatutoryStoryTests
{
    [Fact, Rule("REG-1"), Rule("REG-2"), Rule("CUS-8")]
    public async Task A_complaint_to_a_firm_in_London_goes_from_its_acknowledgement_to_the_final_response()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var opened = await ana.SendAsync("/api/cases", new
        {
            customer = new { name = "Nora Field", email = "nora@example.org", language = "en", timeZone = "Europe/London" },
            type = "wrongPayment",
            summary = "They took the fee twice.",
            channel = "web",
            product = "loan",
            site = "london",
        });
        var at = $"/api/cases/{opened.GetProperty("id").GetString()}";
        await platform.UntilAsync(async () => await SentAtAsync(ana, at, 0) is not null);
        Assert.Contains(await OutboxAsync(ana), mail => mail.Contains("within eight weeks of your complaint", StringComparison.Ordinal));
        using var page = new HttpClient { BaseAddress = platform.Url };
        var link = new Uri((await ana.GetJsonAsync($"{at}/links")).GetProperty("url").GetString()!).AbsolutePath;
        var shown = await page.GetStringAsync(new Uri(link, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("Financial Ombudsman Service, free of charge", shown, StringComparison.Ordinal);
        Assert.Contains("or the reasons why you do not have it yet</span> <b>by Thursday 14 January 2027", shown, StringComparison.Ordinal);
        var russian = WebUtility.HtmlDecode(await page.GetStringAsync(new Uri($"{link}?lang=ru", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Contains("<p>Вы можете бесплатно обратиться в Financial Ombudsman Service", russian, StringComparison.Ordinal);
        Assert.Contains("<li><span>Наш окончательный ответ или причины", russian, StringComparison.Ordinal);

        var letter = new { pack = "uk-disp", letter = "finalResponse", fields = new Dictionary<string, string> { ["decision"] = "We pay 12 GBP back." } };
        var preview = await ana.SendAsync($"{at}/letters/preview", letter);
        Assert.Equal("fields.timeLimits", Assert.Single(preview.GetProperty("missing").EnumerateArray()).GetProperty("part").GetString());
        var missing = preview.GetProperty("missing")[0];
        Assert.Equal(
            ("field.missing", "формулировка из DISP 1 Annex 3R о том, согласны ли мы не ссылаться на сроки омбудсмена"),
            (missing.GetProperty("because")[0].GetProperty("code").GetString(), missing.GetProperty("nameIn").GetProperty("ru").GetString()));
        Assert.Equal(
            "răspuns final",
            (await ana.GetJsonAsync("/api/policy")).GetProperty("names").GetProperty("clocks").GetProperty("uk-disp.finalResponse").GetProperty("ro").GetString());
        using var refused = await PostAsync(ana, $"{at}/letters", letter);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("letter.incomplete", problem.GetProperty("code").GetString());
        Assert.Contains("DISP 1.6.2R(1)(f)", problem.GetProperty("errors").GetProperty("fields.timeLimits")[0].GetString(), StringComparison.Ordinal);
        using var closed = await PostAsync(ana, $"{at}/close", new { outcome = "withdrawn", summary = "They gave up." });
        Assert.Equal(HttpStatusCode.Conflict, closed.StatusCode);

        letter.fields["timeLimits"] = "You must do so within six months.";
        await ana.SendAsync($"{at}/letters", letter, "final");
        await ana.SendAsync($"{at}/letters", letter, "final");
        await platform.UntilAsync(async () => await SentAtAsync(ana, at, 1) is not null);
        await ana.SendAsync($"{at}/close", new { outcome = "withdrawn", summary = "Paid back." });

        var law = Assert.Single((await ana.GetJsonAsync($"{at}/packs")).GetProperty("items").EnumerateArray());
        Assert.Equal(["acknowledgement", "finalResponse"], law.GetProperty("sent").EnumerateArray().Select(sent => sent.GetProperty("letter").GetString()));
        Assert.Equal(
            [("uk-disp.acknowledgement", "met"), ("uk-disp.summaryResolution", "running"), ("uk-disp.finalResponse", "met")],
            law.GetProperty("clocks").EnumerateArray().Select(clock => (clock.GetProperty("name").GetString(), clock.GetProperty("state").GetString())));
        var why = await ana.GetJsonAsync($"{at}/clocks/uk-disp.finalResponse/why");
        Assert.Equal(("uk", "uk-disp"), (why.GetProperty("calendar").GetString(), why.GetProperty("sla").GetString()));
        Assert.Equal(2, (await ana.GetJsonAsync("/api/packs")).GetProperty("items").GetArrayLength());
        Assert.Empty(await platform.ProveAsync());
    }

    private static async Task<string?> SentAtAsync(HttpClient client, string at, int letter) =>
        (await client.GetJsonAsync($"{at}/packs")).GetProperty("items")[0].GetProperty("sent") is var sent && sent.GetArrayLength() > letter &&
        sent[letter].TryGetProperty("sentAt", out var sentAt) ? sentAt.GetString() : null;

    private static async Task<string[]> OutboxAsync(HttpClient client) =>
        [.. (await client.GetJsonAsync("/api/dev/outbox")).GetProperty("items").EnumerateArray().Select(mail => mail.GetProperty("body").GetString()!)];

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) =>
        client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Wire.Json, TestContext.Current.CancellationToken);
}
