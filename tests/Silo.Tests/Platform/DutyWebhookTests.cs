using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Platform;

/// <summary>ESC-3: those on duty are told by signed webhook, over HTTP to a service that answers as it likes.</summary>
public sealed class DutyWebhookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-duty-").FullName;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Rule("ESC-3")]
    public async Task What_one_person_has_to_hear_comes_signed_and_a_busy_receiver_gets_the_same_again()
    {
        await using var duty = await HttpService.StartAsync((503, null));
        await using var platform = await StartAsync(duty);
        using var ana = platform.ClientFor("agent");
        var (id, number) = await EscalateAsync(ana);

        var first = await duty.NextAsync();
        await platform.UntilAsync(async () => await platform.QueryAsync<long>("select count(*) from telling where done_at is null and claimed_until is null") == 1);
        await platform.FastForward(TimeSpan.FromSeconds(15));
        Wake(platform);
        var second = await duty.NextAsync();
        await platform.UntilAsync(async () => (await ToldAsync(ana, id)).SequenceEqual(["told", "told"]));

        Assert.All([first, second], request => Assert.Equal(SignatureOf(request), request.Headers["webhook-signature"]));
        Assert.Equal((first.Headers["webhook-id"], "POST", "/sorin"), (second.Headers["webhook-id"], second.Method, second.Path));
        Assert.NotEqual(first.Headers["webhook-timestamp"], second.Headers["webhook-timestamp"]);
        var said = JsonDocument.Parse(second.Body).RootElement;
        Assert.Equal(("escalation.told", "sorin"), (said.GetProperty("type").GetString(), said.GetProperty("data").GetProperty("person").GetString()));
        var told = said.GetProperty("data").GetProperty("escalations").EnumerateArray().Single();
        Assert.Equal(
            ($"{id:N}-e1", number, "specialist", "word", 1),
            (told.GetProperty("id").GetString(), told.GetProperty("number").GetInt64(), told.GetProperty("level").GetString(), told.GetProperty("cause").GetString(), told.GetProperty("round").GetInt32()));
        Assert.False(duty.HasMoreRequests);
    }

    [Fact, Rule("ESC-3")]
    public async Task A_receiver_that_says_no_for_good_is_not_asked_again_and_the_case_says_so()
    {
        await using var duty = await HttpService.StartAsync((410, null));
        await using var platform = await StartAsync(duty);
        using var ana = platform.ClientFor("agent");
        var (id, _) = await EscalateAsync(ana);

        await duty.NextAsync();
        await platform.UntilAsync(async () => (await ToldAsync(ana, id)).SequenceEqual(["told", "failed"]));

        Assert.False(duty.HasMoreRequests);
        Assert.Empty(await platform.ProveAsync());
    }

    private Task<TestPlatform> StartAsync(HttpService duty)
    {
        TestPolicy.WriteFolder(_folder, (TestPolicy.LadderFile,
            $$"""
            levels:
              specialist: {calendar: always, acknowledge: PT10M, hold: PT30M, rosters: [specialists]}
              head: {calendar: always, acknowledge: PT20M, hold: PT40M}
              management: {calendar: always, acknowledge: PT30M, hold: PT60M}
            causes: {}
            rosters:
              specialists: {timeZone: Europe/Chisinau, start: "2026-01-05", handOver: {day: mon, at: "09:00"}, rotation: [sorin]}
            """),
            ("people.yaml",
            $$"""
            people:
              sorin: {name: Sorin, webhook: "{{duty.Url}}/sorin", channels: [webhook]}
            """));
        return TestPlatform.StartAsync(
            settings: new Dictionary<string, string?> { ["Escalation:Duty:Webhook:Secret"] = $"whsec_{Convert.ToBase64String(_secret)}" }, policyFolder: _folder);
    }

    private static async Task<(Guid Id, long Number)> EscalateAsync(HttpClient ana)
    {
        var opened = await ana.OpenCaseAsync();
        await ana.SendAsync($"/api/cases/{opened.GetProperty("id").GetString()}/escalate", new { reason = "They threaten to sue.", level = "specialist" });
        return (opened.GetProperty("id").GetGuid(), opened.GetProperty("number").GetInt64());
    }

    private static void Wake(TestPlatform platform) =>
        Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<Jobs.IJobs>(platform.Services).Wake<Ladder.TellingJob>();

    /// <summary>As a receiver checks it (Standard Webhooks).</summary>
    private string SignatureOf(ServiceRequest request) => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(
        _secret, Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}")))}";

    private static async Task<IEnumerable<string?>> ToldAsync(HttpClient ana, Guid id) =>
        (await ana.GetJsonAsync($"/api/cases/{id}")).GetProperty("escalations")[0].GetProperty("told").EnumerateArray().Select(to => to.GetProperty("state").GetString());
}
