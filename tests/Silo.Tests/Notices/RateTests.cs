using System.Text.Json;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Notices;

/// <summary>PRM-5: a channel that takes only so much a minute. Nothing waits for it silently, and nothing waits too long.</summary>
public sealed class RateTests
{
    [Fact, Rule("PRM-5")]
    public async Task What_waits_for_the_rate_says_so_and_keeps_its_times()
    {
        await using var mail = await MailServer.StartAsync();
        await using var platform = await StartAsync(TestPolicy.Reaching(Channel.Email), mail, perMinute: 6);
        using var ana = platform.ClientFor("agent");
        var opened = platform.Time.GetUtcNow();
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await OpenAsync(ana, i));
        }

        await mail.NextLetterAsync();
        await AcceptedAsync(platform, 1);
        await HeldAsync(platform, "email", 2);
        var waiting = (await NoticesAsync(ana, ids)).Where(notice => notice.GetProperty("state").GetString() == "decided").ToList();
        Assert.Equal(2, waiting.Count);
        Assert.All(waiting, notice => Assert.Equal(
            ("rate", opened, false), (notice.GetProperty("heldBy").GetString(), notice.GetProperty("plannedAt").GetDateTimeOffset(), notice.TryGetProperty("sentAt", out _))));

        for (var sent = 2; sent <= 3; sent++)
        {
            await platform.FastForward(TimeSpan.FromSeconds(10));
            await mail.NextLetterAsync();
            await AcceptedAsync(platform, sent);
        }

        var told = (await NoticesAsync(ana, ids)).OrderBy(notice => notice.GetProperty("sentAt").GetDateTimeOffset()).ToList();
        Assert.Equal([0, 10, 20], told.Select(notice => (notice.GetProperty("sentAt").GetDateTimeOffset() - opened).TotalSeconds));
        Assert.Equal([0, 10, 20], told.Select(notice => (notice.GetProperty("acceptedAt").GetDateTimeOffset() - opened).TotalSeconds));
        Assert.Equal([null, "rate", "rate"], told.Select(notice => notice.TryGetProperty("heldBy", out var by) ? by.GetString() : null));
    }

    [Fact, Rule("PRM-5")]
    public async Task What_would_come_too_late_goes_over_the_next_channel_and_then_to_a_person()
    {
        await using var mail = await MailServer.StartAsync();
        await using var gateway = await HttpService.StartAsync();
        await using var platform = await StartAsync(TestPolicy.Explaining(Channel.Email, Channel.Sms), mail, perMinute: 1, gateway);
        using var ana = platform.ClientFor("agent");
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await OpenAsync(ana, i));
            await ana.SendAsync($"/api/cases/{ids[i]}/promises", new { text = "Call back", dueAt = platform.Time.GetUtcNow().AddMinutes(10) });
        }

        // Explained five minutes before due: 75 seconds for mail, as much again for SMS, the rest for a person.
        await platform.FastForward(TimeSpan.FromMinutes(5));
        var sendBy = platform.Time.GetUtcNow();
        await mail.NextLetterAsync();
        await AcceptedAsync(platform, 1);
        await HeldAsync(platform, "email", 4);
        await platform.FastForward(TimeSpan.FromSeconds(60));
        await mail.NextLetterAsync();
        await AcceptedAsync(platform, 2);
        await platform.FastForward(TimeSpan.FromSeconds(15));
        await gateway.NextAsync();
        await AcceptedAsync(platform, 3);
        await HeldAsync(platform, "sms", 2);
        await platform.FastForward(TimeSpan.FromSeconds(60));
        await gateway.NextAsync();
        await AcceptedAsync(platform, 4);
        await platform.FastForward(TimeSpan.FromSeconds(52.5));

        var tasks = new List<JsonElement>();
        foreach (var id in ids)
        {
            tasks.AddRange((await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("callTasks").EnumerateArray());
        }

        var asked = Assert.Single(tasks);
        Assert.Equal(
            ("notice.notAccepted", sendBy.AddSeconds(187.5)), (asked.GetProperty("reason").GetString(), asked.GetProperty("raisedAt").GetDateTimeOffset()));
        var notices = await NoticesAsync(ana, ids);
        Assert.Equal(5 + 3, notices.Count);
        Assert.All(
            notices.Where(notice => notice.GetProperty("state").GetString() == "accepted"),
            notice => Assert.True(notice.GetProperty("acceptedAt").GetDateTimeOffset() < sendBy.AddMinutes(5)));
        Assert.Equal(2, notices.Count(notice => notice.GetProperty("channel").GetString() == "email" && notice.GetProperty("state").GetString() == "accepted"));
        Assert.Equal(2, notices.Count(notice => notice.GetProperty("channel").GetString() == "sms" && notice.GetProperty("state").GetString() == "accepted"));
        await platform.FastForward(TimeSpan.FromSeconds(60));
        Assert.Empty(await platform.ProveAsync());
    }

    private static Task<TestPlatform> StartAsync(IPolicySource policy, MailServer mail, int perMinute, HttpService? gateway = null)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Escalation:Smtp:Host"] = "127.0.0.1",
            ["Escalation:Smtp:Port"] = $"{mail.Port}",
            ["Escalation:Smtp:Tls"] = "false",
            ["Escalation:Smtp:PerMinute"] = $"{perMinute}",
        };
        if (gateway is not null)
        {
            settings["Escalation:Gateways:sms:Channel"] = "sms";
            settings["Escalation:Gateways:sms:Url"] = $"{gateway.Url}/messages";
            settings["Escalation:Gateways:sms:PerMinute"] = $"{perMinute}";
        }

        return TestPlatform.StartAsync(services => services.AddSingleton(policy), settings);
    }

    private static async Task<Guid> OpenAsync(HttpClient client, int i) => (await client.SendAsync("/api/cases", new
    {
        customer = new { name = $"Customer {i}", email = $"customer{i}@example.org", phone = $"+373 69 00000{i}", language = "ro", timeZone = "Europe/Chisinau" },
        type = "brokenPromise",
        summary = "The dishwasher did not come, for the second time.",
        channel = "phone",
    })).GetProperty("id").GetGuid();

    private static async Task<List<JsonElement>> NoticesAsync(HttpClient client, List<Guid> ids)
    {
        var notices = new List<JsonElement>();
        foreach (var id in ids)
        {
            notices.AddRange((await client.GetJsonAsync($"/api/notices?case={id}")).GetProperty("items").EnumerateArray());
        }

        return notices;
    }

    private static Task HeldAsync(TestPlatform platform, string channel, long count) => platform.UntilAsync(async () =>
        await platform.QueryAsync<long>($"select count(*) from notice where channel = '{channel}' and held_by = 'rate' and done_at is null") == count);

    private static Task AcceptedAsync(TestPlatform platform, long count) => platform.UntilAsync(async () =>
        await platform.QueryAsync<long>("select count(*) from event where kind = 'noticeAccepted'") == count);
}
