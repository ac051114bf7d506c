using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Escalation.Silo.Tests.Platform;

/// <summary>
/// Two hosts on one database live the same cases at random, at once, while time jumps: no escalation is double or left unowned, no
/// approval is given beyond authority or by who asked (ESC-2, ESC-3, ESC-4, CLM-3). The proof over the log says so.
/// </summary>
public sealed class TwoHostLadderTests : IDisposable
{
    private const int Cases = 6;
    private const int Rounds = 12;
    private const int CommandsInRound = 40;

    private const string Ladder =
        """
        levels:
          specialist: {calendar: always, acknowledge: PT10M, hold: PT30M}
          head: {calendar: always, acknowledge: PT20M, hold: PT40M}
          management: {calendar: always, acknowledge: PT30M, hold: PT60M}
        causes:
          clockBreached: {acknowledge: specialist, silence: specialist, resolution: head}
          promiseLapsed: head
          secondDelay: next
          heat: {aggressive: specialist, public: head}
          round: {2: specialist}
          callMe: specialist
          higher: next
          claimAboveAuthority: next
        """;

    private static readonly Actor[] People =
    [
        new("ana", Roles.Agent), new("ana", Roles.Supervisor), new("mihai", Roles.Agent), new("irina", Roles.Supervisor), new("vlad", Roles.Admin),
    ];

    private readonly string _folder = TestPolicy.WriteFolder(
        Directory.CreateTempSubdirectory("escalation-two-").FullName, (TestPolicy.LadderFile, Ladder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, Rule("ESC-2"), Rule("ESC-3"), Rule("ESC-4"), Rule("CLM-3")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_two_hosts_do_at_once_the_ladder_and_authority_hold(int seed)
    {
        var random = new Random(seed);
        await using var one = await TestPlatform.StartAsync(policyFolder: _folder);
        await using var other = await TestPlatform.StartBesideAsync(one, policyFolder: _folder);
        var hosts = new[] { one, other }.Select(host => host.Services.GetRequiredService<IGrains>()).ToList();
        using var ana = other.ClientFor("agent");
        var ids = new List<Guid>();
        for (var i = 0; i < Cases; i++)
        {
            ids.Add((await ana.OpenCaseAsync(email: $"customer{i % 3}@example.org")).GetProperty("id").GetGuid());
        }

        for (var round = 0; round < Rounds; round++)
        {
            var commands = Enumerable.Range(0, CommandsInRound).Select(_ => (
                Host: hosts[random.Next(2)], Case: ids[random.Next(Cases)], By: People[random.Next(People.Length)], Command: Any(random, one.Time.GetUtcNow()))).ToList();
            await Parallel.ForEachAsync(commands, TestContext.Current.CancellationToken, async (each, token) =>
            {
                await each.Host.Case(each.Case).Tell(new Envelope<CaseCommand>(Guid.CreateVersion7(one.Time.GetUtcNow()), each.By, each.Command), token);
                await Errands.RunAsync(each.Host, each.Case, token);
            });
            await one.FastForward(TimeSpan.FromMinutes(random.Next(1, 90)));
        }

        // Nobody is asked for longer than the interval: whatever is open has an instant still to come, or is held with contact.
        foreach (var id in ids)
        {
            var states = await Task.WhenAll(hosts.Select(host => host.Case(id).Get(TestContext.Current.CancellationToken)));
            var (state, version) = states.MaxBy(known => known.Version);
            Assert.All(state.Escalations.Where(e => e.IsOpen), e => Assert.True(e.NextAt is null || e.NextAt > one.Time.GetUtcNow(), $"{e.Cause} of case {id} is left unowned at version {version}"));
            var open = state.Escalations.Where(e => e.IsOpen).Select(e => e.Cause).ToList();
            Assert.Equal(open.Distinct().Count(), open.Count);
            Assert.All(state.Approvals, approval => Assert.NotEqual(approval.AskedBy, approval.DecidedBy));
        }

        Assert.True(await one.QueryAsync<long>("select count(*) from event where kind in ('escalationRisen', 'approvalDecided')") > 20, "hardly anything happened");
        Assert.Empty(await one.ProveAsync());
    }

    private static CaseCommand Any(Random random, DateTimeOffset now) => random.Next(14) switch
    {
        0 => new CaseCommand.Escalate("Higher.", random.Next(2) == 0 ? null : (Level)random.Next(1, 4)),
        1 or 2 or 3 => new CaseCommand.AcknowledgeEscalation(random.Next(1, 8)),
        4 => new CaseCommand.LogContact((Direction)random.Next(2), Channel.Phone, "said"),
        5 => new CaseCommand.SetHeat((Heat)random.Next(5), null),
        6 => new CaseCommand.CloseEscalation(random.Next(1, 8), "Settled."),
        7 => new CaseCommand.HearCustomer("Hello?", (CustomerWish)random.Next(3)),
        8 or 9 => new CaseCommand.ConcedeClaim(new Money(random.Next(1, 900), "EUR"), "because"),
        10 or 11 => new CaseCommand.DecideApproval(random.Next(1, 6), random.Next(3) > 0, "because"),
        12 => new CaseCommand.MakePromise("promise", now.AddMinutes(random.Next(30, 600)), null),
        _ => random.Next(4) == 0 ? new CaseCommand.CloseCase(Outcome.Withdrawn, "Withdrawn.") : new CaseCommand.ReopenCase("back"),
    };
}
