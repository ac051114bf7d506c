using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Escalation.Silo.Webhooks;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Webhooks;

/// <summary>Another system is told what happens, over HTTP to a service that answers as it likes.</summary>
public sealed class WebhookStoryTests
{
    [Fact]
    public async Task Events_go_out_signed_in_the_order_of_their_case_and_name_nobody()
    {
        await using var receiver = await HttpService.StartAsync();
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var hook = await SubscribeAsync(platform, new { url = $"{receiver.Url}/events", kinds = new[] { "caseOpened", "noteAdded" } });

        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetGuid();
        await ana.SendAsync($"/api/cases/{id}/note", new { note = "Ioana rings at noon." });
        await ana.SendAsync($"/api/cases/{id}/heat", new { heat = "tense" });
        await ana.SendAsync($"/api/cases/{id}/note", new { note = "Ioana rang." });

        var sent = new List<ServiceRequest> { await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync() };
        var secret = hook.GetProperty("secret").GetString()!;
        Assert.All(sent, request => Assert.Equal(SignatureOf(request, secret), request.Headers["webhook-signature"]));
        Assert.Equal(["caseOpened", "noteAdded", "noteAdded"], sent.Select(request => Json(request).GetProperty("type").GetString()));
        var versions = sent.Select(request => Data(request).GetProperty("version").GetInt32()).ToList();
        Assert.Equal(versions.Order(), versions);
        Assert.Equal($"evt_{id:N}_{versions[1]}", sent[1].Headers["webhook-id"]);
        Assert.All(sent, request => Assert.DoesNotContain("Ioana", request.Body, StringComparison.Ordinal));
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));
        Assert.False(receiver.HasMoreRequests);
    }

    [Fact]
    public async Task A_receiver_that_fails_gets_the_same_again_later_and_then_what_followed()
    {
        await using var receiver = await HttpService.StartAsync((500, null));
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        var hook = await SubscribeAsync(platform, new { url = receiver.Url, kinds = new[] { "caseOpened", "noteAdded" } });
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetGuid();
        await ana.SendAsync($"/api/cases/{id}/note", new { note = "One." });

        var first = await receiver.NextAsync();
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("failing", 2));
        Assert.False(receiver.HasMoreRequests);
        await platform.FastForward(TimeSpan.FromSeconds(6));

        var (second, third) = (await receiver.NextAsync(), await receiver.NextAsync());
        Assert.Equal((first.Headers["webhook-id"], first.Body), (second.Headers["webhook-id"], second.Body));
        Assert.Equal("noteAdded", Json(third).GetProperty("type").GetString());
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));
        var deliveries = await DeliveriesAsync(platform, hook);
        Assert.Equal([("noteAdded", 1, "delivered"), ("caseOpened", 2, "delivered")], deliveries.Select(delivery => (
            delivery.GetProperty("kind").GetString(), delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("state").GetString())));
    }

    [Fact]
    public async Task What_happened_is_sent_again_from_a_place_or_an_instant_under_the_same_ids()
    {
        await using var receiver = await HttpService.StartAsync();
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var admin = platform.ClientFor("admin");
        var hook = await SubscribeAsync(platform, new { url = receiver.Url, kinds = new[] { "caseOpened" } });
        await ana.OpenCaseAsync("One", null);
        var one = await receiver.NextAsync();
        await platform.FastForward(TimeSpan.FromSeconds(10));
        var later = platform.Time.GetUtcNow();
        await ana.OpenCaseAsync("Two", null);
        var two = await receiver.NextAsync();
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));

        await admin.SendAsync($"/api/webhooks/{Id(hook)}/replay", new { position = Data(one).GetProperty("position").GetInt64() }, "again");
        var (oneAgain, twoAgain) = (await receiver.NextAsync(), await receiver.NextAsync());
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));
        await admin.SendAsync($"/api/webhooks/{Id(hook)}/replay", new { position = 0 }, "again");
        await admin.SendAsync($"/api/webhooks/{Id(hook)}/replay", new { from = later });
        var twoOnceMore = await receiver.NextAsync();

        Assert.Equal(
            new[] { one, two, two }.Select(request => request.Headers["webhook-id"]).Order(),
            new[] { oneAgain, twoAgain, twoOnceMore }.Select(request => request.Headers["webhook-id"]).Order());
        Assert.Equal(two.Headers["webhook-id"], twoOnceMore.Headers["webhook-id"]);
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));
        Assert.False(receiver.HasMoreRequests);
    }

    [Fact]
    public async Task A_receiver_that_has_gone_is_disabled_and_goes_on_where_it_stood_once_it_is_enabled()
    {
        await using var receiver = await HttpService.StartAsync((410, null));
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var admin = platform.ClientFor("admin");
        var hook = await SubscribeAsync(platform, new { url = receiver.Url, kinds = new[] { "caseOpened" } });
        await ana.OpenCaseAsync("One", null);
        var refused = await receiver.NextAsync();
        await platform.UntilAsync(async () => (await StateAsync(platform, hook)).State == "disabled");
        await ana.OpenCaseAsync("Two", null);
        var shown = await admin.GetJsonAsync($"/api/webhooks/{Id(hook)}");
        Assert.Contains("410", shown.GetProperty("reason").GetString(), StringComparison.Ordinal);

        await admin.SendAsync($"/api/webhooks/{Id(hook)}/enable", new { });

        Assert.Equal(refused.Headers["webhook-id"], (await receiver.NextAsync()).Headers["webhook-id"]);
        Assert.NotEqual(refused.Headers["webhook-id"], (await receiver.NextAsync()).Headers["webhook-id"]);
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));
    }

    [Fact]
    public async Task After_long_failure_it_is_disabled_and_a_redirect_is_a_failure()
    {
        await using var receiver = await HttpService.StartAsync((302, null), (302, null));
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var admin = platform.ClientFor("admin");
        var hook = await SubscribeAsync(platform, new { url = receiver.Url, kinds = new[] { "caseOpened" } });
        await ana.OpenCaseAsync();
        await receiver.NextAsync();
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("failing", 1));

        platform.Time.Advance(TimeSpan.FromDays(6));

        await receiver.NextAsync();
        await platform.UntilAsync(async () => (await StateAsync(platform, hook)).State == "disabled");
        Assert.Contains("redirects are not followed", (await admin.GetJsonAsync($"/api/webhooks/{Id(hook)}")).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.False(receiver.HasMoreRequests);
    }

    [Fact, Rule("CUS-7")]
    public async Task Personal_data_goes_out_only_when_asked_for_and_never_after_it_was_erased()
    {
        await using var receiver = await HttpService.StartAsync();
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var admin = platform.ClientFor("admin");
        var hook = await SubscribeAsync(platform, new { url = receiver.Url, kinds = new[] { "caseOpened" }, personal = true });
        await ana.OpenCaseAsync();
        var whole = await receiver.NextAsync();
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));

        await platform.QueryAsync<int>("update event set personal = null");
        await admin.SendAsync($"/api/webhooks/{Id(hook)}/replay", new { position = 0 });

        var erased = await receiver.NextAsync();
        Assert.Contains("Ioana Munteanu", whole.Body, StringComparison.Ordinal);
        Assert.Equal(whole.Headers["webhook-id"], erased.Headers["webhook-id"]);
        Assert.DoesNotContain("Ioana", erased.Body, StringComparison.Ordinal);
        Assert.Equal("brokenPromise", Data(erased).GetProperty("event").GetProperty("type").GetString());
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign()
    {
        await using var receiver = await HttpService.StartAsync();
        await using var platform = await TestPlatform.StartAsync();
        using var ana = platform.ClientFor("agent");
        using var admin = platform.ClientFor("admin");
        var hook = await SubscribeAsync(platform, new { url = receiver.Url, kinds = new[] { "caseOpened" } });

        var rotated = await admin.SendAsync($"/api/webhooks/{Id(hook)}/rotate", new { }, "once");
        var again = await admin.SendAsync($"/api/webhooks/{Id(hook)}/rotate", new { }, "once");
        await ana.OpenCaseAsync();
        var sent = await receiver.NextAsync();
        await platform.UntilAsync(async () => await StateAsync(platform, hook) is ("active", 0));
        platform.Time.Advance(TimeSpan.FromDays(2));
        await ana.OpenCaseAsync("Later", null);
        var later = await receiver.NextAsync();

        var (old, fresh) = (hook.GetProperty("secret").GetString()!, rotated.GetProperty("secret").GetString()!);
        Assert.Equal(fresh, again.GetProperty("secret").GetString());
        Assert.Equal($"{SignatureOf(sent, fresh)} {SignatureOf(sent, old)}", sent.Headers["webhook-signature"]);
        Assert.Equal(SignatureOf(later, fresh), later.Headers["webhook-signature"]);
        Assert.False((await admin.GetJsonAsync($"/api/webhooks/{Id(hook)}")).TryGetProperty("secret", out _));
    }

    [Fact]
    public async Task Addresses_that_are_none_of_the_world_are_refused_and_so_are_names_that_lead_there()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var admin = platform.ClientFor("admin");
        foreach (var url in new[] { "https://10.0.0.8/x", "https://169.254.169.254/latest", "https://[fd00::1]/", "ftp://example.org/", "http://example.org/", "https://a:b@example.org/" })
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => admin.SendAsync("/api/webhooks", new { url }));
            Assert.Contains("422", refused.Message, StringComparison.Ordinal);
        }

        Assert.Empty((await admin.GetJsonAsync("/api/webhooks")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void An_address_is_public_or_it_is_not(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_host_that_is_killed_loses_no_event()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-webhook-").FullName;
        await using var receiver = await HttpService.StartAsync();
        var host = await HostProcess.StartAsync(folder);
        try
        {
            using (var admin = host.ClientFor("admin"))
            {
                await admin.SendAsync("/api/webhooks", new { url = receiver.Url, kinds = new[] { "caseOpened", "noteAdded" } });
            }

            var expected = new HashSet<string>();
            for (var round = 0; round < 3; round++)
            {
                using (var ana = host.ClientFor("agent"))
                {
                    for (var n = 0; n < 15; n++)
                    {
                        var id = (await ana.OpenCaseAsync($"Customer {round}.{n}", null)).GetProperty("id").GetGuid();
                        expected.Add($"evt_{id:N}_1");
                        var noted = await ana.SendAsync($"/api/cases/{id}/note", new { note = "Heard." });
                        expected.Add($"evt_{id:N}_{noted.GetProperty("version").GetInt32()}");
                    }
                }

                // In the middle of sending: what was acknowledged to Ana is in the log, and not all of it has gone out.
                await host.KillAsync();
                await host.DisposeAsync();
                host = await HostProcess.StartAsync(folder);
            }

            var seen = new HashSet<string>();
            var latest = new Dictionary<string, int>();
            while (!expected.IsSubsetOf(seen))
            {
                var request = await receiver.NextAsync();
                var data = Data(request);
                var (stream, version) = (data.GetProperty("stream").GetString()!, data.GetProperty("version").GetInt32());
                if (seen.Add(request.Headers["webhook-id"]))
                {
                    Assert.True(latest.GetValueOrDefault(stream) < version, "A later event of the case went out first.");
                    latest[stream] = version;
                }
            }

            Assert.Equal(expected, seen);
        }
        finally
        {
            await host.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> SubscribeAsync(TestPlatform platform, object asked)
    {
        using var admin = platform.ClientFor("admin");
        return await admin.SendAsync("/api/webhooks", asked);
    }

    private static string Id(JsonElement hook) => hook.GetProperty("id").GetString()!;

    private static async Task<(string? State, long Waiting)> StateAsync(TestPlatform platform, JsonElement hook)
    {
        using var admin = platform.ClientFor("admin");
        var shown = await admin.GetJsonAsync($"/api/webhooks/{Id(hook)}");
        return (shown.GetProperty("state").GetString(), shown.GetProperty("waiting").GetInt64());
    }

    private static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(TestPlatform platform, JsonElement hook)
    {
        using var admin = platform.ClientFor("admin");
        return [.. (await admin.GetJsonAsync($"/api/webhooks/{Id(hook)}/deliveries")).GetProperty("items").EnumerateArray()];
    }

    private static JsonElement Json(ServiceRequest request) => JsonDocument.Parse(request.Body).RootElement;

    private static JsonElement Data(ServiceRequest request) => Json(request).GetProperty("data");

    /// <summary>As a receiver checks it (Standard Webhooks).</summary>
    private static string SignatureOf(ServiceRequest request, string secret) => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(
        Convert.FromBase64String(secret["whsec_".Length..]),
        Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}")))}";
}
