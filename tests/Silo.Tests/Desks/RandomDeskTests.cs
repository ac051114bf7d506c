using System.Collections.Immutable;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Proofs;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Desks;

/// <summary>
/// Agents come and go, answer or do not, time jumps, hosts die in the middle of their work and know things late: whatever happens,
/// no case falls out, nobody has too much, and who is not there holds nothing.
/// </summary>
public sealed class RandomDeskTests
{
    private const string People =
        """
        teams:
          front: {name: Front line}
          back: {name: Back office}
        people:
          ana: {name: Ana, team: front, languages: [ro, en], capacity: 3}
          mihai: {name: Mihai, team: front, languages: [en], capacity: 2}
          elena: {name: Elena, team: front, languages: [ro], types: [brokenPromise, longWait], capacity: 3}
          sorin: {name: Sorin, team: back, level: specialist, languages: [ru, en], capacity: 2}
          irina: {name: Irina, team: back, level: head, capacity: 2}
        """;

    private const string Desk = "weights: {disputedCharge: 2}\n";

    private static readonly string[] Agents = ["ana", "mihai", "elena", "sorin", "irina"];
    private static readonly string[] Types = ["brokenPromise", "longWait", "disputedCharge"];
    private static readonly string[] Languages = ["ro", "en", "ru"];
    private static readonly Actor Supervisor = new("vlad", Roles.Supervisor);

