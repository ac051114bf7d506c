using Escalation.TestKit;

namespace Escalation.Silo.Tests.Platform;

/// <summary>A proof that cannot fail proves nothing: each of these breaks a log that was whole, and expects to be told.</summary>
public sealed class ProofTests
{
    [Theory]
    [InlineData("delete from event where kind = 'noteAdded'", "LOG", "is missing")]
    [InlineData("update grain set version = version + 1 where category = 'case'", "LOG", "its row says")]
    [InlineData("update grain set due_at = due_at + interval '1 hour'", "CLK-7", "next due instant")]
    [InlineData("update grain set board = null where category = 'case'", "BRD-2", "board row")]
    [InlineData("update event set command = (select command from event where kind = 'caseOpened') where kind = 'contactLogged'", "CASE-5", "took effect twice")]
    [InlineData("update event set at = at - interval '2 hours' where kind = 'clockWarned'", "CLK-7", "fired early")]
    [Rule("PRM-8")]
    public async Task A_broken_log_is_told_by_its_rule(string breaking, string rule, string detail)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/note", new { note = "asked for the manager" });
        await platform.FastForward(TimeSpan.FromMinutes(50));
        await ana.SendAsync($"/api/cases/{id}/contacts", new { direction = "toCustomer", channel = "phone", note = "called" });
        await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from notice where done_at is null") == 0);
        Assert.Empty(await platform.ProveAsync());

        await platform.QueryAsync<object>(breaking);

        Assert.Contains(await platform.ProveAsync(), fault => fault.StartsWith(rule, StringComparison.Ordinal) && fault.Contains(detail, StringComparison.Ordinal));
    }

    [Fact, Rule("PRM-8")]
    public async Task A_promise_that_lapsed_while_nobody_was_told_is_reported()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = platform.Time.GetUtcNow().AddHours(5) });

        // The platform slept through send-by and due.
        platform.Time.Advance(TimeSpan.FromHours(6));
        await platform.FastForward(TimeSpan.FromSeconds(30));

        Assert.Contains(await platform.ProveAsync(), fault => fault.StartsWith("PRM-8", StringComparison.Ordinal));
        await platform.UntilAsync(async () =>
            (await ana.GetJsonAsync("/api/status")).GetProperty("promises").GetProperty("silentlyLapsed").GetInt32() == 1);
    }
}
