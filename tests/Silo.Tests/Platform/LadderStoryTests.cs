using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Platform;

/// <summary>The ladder through the front door: who is told, who answers, and what a customer's other cases learn.</summary>
public sealed class LadderStoryTests : IDisposable
{
    private const string Ladder =
        """
        levels:
          specialist: {calendar: always, acknowledge: PT10M, hold: PT30M, rosters: [specialists]}
          head: {calendar: always, acknowledge: PT20M, hold: PT40M, rosters: [heads]}
          management: {calendar: always, acknowledge: PT30M, hold: PT60M}
        causes:
          likeComplaint: {count: 3, within: P30D, level: specialist}
        rosters:
          specialists: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [sorin, irina], fallback: sorin}
          heads: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [irina]}
        """;

    private const string People =
        """
        people:
          sorin: {name: Sorin, email: sorin@example.org, channels: [email]}
          irina: {name: Irina, email: irina@example.org, channels: [email], languages: [ro, en]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-ladder-").FullName;

    public LadderStoryTests() => TestPolicy.WriteFolder(_folder, (TestPolicy.LadderFile, Ladder), ("people.yaml", People));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("ESC-3"), Rule("ESC-4")]
    public async Task Who_is_on_duty_gets_a_mail_for_each_level_and_none_once_somebody_has_it()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var id = (await ana.OpenCaseAsync()).GetProperty("id").GetString();
        await ana.SendAsync($"/api/cases/{id}/contacts", new { direction = "toCustomer", channel = "phone", note = "Called." });
        await ana.SendAsync($"/api/cases/{id}/escalate", new { reason = "They threaten to sue." });

        var duty = (await ana.GetJsonAsync("/api/duty")).GetProperty("levels");
        var first = duty[0].GetProperty("onDuty")[0].GetProperty("person").GetString()!;
        await platform.UntilAsync(async () => (await TellingsAsync(ana)).SequenceEqual([first]));
        await platform.FastForward(TimeSpan.FromMinutes(10));
        await platform.UntilAsync(async () => (await TellingsAsync(ana)).SequenceEqual(["irina", first]));

        // LNG-1: each in the first language that they know, in English where that is not known.
        var mail = (await ana.GetJsonAsync("/api/dev/outbox")).GetProperty("items").EnumerateArray().First(mail => mail.GetProperty("to").GetString() == "irina@example.org");
        Assert.Matches(@"^Șef dept\.: cazul \d+, la cerere.*, de confirmat până .+, ora \d\d:\d\d \(.+\)$", mail.GetProperty("subject").GetString());
        Assert.StartsWith("Irina, sunteți de serviciu.", mail.GetProperty("body").GetString(), StringComparison.Ordinal);

        var escalation = await EscalationAsync(ana, id);
        Assert.Equal(("head", "specialist"), (escalation.GetProperty("level").GetString(), escalation.GetProperty("risenFrom").GetString()));
        Assert.Equal(platform.Time.GetUtcNow().AddMinutes(20), escalation.GetProperty("acknowledgeBy").GetDateTimeOffset());
        await irina.SendAsync($"/api/escalations/{escalation.GetProperty("id").GetString()}/acknowledge", new { });
        await irina.SendAsync($"/api/cases/{id}/contacts", new { direction = "toCustomer", channel = "phone", note = "Called." });
        await platform.FastForward(TimeSpan.FromHours(8));

        Assert.Equal(2, (await TellingsAsync(ana)).Count);
        Assert.All((await EscalationAsync(ana, id)).GetProperty("told").EnumerateArray(), to => Assert.Equal("told", to.GetProperty("state").GetString()));
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("ESC-3")]
    public async Task Who_is_on_duty_can_be_asked_for_any_instant_and_changes_at_the_hand_over()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");

        // Monday, 9 o'clock in Chisinau.
        foreach (var (at, person) in new[] { ("2026-11-23T06:59:59Z", "irina"), ("2026-11-23T09:00:00%2B02:00", "sorin"), ("2026-11-30T06:59:59Z", "sorin"), ("2026-11-30T07:00:00Z", "irina") })
        {
            var specialists = (await ana.GetJsonAsync($"/api/duty?at={at}")).GetProperty("levels")[0];
            Assert.Equal(
                ("specialist", person), (specialists.GetProperty("level").GetString(), specialists.GetProperty("onDuty")[0].GetProperty("person").GetString()));
        }

        using var refused = await ana.GetAsync(new Uri("/api/duty?at=tomorrow", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(422, (int)refused.StatusCode);
        Assert.True(JsonDocument.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("errors").TryGetProperty("at", out _));
    }

    [Fact, Rule("ESC-6")]
    public async Task A_new_case_starts_on_its_customers_level_however_it_was_opened_and_comes_down_with_it()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        using var irina = platform.ClientFor("supervisor");
        var first = await ana.OpenCaseAsync();
        var (id, customer) = (first.GetProperty("id").GetString()!, first.GetProperty("customer").GetProperty("id").GetGuid());
        await ana.SendAsync($"/api/cases/{id}/escalate", new { reason = "They threaten to sue.", level = "head" });
        var grains = platform.Services.GetRequiredService<IGrains>();
        await platform.UntilAsync(async () => (await grains.Customer(customer).Get()).State.Level == Level.Head);

        var second = await ana.OpenCaseAsync();
        Assert.Equal(("head", "customer.level"), (second.GetProperty("level").GetString(), second.GetProperty("escalations")[0].GetProperty("cause").GetString()));
        var (contact, _) = await grains.Customer(customer).Get(TestContext.Current.CancellationToken);
        var imported = Guid.CreateVersion7(platform.Time.GetUtcNow());
        await grains.Case(imported).Tell(Envelope(platform, new CaseCommand.OpenCase(
            77, customer, contact.Contact!, "quality", "It broke.", Channel.Import, Heat.Calm, null, null, null, null)), TestContext.Current.CancellationToken);
        await platform.UntilAsync(async () => (await grains.Case(imported).Get()).State.Level == Level.Head);

        await irina.SendAsync($"/api/cases/{id}/close", new { outcome = "withdrawn", summary = "They withdrew it." });
        await platform.UntilAsync(async () => (await grains.Case(imported).Get()).State.Level == Level.Buffer);
        await platform.UntilAsync(async () => (await ana.GetJsonAsync($"/api/cases/{second.GetProperty("id").GetString()}")).GetProperty("level").GetString() == "buffer");
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("CUS-4"), Rule("ESC-1")]
    public async Task The_third_complaint_of_a_kind_starts_at_the_specialist()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");

        Assert.Equal("buffer", (await ana.OpenCaseAsync()).GetProperty("level").GetString());
        Assert.Equal("buffer", (await ana.OpenCaseAsync()).GetProperty("level").GetString());
        Assert.Equal("specialist", (await ana.OpenCaseAsync()).GetProperty("level").GetString());
    }

    [Fact, Rule("ESC-6")]
    public async Task However_a_customers_cases_change_at_once_the_customers_level_ends_as_theirs()
    {
        await using var platform = await TestPlatform.StartAsync(policyFolder: _folder);
        using var ana = platform.ClientFor("agent");
        var grains = platform.Services.GetRequiredService<IGrains>();
        var random = new Random(5);
        for (var round = 0; round < 5; round++)
        {
            var email = $"customer{round}@example.org";
            var cases = new List<Guid>();
            for (var i = 0; i < 3; i++)
            {
                cases.Add((await ana.OpenCaseAsync(email: email)).GetProperty("id").GetGuid());
            }

            var commands = Enumerable.Range(0, 60).Select(_ => (Case: cases[random.Next(3)], Command: Any(random))).ToList();
            await Parallel.ForEachAsync(commands, TestContext.Current.CancellationToken, async (one, token) => await grains.Case(one.Case).Tell(Envelope(platform, one.Command), token));

            var customer = (await grains.Case(cases[0]).Get(TestContext.Current.CancellationToken)).State.Opening!.CustomerId;
            await platform.UntilAsync(async () =>
            {
                var states = await Task.WhenAll(cases.Select(id => grains.Case(id).Get()));
                var expected = states.Max(one => one.State.IsOpen ? one.State.OwnLevel : Level.Buffer);
                return (await grains.Customer(customer).Get()).State.Level == expected;
            });
        }

        Assert.Empty(await platform.ProveAsync());
    }

    private static CaseCommand Any(Random random) => random.Next(5) switch
    {
        0 or 1 => new CaseCommand.Escalate("Higher.", (Level)random.Next(1, 4)),
        2 => new CaseCommand.CloseEscalation(random.Next(1, 4), "Settled."),
        3 => new CaseCommand.CloseCase(Outcome.Withdrawn, "Withdrawn."),
        _ => new CaseCommand.ReopenCase("Back."),
    };

    private static Envelope<CaseCommand> Envelope(TestPlatform platform, CaseCommand command) =>
        new(Guid.CreateVersion7(platform.Time.GetUtcNow()), new Actor("irina", Roles.Supervisor), command);

    /// <summary>To whom mails to those on duty went, newest first.</summary>
    private static async Task<IReadOnlyList<string>> TellingsAsync(HttpClient client) =>
        [.. (await client.GetJsonAsync("/api/dev/outbox")).GetProperty("items").EnumerateArray()
            .Where(mail => mail.GetProperty("messageId").GetString()!.Contains("-t", StringComparison.Ordinal))
            .Select(mail => mail.GetProperty("to").GetString()!.Split('@')[0])];

    private static async Task<JsonElement> EscalationAsync(HttpClient client, string? id) =>
        (await client.GetJsonAsync($"/api/cases/{id}")).GetProperty("escalations")[0];
}
