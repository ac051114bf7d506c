using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Notices;

/// <summary>PRM-5: how a word reaches the customer, over real servers that fail in every way.</summary>
public sealed class DeliveryStoryTests
{
    private static readonly TimeSpan ToSendBy = TimeSpan.FromHours(4);

    [Fact, Rule("PRM-5")]
    public async Task Refused_by_mail_for_good_the_customer_gets_a_short_message_before_due()
    {
        await using var mail = await MailServer.StartAsync(["serve", "rcpt:550"]);
        await using var gateway = await HttpService.StartAsync();
        await using var platform = await StartAsync(mail, gateway);
        using var ana = platform.ClientFor("agent");
        var id = await PromiseAsync(platform, ana, mail);

        await platform.FastForward(ToSendBy);
        var sms = await gateway.NextAsync();
        await FinishedAsync(platform);

        var sent = JsonDocument.Parse(sms.Body).RootElement;
        Assert.Equal(
            ("+373 69 000001", $"{id:N}-n3@shop.example", "Bearer secret"),
            (sent.GetProperty("to").GetString(), sms.Headers["idempotency-key"], sms.Headers["authorization"]));
        Assert.Contains("Data nouă: vineri, 20 noiembrie 2026, ora 19:00", sent.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("/c/", sent.GetProperty("text").GetString(), StringComparison.Ordinal);
        var notices = (await ana.GetJsonAsync($"/api/notices?case={id}")).GetProperty("items").EnumerateArray().Skip(1).ToList();
        Assert.Equal(
            [("email", "failed", 1), ("sms", "accepted", 1)],
            notices.Select(one => (one.GetProperty("channel").GetString()!, one.GetProperty("state").GetString()!, one.GetProperty("attempts").GetInt32())));
        Assert.Equal(platform.Time.GetUtcNow(), notices[1].GetProperty("acceptedAt").GetDateTimeOffset());
        Assert.Equal(0, (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("callTasks").GetArrayLength());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_mail_server_away_for_an_hour_is_noticed_once_and_nobody_waits_for_it()
    {
        await using var mail = await MailServer.StartAsync();
        await using var gateway = await HttpService.StartAsync();
        await using var platform = await StartAsync(mail, gateway, failuresUntilDown: 3);
        using var ana = platform.ClientFor("agent");
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await PromiseAsync(platform, ana, mail));
        }

        await mail.GoAwayAsync();
        await platform.FastForward(ToSendBy);
        await platform.UntilAsync(async () => await ChannelAsync(ana, "email") is ("down", "noServer"));

        // Half of the three quarters of an hour that the machine has.
        await platform.FastForward(TimeSpan.FromMinutes(22.5));
        for (var i = 0; i < ids.Count; i++)
        {
            await gateway.NextAsync();
        }

        await FinishedAsync(platform);
        await mail.ComeBackAsync();
        var late = await OpenAsync(ana);
        await platform.UntilAsync(async () =>
        {
            // An attempt that is under way must not be cut short by a time that jumps; one that was is tried again later.
            if (!mail.HasMoreLetters && await platform.QueryAsync<long>("select count(*) from notice where claimed_until is not null and done_at is null") == 0)
            {
                await platform.FastForward(TimeSpan.FromSeconds(61));
            }

            return mail.HasMoreLetters;
        });

        Assert.Equal($"<{late:N}-n1@shop.example>", (await mail.NextLetterAsync()).MessageId);
        await platform.UntilAsync(async () => (await ChannelAsync(ana, "email")).State == "up");
        foreach (var id in ids)
        {
            Assert.Equal(0, (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("callTasks").GetArrayLength());
        }

        Assert.False(gateway.HasMoreRequests);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_server_that_hangs_up_in_the_middle_of_a_letter_gets_it_again()
    {
        await using var mail = await MailServer.StartAsync(["drop"]);
        await using var platform = await StartAsync(mail);
        using var ana = platform.ClientFor("agent");
        var id = await OpenAsync(ana);
        await mail.ConnectedAsync();
        await platform.UntilAsync(async () =>
            await platform.QueryAsync<DateTime>("select send_at from notice where done_at is null and claimed_until is null") > platform.Time.GetUtcNow().UtcDateTime);

        await platform.FastForward(TimeSpan.FromSeconds(15));

        Assert.Equal($"<{id:N}-n1@shop.example>", (await mail.NextLetterAsync()).MessageId);
        await FinishedAsync(platform);
        Assert.False(mail.HasMoreLetters);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_gateway_that_asks_for_patience_gets_it_while_there_is_time()
    {
        await using var mail = await MailServer.StartAsync(["serve", "rcpt:550"]);
        await using var gateway = await HttpService.StartAsync((429, "60"));
        await using var platform = await StartAsync(mail, gateway);
        using var ana = platform.ClientFor("agent");
        var id = await PromiseAsync(platform, ana, mail);
        await platform.FastForward(ToSendBy);
        var first = await gateway.NextAsync();
        await platform.UntilAsync(async () =>
            await platform.QueryAsync<DateTime>("select send_at from notice where done_at is null and claimed_until is null") >= platform.Time.GetUtcNow().AddSeconds(60).UtcDateTime);

        await platform.FastForward(TimeSpan.FromSeconds(60));
        var second = await gateway.NextAsync();
        await FinishedAsync(platform);

        Assert.Equal(first, second with { Headers = first.Headers }, RequestsAreAlike);
        Assert.Equal(first.Headers["idempotency-key"], second.Headers["idempotency-key"]);
        Assert.Equal("accepted", (await NoticesAsync(ana, id))[^1].GetProperty("state").GetString());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_gateway_that_asks_for_more_time_than_there_is_is_passed_over_for_a_person()
    {
        await using var mail = await MailServer.StartAsync(["serve", "rcpt:550"]);
        await using var gateway = await HttpService.StartAsync((429, "3600"));
        await using var platform = await StartAsync(mail, gateway);
        using var ana = platform.ClientFor("agent");
        var id = await PromiseAsync(platform, ana, mail);

        await platform.FastForward(ToSendBy);
        await gateway.NextAsync();
        await FinishedAsync(platform);

        var asked = Assert.Single((await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("callTasks").EnumerateArray());
        Assert.Equal(("notice.notAccepted", platform.Time.GetUtcNow()), (asked.GetProperty("reason").GetString(), asked.GetProperty("raisedAt").GetDateTimeOffset()));
    }

    [Fact, Rule("PRM-5")]
    public async Task A_webhook_is_signed_over_id_time_and_body()
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await using var mail = await MailServer.StartAsync(["rcpt:550"]);
        await using var crm = await HttpService.StartAsync();
        await using var platform = await StartAsync(mail, more: new()
        {
            ["Escalation:Notices:Webhook:Url"] = $"{crm.Url}/hooks",
            ["Escalation:Notices:Webhook:Secret"] = $"whsec_{secret}",
        });
        using var ana = platform.ClientFor("agent");
        var id = await OpenAsync(ana);

        var told = await crm.NextAsync();

        Assert.Equal($"{id:N}-n2@shop.example", told.Headers["webhook-id"]);
        Assert.Equal($"{platform.Time.GetUtcNow().ToUnixTimeSeconds()}", told.Headers["webhook-timestamp"]);
        var signed = Encoding.UTF8.GetBytes($"{told.Headers["webhook-id"]}.{told.Headers["webhook-timestamp"]}.{told.Body}");
        Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret), signed))}", told.Headers["webhook-signature"]);
        Assert.Equal("notice.acknowledgement", JsonDocument.Parse(told.Body).RootElement.GetProperty("type").GetString());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_bounce_takes_the_word_over_the_next_channel_and_the_same_bounce_twice_changes_nothing()
    {
        await using var mail = await MailServer.StartAsync();
        await using var gateway = await HttpService.StartAsync();
        await using var platform = await StartAsync(mail, gateway);
        using var ana = platform.ClientFor("agent");
        using var pipe = platform.ClientFor("intake");
        var id = await PromiseAsync(platform, ana, mail);
        await platform.FastForward(ToSendBy);
        var letter = await mail.NextLetterAsync();
        await FinishedAsync(platform);

        var first = await HandOverAsync(pipe, Bounce(letter.MessageId!));
        await gateway.NextAsync();
        await FinishedAsync(platform);
        var second = await HandOverAsync(pipe, Bounce(letter.MessageId!));

        Assert.Equal(("bounce", 2), (first.GetProperty("kind").GetString(), first.GetProperty("notice").GetInt32()));
        Assert.Equal(first.GetProperty("version").GetInt32(), second.GetProperty("version").GetInt32());
        Assert.Equal(
            [("email", "failed"), ("sms", "accepted")],
            (await NoticesAsync(ana, id)).Skip(1).Select(one => (one.GetProperty("channel").GetString()!, one.GetProperty("state").GetString()!)));
        Assert.DoesNotContain("stefan", (await NoticesAsync(ana, id))[1].GetProperty("reason").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_reply_is_contact_on_its_case_and_an_automatic_one_is_not()
    {
        await using var mail = await MailServer.StartAsync();
        await using var platform = await StartAsync(mail);
        using var ana = platform.ClientFor("agent");
        using var pipe = platform.ClientFor("intake");
        var id = await OpenAsync(ana);
        var letter = await mail.NextLetterAsync();

        var reply = await HandOverAsync(pipe, Reply(letter.MessageId!, "<r1@example.org>", ""));
        await HandOverAsync(pipe, Reply(letter.MessageId!, "<r1@example.org>", ""));
        var away = await HandOverAsync(pipe, Reply(letter.MessageId!, "<r2@example.org>", "Auto-Submitted: auto-replied\r\n"));
        using var unknown = await SendAsync(pipe, Reply("<nobody@example.org>", "<r3@example.org>", ""));

        Assert.Equal(("reply", "automatic"), (reply.GetProperty("kind").GetString(), away.GetProperty("kind").GetString()));
        var history = (await ana.GetJsonAsync($"/api/cases/{id}/history")).GetProperty("items").EnumerateArray().ToList();
        var contact = Assert.Single(history, entry => entry.GetProperty("kind").GetString() == "contactLogged").GetProperty("data");
        Assert.Equal(("fromCustomer", "Bine, aștept."), (contact.GetProperty("direction").GetString(), contact.GetProperty("note").GetString()));
        Assert.Contains("> Stimate", contact.GetProperty("whole").GetString(), StringComparison.Ordinal);
        Assert.Single(history, entry => entry.GetProperty("kind").GetString() == "automaticReplyReceived");
        Assert.Equal(422, (int)unknown.StatusCode);
        Assert.Contains("inbound.noCase", await unknown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_letter_has_its_text_twice_and_keeps_to_its_case()
    {
        await using var mail = await MailServer.StartAsync();
        await using var platform = await StartAsync(mail);
        using var ana = platform.ClientFor("agent");
        var id = await PromiseAsync(platform, ana, mail);
        await platform.FastForward(ToSendBy);

        var letter = await mail.NextLetterAsync();

        Assert.Equal($"<{id:N}@shop.example>", letter.Header("references"));
        Assert.Equal("answers@shop.example", letter.Header("reply-to"));
        Assert.DoesNotContain(letter.Headers, header => header.Name == "list-unsubscribe");
        Assert.Contains("<html lang=\"ro\">", letter.Html, StringComparison.Ordinal);
        Assert.Contains("Livrat &lt;b&gt;și&lt;/b&gt; montat", letter.Html, StringComparison.Ordinal);
        Assert.Matches("<a href=\"http[^\"]*/c/[^\"]*answer=fine\"[^>]*>[^<]+</a>", letter.Html!);
    }

    private static bool RequestsAreAlike(ServiceRequest one, ServiceRequest other) =>
        (one.Method, one.Path, one.Body) == (other.Method, other.Path, other.Body);

    private static Task<TestPlatform> StartAsync(
        MailServer mail, HttpService? gateway = null, int failuresUntilDown = 5, Dictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>(more ?? [])
        {
            ["Escalation:Smtp:Host"] = "127.0.0.1",
            ["Escalation:Smtp:Port"] = $"{mail.Port}",
            ["Escalation:Smtp:Tls"] = "false",
            ["Escalation:Smtp:From"] = "Shop care <care@shop.example>",
            ["Escalation:Smtp:ReplyTo"] = "answers@shop.example",
            ["Escalation:Notices:MessageIdDomain"] = "shop.example",
            ["Escalation:Notices:FailuresUntilDown"] = $"{failuresUntilDown}",
        };
        var channels = new List<Channel> { Channel.Email };
        if (gateway is not null)
        {
            settings["Escalation:Gateways:sms:Channel"] = "sms";
            settings["Escalation:Gateways:sms:Url"] = $"{gateway.Url}/messages";
            settings["Escalation:Gateways:sms:Headers:Authorization"] = "Bearer secret";
            channels.Add(Channel.Sms);
        }

        if (more?.ContainsKey("Escalation:Notices:Webhook:Url") == true)
        {
            channels.Add(Channel.Webhook);
        }

        return TestPlatform.StartAsync(
            services => services.AddSingleton<IPolicySource>(TestPolicy.Reaching([.. channels])), settings);
    }

    private static async Task<Guid> OpenAsync(HttpClient client) => (await client.SendAsync("/api/cases", new
    {
        customer = new { name = "Ștefan Țîrdea", email = "stefan@example.org", phone = "+373 69 000001", language = "ro", timeZone = "Europe/Chisinau" },
        type = "brokenPromise",
        summary = "The dishwasher did not come, for the second time.",
        channel = "phone",
    })).GetProperty("id").GetGuid();

    /// <summary>A case with a promise that is due in five hours, its opening told.</summary>
    private static async Task<Guid> PromiseAsync(TestPlatform platform, HttpClient ana, MailServer? mail)
    {
        var id = await OpenAsync(ana);
        if (mail is not null)
        {
            await mail.NextLetterAsync();
            await FinishedAsync(platform);
        }

        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Livrat <b>și</b> montat", dueAt = platform.Time.GetUtcNow().AddHours(5) });
        return id;
    }

    private static async Task<List<JsonElement>> NoticesAsync(HttpClient client, Guid id) =>
        [.. (await client.GetJsonAsync($"/api/notices?case={id}")).GetProperty("items").EnumerateArray()];

    private static async Task<(string? State, string? Reason)> ChannelAsync(HttpClient client, string channel)
    {
        var one = (await client.GetJsonAsync("/api/status")).GetProperty("channels").EnumerateArray()
            .Single(figures => figures.GetProperty("channel").GetString() == channel);
        return (one.GetProperty("state").GetString(), one.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    private static Task FinishedAsync(TestPlatform platform) => platform.UntilAsync(
        async () => await platform.QueryAsync<long>("select count(*) from notice where done_at is null") == 0);

    private static async Task<JsonElement> HandOverAsync(HttpClient client, string letter)
    {
        using var answer = await SendAsync(client, letter);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string letter)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(letter)) { Headers = { ContentType = new MediaTypeHeaderValue("message/rfc822") } };
        return await client.PostAsync(new Uri("/api/inbound/email", UriKind.Relative), content);
    }

    private static string Bounce(string messageId) =>
        $"""
        From: MAILER-DAEMON@mx.example
        Message-ID: <bounce-1@mx.example>
        Subject: Undelivered Mail Returned to Sender
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; stefan@example.org
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 <stefan@example.org> unknown

        --b
        Content-Type: text/rfc822-headers

        Message-ID: {messageId}

        --b--
        """;

    private static string Reply(string messageId, string ownId, string header) =>
        $"From: =?utf-8?Q?=C8=98tefan?= <stefan@example.org>\r\nMessage-ID: {ownId}\r\nIn-Reply-To: {messageId}\r\n{header}" +
        "Subject: Re: cazul\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBine, aștept.\r\n\r\nShop care a scris:\r\n> Stimate\r\n";
}
