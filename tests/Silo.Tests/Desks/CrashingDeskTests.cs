using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Escalation.Grains;
using Escalation.Grains.Desks;
using Escalation.Grains.Policies;
using Escalation.Silo.Log;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Escalation.Silo.Tests.Desks;

/// <summary>
/// What <see cref="RandomDeskTests"/> shows of hosts in memory, on two real ones with one PostgreSQL: agents come and go and answer or
/// do not, a host ends with its connections cut, another is taken for dead and is not. <c>ESCALATION_DESK_SEEDS</c> sets how many lives
/// are lived (default 1).
/// </summary>
public sealed class CrashingDeskTests : IDisposable
{
    private const int Steps = 42;
    private const string Boss = "boss";

    private const string People =
        """
        teams:
          front: {name: Front line}
          back: {name: Back office}
        people:
          ana: {name: Ana, team: front, languages: [ro, en], capacity: 3}
          mihai: {name: Mihai, team: front, languages: [en], capacity: 2}
          elena: {name: Elena, team: front, languages: [ro], types: [brokenPromise, longWait], capacity: 3}
          irina: {name: Irina, team: back, level: head, capacity: 2}
        """;

    private static readonly string[] Agents = ["ana", "mihai", "elena", "irina"];
    private static readonly string[] Types = ["brokenPromise", "longWait", "disputedCharge"];
    private static readonly string[] Languages = ["ro", "en", "ru"];

    private readonly string _folder = TestPolicy.FolderWith(("people.yaml", People));

