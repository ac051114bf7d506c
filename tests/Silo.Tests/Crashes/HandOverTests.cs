using System.Net;
using Escalation.Grains;
using Escalation.Silo.Policy;
using Escalation.Silo.Tests.Desks;
using Escalation.TestKit;
using Npgsql;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>
/// The platform is updated while it works: each of two hosts in its turn is told to end and comes back, under load, with an offer ringing
/// at a desk that is open there and a promise that falls due meanwhile. The same story for both stacks.
/// </summary>
[Collection(RealTime.Two)]
public sealed class HandOverTests : IAsyncLifetime
{
    private const int CasesEach = 3;
    private const int NotesBetween = 100;
    private const string Boss = "boss";
    private const string Offered = "longWait";

    /// <summary>Those whom the load is about come to nobody's desk.</summary>
    private const string People =
        $$"""
        teams:
          front: {name: Front line}
        people:
          ana: {name: Ana, team: front, types: [{{Offered}}], capacity: 100}
          elena: {name: Elena, team: front, types: [{{Offered}}], capacity: 100}
        """;

    /// <summary>An offer stands for longer than any machine needs for the story.</summary>
    private const string Desk =
        """
        window: PT10M
        windowLeast: PT10M
        declineReasons: {other: Another reason}
        """;

    /// <summary>Shorter than an hour, a promise is explained at half its length.</summary>
    private static readonly TimeSpan PromiseLength = TimeSpan.FromSeconds(16);

    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-hand-over-").FullName;
    private readonly string _policy = TestPolicy.FolderWith(("people.yaml", People), ("desk.yaml", Desk));
    private readonly HostProcess[] _hosts = new HostProcess[2];
    private readonly Dictionary<Guid, string> _told = [];
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _hosts[0] = await StartAsync(0);
        _hosts[1] = await StartAsync(1);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_policy, recursive: true);
    }

    [Fact, Rule("CASE-5"), Rule("CLK-7"), Rule("DSK-5")]
    public async Task Hosts_that_end_and_come_back_one_after_the_other_lose_no_command_no_offer_and_no_deadline()
    {
        await using var crew = await DeskCrew.CreateAsync(
            _database.ConnectionString, ("ana", Roles.Agent), ("elena", Roles.Agent), (Boss, Roles.Supervisor));
        using var load = new Load(_hosts[0]);
        var noted = await load.OpenCasesAsync();
        load.MoveTo(_hosts);
        using var stop = new CancellationTokenSource();
        var clients = noted.Select(id => Task.Run(() => load.WorkAsync(id, stop.Token))).ToList();
        var promised = new List<Guid>();
        var cases = new HashSet<Guid>();
        await OpenDesksAsync(crew);
        for (var at = 0; at < _hosts.Length; at++)
        {
            promised.Add(await PromiseAsync(crew, _hosts[at].Url));
            cases.UnionWith(promised);
            while (cases.Count < (at + 1) * CasesEach)
            {
                cases.Add(await crew.OpenCaseAsync(Boss, _hosts[at].Url, Offered));
            }

            foreach (var (_, desk) in crew.Open.Values)
            {
                await desk.UntilAsync(d => d.Offers.Count == 1);
            }

            await load.ReachAsync(load.Acknowledged.Count + NotesBetween);
            await UpdateAsync(at, crew, load);
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await TakeAllAsync(crew, cases.Count);
        await UntilAsync(async () => await CountAsync("promiseExplained") == promised.Count);

        Assert.Empty(await load.FindFaultsAsync(noted));
        var replay = await DeskReplay.ReadAsync(_database.ConnectionString, PolicyReader.Read(PolicyFiles.In(_policy)), Boss);
        Assert.Empty(replay.Faults);
        Assert.All(cases, id => Assert.Contains(replay.Cases.First(state => state.Id == id).Owner, (string?[])["ana", "elena"]));
        Assert.All(_told, told => Assert.Equal(told.Value, replay.Cases.First(state => state.Id == told.Key).Owner));
        foreach (var host in _hosts)
        {
            Assert.Equal(0, await host.StopAsync());
        }

        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        var (_, faults, first) = await new Proof.Prover(source).ProveAsync(CancellationToken.None);
        Assert.True(faults == 0, string.Join(Environment.NewLine, first.Select(fault => $"{fault.Rule} {fault.Stream}: {fault.Detail}")));
    }

    /// <summary>A host ends, with everything that goes on there, and comes back; whose desk was open on it goes to the other one.</summary>
    private async Task UpdateAsync(int at, DeskCrew crew, Load load)
    {
        var leaves = _hosts[at];
        var answering = crew.Open.Where(pair => pair.Value.Host == leaves.Url).Select(pair => AcceptAsync(crew, pair.Key)).ToList();
        Assert.Equal(0, await leaves.StopAsync());
        await Task.WhenAll(answering);
        await crew.LoseAsync(leaves.Url);
        load.MoveTo(_hosts[1 - at]);
        await leaves.DisposeAsync();
        _hosts[at] = await StartAsync(at);
        load.MoveTo(_hosts);
        await OpenDesksAsync(crew);
    }

    private async Task OpenDesksAsync(DeskCrew crew)
    {
        foreach (var (person, host) in new[] { ("ana", _hosts[0]), ("elena", _hosts[1]) })
        {
            if (!crew.Open.ContainsKey(person))
            {
                var desk = await crew.OpenAsync(person, host.Url);
                await desk.UntilAsync(d => d.Presence == "available");
            }
        }
    }

    private static async Task<Guid> PromiseAsync(DeskCrew crew, Uri host)
    {
        var id = await crew.OpenCaseAsync(Boss, host, Offered);
        var (status, answer) = await crew.SendAsync(
            Boss, host, $"/api/cases/{id}/promises", new { text = "Call back", dueAt = TimeProvider.System.GetUtcNow() + PromiseLength });
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{status}: {answer}");
        return id;
    }

    /// <summary>Answers what rings; who is told that a case is theirs must have it in the end.</summary>
    private async Task AcceptAsync(DeskCrew crew, string agent)
    {
        if (crew.Open[agent].Desk.Offers is [var offer, ..] &&
            await crew.InvokeAsync(agent, "Accept", offer.GetProperty("id").GetString()) is true)
        {
            lock (_told)
            {
                _told[offer.GetProperty("caseId").GetGuid()] = agent;
            }
        }
    }

    private async Task TakeAllAsync(DeskCrew crew, int cases)
    {
        await UntilAsync(async () =>
        {
            foreach (var agent in crew.Open.Keys.ToList())
            {
                await AcceptAsync(crew, agent);
            }

            return crew.Open.Values.Sum(open => open.Desk.Cases.Count) == cases;
        });
    }

    private async Task<long> CountAsync(string kind)
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var command = source.CreateCommand($"select count(*) from event where kind = '{kind}'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Asks again until it holds; the hosts are other processes, so there is no signal to wait on.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>A host with a folder of its own on the common database; the second lets in whom the first one let in.</summary>
    private Task<HostProcess> StartAsync(int at)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"host-{at}")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "host-0")).Where(_ => at > 0 && _hosts[at] is null))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return HostProcess.StartAsync(folder, new Dictionary<string, string>
        {
            ["Escalation__ConnectionString"] = _database.ConnectionString,
            ["Escalation__PolicyFolder"] = _policy,
            ["Escalation__Cluster__Address"] = "127.0.0.1",
            ["Escalation__Cluster__Port"] = "0",
        });
    }
}
