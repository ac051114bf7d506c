using Escalation.TestKit;
using Npgsql;

namespace Escalation.Silo.Tests.Database;

public sealed class TestDatabaseTests
{
    private static int _migrations;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_database_has_the_migrated_tables_and_nothing_of_its_siblings()
    {
        await using var one = await TestDatabase.CreateAsync(MigrateAsync);
        await using var other = await TestDatabase.CreateAsync(MigrateAsync);
        await using var first = NpgsqlDataSource.Create(one.ConnectionString);
        await using var second = NpgsqlDataSource.Create(other.ConnectionString);

        await using (var insert = first.CreateCommand("insert into word values ('mine')"))
        {
            await insert.ExecuteNonQueryAsync(Cancelled);
        }

        await using var mine = first.CreateCommand("select count(*) from word");
        await using var theirs = second.CreateCommand("select count(*) from word");
        Assert.Equal(1L, await mine.ExecuteScalarAsync(Cancelled));
        Assert.Equal(0L, await theirs.ExecuteScalarAsync(Cancelled));
        Assert.Equal(1, Volatile.Read(ref _migrations));
    }

    [Fact]
    public async Task A_disposed_database_is_gone_even_when_a_pool_still_holds_connections_to_it()
    {
        var database = await TestDatabase.CreateAsync();
        await using var pool = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var question = pool.CreateCommand("select 1"))
        {
            Assert.Equal(1, await question.ExecuteScalarAsync(Cancelled));
        }

        await database.DisposeAsync();

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Cancelled));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, refusal.SqlState);
    }

    private static async Task MigrateAsync(NpgsqlDataSource source)
    {
        Interlocked.Increment(ref _migrations);
        await using var create = source.CreateCommand("create table word (it text)");
        await create.ExecuteNonQueryAsync(Cancelled);
    }
}
