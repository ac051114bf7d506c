using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>A policy that changes while the platform runs: through its front door, on a real database.</summary>
public sealed class PolicyRolloutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-policy-").FullName;

    public PolicyRolloutTests()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "Policy");
        foreach (var file in Directory.GetFiles(shipped, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("CLK-2")]
    public async Task A_changed_policy_is_read_looked_at_and_applied_and_each_case_knows_what_judged_it()
    {
        await using var platform = await StartAsync();
        using var ana = platform.ClientFor("agent");
        using var vlad = platform.ClientFor("admin");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        var opened = platform.Time.GetUtcNow();
        await platform.FastForward(TimeSpan.FromHours(10));
        Change("sla.yaml", "resolution: {working: PT72H, warn: [0.75]}", "resolution: {working: PT80H, warn: [0.75]}");

        var reload = await vlad.SendAsync("/api/policy/reload", new { });
        Assert.NotEqual(reload.GetProperty("was").GetString(), reload.GetProperty("version").GetString());
        Assert.Equal(opened.AddHours(72), DueOf(await ana.GetJsonAsync($"/api/cases/{id}")));

        var move = (await vlad.GetJsonAsync("/api/policy/preview")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(
            ("resolution", opened.AddHours(72), opened.AddHours(80), false),
            (move.GetProperty("clock").GetString(), move.GetProperty("wasDueAt").GetDateTimeOffset(), move.GetProperty("dueAt").GetDateTimeOffset(),
                move.GetProperty("isBreach").GetBoolean()));
        Assert.Equal(opened.AddHours(72), DueOf(await ana.GetJsonAsync($"/api/cases/{id}")));

        var applied = await vlad.SendAsync("/api/policy/apply", new { });
        Assert.Equal((1, 1), (applied.GetProperty("cases").GetInt32(), applied.GetProperty("moved").GetInt32()));
        Assert.Equal(opened.AddHours(80), DueOf(await ana.GetJsonAsync($"/api/cases/{id}")));
        Assert.Equal(0, (await vlad.SendAsync("/api/policy/apply", new { })).GetProperty("cases").GetInt32());
        Assert.Empty((await vlad.GetJsonAsync("/api/policy/preview")).GetProperty("items").EnumerateArray());

        var why = await ana.GetJsonAsync($"/api/cases/{id}/clocks/resolution/why");
        Assert.Equal("P3DT8H", why.GetProperty("counted").GetString());
        Assert.Equal(
            [reload.GetProperty("was").GetString(), reload.GetProperty("version").GetString()],
            why.GetProperty("intervals").EnumerateArray().Select(interval => interval.GetProperty("policy").GetString()));
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact]
    public async Task A_policy_that_cannot_be_used_changes_nothing_and_says_why_by_file_and_line()
    {
        await using var platform = await StartAsync();
        using var vlad = platform.ClientFor("admin");
        var version = (await vlad.GetJsonAsync("/api/policy")).GetProperty("version").GetString();
        Change("sla.yaml", "silence: {working: PT24H, warn: [0.75]}", "silence: {working: never}");

        using var refused = await vlad.PostAsJsonAsync(new Uri("/api/policy/reload", UriKind.Relative), new { }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("policy.invalid", problem.GetProperty("code").GetString());
        Assert.Matches("^sla.yaml:[0-9]+$", problem.GetProperty("errors").EnumerateObject().Single().Name);
        Assert.Equal(version, (await vlad.GetJsonAsync("/api/policy")).GetProperty("version").GetString());
    }

    [Fact, Rule("CLK-2"), Rule("CLK-3")]
    public async Task A_host_that_has_never_seen_a_version_counts_by_it_all_the_same()
    {
        await using var first = await StartAsync();
        using var ana = first.ClientFor("agent");
        using var vlad = first.ClientFor("admin");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        var opened = first.Time.GetUtcNow();
        Change("sla.yaml", "resolution: {working: PT72H, warn: [0.75]}", "resolution: {working: PT80H, warn: [0.75]}");
        Change("calendars/office.yaml", "18:00", "17:00");
        await vlad.SendAsync("/api/policy/reload", new { });

        // Another host, started with the changed folder, on the same database.
        await using var second = await TestPlatform.StartBesideAsync(first, policyFolder: _folder);
        using var irina = second.ClientFor("supervisor");
        await irina.SendAsync($"/api/cases/{id}/pause", new { reason = "waitingForSupplier" });
        await second.FastForward(TimeSpan.FromHours(5));
        await irina.SendAsync($"/api/cases/{id}/resume", new { });

        Assert.Equal(opened.AddHours(77), DueOf(await irina.GetJsonAsync($"/api/cases/{id}")));
    }

    private static DateTimeOffset DueOf(JsonElement answer) => answer.GetProperty("clocks").EnumerateArray()
        .Single(clock => clock.GetProperty("name").GetString() == "resolution").GetProperty("dueAt").GetDateTimeOffset();

    private Task<TestPlatform> StartAsync() => TestPlatform.StartAsync(policyFolder: _folder);

    private void Change(string file, string was, string now)
    {
        var path = Path.Combine(_folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(was, now, StringComparison.Ordinal));
    }
}