    public static TheoryData<int> Seeds =>
        [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("ESCALATION_DESK_SEEDS"), CultureInfo.InvariantCulture, out var seeds) ? seeds : 1)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Seeds)), Rule("DSK-2"), Rule("DSK-3"), Rule("DSK-5"), Rule("DSK-6")]
    public async Task Whatever_becomes_of_agents_and_hosts_no_case_falls_out_and_nobody_has_too_much(int seed)
    {
        await using var home = await TestPlatform.StartAsync(policyFolder: _folder);
        await using var crew = await DeskCrew.CreateAsync(
            home.ConnectionString, [.. Agents.Select(agent => (agent, Roles.Agent)), (Boss, Roles.Supervisor)]);
        await using var life = new Life(seed, home, await TestPlatform.StartBesideAsync(home, policyFolder: _folder), crew, _folder);
        for (var step = 0; step < Steps; step++)
        {
            switch (step)
            {
                case Steps / 3:
                    await life.CutAsync();
                    break;
                case Steps * 2 / 3:
                    await life.CrashAsync();
                    break;
                default:
                    await life.StepAsync(life.AnyHost());
                    break;
            }
        }

        await life.CheckQueueAsync();
        var waiting = await life.WorkOffAsync();
        var replay = await life.ReplayAsync();
        Assert.NotEmpty(waiting);
        Assert.Empty(replay.Faults);
        Assert.Subset(replay.OfferedWell.ToHashSet(), waiting.ToHashSet());
        Assert.Empty(await home.ProveAsync());
    }

    private sealed class Life(int seed, TestPlatform home, TestPlatform beside, DeskCrew crew, string folder) : IAsyncDisposable
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<Guid> _open = [];
        private TestPlatform _beside = beside;

        private static Grains.Policies.Policy Policy(TestPlatform host) => host.Services.GetRequiredService<IPolicySource>().Current;

        public Uri AnyHost() => _random.Next(2) == 0 ? home.Url : _beside.Url;

        public Task<DeskReplay> ReplayAsync() => DeskReplay.ReadAsync(home.ConnectionString, Policy(home), Boss);

        public async Task StepAsync(Uri host)
        {
            var agent = Agents[_random.Next(Agents.Length)];
            switch (_random.Next(14))
            {
                case 0 or 1 or 2:
                    await OpenCaseAsync(host);
                    break;
                case 3 or 4 or 5 when !crew.Open.ContainsKey(agent):
                    await crew.OpenAsync(agent, host);
                    break;
                case 3:
                    await crew.CloseAsync(agent);
                    break;
                case 6:
                    await ChooseAsync(agent, host, _random.Next(3) > 0 ? Presence.Available : Presence.Busy);
                    break;
                case 7 or 8 or 9:
                    await AnswerAsync(agent);
                    break;
                case 10:
                    await TakeAsync(agent, host);
                    break;
                case 11 when _open.Count > 0:
                    await CloseCaseAsync(AnyCase(), host);
                    break;
                case 12:
                    await home.FastForward(TimeSpan.FromSeconds(_random.Next(1, 60)));
                    break;
                default:
                    await OpenCaseAsync(host);
                    break;
            }
        }

        /// <summary>The server drops every connection of a host that lives on: whoever asks who lives may take it for dead.</summary>
        public async Task CutAsync()
        {
            await TerminateAsync(home);
            home.Services.GetRequiredService<NpgsqlDataSource>().Clear();
        }

        /// <summary>A host loses its connections in the middle of its work, and ends; another starts. The one that stays goes on meanwhile.</summary>
        public async Task CrashAsync()
        {
            var dead = _beside;
            await TerminateAsync(dead);
            var ending = dead.StopAsync();
            for (var step = 0; step < 4; step++)
            {
                await StepAsync(home.Url);
            }

            await ending;
            await crew.LoseAsync(dead.Url);
            await dead.DisposeAsync();
            _beside = await TestPlatform.StartBesideAsync(home, policyFolder: folder);
        }

        /// <summary>On both hosts: an open case has an owner, an offer to someone who is there, or a place in the queue.</summary>
        public async Task CheckQueueAsync()
        {
            foreach (var host in new[] { home, _beside })
            {
                var faults = new List<string>();
                await SettledAsync(host, faults, async () =>
                {
                    var replay = await ReplayAsync();
                    var queue = host.Services.GetRequiredService<DeskBook>().Queue(null, int.MaxValue).Select(row => row.Id).ToHashSet();
                    faults.Clear();
                    foreach (var state in replay.Cases.Where(state => state.IsOpen))
                    {
                        if (state.Offer is { IsOpen: true } offer)
                        {
                            var presence = replay.Desks.First(desk => desk.Id == TeamDesk.IdOf(offer.Team)).Ledger.SeatOf(offer.Agent).Presence;
                            faults.AddRange(presence == Presence.Available ? [] : [$"{offer.Agent} is {presence}, and holds the offer of {state.Opening!.Number}"]);
                        }
                        else if (state.Owner is null && !queue.Contains(state.Id))
                        {
                            faults.Add($"{state.Opening!.Number} has nobody, and is not in the queue");
                        }
                    }
                });
            }
        }

        /// <summary>
        /// Everybody comes, and takes whatever is offered until nothing is left: what waits is offered to somebody in the end (DSK-3), and
        /// all room is given back.
        /// </summary>
        /// <returns>What had to be offered.</returns>
        public async Task<IReadOnlyList<Guid>> WorkOffAsync()
        {
            foreach (var agent in Agents)
            {
                await crew.CloseAsync(agent);
            }

            await NothingRingsAsync();

            // Nobody is there: those who declined, or did not answer, may be asked again after this.
            await home.FastForward(Policy(home).Desk.CoolDown + TimeSpan.FromMinutes(1));
            foreach (var owned in (await ReplayAsync()).Cases.Where(state => state is { IsOpen: true, Owner: not null }))
            {
                await CloseCaseAsync(owned.Id, home.Url);
            }

            IReadOnlyList<Guid> waiting = [.. _open];
            foreach (var (agent, i) in Agents.Select((agent, i) => (agent, i)))
            {
                await ChooseAsync(agent, home.Url, Presence.Available);
                await crew.OpenAsync(agent, i % 2 == 0 ? home.Url : _beside.Url);
            }

            var answered = new HashSet<string>();
            while (_open.Count > 0)
            {
                await home.UntilAsync(() => Task.FromResult(Rings().Any()));
                foreach (var (agent, offer, caseId) in Rings().ToList())
                {
                    answered.Add(offer);
                    Assert.True(await crew.InvokeAsync(agent, "Accept", offer));
                    await CloseCaseAsync(caseId, home.Url);
                }
            }

            await RoomIsGivenBackAsync();
            return waiting;

            IEnumerable<(string Agent, string Offer, Guid Case)> Rings() =>
                from open in crew.Open
                from offer in open.Value.Desk.Offers
                where !answered.Contains(offer.GetProperty("id").GetString()!)
                select (open.Key, offer.GetProperty("id").GetString()!, offer.GetProperty("caseId").GetGuid());
        }

        public ValueTask DisposeAsync() => _beside.DisposeAsync();

        private async Task NothingRingsAsync()
        {
            var faults = new List<string>();
            await SettledAsync(home, faults, async () =>
            {
                faults.Clear();
                faults.AddRange((await ReplayAsync()).Cases.Where(state => state.Offer is { IsOpen: true }).Select(state => $"{state.Offer!.Agent} holds the offer of {state.Opening!.Number}"));
            });
        }

        private async Task RoomIsGivenBackAsync()
        {
            // A place that was kept for a case taken by hand, and was not needed, is free after some seconds.
            await home.FastForward(TimeSpan.FromSeconds(10));
            var faults = new List<string>();
            await SettledAsync(home, faults, async () =>
            {
                faults.Clear();
                faults.AddRange((await ReplayAsync()).Desks.SelectMany(desk => desk.Ledger.Seats.Values).Where(seat => seat.Taken > 0).Select(seat => $"{seat.Agent} has {seat.Held} and {seat.Kept}"));
            });
        }

        private async Task SettledAsync(TestPlatform host, List<string> faults, Func<Task> look)
        {
            try
            {
                await host.UntilAsync(async () =>
                {
                    await look();
                    return faults.Count == 0;
                });
            }
            catch (TimeoutException)
            {
                Assert.Fail($"Seed {seed}: {string.Join("; ", faults)}.");
            }
        }

        private async Task OpenCaseAsync(Uri host)
        {
            var id = await crew.OpenCaseAsync(Boss, host, Types[_random.Next(3)], Languages[_random.Next(3)]);
            _open.Add(id);
            switch (_random.Next(10))
            {
                case 0:
                    await crew.SendAsync(Boss, host, $"/api/cases/{id}/cause", new { causedBy = Agents[_random.Next(3)] });
                    break;
                case 1:
                    await crew.SendAsync(Boss, host, $"/api/cases/{id}/escalate", new { reason = "They threaten to sue.", level = "head" });
                    break;
                default:
                    break;
            }
        }

        private async Task ChooseAsync(string agent, Uri host, Presence presence)
        {
            using var answer = await crew.ClientOf(agent, host).PutAsJsonAsync($"/api/agents/{agent}/presence", new { presence }, Wire.Json);
        }

        /// <summary>Someone answers what rings at their desk: mostly with a yes, at times too late, or a colleague is faster.</summary>
        private async Task AnswerAsync(string agent)
        {
            if (!crew.Open.TryGetValue(agent, out var open) || open.Desk.Offers is not [var offer, ..])
            {
                return;
            }

            var id = offer.GetProperty("id").GetString()!;
            switch (_random.Next(5))
            {
                case 0:
                    await crew.InvokeAsync(agent, "Decline", id, "lunch");
                    break;
                case 1:
                    await crew.SendAsync(Agents[_random.Next(Agents.Length)], AnyHost(), $"/api/offers/{id}/accept", new { });
                    break;
                default:
                    await crew.InvokeAsync(agent, "Accept", id);
                    break;
            }
        }

        private async Task TakeAsync(string agent, Uri host)
        {
            if (_open.Count > 0)
            {
                await crew.SendAsync(_random.Next(4) == 0 ? Boss : agent, host, $"/api/cases/{AnyCase()}/assign", new { agent });
            }
        }

        private async Task CloseCaseAsync(Guid id, Uri host)
        {
            var (status, _) = await crew.SendAsync(Boss, host, $"/api/cases/{id}/close", new { outcome = "withdrawn", summary = "They took it back." });
            Assert.True(status == HttpStatusCode.OK, $"Seed {seed}: case {id} could not be closed: {status}.");
            _open.Remove(id);
        }

        private Guid AnyCase() => _open.Order().ElementAt(_random.Next(_open.Count));

        private static async Task TerminateAsync(TestPlatform host)
        {
            await using var source = NpgsqlDataSource.Create(host.ConnectionString);
            await using var command = source.CreateCommand("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1");
            command.Parameters.Add(new NpgsqlParameter { Value = host.Services.GetRequiredService<Commits>().SessionName });
            await command.ExecuteNonQueryAsync();
        }
    }
}
