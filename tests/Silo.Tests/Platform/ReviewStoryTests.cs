using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Hosting;
using Escalation.Grains.Reviews;
using Escalation.Silo.Deadlines;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Platform;

/// <summary>The public voice, from a look to the published answer: real HTTP, real PostgreSQL.</summary>
public sealed class ReviewStoryTests
{
    private const string Places =
        """
        threshold: 3
        places:
          - {id: maps, name: Maps, url: "https://maps.example", lookEvery: PT24H, type: quality, language: ro, timeZone: Europe/Chisinau}
          - {id: forum, name: The forum, url: "https://forum.example", lookEvery: P9D, type: inattention}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Rule("REV-1"), Rule("REV-2"), Rule("REV-3"), Rule("CUS-7")]
    public async Task A_bad_review_becomes_a_case_is_answered_in_public_and_cannot_be_deleted()
    {
        var folder = TestPolicy.FolderWith((TestPolicy.ReviewsFile, Places));
        await using var platform = await TestPlatform.StartAsync(policyFolder: folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var body = new { place = "maps", rating = 1, text = "Quimbly here. The kettle leaks.", author = "Vera Quimbly", url = "https://maps.example/r/9", at = platform.Time.GetUtcNow().AddHours(-2) };

        using var first = await ana.PostAsJsonAsync("/api/reviews", body, Wire.Json, Stop);
        using var second = await ana.PostAsJsonAsync("/api/reviews", body, Wire.Json, Stop);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var review = await first.Content.ReadFromJsonAsync<JsonElement>(Stop);
        var (id, caseId) = (review.GetProperty("id").GetGuid(), review.GetProperty("caseId").GetGuid());
        Assert.Equal(id, (await second.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid());
        Assert.Equal(1, await platform.QueryAsync<long>("select count(*) from event where kind = 'caseOpened'"));
        var opened = await ana.GetJsonAsync($"/api/cases/{caseId}");
        Assert.Equal(
            ("public", "review", "quality", "Vera Quimbly", id),
            (Text(opened, "heat"), Text(opened, "channel"), Text(opened, "type"), opened.GetProperty("customer").GetProperty("name").GetString(), opened.GetProperty("review").GetGuid()));
        Assert.Equal(body.at.AddHours(24), Clock(opened).GetProperty("dueAt").GetDateTimeOffset());

        // It waits in the list and in the rail; a place that nobody looked at joins it a day later.
        await ana.SendAsync("/api/sources/maps/looked", new { note = "One new." });
        Assert.Equal((0, 1), await VoiceAsync(ana));
        Assert.Equal(id, Assert.Single((await ana.GetJsonAsync("/api/reviews?waiting=true&place=maps")).GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        await platform.FastForward(TimeSpan.FromHours(25));
        Assert.Equal((1, 1), await VoiceAsync(ana));
        var place = (await ana.GetJsonAsync("/api/sources")).GetProperty("items")[0];
        Assert.Equal((1, 1m, "needsWork", "breached"), (place.GetProperty("missedLooks").GetInt32(), place.GetProperty("rating").GetDecimal(), Text(place, "band"), Text(Clock(await ana.GetJsonAsync($"/api/cases/{caseId}")), "state")));
        await ana.SendAsync("/api/sources/maps/looked", new { });

        // Published and recorded, the answer stops the clock and is contact with the customer.
        var answered = await ana.SendAsync($"/api/reviews/{id}/reply", new { text = "We are sorry. A new kettle is on its way.", url = "https://maps.example/r/9#a" });
        Assert.False(answered.GetProperty("awaitsReply").GetBoolean());
        Assert.Equal((0, 0), await VoiceAsync(ana));
        Assert.Empty((await ana.GetJsonAsync("/api/reviews?waiting=true")).GetProperty("items").EnumerateArray());
        var kinds = (await ana.GetJsonAsync($"/api/cases/{caseId}/history")).GetProperty("items").EnumerateArray().Select(each => Text(each, "kind")).ToList();
        Assert.Contains("contactLogged", kinds);

        using var delete = await irina.DeleteAsync(new Uri($"/api/reviews/{id}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Conflict, delete.StatusCode);
        Assert.Equal("review.neverDeleted", Text(await delete.Content.ReadFromJsonAsync<JsonElement>(Stop), "code"));

        // With the customer, the review forgets who wrote it; its stars stay.
        await irina.SendAsync($"/api/customers/{review.GetProperty("customerId").GetGuid()}/erase", new { reason = "They asked." });
        await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from event where personal::text ~ 'Quimbly' or data::text ~ 'Quimbly'") == 0);
        var erased = await ana.GetJsonAsync($"/api/reviews/{id}");
        Assert.Equal((false, false, 1), (erased.TryGetProperty("author", out _), erased.TryGetProperty("text", out _), erased.GetProperty("rating").GetInt32()));
        Assert.Equal(1, (await ana.GetJsonAsync("/api/sources")).GetProperty("items")[0].GetProperty("reviews").GetInt32());
        Assert.Empty(await platform.ProveAsync());
        Directory.Delete(folder, recursive: true);
    }

    [Fact, Rule("REV-2")]
    public async Task What_a_host_that_died_left_undone_is_done_by_the_clock_once()
    {
        var folder = TestPolicy.FolderWith((TestPolicy.ReviewsFile, Places));
        await using var platform = await TestPlatform.StartAsync(policyFolder: folder);
        var grains = platform.Services.GetRequiredService<IGrains>();
        var id = Review.IdOf("forum", "17", null, null, 2, null);

        // The review is on disk, and nobody is left to open its case.
        await grains.Review(id).Tell(
            new Envelope<ReviewCommand>(
                Guid.CreateVersion7(platform.Time.GetUtcNow()), new Actor("crawler", Roles.Intake),
                new ReviewCommand.RecordReview("forum", 2, null, null, null, null, null, null, null, null)),
            Stop);
        await platform.Services.GetRequiredService<DeadlineClock>().SweepOnceAsync(Stop);
        await platform.UntilAsync(async () => !(await grains.Review(id).Get(Stop)).State.IsPending);
        await platform.Services.GetRequiredService<ReviewErrands>().RunAsync(id, Stop);

        var (review, _) = await grains.Review(id).Get(Stop);
        var (opened, _) = await grains.Case(review.CaseId!.Value).Get(Stop);
        Assert.Equal((Grains.Cases.Heat.Public, "2 of 5 at The forum, without words.", "The forum"), (opened.Heat, opened.Opening!.Summary, opened.Opening.Customer!.Name));
        Assert.Equal(1, await platform.QueryAsync<long>("select count(*) from event where kind = 'caseOpened'"));
        Assert.Empty(await platform.ProveAsync());
        Directory.Delete(folder, recursive: true);
    }

    [Fact, Rule("REV-2"), Rule("CASE-5")]
    public async Task A_places_mail_tells_of_a_review_and_what_is_not_understood_goes_to_a_person()
    {
        var folder = TestPolicy.FolderWith((TestPolicy.ReviewsFile,
            """
            places:
              - id: maps
                name: Maps
                url: https://maps.example
                lookEvery: PT24H
                type: quality
                mail:
                  from: ["@maps.example"]
                  patterns:
                    new: {subject: "{author} left {rating} stars", text: "{text} Read it: {url}"}
                    week: {subject: "Your week", ignore: true}
            """));
        await using var platform = await TestPlatform.StartAsync(policyFolder: folder);
        using var mailServer = platform.ClientFor("intake");
        using var ana = platform.ClientFor("agent");

        var review = await MailAsync("1@maps.example", "Vera left 1 stars", "It leaks.\r\nRead it: https://maps.example/r/9");
        var again = await MailAsync("1@maps.example", "Vera left 1 stars", "It leaks.\r\nRead it: https://maps.example/r/9");
        var unread = await MailAsync("2@maps.example", "Somebody wrote something", "Sign in to read it.");
        var unreadAgain = await MailAsync("2@maps.example", "Somebody wrote something", "Sign in to read it.");
        var week = await MailAsync("3@maps.example", "Your week", "Up 3 %.");

        Assert.Equal(("review", "unread", "ignored"), (Text(review, "kind"), Text(unread, "kind"), Text(week, "kind")));
        Assert.Equal((review.GetRawText(), unread.GetRawText()), (again.GetRawText(), unreadAgain.GetRawText()));
        var recorded = await ana.GetJsonAsync($"/api/reviews/{Text(review, "reviewId")}");
        Assert.Equal(
            (1, "It leaks.", "Vera", "https://maps.example/r/9", platform.Time.GetUtcNow().AddHours(-1), Text(review, "caseId")),
            (recorded.GetProperty("rating").GetInt32(), Text(recorded, "text"), Text(recorded, "author"), Text(recorded, "url"),
                recorded.GetProperty("at").GetDateTimeOffset(), Text(recorded, "caseId")));

        // The letter is in the history of a case that somebody has to take up within the acknowledge clock.
        var kept = await ana.GetJsonAsync($"/api/cases/{Text(unread, "caseId")}");
        Assert.Contains("Somebody wrote something", Text(kept, "summary"), StringComparison.Ordinal);
        Assert.Contains("acknowledge", kept.GetProperty("clocks").EnumerateArray().Select(clock => Text(clock, "name")));
        var letter = (await ana.GetJsonAsync($"/api/cases/{Text(unread, "caseId")}/history")).GetProperty("items").EnumerateArray()
            .Single(each => Text(each, "kind") == "automaticReplyReceived");
        Assert.Contains("Sign in to read it.", letter.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(2, await platform.QueryAsync<long>("select count(*) from event where kind = 'caseOpened'"));
        Assert.Empty(await platform.ProveAsync());
        Directory.Delete(folder, recursive: true);

        async Task<JsonElement> MailAsync(string id, string subject, string text)
        {
            using var body = new StringContent(
                $"From: Maps <noreply@maps.example>\r\nDate: {platform.Time.GetUtcNow().AddHours(-1):r}\r\nMessage-ID: <{id}>\r\n" +
                $"Auto-Submitted: auto-generated\r\nSubject: {subject}\r\n\r\n{text}\r\n");
            body.Headers.ContentType = new("message/rfc822");
            using var answer = await mailServer.PostAsync(new Uri("/api/inbound/email", UriKind.Relative), body, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        }
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static JsonElement Clock(JsonElement opened) => opened.GetProperty("clocks").EnumerateArray().Single(clock => Text(clock, "name") == "reply");

    private static async Task<(int Looks, int Reviews)> VoiceAsync(HttpClient client)
    {
        var voice = (await client.GetJsonAsync("/api/board/rail")).GetProperty("voice");
        return (voice.GetProperty("missedLooks").GetInt32(), voice.GetProperty("awaitingReply").GetInt32());
    }
}