    private static readonly TestPolicy Policies = TestPolicy.With(
        (TestPolicy.LadderFile, TestPolicy.PatientLadder), ("people.yaml", People), ("desk.yaml", Desk));

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory, MemberData(nameof(Seeds)), Rule("DSK-2"), Rule("DSK-3"), Rule("DSK-5"), Rule("DSK-6")]
    public async Task Whatever_happens_no_case_falls_out_and_nobody_has_too_much(int seed)
    {
        var life = new Life(seed);
        for (var step = 0; step < 120; step++)
        {
            await life.StepAsync();
            life.CheckCapacity();
        }

        await life.SettleAsync();
        life.CheckSettled();
        life.Prove();
    }

    [Fact]
    public async Task Those_lives_see_every_end_that_an_offer_can_have_and_reliefs_too()
    {
        var seen = new HashSet<string>();
        for (var seed = 1; seed <= 25; seed++)
        {
            var life = new Life(seed);
            for (var step = 0; step < 120; step++)
            {
                await life.StepAsync();
            }

            seen.UnionWith(life.World.Cases.SelectMany(life.World.Log.EntriesOf).Select(entry => entry.Event switch
            {
                CaseEvent.OfferMade { InsteadOf: not null } => "relief",
                CaseEvent.OfferWithdrawn e => e.Because,
                var other => EventCodec.KindOf(other),
            }));
        }

        Assert.Superset(new HashSet<string> { "offerMade", "offerAccepted", "offerDeclined", "offerExpired", "agentGone", "agentBusy", "assigned", "closed" }, seen);
    }

    [Fact, Rule("DSK-2")]
    public async Task The_same_desk_and_cases_give_the_same_answer()
    {
        var life = new Life(7);
        for (var step = 0; step < 60; step++)
        {
            await life.StepAsync();
        }

        foreach (var team in Policies.Current.People.Teams)
        {
            var desk = life.World.Desk(team);
            var shuffled = desk with
            {
                Ledger = desk.Ledger with { Seats = desk.Ledger.Seats.Reverse().Aggregate(ImmutableDictionary<string, Seat>.Empty, (seats, seat) => seats.Add(seat.Key, seat.Value)) },
            };
            ImmutableArray<WaitingCase> cases =
            [
                .. Enumerable.Range(1, 20).Select(n => new WaitingCase(
                    new Guid(n, 0, 0, new byte[8]), Level.Buffer, Types[n % 3], Languages[n % 3], null, n % 4 == 0 ? "ana" : null, null, null, n % 5 == 0 ? ["mihai"] : [])),
            ];
            var context = new Context(life.World.Time.GetUtcNow(), DeskRouting.By, Policies.Current);
            var answers = new[] { desk, desk, shuffled }.Select(state => System.Text.Json.JsonSerializer.Serialize<object>(
                state.Decide(new TeamDeskCommand.Match(cases), context).Events.Cast<object>().ToList(), Wire.Json));
            Assert.Single(answers.Distinct());
        }
    }

    [Fact, Rule("DSK-4")]
    public async Task Of_two_who_accept_one_offer_at_once_on_two_hosts_exactly_one_has_it_a_thousand_times()
    {
        var world = new DeskWorld(Policies);
        for (var race = 0; race < 1000; race++)
        {
            var id = new Guid(race + 1, 1, 0, new byte[8]);
            await TellAsync(world[0], id, Opening("brokenPromise", "ro", race + 1), Supervisor);
            await world[0].Grains.Case(id).Tell(new Envelope<CaseCommand>(Guid.CreateVersion7(), DeskRouting.By, new CaseCommand.MakeOffer(
                Guid.CreateVersion7(), "ana", "Ana", "front", TimeSpan.FromSeconds(30), [], null, null)), TestContext.Current.CancellationToken);
            var answers = await Task.WhenAll(
                Task.Run(() => TellAsync(world[race % 2], id, new CaseCommand.AcceptOffer(1), new Actor("ana", Roles.Agent))),
                Task.Run(() => TellAsync(world[(race + 1) % 2], id, new CaseCommand.AcceptOffer(1), new Actor("mihai", Roles.Agent))));

            var lost = Assert.IsType<Answer.No>(Assert.Single(answers, answer => answer is Answer.No)).Refusal;
            Assert.Equal("offer.taken", lost.Code);
            var winner = world.Case(id).Owner!;
            Assert.Equal(answers[0] is Answer.Done ? "ana" : "mihai", winner);
            Assert.Contains($"({winner})", lost.Detail, StringComparison.Ordinal);
        }
    }

    private static CaseCommand.OpenCase Opening(string type, string language, long number) => new(
        number, Guid.CreateVersion7(), new CustomerContact($"Customer {number}", null, null, language, "Europe/Chisinau"), type, "It did not come.",
        Channel.Phone, Heat.Calm, null, null, null, null);

    private static Task<Answer> TellAsync(DeskWorld.Host host, Guid id, CaseCommand command, Actor by) =>
        host.Grains.Case(id).Tell(new Envelope<CaseCommand>(Guid.CreateVersion7(), by, command));

    /// <summary>One random life, and what must be true of it.</summary>
    private sealed class Life(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<(Guid Case, string Agent)> _byHand = [];
        private readonly HashSet<(string Agent, string Host)> _open = [];

        public DeskWorld World { get; } = new(Policies);

        public async Task StepAsync()
        {
            var host = World[_random.Next(2)];
            switch (_random.Next(14))
            {
                case 0 or 1 or 2:
                    await OpenAsync(host);
                    break;
                case 3 or 4:
                    await ComeOrGoAsync(host);
                    break;
                case 5:
                    await ChooseAsync(host);
                    break;
                case 6 or 7:
                    await AnswerAsync(host);
                    break;
                case 8:
                    await TakeAsync(host);
                    break;
                case 9:
                    await CloseAsync(host);
                    break;
                case 10:
                    await PassTimeAsync(host, TimeSpan.FromSeconds(_random.Next(1, 60)));
                    break;
                case 11:
                    host.Follow(_random.Next(1, 12));
                    break;
                case 12 when _random.Next(3) == 0:
                    await CrashAsync();
                    break;
                default:
                    host.Follow(int.MaxValue);
                    await RouteAsync(host, everything: _random.Next(4) == 0);
                    break;
            }
        }

        /// <summary>Everybody hears everything, and the router goes on until there is nothing left to do.</summary>
        public async Task SettleAsync()
        {
            for (var round = 0; round < 12; round++)
            {
                foreach (var host in new[] { World[0], World[1] })
                {
                    host.Follow(int.MaxValue);
                }

                // A place that an agent took by hand, and did not need, is free after some seconds.
                World.Time.Advance(TimeSpan.FromSeconds(1));
                await TickAsync(World[0]);
                World[0].Follow(int.MaxValue);
                await World[0].RouteAsync(everything: true);
            }
        }

        /// <summary>DSK-6, at any moment: beyond capacity is only what a supervisor put there.</summary>
        public void CheckCapacity()
        {
            foreach (var agent in Agents)
            {
                var person = Policies.Current.People.Find(agent)!;
                var mine = World.Cases.Select(World.Case).Where(state => state.IsOpen && (
                    (state.Owner == agent && !_byHand.Contains((state.Id, agent))) || (state.Offer is { IsOpen: true } offer && offer.Agent == agent))).ToList();
                Assert.True(
                    mine.Sum(WeightOf) <= person.Capacity,
                    $"Seed {seed}: {agent} has {string.Join(", ", mine.Select(state => $"{state.Opening!.Number} ({(state.Owner == agent ? "owned" : "offered")})"))} of {person.Capacity}.");
            }
        }

        public void CheckSettled()
        {
            foreach (var team in Policies.Current.People.Teams)
            {
                CheckLedger(team);
            }

            var queue = World[0].Book.Queue(null, int.MaxValue).Select(row => row.Id).ToList();
            foreach (var state in World.Cases.Select(World.Case).Where(state => state.IsOpen))
            {
                var isOffered = state.Offer is { IsOpen: true };
                Assert.True(state.Owner is not null || isOffered || queue.Contains(state.Id), $"Seed {seed}: case {state.Opening!.Number} fell out.");
                if (isOffered)
                {
                    Assert.True(PresenceOf(state.Offer!.Agent) == Presence.Available, $"Seed {seed}: {state.Offer.Agent}, who is not there, holds an offer.");
                }
                else if (state.Owner is null)
                {
                    Assert.True(Takers(state) is [], $"Seed {seed}: case {state.Opening!.Number} waits, and {string.Join(", ", Takers(state))} could have it.");
                }
            }
        }

        public void Prove()
        {
            var streams = World.Cases.Concat(Policies.Current.People.Teams.Select(team => team.Stream));
            var counts = new ProofCounts();
            Assert.Empty(streams.Select(World.Log.EntriesOf).Where(entries => entries.Count > 0).SelectMany(entries => StreamProof.Check(entries, counts)));
        }

        private void CheckLedger(Team team)
        {
            var ledger = World.Desk(team).Ledger;
            foreach (var seat in ledger.Seats.Values)
            {
                Assert.Equal(ledger.Held.Values.Where(held => held.Agent == seat.Agent).Sum(held => held.Weight), seat.Held);
                Assert.Equal(ledger.Reserved.Values.Where(place => place.Agent == seat.Agent).Sum(place => place.Weight), seat.Kept);
                var owned = World.Cases.Select(World.Case).Where(state => state.IsOpen && state.Owner == seat.Agent).Sum(WeightOf);
                Assert.True(owned == seat.Held, $"Seed {seed}: {seat.Agent} owns {owned}, and the desk knows {seat.Held}.");
            }

            var open = World.Cases.Select(World.Case).Where(state => state.Offer is { IsOpen: true } offer && offer.Team == team.Id).Select(state => state.Offer!.Reservation);
            Assert.Equal(open.Order(), ledger.Reserved.Keys.Order());
        }

        /// <summary>Who could be offered the case, by another reading of the rules than the platform's own.</summary>
        private List<string> Takers(Case state) =>
        [
            .. Agents.Where(agent =>
            {
                var person = Policies.Current.People.Find(agent)!;
                var ledger = World.Desk(Policies.Current.People.TeamOf(agent)!).Ledger;
                var load = World.Cases.Select(World.Case).Where(other => other.IsOpen && (other.Owner == agent || (other.Offer is { IsOpen: true } offer && offer.Agent == agent))).ToList();
                return PresenceOf(agent) == Presence.Available && !load.Exists(other => other.Offer is { IsOpen: true } offer && offer.Agent == agent) &&
                    load.Sum(WeightOf) + WeightOf(state) <= person.Capacity && person.Level >= state.Level && agent != state.CausedBy &&
                    (person.Languages.IsEmpty || person.Languages.Contains(state.Language)) && (person.Types.IsEmpty || person.Types.Contains(state.Opening!.Type)) &&
                    !(ledger.CoolDowns.TryGetValue(state.Id, out var downs) && downs.Any(down => down.Agent == agent && down.Until > World.Time.GetUtcNow()));
            }),
        ];

        private Presence PresenceOf(string agent) => World.Desk(Policies.Current.People.TeamOf(agent)!).Ledger.SeatOf(agent).Presence;

        private static int WeightOf(Case state) => Policies.Current.Desk.WeightOf(state.Opening!.Type);

        private async Task OpenAsync(DeskWorld.Host host)
        {
            var id = new Guid(World.Cases.Count + 1, (short)seed, 0, new byte[8]);
            World.Cases.Add(id);
            await TellAsync(host, id, Opening(Types[_random.Next(3)], Languages[_random.Next(3)], World.Cases.Count), Supervisor);
            if (_random.Next(5) == 0)
            {
                await TellAsync(host, id, new CaseCommand.NameCause(Agents[_random.Next(5)]), Supervisor);
            }

            if (_random.Next(6) == 0)
            {
                await TellAsync(host, id, new CaseCommand.Escalate("They threaten to sue.", _random.Next(2) == 0 ? Level.Specialist : Level.Head), Supervisor);
            }
        }

        private async Task ComeOrGoAsync(DeskWorld.Host host)
        {
            var agent = Agents[_random.Next(5)];
            var came = _open.Add((agent, host.Name)) || !_open.Remove((agent, host.Name));
            await DeskOf(host, agent).Tell(Envelope(new TeamDeskCommand.NotePresence(host.Name, came ? [agent] : [], came ? [] : [agent])));
        }

        private async Task ChooseAsync(DeskWorld.Host host)
        {
            var agent = Agents[_random.Next(5)];
            await DeskOf(host, agent).Tell(Envelope(new TeamDeskCommand.ChoosePresence(agent, _random.Next(2) == 0 ? Presence.Available : Presence.Busy)));
        }

        /// <summary>Someone answers an offer: mostly the one it was made to, at times another, and at times too late.</summary>
        private async Task AnswerAsync(DeskWorld.Host host)
        {
            var offered = World.Cases.Where(id => World.Case(id).Offer is not null).ToList();
            if (offered.Count == 0)
            {
                return;
            }

            var id = offered[_random.Next(offered.Count)];
            var offer = World.Case(id).Offer!;
            var by = new Actor(_random.Next(5) == 0 ? Agents[_random.Next(5)] : offer.Agent, Roles.Agent);
            if (_random.Next(3) == 0)
            {
                await TellAsync(host, id, new CaseCommand.DeclineOffer(offer.Number, "lunch"), by);
                return;
            }

            await GiveAsync(host, id, new CaseCommand.AcceptOffer(offer.Number), by, offer is { IsOpen: true } && offer.Agent == by.Id ? null : by.Id);
        }

        private async Task TakeAsync(DeskWorld.Host host)
        {
            if (World.Cases.Count == 0)
            {
                return;
            }

            var id = World.Cases[_random.Next(World.Cases.Count)];
            var agent = Agents[_random.Next(5)];
            if (_random.Next(4) == 0)
            {
                if (await TellAsync(host, id, new CaseCommand.AssignOwner(agent), Supervisor) is Answer.Done)
                {
                    _byHand.Add((id, agent));
                }

                return;
            }

            await GiveAsync(host, id, new CaseCommand.AssignOwner(_random.Next(4) == 0 ? null : agent), new Actor(agent, Roles.Agent), agent);
        }

        /// <summary>As the front door does it: a place first, then the case.</summary>
        private async Task GiveAsync(DeskWorld.Host host, Guid id, CaseCommand command, Actor by, string? agent)
        {
            var (place, refusal) = await DeskErrands.KeepPlaceAsync(host.Grains, Policies.Current, by, id, agent, Guid.CreateVersion7(), CancellationToken.None);
            if (refusal is not null || _random.Next(10) == 0)
            {
                return;
            }

            if (await TellAsync(host, id, command, by) is not Answer.Done && place is not null && _random.Next(4) > 0)
            {
                await DeskErrands.FreePlaceAsync(host.Grains, Policies.Current, place, CancellationToken.None);
            }
            else if (World.Case(id).Owner is { } owner && _byHand.Contains((id, owner)) && place is not null)
            {
                _byHand.Remove((id, owner));
            }
        }

        private async Task CloseAsync(DeskWorld.Host host)
        {
            if (World.Cases.Count > 0)
            {
                await TellAsync(host, World.Cases[_random.Next(World.Cases.Count)], new CaseCommand.CloseCase(Outcome.Withdrawn, "They took it back."), Supervisor);
            }
        }

        private async Task PassTimeAsync(DeskWorld.Host host, TimeSpan time)
        {
            World.Time.Advance(time);
            await TickAsync(host);
        }

        private async Task TickAsync(DeskWorld.Host host)
        {
            foreach (var id in World.Cases.Where(id => World.Case(id).NextDue() is { } due && due.At <= World.Time.GetUtcNow()))
            {
                await TellAsync(host, id, new CaseCommand.Tick(), Actor.Clock);
            }
        }

        private async Task RouteAsync(DeskWorld.Host host, bool everything)
        {
            try
            {
                await host.RouteAsync(everything);
            }
            catch (LogUnavailableException)
            {
                // It died in the middle.
            }
        }

        /// <summary>A host dies somewhere within a pass of its router; its desks are closed when somebody notices.</summary>
        private async Task CrashAsync()
        {
            var at = _random.Next(2);
            var dead = World[at];
            dead.Follow(int.MaxValue);
            World.Log.FailAfter = _random.Next(4);
            await RouteAsync(dead, everything: true);
            World.Crash(at);
            _open.RemoveWhere(open => open.Host == dead.Name);
            foreach (var team in Policies.Current.People.Teams)
            {
                await World[at].Grains.TeamDesk(team.Stream).Tell(Envelope(new TeamDeskCommand.LoseHost(dead.Name)));
            }
        }

        private static Envelope<TeamDeskCommand> Envelope(TeamDeskCommand command) => new(Guid.CreateVersion7(), DeskRouting.By, command);

        private static ITeamDeskGrain DeskOf(DeskWorld.Host host, string agent) => host.Grains.TeamDesk(Policies.Current.People.TeamOf(agent)!.Stream);
    }
}
