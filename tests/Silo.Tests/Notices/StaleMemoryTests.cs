using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Silo.Embedded;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Tests.Notices;

/// <summary>
/// One host decides that somebody is to be told, another one takes the work, and its memory of the case is from before. What it
/// has not heard of must not count as done: nobody would ever be told, and nobody would notice.
/// </summary>
public sealed class StaleMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-stale-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("PRM-3"), Rule("PRM-5")]
    public async Task An_explanation_is_sent_by_a_host_that_has_not_heard_of_it()
    {
        await using var server = await MailServer.StartAsync();
        await using var platform = await TestPlatform.StartAsync(services => SenderElsewhere(services, TestPolicy.Telling(NoticeKind.Acknowledgement)), new Dictionary<string, string?>
        {
            ["Escalation:Smtp:Host"] = "127.0.0.1",
            ["Escalation:Smtp:Port"] = $"{server.Port}",
            ["Escalation:Smtp:Tls"] = "false",
            ["Escalation:Smtp:From"] = "Shop care <care@shop.example>",
        });
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync(email: "stefan@example.org")).GetProperty("id").GetGuid();
        await server.NextLetterAsync();
        await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from notice where done_at is null") == 0);
        await ana.SendAsync($"/api/cases/{id}/promises", new { text = "Delivered on Friday", dueAt = platform.Time.GetUtcNow().AddHours(5) });
        await platform.FastForward(TimeSpan.FromHours(4));

        Assert.StartsWith("O dată nouă", (await server.NextLetterAsync()).Subject, StringComparison.Ordinal);
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("ESC-3")]
    public async Task Who_is_on_duty_is_told_by_a_host_that_has_not_heard_of_the_escalation()
    {
        await using var duty = await HttpService.StartAsync();
        TestPolicy.WriteFolder(_folder, (TestPolicy.LadderFile,
            """
            levels:
              specialist: {calendar: always, acknowledge: PT2H, hold: PT2H, rosters: [desk]}
              head: {calendar: always, acknowledge: PT2H, hold: PT2H}
              management: {calendar: always, acknowledge: PT2H, hold: PT2H}
            causes: {}
            rosters:
              desk: {timeZone: UTC, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [irina]}
            """), ("people.yaml", $$"""
            people:
              irina: {name: Irina, webhook: "{{duty.Url}}/irina", channels: [webhook]}
            """));
        await using var platform = await TestPlatform.StartAsync(
            services => SenderElsewhere(services), new Dictionary<string, string?> { ["Escalation:Duty:Webhook:Secret"] = $"whsec_{Convert.ToBase64String(new byte[32])}" }, _folder);
        using var ana = platform.ClientFor("agent");
        var id = (await ana.OpenCaseAsync(email: "stefan@example.org")).GetProperty("id").GetGuid();
        var elsewhere = ((Split)platform.Services.GetRequiredService<IGrains>()).Elsewhere;
        await elsewhere.Case(id).Get(TestContext.Current.CancellationToken);

        await ana.SendAsync($"/api/cases/{id}/escalate", new { reason = "They threaten to sue." });

        using var told = JsonDocument.Parse((await duty.NextAsync()).Body);
        Assert.Equal(id, told.RootElement.GetProperty("data").GetProperty("escalations")[0].GetProperty("caseId").GetGuid());
    }

    /// <summary>Those that send live on another host, to which no tail brings what this one writes.</summary>
    private static void SenderElsewhere(IServiceCollection services, IPolicySource? policies = null)
    {
        if (policies is not null)
        {
            services.AddSingleton(policies);
        }

        services.AddSingleton<IGrains>(provider => new Split(
            provider.GetRequiredService<EmbeddedGrains>(),
            new EmbeddedGrains(
                provider.GetRequiredService<IEventLog>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IPolicySource>(),
                Options.Create(new EmbeddedGrainsOptions()))));
    }

    private sealed class Split(IGrains here, IGrains elsewhere) : IGrains
    {
        public IGrains Elsewhere => elsewhere;

        public ICaseGrain Case(Guid id) => new SplitCase(here.Case(id), elsewhere.Case(id));

        public ICustomerGrain Customer(Guid id) => here.Customer(id);

        public IGiftStockGrain GiftStock(Guid id) => here.GiftStock(id);

        public ITeamDeskGrain TeamDesk(Guid id) => here.TeamDesk(id);

        public IReviewGrain Review(Guid id) => here.Review(id);

        public ISourceGrain Source(Guid id) => here.Source(id);
    }

    private sealed class SplitCase(ICaseGrain here, ICaseGrain elsewhere) : ICaseGrain
    {
        public Task<Answer> Tell(Envelope<CaseCommand> envelope, CancellationToken cancellationToken) =>
            (envelope.By == Actor.Notifier || envelope.Command is CaseCommand.RecordTelling ? elsewhere : here).Tell(envelope, cancellationToken);

        public Task<(Case State, int Version)> Get(CancellationToken cancellationToken) => elsewhere.Get(cancellationToken);

        public Task<(Case State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken) => elsewhere.GetAtLeast(version, cancellationToken);

        public Task<Case> GetAt(int version, CancellationToken cancellationToken) => here.GetAt(version, cancellationToken);
    }
}
