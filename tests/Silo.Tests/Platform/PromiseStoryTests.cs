using System.Net;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Silo.Embedded;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Answer = Escalation.Grains.Hosting.Answer;

namespace Escalation.Silo.Tests.Platform;

/// <summary>The heart of the platform, through its front door: real HTTP, real PostgreSQL, time as a verb.</summary>
public sealed class PromiseStoryTests
{
    [Fact, Rule("PRM-3")]
    public async Task A_customer_is_told_of_the_delay_before_the_promise_lapses()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered and fitted", dueAt = platform.Time.GetUtcNow().AddHours(5) });

        // A letter about a date that has moved before it went out would not go out any more.
        await platform.UntilAsync(async () => (await OutboxAsync(ana)).Count == 2);
        await platform.FastForward(TimeSpan.FromHours(4.5));
        await platform.UntilAsync(async () => (await OutboxAsync(ana)).Count == 3);

        var promise = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0];
        Assert.Equal(("explained", 1), (promise.GetProperty("state").GetString(), promise.GetProperty("revision").GetInt32()));
        Assert.Contains("vineri, 20 noiembrie 2026, ora 19:00 (Europe/Chisinau)", (await OutboxAsync(ana))[0], StringComparison.Ordinal);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-8")]
    public async Task Nobody_touches_the_case_for_ten_days_and_still_nothing_lapses_silently()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = platform.Time.GetUtcNow().AddHours(5) });

        for (var day = 0; day < 10; day++)
        {
            await platform.FastForward(TimeSpan.FromDays(1));
            await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from notice where done_at is null") == 0);
        }

        var lapsed = await ana.GetJsonAsync($"/api/cases/{id}");
        Assert.Equal("lapsed", lapsed.GetProperty("promises")[0].GetProperty("state").GetString());
        Assert.Equal("head", lapsed.GetProperty("level").GetString());
        Assert.Equal(0, (await ana.GetJsonAsync("/api/status")).GetProperty("promises").GetProperty("silentlyLapsed").GetInt32());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CLK-7")]
    public async Task Warnings_and_breaches_happen_at_their_instants_and_their_lateness_is_public()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var opened = platform.Time.GetUtcNow();
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();

        await platform.FastForward(TimeSpan.FromHours(2));

        var history = (await ana.GetJsonAsync($"/api/cases/{id}/history")).GetProperty("items").EnumerateArray();
        Assert.Equal(
            [("clockWarned", opened.AddMinutes(45)), ("clockBreached", opened.AddMinutes(60))],
            history.Where(e => e.GetProperty("by").GetString() == "deadline-clock")
                .Select(e => (e.GetProperty("kind").GetString(), e.GetProperty("at").GetDateTimeOffset())));
        Assert.Equal(2, (await ana.GetJsonAsync("/api/status")).GetProperty("lateness").GetProperty("fired").GetInt64());
    }

    [Fact, Rule("PRM-3")]
    public async Task A_promise_made_on_another_host_that_died_is_explained_by_this_one()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetGuid();
        await ana.GetJsonAsync($"/api/cases/{id}");

        // Another host on the same database: its grains know the case too, and then are gone.
        var other = ActivatorUtilities.CreateInstance<EmbeddedGrains>(platform.Services);
        var due = platform.Time.GetUtcNow().AddHours(5);
        var command = new Envelope<CaseCommand>(
            Guid.CreateVersion7(due), new Actor("mihai", Roles.Agent), new CaseCommand.MakePromise("Delivered", due, null));
        Assert.IsType<Answer.Done>(await other.Case(id).Tell(command, TestContext.Current.CancellationToken));
        await platform.UntilAsync(async () =>
            (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises").GetArrayLength() == 1);
        await platform.FastForward(TimeSpan.FromHours(4.5));

        Assert.Equal("explained", (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0].GetProperty("state").GetString());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("BRD-3")]
    public async Task A_change_that_only_time_made_shows_on_the_board_like_any_other()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        await ana.OpenCaseAsync();

        await platform.FastForward(TimeSpan.FromMinutes(45));

        await platform.UntilAsync(async () =>
            (await ana.GetJsonAsync("/api/board")).GetProperty("items").EnumerateArray()
                .Any(row => row.GetProperty("due").GetProperty("state").GetString() == "warned"));
    }

    [Fact, Rule("PRM-5")]
    public async Task With_no_server_to_take_the_explanation_a_person_is_asked_before_due()
    {
        await using var platform = await TestPlatform.StartAsync(settings: new Dictionary<string, string?>
        {
            // Nothing listens there.
            ["Escalation:Smtp:Host"] = "127.0.0.1",
            ["Escalation:Smtp:Port"] = "9",
            ["Escalation:Smtp:Tls"] = "false",
        });
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        var due = platform.Time.GetUtcNow().AddHours(5);
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = due });

        await platform.FastForward(TimeSpan.FromHours(4.99));

        var asked = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("callTasks")[0];
        Assert.Equal("notice.notAccepted", asked.GetProperty("reason").GetString());
        Assert.True(asked.GetProperty("raisedAt").GetDateTimeOffset() < due);
    }

    [Fact, Rule("CASE-5")]
    public async Task The_database_away_commands_are_refused_and_it_comes_back_by_itself()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();

        await platform.QueryAsync<object>(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        await platform.UntilAsync(async () =>
        {
            using var answer = await ana.PostAsync(
                new Uri($"/api/cases/{id}/note", UriKind.Relative), JsonContentOf(new { note = "still there?" }));
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}");
            return answer.StatusCode == HttpStatusCode.OK;
        });

        await platform.UntilAsync(async () =>
        {
            using var ready = await ana.GetAsync(new Uri("/readyz", UriKind.Relative));
            return ready.StatusCode == HttpStatusCode.OK;
        });
        Assert.Empty(await platform.ProveAsync());
    }

    private static async Task<IReadOnlyList<string>> OutboxAsync(HttpClient client) =>
        [.. (await client.GetJsonAsync("/api/dev/outbox")).GetProperty("items").EnumerateArray().Select(m => m.GetProperty("body").GetString()!)];

    private static StringContent JsonContentOf(object body) => new(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
}
