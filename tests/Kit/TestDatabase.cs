using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace Escalation.TestKit;

/// <summary>An empty database on the test process's PostgreSQL (the same server as in production), dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<Delegate, Lazy<Task<Template>>> Templates = new();
    private static readonly Template Empty = new("template0");
    private static int _count;

    private TestDatabase(string connectionString)
    {
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <summary>
    /// A fresh database. With a migration it is a copy of a template the migration prepared once per test process; the
    /// same method is the same migration.
    /// </summary>
    public static async Task<TestDatabase> CreateAsync(Func<NpgsqlDataSource, Task>? migrate = null)
    {
        var template = migrate is null
            ? Empty
            : await Templates.GetOrAdd(migrate, _ => new(() => PrepareAsync(migrate))).Value;
        return new TestDatabase(await template.TakeAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(connection);
        }

        var name = new NpgsqlConnectionStringBuilder(ConnectionString).Database;
        await ExecuteAsync($"drop database if exists {name} with (force)");
    }

    private static async Task<Template> PrepareAsync(Func<NpgsqlDataSource, Task> migrate)
    {
        var connectionString = await NewAsync("template0");
        await using (var source = NpgsqlDataSource.Create(connectionString))
        {
            await migrate(source);
        }

        // Nobody may be connected to a database that is being copied; the migration's pool has closed with it.
        return new Template(new NpgsqlConnectionStringBuilder(connectionString).Database!);
    }

    private static async Task<string> NewAsync(string template)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _count)}");
        await ExecuteAsync($"create database {name} template {template}");
        var server = await TestPostgres.GetAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    private static async Task ExecuteAsync(string sql)
    {
        var server = await TestPostgres.GetAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A copy takes 0.2 seconds of fsync, so the next one is made while a test uses the last.</summary>
    private sealed class Template(string name)
    {
        private readonly Lock _gate = new();
        private Task<string>? _spare;

        public Task<string> TakeAsync()
        {
            lock (_gate)
            {
                var taken = _spare is { IsFaulted: false } ? _spare : NewAsync(name);
                _spare = NewAsync(name);
                return taken;
            }
        }
    }
}
