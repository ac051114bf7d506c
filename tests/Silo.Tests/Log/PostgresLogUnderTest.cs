using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Escalation.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Escalation.Silo.Tests.Log;

/// <summary>The real log on a real database; a second host on the same database is another of these.</summary>
internal sealed class PostgresLogUnderTest : LogUnderTest
{
    private readonly TestDatabase _database;
    private readonly bool _isFirstHost;
    private readonly PostgresEventLog _log;

    private PostgresLogUnderTest(TestDatabase database, PostgresLogOptions options, bool isFirstHost)
    {
        _database = database;
        _isFirstHost = isFirstHost;
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            // Two hosts are two pools.
            ApplicationName = isFirstHost ? "first-host" : "second-host",
        });
        var wrapped = Options.Create(options);
        _log = new PostgresEventLog(Source, wrapped, Commits, NullLogger<LogWriter>.Instance);
        PostgresTail = new PostgresTail(Source, wrapped, Commits, TimeProvider.System, NullLogger<PostgresTail>.Instance);
        BoardRows = new PostgresBoardRows(Source);
    }

    public NpgsqlDataSource Source { get; }

    public Commits Commits { get; } = new();

    public PostgresTail PostgresTail { get; }

    public override IEventLog Log => _log;

    public override IEventTail Tail => PostgresTail;

    public override IBoardRows BoardRows { get; }

    public static async Task<PostgresLogUnderTest> StartAsync(PostgresLogOptions? options = null) =>
        new(await TestDatabase.CreateAsync(MigrateAsync), options ?? new(), isFirstHost: true);

    public PostgresLogUnderTest SecondHost(PostgresLogOptions? options = null) =>
        new(_database, options ?? new(), isFirstHost: false);

    /// <summary>A connection that is nobody's host, from no pool.</summary>
    public async Task<NpgsqlConnection> StrangerAsync(string? database = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_database.ConnectionString)
        {
            Pooling = false,
            ApplicationName = "stranger",
        };
        settings.Database = database ?? settings.Database;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Ends every connection of the hosts, at the other end.</summary>
    public async Task KillConnectionsAsync()
    {
        await using var stranger = await StrangerAsync();
        await ExecuteAsync(
            stranger,
            """
            select pg_terminate_backend(pid)
            from pg_stat_activity
            where datname = current_database() and application_name <> 'stranger'
            """);
    }

    /// <summary>The database lets nobody in until the returned value is disposed, like a server that is down.</summary>
    public async Task<IAsyncDisposable> TakeAwayAsync()
    {
        var outside = await StrangerAsync("template1");
        await AllowConnectionsAsync(outside, false);

        // Killing is a request, and someone may just be coming in: the database is away when nobody is left.
        await using var kill = new NpgsqlCommand(
            $"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{Name}'", outside);
        while ((long)(await kill.ExecuteScalarAsync(TestContext.Current.CancellationToken))! > 0)
        {
            await Task.Yield();
        }

        return new Outage(async () =>
        {
            await AllowConnectionsAsync(outside, true);
            await outside.DisposeAsync();
        });
    }

    public override async Task<StoredGrain?> FindAsync(Guid stream)
    {
        var notices = new List<NoticeJob>();
        await using (var command = Source.CreateCommand("select number, send_at from notice where stream = $1 order by number"))
        {
            command.Parameters.AddWithValue(stream);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                notices.Add(new NoticeJob(reader.GetInt32(0), await reader.GetFieldValueAsync<DateTimeOffset>(1)));
            }
        }

        await using var find = Source.CreateCommand(
            "select version, due_at, due_promise_at, due_statutory_at, harm, board::text from grain where id = $1");
        find.Parameters.AddWithValue(stream);
        await using var grain = await find.ExecuteReaderAsync();
        if (!await grain.ReadAsync())
        {
            return null;
        }

        var dueAt = await grain.GetFieldValueAsync<DateTimeOffset?>(1);
        var due = dueAt is null
            ? null
            : new Due(
                dueAt.Value,
                await grain.GetFieldValueAsync<DateTimeOffset?>(2),
                await grain.GetFieldValueAsync<DateTimeOffset?>(3),
                grain.GetInt16(4));
        var row = await grain.IsDBNullAsync(5) ? null : JsonSerializer.Deserialize<BoardRow>(grain.GetString(5), Wire.Json)! with { Version = grain.GetInt32(0) };
        return new StoredGrain(grain.GetInt32(0), due, row, notices);
    }

    public override async Task EraseAsync(Guid stream)
    {
        await using var command = Source.CreateCommand("update event set personal = null where stream = $1");
        command.Parameters.AddWithValue(stream);
        await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await Source.DisposeAsync();
        if (_isFirstHost)
        {
            await _database.DisposeAsync();
        }
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private string Name => new NpgsqlConnectionStringBuilder(_database.ConnectionString).Database!;

    private Task AllowConnectionsAsync(NpgsqlConnection outside, bool allow) =>
        ExecuteAsync(outside, $"alter database {Name} allow_connections {allow}");

    private static Task MigrateAsync(NpgsqlDataSource source) =>
        new Migrator(source, TimeProvider.System, NullLogger<Migrator>.Instance).RunAsync(CancellationToken.None);

    private sealed class Outage(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end();
    }
}
