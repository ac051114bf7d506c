using Escalation.Silo.Database;
using Escalation.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.Cluster.Tests;

/// <summary>The statements about members that Orleans reads from the database by key, run as it runs them.</summary>
public sealed class MembershipStatementsTests : IAsyncLifetime
{
    private const int Joining = 2;
    private const int Active = 3;
    private const int Stopping = 5;
    private const int Dead = 6;

    private static readonly DateTime Start = new(2026, 11, 1, 8, 0, 0, 125, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        await new Migrator(_source, TimeProvider.System, NullLogger<Migrator>.Instance).RunAsync(CancellationToken.None);
        Assert.Equal(1, await RunAsync("InsertMembershipVersionKey"));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Of_members_that_have_been_silent_for_long_only_the_dead_are_forgotten()
    {
        await AddAsync(Joining, Active, Stopping, Dead);
        await RunAsync("CleanupDefunctSiloEntriesKey", ("IAmAliveTime", Start.AddMinutes(-1)));
        Assert.Equal([Joining, Active, Stopping, Dead], await StatusesAsync());

        await RunAsync("CleanupDefunctSiloEntriesKey", ("IAmAliveTime", Start.AddDays(7)));
        Assert.Equal([Joining, Active, Stopping], await StatusesAsync());
    }

    [Fact]
    public async Task A_dead_member_is_forgotten_by_name_unless_something_of_it_has_changed()
    {
        await AddAsync(Active, Dead);
        await ForgetAsync(port: 2, Start.AddSeconds(1), suspects: null);
        await ForgetAsync(port: 2, Start, suspects: "another");
        await ForgetAsync(port: 1, Start, suspects: null);
        Assert.Equal([Active, Dead], await StatusesAsync());

        await ForgetAsync(port: 2, Start, suspects: null);
        Assert.Equal([Active], await StatusesAsync());
    }

    [Fact]
    public async Task A_sign_of_life_that_arrives_late_takes_no_later_one_back()
    {
        await AddAsync(Active);
        await RunAsync("UpdateIAmAlivetimeKey", Member(1), ("IAmAliveTime", Start.AddMinutes(2)));
        await RunAsync("UpdateIAmAlivetimeKey", Member(1), ("IAmAliveTime", Start.AddMinutes(1)));
        Assert.Equal(1, await RunAsync(
            "UpdateMembershipKey", Member(1), ("Status", Dead), ("SuspectTimes", "somebody"), ("IAmAliveTime", Start), ("Version", 1)));

        await using var command = _source.CreateCommand("select alive_at from orleans.member");
        Assert.Equal(Start.AddMinutes(2), await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Equal([Dead], await StatusesAsync());
    }

    private static (string, object?)[] Member(int port) => [("Address", "127.0.0.1"), ("Port", port), ("Generation", 7)];

    /// <summary>Members of these statuses at the ports 1, 2, and so on.</summary>
    private async Task AddAsync(params int[] statuses)
    {
        foreach (var (index, status) in statuses.Index())
        {
            Assert.Equal(1, await RunAsync(
                "InsertMembershipKey",
                Member(index + 1),
                ("SiloName", "one"), ("HostName", "host"), ("Status", status), ("ProxyPort", 0), ("StartTime", Start), ("IAmAliveTime", Start), ("Version", index)));
        }
    }

    private Task<int?> ForgetAsync(int port, DateTime aliveAt, string? suspects) => RunAsync(
        "CleanupDefunctSiloEntryKey", Member(port), ("StartTime", Start), ("IAmAliveTime", aliveAt), ("SuspectTimes", suspects));

    private Task<int?> RunAsync(string key, params (string Name, object? Value)[] values) => RunAsync(key, [], values);

    private async Task<int?> RunAsync(string key, (string Name, object? Value)[] member, params (string Name, object? Value)[] values)
    {
        await using var read = _source.CreateCommand("select querytext from orleans.orleansquery where querykey = $1");
        read.Parameters.AddWithValue(key);
        await using var command = _source.CreateCommand((string)(await read.ExecuteScalarAsync())!);
        foreach (var (name, value) in member.Concat(values).Prepend(("DeploymentId", "test")))
        {
            command.Parameters.Add(new NpgsqlParameter(name, value ?? DBNull.Value));
        }

        return await command.ExecuteScalarAsync() as int?;
    }

    private async Task<List<int>> StatusesAsync()
    {
        await using var command = _source.CreateCommand("select status from orleans.member order by port");
        await using var reader = await command.ExecuteReaderAsync();
        var statuses = new List<int>();
        while (await reader.ReadAsync())
        {
            statuses.Add(reader.GetInt32(0));
        }

        return statuses;
    }
}
