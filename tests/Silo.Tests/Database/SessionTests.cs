using Escalation.Silo.Database;
using Escalation.TestKit;
using Npgsql;

namespace Escalation.Silo.Tests.Database;

public sealed class SessionTests : IAsyncLifetime
{
    private const long Lock = 7;

    private TestDatabase _database = null!; // Set by InitializeAsync, before each test.
    private NpgsqlDataSource _one = null!; // Likewise. A pool of a single connection, handed on as it is.

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _one = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { MaxPoolSize = 1, NoResetOnClose = true, ApplicationName = "first" });
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_goes_back_to_the_pool_as_it_came()
    {
        var server = await ServerAsync();
        await using (var session = await Session.OpenAsync(_one, Token))
        {
            await ChangeAsync(session);
        }

        Assert.Equal("on first 0 0", await StateAsync());
        Assert.Equal(server, await ServerAsync());
    }

    [Fact]
    public async Task Work_that_fails_in_the_middle_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var session = await Session.OpenAsync(_one, Token);
            await ChangeAsync(session);
            await using var transaction = await session.Connection.BeginTransactionAsync(Token);
            await using var wrong = new NpgsqlCommand("select 1 / 0", session.Connection, transaction);
            await wrong.ExecuteScalarAsync(Token);
        });

        Assert.Equal("on first 0 0", await StateAsync());
    }

    [Fact]
    public async Task What_the_server_ended_is_replaced()
    {
        var server = await ServerAsync();
        await using (var session = await Session.OpenAsync(_one, Token))
        {
            await ChangeAsync(session);
            await using var other = NpgsqlDataSource.Create(_database.ConnectionString);
            await using var end = other.CreateCommand($"select pg_terminate_backend({server}, 10000)");
            Assert.True((bool)(await end.ExecuteScalarAsync(Token))!);
        }

        Assert.Equal("on first 0 0", await StateAsync());
        Assert.NotEqual(server, await ServerAsync());
    }

    private static async Task ChangeAsync(Session session)
    {
        await using var change = new NpgsqlCommand(
            $"set enable_seqscan = off; set application_name = 'second'; select pg_advisory_lock({Lock}); listen something", session.Connection);
        await change.ExecuteNonQueryAsync(Token);
    }

    /// <summary>Settings, names, locks and channels of the only connection.</summary>
    private async Task<string> StateAsync()
    {
        await using var state = _one.CreateCommand(
            $"""
            select concat_ws(' ', current_setting('enable_seqscan'), current_setting('application_name'),
                (select count(*) from pg_locks where locktype = 'advisory' and objid = {Lock}
                    and database = (select oid from pg_database where datname = current_database())),
                (select count(*) from pg_listening_channels()))
            """);
        return (string)(await state.ExecuteScalarAsync(Token))!;
    }

    private async Task<int> ServerAsync()
    {
        await using var server = _one.CreateCommand("select pg_backend_pid()");
        return (int)(await server.ExecuteScalarAsync(Token))!;
    }
}
