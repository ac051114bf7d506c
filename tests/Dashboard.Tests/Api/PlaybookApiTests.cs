using System.Text.Json;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>PLY-1, PRM-1: what helps an agent to find the words and the date.</summary>
public sealed class PlaybookApiTests
{
    [Fact, Rule("PLY-1"), Rule("PLY-2")]
    public async Task A_playbook_is_given_in_the_asked_language_with_the_readers_beside_it()
    {
        await using var api = await ApiHost.StartAsync();

        var romanian = await api.GetAsync("/api/playbooks/brokenPromise?language=ro-MD");
        var english = await api.GetAsync("/api/playbooks/brokenPromise");
        var other = await api.GetAsync("/api/playbooks/brokenPromise?language=de");

        Assert.Equal((200, "ro"), (romanian.Status, romanian["language"]));
        var phrase = romanian.Json.GetProperty("stages")[0].GetProperty("phrases")[0];
        Assert.StartsWith("V-am promis o zi", phrase.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("We promised you a day", phrase.GetProperty("gloss").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Ce am promis depinde", romanian["delayReason.text"], StringComparison.Ordinal);
        Assert.Equal(("en", english.Text), (english["language"], other.Text));
        Assert.False(english.Json.GetProperty("avoid")[0].TryGetProperty("gloss", out _));
        var russianReader = await api.GetAsync("/api/playbooks/brokenPromise?language=ro&gloss=ru-RU");
        phrase = russianReader.Json.GetProperty("stages")[0].GetProperty("phrases")[0];
        Assert.StartsWith("V-am promis o zi", phrase.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Matches("^[А-Я][а-яё]", phrase.GetProperty("gloss").GetString());
        Assert.Matches("^[А-Я][а-яё]", russianReader["delayReason.gloss"]);
        var romanianReader = await api.GetAsync("/api/playbooks/brokenPromise?language=ro&gloss=ro");
        Assert.DoesNotContain("\"gloss\"", romanianReader.Text, StringComparison.Ordinal);
        Assert.Equal((404, "playbook.notFound"), ((await api.GetAsync("/api/playbooks/nonsense")) is var no ? (no.Status, no.Code) : default));
    }

    [Fact, Rule("CASE-2"), Rule("PLY-1")]
    public async Task The_playbook_of_a_case_says_which_steps_are_done_in_this_round()
    {
        await using var api = await ApiHost.StartAsync();
        var id = (await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Vera", email = "vera@example.org", language = "ru" },
            type = "longWait",
            summary = "Nobody says how long.",
            channel = "web",
        }, Roles.Intake))["id"];
        Assert.Equal(("ru", false, false), await StepsAsync(api, id));

        await api.PostAsync($"/api/cases/{id}/steps", new { step = "listen" });
        await api.PostAsync($"/api/cases/{id}/contacts", new { direction = "toCustomer", channel = "phone", note = "Called." });

        Assert.Equal(("ru", true, true), await StepsAsync(api, id));
    }

    [Fact, Rule("PRM-1"), Rule("PRM-2")]
    public async Task Whoever_promises_sees_the_send_by_and_the_letter_and_is_warned_of_a_bad_hour()
    {
        await using var api = await ApiHost.StartAsync();
        var id = (await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Ion", email = "ion@example.org", language = "ro", timeZone = "Europe/Chisinau" },
            type = "quality",
            summary = "It squeaks.",
            channel = "web",
        }, Roles.Intake))["id"];
        var day = api.Time.GetUtcNow().AddDays(7 - (int)api.Time.GetUtcNow().DayOfWeek).Date.AddDays(3);
        var good = $"{day:yyyy-MM-dd}T12:00:00Z";
        var late = $"{day:yyyy-MM-dd}T21:30:00Z";

        var fine = await api.GetAsync($"/api/cases/{id}/promises/preview?dueAt={good}&text=Un%20telefon");
        var warned = await api.GetAsync($"/api/cases/{id}/promises/preview?dueAt={late}");

        Assert.Equal((200, "ro", 0), (fine.Status, fine["language"], fine.Json.GetProperty("warnings").GetArrayLength()));
        Assert.Contains("Un telefon", fine["letter"], StringComparison.Ordinal);
        Assert.True(fine.Json.GetProperty("sendBy").GetDateTimeOffset() < fine.Json.GetProperty("dueAt").GetDateTimeOffset());
        Assert.Equal(["quietHours", "outsideWorkingTime"], warned.Json.GetProperty("warnings").EnumerateArray().Select(each => each.GetProperty("code").GetString()));
        var better = warned.Json.GetProperty("better").GetString();
        Assert.Equal(0, (await api.GetAsync($"/api/cases/{id}/promises/preview?dueAt={better}")).Json.GetProperty("warnings").GetArrayLength());
        Assert.Equal(422, (await api.GetAsync($"/api/cases/{id}/promises/preview?dueAt=2020-01-01T00:00:00Z")).Status);
        Assert.Equal(422, (await api.GetAsync($"/api/cases/{id}/promises/preview")).Status);
    }

    [Fact, Rule("PRM-1")]
    public async Task The_hours_of_a_day_are_those_of_the_customers_clock()
    {
        await using var api = await ApiHost.StartAsync();
        var id = (await api.PostAsync("/api/cases", new
        {
            customer = new { name = "Ken", email = "ken@example.org", timeZone = "Asia/Tokyo" },
            type = "quality",
            summary = "It squeaks.",
            channel = "web",
        }, Roles.Intake))["id"];

        var times = await api.GetAsync($"/api/cases/{id}/promises/times?day=2030-11-20");

        var first = times.Json.GetProperty("times")[0];
        Assert.Equal((200, "Asia/Tokyo", "Europe/Chisinau"), (times.Status, times["timeZone"], times["ourTimeZone"]));
        Assert.Equal("2030-11-19T22:00:00Z", first.GetProperty("dueAt").GetString());
        Assert.Equal((true, true), (first.GetProperty("outside").GetBoolean(), first.GetProperty("quiet").GetBoolean()));
        Assert.Contains("2030-11-24", times.Json.GetProperty("closed").EnumerateArray().Select(each => each.GetString()));
        Assert.Equal(422, (await api.GetAsync($"/api/cases/{id}/promises/times?day=tomorrow")).Status);
    }

    private static async Task<(string? Language, bool Listened, bool Contacted)> StepsAsync(ApiHost api, string? id)
    {
        var playbook = await api.GetAsync($"/api/cases/{id}/playbook");
        var steps = playbook.Json.GetProperty("stages")[0].GetProperty("steps").EnumerateArray().ToList();
        return (playbook["language"], Done(steps, "listen"), Done(steps, "contact"));
    }

    private static bool Done(List<JsonElement> steps, string does) =>
        steps.Single(step => step.TryGetProperty("does", out var mark) && mark.GetString() == does).GetProperty("done").GetBoolean();
}
