using Escalation.Dashboard.Access;
using Escalation.Grains.Log;
using Escalation.Silo.Access;
using Escalation.Silo.Database;
using Escalation.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.Silo.Tests.Access;

public sealed class PostgresAccessTests : AccessStoreContract
{
    private TestDatabase? _database;
    private NpgsqlDataSource? _source;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _source!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task Database_that_is_away_says_so()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody");

        await Assert.ThrowsAsync<LogUnavailableException>(() =>
            new PostgresAccessStore(nowhere).FindKeyAsync(Secret.Hash("one"), TestContext.Current.CancellationToken));
    }

    protected override async Task<IAccessStore> StartAsync()
    {
        _database = await TestDatabase.CreateAsync(MigrateAsync);
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        return new PostgresAccessStore(_source);
    }

    private static Task MigrateAsync(NpgsqlDataSource source) =>
        new Migrator(source, TimeProvider.System, NullLogger<Migrator>.Instance).RunAsync(CancellationToken.None);
}
