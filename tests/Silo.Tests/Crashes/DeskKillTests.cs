using Escalation.Grains;
using Escalation.Silo.Policy;
using Escalation.Silo.Tests.Desks;
using Escalation.TestKit;
using Escalation.TestKit.Hubs;
using Npgsql;

namespace Escalation.Silo.Tests.Crashes;

/// <summary>A host is killed with desks open on it, an offer ringing, and an answer on its way.</summary>
[Collection(RealTime.One)]
public sealed class DeskKillTests : IAsyncLifetime
{
    private const int Cases = 8;
    private const string Boss = "boss";

    private const string People =
        """
        teams:
          front: {name: Front line}
        people:
          ana: {name: Ana, team: front, capacity: 4}
          elena: {name: Elena, team: front, capacity: 4}
          mihai: {name: Mihai, team: front, capacity: 4}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("escalation-desk-kill-").FullName;
    private readonly string _policy = TestPolicy.FolderWith(("people.yaml", People));
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_policy, recursive: true);
    }

    [Fact, Rule("DSK-3"), Rule("DSK-4"), Rule("DSK-5")]
    public async Task When_a_host_is_killed_what_rang_there_is_neither_lost_nor_taken_twice()
    {
        await using var stays = await StartAsync("stays");
        await using var dies = await StartAsync("dies");
        await using var crew = await DeskCrew.CreateAsync(
            _database.ConnectionString, ("ana", Roles.Agent), ("elena", Roles.Agent), ("mihai", Roles.Agent), (Boss, Roles.Supervisor));
        foreach (var (agent, host) in new[] { ("ana", dies), ("elena", dies), ("mihai", stays) })
        {
            var desk = await crew.OpenAsync(agent, host.Url);
            await desk.UntilAsync(d => d.Presence == "available");
        }

        var cases = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            cases.Add(await crew.OpenCaseAsync(Boss, dies.Url));
        }

        foreach (var (_, desk) in crew.Open.Values)
        {
            await desk.UntilAsync(d => d.Offers.Count == 1);
        }

        // Ana's answer may have arrived, or not; elena gave none, and does not come back.
        var (anas, elenas) = (CaseOf(crew.Open["ana"].Desk), CaseOf(crew.Open["elena"].Desk));
        var answering = crew.InvokeAsync("ana", "Accept", crew.Open["ana"].Desk.OfferId);
        await dies.KillAsync();
        var told = await answering;
        await crew.LoseAsync(dies.Url);
        while (cases.Count < Cases)
        {
            cases.Add(await crew.OpenCaseAsync(Boss, stays.Url));
        }

        await crew.OpenAsync("ana", stays.Url);
        await TakeAllAsync(crew);

        var policy = PolicyReader.Read(PolicyFiles.In(_policy));
        var replay = await DeskReplay.ReadAsync(_database.ConnectionString, policy, Boss);
        Assert.Empty(replay.Faults);
        Assert.Equal(cases.Order(), replay.Cases.Select(state => state.Id).Order());
        Assert.All(replay.Cases, state => Assert.Contains(state.Owner, (string?[])["ana", "mihai"]));
        Assert.True(told is not true || replay.Cases.First(state => state.Id == anas).Owner == "ana", "Ana was told that the case is hers.");
        Assert.Equal("agentGone", await WithdrawnBecauseAsync(elenas));
        Assert.All(await AssignmentsAsync(), assigned => Assert.Equal(1, assigned));
        Assert.Equal(0, await stays.StopAsync());
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        var (_, faults, first) = await new Proof.Prover(source).ProveAsync(CancellationToken.None);
        Assert.True(faults == 0, string.Join(Environment.NewLine, first.Select(fault => $"{fault.Rule} {fault.Stream}: {fault.Detail}")));
    }

    private static Guid CaseOf(TestDesk desk) => desk.Offers[0].GetProperty("caseId").GetGuid();

    /// <summary>Both who are there accept what rings until all cases are theirs.</summary>
    private static async Task TakeAllAsync(DeskCrew crew)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (crew.Open.Values.Sum(open => open.Desk.Cases.Count) < Cases)
        {
            foreach (var (agent, (_, desk)) in crew.Open)
            {
                if (desk.Offers is [var offer, ..])
                {
                    await crew.InvokeAsync(agent, "Accept", offer.GetProperty("id").GetString());
                }
            }

            // The hosts are other processes: there is no signal to wait on.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>A host with a folder of its own on the common database.</summary>
    private Task<HostProcess> StartAsync(string name) => HostProcess.StartAsync(Path.Combine(_folder, name), new Dictionary<string, string>
    {
        ["Escalation__ConnectionString"] = _database.ConnectionString,
        ["Escalation__PolicyFolder"] = _policy,
        ["Escalation__Cluster__Address"] = "127.0.0.1",
        ["Escalation__Cluster__Port"] = "0",
    });

    private async Task<string?> WithdrawnBecauseAsync(Guid id) => (await QueryAsync(
        $"select data ->> 'because' from event where kind = 'offerWithdrawn' and stream = '{id}'", reader => reader.GetString(0))).FirstOrDefault();

    private Task<List<long>> AssignmentsAsync() => QueryAsync(
        "select count(*) from event where kind = 'ownerAssigned' group by stream", reader => reader.GetInt64(0));

    private async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
