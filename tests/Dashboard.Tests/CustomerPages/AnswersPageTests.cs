using Escalation.Dashboard.Tests.Api;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.CustomerPages;

/// <summary>REV-4: what we answer everyone, on a page without script and without a link.</summary>
public sealed class AnswersPageTests
{
    private static readonly Guid Unknown = Guid.Parse("0197f3c0-0000-7000-8000-0000000000aa");

    [Theory, Rule("REV-4")]
    [InlineData("en", "Questions and answers", "True until 30 June 2027.", "Who pays for sending it back?", "We are checking whether it still is.")]
    [InlineData("ro", "Întrebări și răspunsuri", "Valabil până la 30 iunie 2027.", "Cine plătește returul?", "Verificăm dacă mai este așa.")]
    [InlineData("ru", "Вопросы и ответы", "Верно до 30 июня 2027.", "Кто платит за возврат?", "Мы проверяем, верно ли это сейчас.")]
    public async Task Everyone_reads_the_answers_in_their_language_and_until_when_they_are_true(
        string language, string title, string until, string question, string stale)
    {
        await using var api = await ApiHost.StartAsync();

        var page = await api.GetAsync($"/answers?lang={language}", Roles.None);
        var asked = await api.GetAsync("/answers", Roles.None, ("Accept-Language", $"xx, {language}-MD;q=0.8"));

        Assert.Equal((200, "text/html", language), (page.Status, page.ContentType, page.Header("Content-Language")));
        Assert.Equal(page.Text, asked.Text);
        Assert.All([title, until, question, $"<html lang=\"{language}\""], words => Assert.Contains(words, page.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("noindex", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(stale, page.Text, StringComparison.Ordinal);

        api.Time.Advance(new DateTimeOffset(2027, 7, 1, 0, 0, 0, TimeSpan.Zero) - api.Time.GetUtcNow());
        Assert.Contains(stale, (await api.GetAsync($"/answers?lang={language}", Roles.None)).Text, StringComparison.Ordinal);
        Assert.Empty(api.Errors);
    }

    [Fact, Rule("REV-4")]
    public async Task Stale_answers_show_in_the_rail()
    {
        await using var api = await ApiHost.StartAsync();
        Assert.Equal("0", (await api.GetAsync("/api/board/rail"))["voice.staleAnswers"]);

        api.Time.Advance(new DateTimeOffset(2027, 7, 1, 0, 0, 0, TimeSpan.Zero) - api.Time.GetUtcNow());
        var voice = (await api.GetAsync("/api/board/rail?limit=1")).Json.GetProperty("voice");

        Assert.Equal(4, voice.GetProperty("staleAnswers").GetInt32());
        Assert.Equal("longWait", Assert.Single(voice.GetProperty("answers").EnumerateArray()).GetProperty("type").GetString());
        Assert.All((await api.GetAsync("/api/questions")).Json.GetProperty("items").EnumerateArray(), question => Assert.True(question.GetProperty("stale").GetBoolean()));
    }

    [Fact, Rule("REV-2")]
    public async Task A_review_that_cannot_be_taken_names_its_field_and_the_same_key_gets_the_first_answer()
    {
        await using var api = await ApiHost.StartAsync();
        Assert.Equal(["place"], (await api.PostAsync("/api/reviews", new { place = "nowhere", rating = 2 })).Fields);
        Assert.Equal(["rating"], (await api.PostAsync("/api/reviews", new { place = "googleMaps", rating = 6 })).Fields);
        Assert.Equal(["customer"], (await api.PostAsync("/api/reviews", new { place = "googleMaps", rating = 2, customer = Unknown })).Fields);
        Assert.Equal(["place"], (await api.GetAsync("/api/reviews?place=%00")).Fields);
        Assert.Equal(404, (await api.PostAsync("/api/sources/nowhere/looked")).Status);
        Assert.Equal(404, (await api.GetAsync($"/api/reviews/{Unknown}")).Status);

        var body = new { place = "googleMaps", rating = 5, text = "Kind and quick.", author = "Ion" };
        var first = await api.PostAsync("/api/reviews", body, Roles.Intake, ("Idempotency-Key", "k"));
        var again = await api.PostAsync("/api/reviews", body, Roles.Intake, ("Idempotency-Key", "k"));
        Assert.Equal((201, 201, first.Text), (first.Status, again.Status, again.Text));
        Assert.Equal(200, (await api.PostAsync("/api/reviews", body, Roles.Intake)).Status);
        Assert.False(first.Json.TryGetProperty("caseId", out _));

        var path = first.Header("Location")!;
        Assert.Equal((409, "review.neverDeleted"), (await api.SendAsync(HttpMethod.Delete, path) is var gone ? (gone.Status, gone.Code) : default));
        Assert.Equal(200, (await api.PostAsync($"{path}/erase", new { reason = "They asked." }, Roles.Supervisor)).Status);
        Assert.DoesNotContain("Ion", (await api.GetAsync(path)).Text, StringComparison.Ordinal);
        Assert.Equal("looksMadeUp", (await api.GetAsync("/api/sources")).Json.GetProperty("items")[0].GetProperty("band").GetString());
    }
}
