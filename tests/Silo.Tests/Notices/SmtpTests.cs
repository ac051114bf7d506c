using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Silo.Embedded;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Notices;

/// <summary>Notices through a real mail server, in good days and bad ones.</summary>
public sealed class SmtpTests
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    [Theory, Rule("PRM-5"), Rule("PRM-3")]
    [InlineData("ro", "Ștefan Țîrdea", "Mașina de spălat, livrată și montată", "O dată nouă pentru ce v-am promis, cazul ", "vineri, 20 noiembrie 2026, ora 19:00")]
    [InlineData("ru", "Анна Ёлкина", "Доставим и подключим стиральную машину", "Новый срок того, что мы обещали, обращение ", "пятница, 20 ноября 2026 г., 19:00")]
    public async Task An_explanation_arrives_word_for_word(string language, string name, string promise, string subject, string date)
    {
        await using var server = await MailServer.StartAsync();
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var (id, number) = await OpenAsync(ana, name, language);
        var received = await server.NextLetterAsync();
        await FinishedAsync(platform);
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = promise, dueAt = platform.Time.GetUtcNow().AddHours(5) });

        await platform.FastForward(TimeSpan.FromHours(4));
        var letter = await server.NextLetterAsync();

        Assert.Equal(subject + number, letter.Subject);
        Assert.Contains(name, letter.Text, StringComparison.Ordinal);
        Assert.Contains(promise, letter.Text, StringComparison.Ordinal);
        Assert.Contains(date, letter.Text, StringComparison.Ordinal);
        Assert.Equal(await BodyAsync(platform, id, notice: 2), letter.Text.ReplaceLineEndings("\n").TrimEnd());
        Assert.Equal("utf-8", letter.Charset);
        Assert.Equal(
            ("care@shop.example", "stefan@example.org", $"<{id:N}-n2@shop.example>", "auto-generated", language),
            (letter.From, Assert.Single(letter.To), letter.MessageId, letter.Header("auto-submitted"), letter.Header("content-language")));
        Assert.Contains("care@shop.example", letter.Header("from"), StringComparison.Ordinal);
        Assert.Equal($"<{id:N}-n1@shop.example>", received.MessageId);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_refused_address_is_given_up_at_once_and_a_person_is_asked_before_due()
    {
        await using var server = await MailServer.StartAsync(["serve", "rcpt:550"]);
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var (id, _) = await OpenAsync(ana);
        await server.NextLetterAsync();
        await FinishedAsync(platform);
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = platform.Time.GetUtcNow().AddHours(5) });

        await platform.FastForward(TimeSpan.FromHours(4));
        Assert.Equal(550, await server.NextAnswerAsync());
        await FinishedAsync(platform);

        var asked = Assert.Single((await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("callTasks").EnumerateArray());
        Assert.Equal(
            ("notice.notAccepted", platform.Time.GetUtcNow()),
            (asked.GetProperty("reason").GetString(), asked.GetProperty("raisedAt").GetDateTimeOffset()));
        var failed = Assert.Single(await HistoryAsync(ana, id, "noticeFailed"));
        Assert.Equal(1, failed.GetProperty("attempts").GetInt32());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CUS-7")]
    public async Task What_a_server_says_of_an_address_names_no_customer_in_the_history()
    {
        await using var server = await MailServer.StartAsync(["rcpt:550"]);
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var (id, _) = await OpenAsync(ana);
        await FinishedAsync(platform);

        var reason = (await HistoryAsync(ana, id, "noticeFailed")).Single().GetProperty("reason").GetString();

        Assert.Contains("<recipient> is not welcome", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("stefan", reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_busy_server_is_tried_again_after_growing_waits_and_takes_the_letter_once()
    {
        await using var server = await MailServer.StartAsync(["rcpt:451", "data:451"]);
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var opened = platform.Time.GetUtcNow();
        var (id, _) = await OpenAsync(ana);

        Assert.Equal(451, await server.NextAnswerAsync());
        Assert.Equal(opened + FirstRetry, await PostponedAsync(platform));
        await platform.FastForward(FirstRetry);
        Assert.Equal(451, await server.NextAnswerAsync());
        Assert.Equal(opened + (3 * FirstRetry), await PostponedAsync(platform));
        await platform.FastForward(2 * FirstRetry);
        var letter = await server.NextLetterAsync();
        await FinishedAsync(platform);

        var accepted = Assert.Single(await HistoryAsync(ana, id, "noticeAccepted"));
        Assert.Equal(
            (3, opened + (3 * FirstRetry)),
            (accepted.GetProperty("attempts").GetInt32(), accepted.GetProperty("sentAt").GetDateTimeOffset()));
        Assert.Equal($"<{id:N}-n1@shop.example>", letter.MessageId);
        Assert.False(server.HasMoreLetters);
    }

    [Fact, Rule("PRM-5")]
    public async Task A_server_that_never_answers_is_left_after_the_time_out_and_tried_again()
    {
        await using var server = await MailServer.StartAsync(["hang"]);
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var opened = platform.Time.GetUtcNow();
        var (id, _) = await OpenAsync(ana);

        await server.ConnectedAsync();
        await platform.FastForward(TimeOut);
        Assert.Equal(opened + TimeOut + FirstRetry, await PostponedAsync(platform));
        await platform.FastForward(FirstRetry);
        await server.NextLetterAsync();
        await FinishedAsync(platform);

        Assert.Equal(2, Assert.Single(await HistoryAsync(ana, id, "noticeAccepted")).GetProperty("attempts").GetInt32());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_letter_taken_without_a_word_goes_out_again_under_the_same_id()
    {
        await using var server = await MailServer.StartAsync(["mute"]);
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var (id, _) = await OpenAsync(ana);

        var first = await server.NextLetterAsync();
        await platform.FastForward(TimeOut);
        await PostponedAsync(platform);
        await platform.FastForward(FirstRetry);
        var second = await server.NextLetterAsync();
        await FinishedAsync(platform);

        Assert.Equal($"<{id:N}-n1@shop.example>", first.MessageId);
        Assert.Equal(first.MessageId, second.MessageId);
        Assert.Single(await HistoryAsync(ana, id, "noticeAccepted"));
    }

    [Fact, Rule("PRM-5")]
    public async Task A_crash_between_acceptance_and_record_sends_again_under_the_same_id_and_records_once()
    {
        await using var server = await MailServer.StartAsync();
        var crash = new GrainTrouble(once: true, (_, command) => command is CaseCommand.RecordNoticeAccepted);
        await using var platform = await StartAsync(server, crash);
        using var ana = platform.ClientFor("agent");
        var (id, _) = await OpenAsync(ana);

        var first = await server.NextLetterAsync();
        await crash.Happened;
        Assert.Empty(await HistoryAsync(ana, id, "noticeAccepted"));
        await platform.FastForward(Claim + TimeSpan.FromSeconds(1));
        var second = await server.NextLetterAsync();
        await FinishedAsync(platform);

        Assert.Equal(first.MessageId, second.MessageId);
        Assert.Equal(2, Assert.Single(await HistoryAsync(ana, id, "noticeAccepted")).GetProperty("attempts").GetInt32());
        Assert.False(server.HasMoreLetters);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-5")]
    public async Task A_notice_that_cannot_be_worked_on_holds_up_no_other()
    {
        await using var server = await MailServer.StartAsync(["rcpt:451"]);
        var broken = Guid.Empty;
        var trouble = new GrainTrouble(once: false, (id, command) => id == broken && command is CaseCommand.RecheckNotice);
        await using var platform = await StartAsync(server, trouble);
        using var ana = platform.ClientFor("agent");
        var (waiting, _) = await OpenAsync(ana);
        await PostponedAsync(platform);
        broken = Guid.CreateVersion7(platform.Time.GetUtcNow());
        await OpenAsync(platform, broken, "ion@example.org");
        await trouble.Happened;

        // Both are due now, and the broken one comes to its end first.
        await platform.FastForward(Claim + TimeSpan.FromSeconds(1));

        Assert.Equal($"<{waiting:N}-n1@shop.example>", (await server.NextLetterAsync()).MessageId);
    }

    [Fact, Rule("PRM-3")]
    public async Task An_explanation_is_dropped_when_the_promise_was_kept_meanwhile()
    {
        await using var server = await MailServer.StartAsync(["serve", "rcpt:451"]);
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var (id, _) = await OpenAsync(ana);
        await server.NextLetterAsync();
        await FinishedAsync(platform);
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered", dueAt = platform.Time.GetUtcNow().AddHours(5) });
        await platform.FastForward(TimeSpan.FromHours(4));
        await PostponedAsync(platform);

        var promise = (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("promises")[0].GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/promises/{promise}/keep", new { evidence = "The customer has it." });
        await platform.FastForward(FirstRetry);
        await FinishedAsync(platform);

        Assert.Equal("promise.kept", Assert.Single(await HistoryAsync(ana, id, "noticeDropped")).GetProperty("reason").GetString());
        Assert.False(server.HasMoreLetters);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("PRM-5")]
    public async Task An_address_that_is_none_is_given_up_at_once_without_a_call_to_the_server()
    {
        await using var server = await MailServer.StartAsync();
        await using var platform = await StartAsync(server);
        using var ana = platform.ClientFor("agent");
        var id = Guid.CreateVersion7(platform.Time.GetUtcNow());

        // An import is less strict than the API.
        await OpenAsync(platform, id, "ask at the desk @ noon");
        await FinishedAsync(platform);

        var failed = Assert.Single(await HistoryAsync(ana, id, "noticeFailed"));
        Assert.Equal(
            (1, "The customer's address is no mail address."),
            (failed.GetProperty("attempts").GetInt32(), failed.GetProperty("reason").GetString()));
        Assert.False(server.HasMoreConnections);
    }

    private static Task<TestPlatform> StartAsync(MailServer server, GrainTrouble? trouble = null) => TestPlatform.StartAsync(
        services =>
        {
            // The letters that these tests wait for, and no others.
            services.AddSingleton<IPolicySource>(TestPolicy.Telling(NoticeKind.Acknowledgement));
            if (trouble is not null)
            {
                services.AddSingleton<IGrains>(provider => trouble.Around(provider.GetRequiredService<EmbeddedGrains>()));
            }
        },
        new Dictionary<string, string?>
        {
            ["Escalation:Smtp:Host"] = "127.0.0.1",
            ["Escalation:Smtp:Port"] = $"{server.Port}",
            ["Escalation:Smtp:Tls"] = "false",
            ["Escalation:Smtp:From"] = "Shop care <care@shop.example>",
            ["Escalation:Notices:MessageIdDomain"] = "shop.example",
        });

    private static async Task<(Guid Id, long Number)> OpenAsync(HttpClient client, string name = "Ștefan Țîrdea", string language = "ro")
    {
        var opened = await client.SendAsync("/api/cases", new
        {
            customer = new { name, email = "stefan@example.org", language, timeZone = "Europe/Chisinau" },
            type = "brokenPromise",
            summary = "The dishwasher did not come, for the second time.",
            channel = "phone",
        });
        return (opened.GetProperty("id").GetGuid(), opened.GetProperty("number").GetInt64());
    }

    /// <summary>Opens a case past the API's checks.</summary>
    private static async Task OpenAsync(TestPlatform platform, Guid id, string email) =>
        Assert.IsType<Answer.Done>(await platform.Services.GetRequiredService<EmbeddedGrains>().Case(id).Tell(new Envelope<CaseCommand>(
            id, new Actor("import", Roles.System),
            new CaseCommand.OpenCase(
                7001, id, new CustomerContact("Ion", email, null, "ro", "Europe/Chisinau"), "brokenPromise", "It did not come.",
                Channel.Import, Heat.Calm, null, null, null, null))));

    private static async Task<string> BodyAsync(TestPlatform platform, Guid id, int notice)
    {
        var (state, _) = await platform.Services.GetRequiredService<IGrains>().Case(id).Get();
        var links = platform.Services.GetRequiredService<ICustomerLinks>();
        return NoticeLinks.Fill(state.Notices[notice - 1].Body!, state, state.Notices[notice - 1], links).TrimEnd();
    }

    private static async Task<IReadOnlyList<JsonElement>> HistoryAsync(HttpClient client, Guid id, string kind) =>
        [.. (await client.GetJsonAsync($"/api/cases/{id}/history")).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("kind").GetString() == kind)
            .Select(item => item.GetProperty("data"))];

    private static Task FinishedAsync(TestPlatform platform) => platform.UntilAsync(
        async () => await platform.QueryAsync<long>("select count(*) from notice where done_at is null") == 0);

    /// <summary>Waits until the one waiting notice is put off; returns until when.</summary>
    private static async Task<DateTimeOffset> PostponedAsync(TestPlatform platform)
    {
        var sendAt = default(DateTime);
        await platform.UntilAsync(async () =>
        {
            sendAt = await platform.QueryAsync<DateTime>("select send_at from notice where done_at is null and claimed_until is null");
            return sendAt > platform.Time.GetUtcNow().UtcDateTime;
        });
        return sendAt;
    }

    /// <summary>Grains that fail a command as they do when the database goes away, or the host ends.</summary>
    private sealed class GrainTrouble(bool once, Func<Guid, CaseCommand, bool> strikes)
    {
        private readonly TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Happened => _happened.Task.WaitAsync(TimeSpan.FromSeconds(90));

        public IGrains Around(IGrains grains) => new Grains(grains, this);

        private void Strike(Guid id, CaseCommand command)
        {
            if (!(once && _happened.Task.IsCompleted) && strikes(id, command))
            {
                _happened.TrySetResult();
                throw new InvalidOperationException("The host came to its end.");
            }
        }

        private sealed class Grains(IGrains inner, GrainTrouble trouble) : IGrains
        {
            public ICaseGrain Case(Guid id) => new CaseGrain(id, inner.Case(id), trouble);

            public ICustomerGrain Customer(Guid id) => inner.Customer(id);

            public IGiftStockGrain GiftStock(Guid id) => inner.GiftStock(id);

            public ITeamDeskGrain TeamDesk(Guid id) => inner.TeamDesk(id);

            public IReviewGrain Review(Guid id) => inner.Review(id);

            public ISourceGrain Source(Guid id) => inner.Source(id);
        }

        private sealed class CaseGrain(Guid id, ICaseGrain inner, GrainTrouble trouble) : ICaseGrain
        {
            public Task<Answer> Tell(Envelope<CaseCommand> envelope, CancellationToken cancellationToken)
            {
                trouble.Strike(id, envelope.Command);
                return inner.Tell(envelope, cancellationToken);
            }

            public Task<(Case State, int Version)> Get(CancellationToken cancellationToken) => inner.Get(cancellationToken);

            public Task<(Case State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken) =>
                inner.GetAtLeast(version, cancellationToken);

            public Task<Case> GetAt(int version, CancellationToken cancellationToken) => inner.GetAt(version, cancellationToken);
        }
    }
}
