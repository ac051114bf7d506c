using Escalation.Silo.Database;
using Escalation.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.Silo.Tests.Database;

public sealed class MigratorTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // Set by InitializeAsync, before each test.
    private NpgsqlDataSource _source = null!; // Likewise.

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Migrator Migrator => new(_source, TimeProvider.System, NullLogger<Migrator>.Instance);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Hosts_that_start_together_run_each_step_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Migrator.RunAsync(Token)));
        await Migrator.RunAsync(Token);

        Assert.Equal(Migrator.Steps.Select(step => step.Name), await DoneAsync());
    }

    [Fact]
    public async Task A_newer_database_is_refused_with_both_names()
    {
        await Migrator.RunAsync([.. Migrator.Steps, new("9999_of_tomorrow.sql", "create table tomorrow ()")], Token);

        var refused = await Assert.ThrowsAsync<SchemaMismatchException>(() => Migrator.RunAsync(Token));

        Assert.Contains("'9999_of_tomorrow.sql'", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Migrator.Steps[^1].Name}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_was_edited_after_it_ran_is_refused()
    {
        await Migrator.RunAsync(Token);

        var refused = await Assert.ThrowsAsync<SchemaMismatchException>(
            () => Migrator.RunAsync([Migrator.Steps[0] with { Sql = "select 1" }, .. Migrator.Steps.Skip(1)], Token));

        Assert.Contains($"'{Migrator.Steps[0].Name}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_and_can_be_repeated()
    {
        await Assert.ThrowsAsync<PostgresException>(
            () => Migrator.RunAsync([.. Migrator.Steps, new("9999_bad.sql", "create table half (); select 1 / 0;")], Token));
        await Migrator.RunAsync([.. Migrator.Steps, new("9999_bad.sql", "create table half ();")], Token);

        Assert.Equal([.. Migrator.Steps.Select(step => step.Name), "9999_bad.sql"], await DoneAsync());
    }

    [Fact, Rule("CUS-5")]
    public async Task Whoever_was_declined_before_reviews_were_asked_for_is_due_on_the_review_date()
    {
        await Migrator.RunAsync([.. Migrator.Steps.TakeWhile(step => step.Name != "0021_declining_reviews.sql")], Token);
        await using (var insert = _source.CreateCommand(
            """
            insert into grain (id, category, version, due_at)
            select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'customer', 3, case n when 2 then timestamptz '2026-12-01Z' end
            from generate_series(1, 5) as n;
            insert into event (stream, version, at, category, kind, by, command, data)
            select ('00000000-0000-0000-0000-00000000000' || n)::uuid, version, now(), 'customer', kind, 'irina', gen_random_uuid(), data::json
            from (values
                (1, 2, 'customerDeclined', '{"until": "2027-03-01T00:00:00Z", "reviewAt": "2026-12-15T00:00:00Z"}'),
                (1, 3, 'customerDeclined', '{"until": "2027-06-01T00:00:00Z", "reviewAt": "2027-01-15T00:00:00Z"}'),
                (2, 2, 'customerDeclined', '{"until": "2027-06-01T00:00:00Z", "reviewAt": "2027-01-15T00:00:00Z"}'),
                (3, 2, 'customerDeclined', '{"until": "2027-06-01T00:00:00Z", "reviewAt": "2027-01-15T00:00:00Z"}'),
                (3, 3, 'customerServedAgain', '{}'),
                (4, 2, 'customerDeclined', '{"until": "2027-01-15T00:00:00Z", "reviewAt": "2027-01-15T00:00:00Z"}'),
                (5, 2, 'customerDeclined', '{"until": "2027-06-01T00:00:00Z", "reviewAt": "2026-01-15T00:00:00Z"}'),
                (5, 3, 'decliningReviewAsked', '{}')) as happened (n, version, kind, data)
            """))
        {
            await insert.ExecuteNonQueryAsync(Token);
        }

        await Migrator.RunAsync(Token);

        await using var read = _source.CreateCommand("select coalesce(to_char(due_at at time zone 'UTC', 'YYYY-MM-DD'), '-') from grain order by id");
        await using var reader = await read.ExecuteReaderAsync(Token);
        var due = new List<string>();
        while (await reader.ReadAsync(Token))
        {
            due.Add(reader.GetString(0));
        }

        Assert.Equal(["2027-01-15", "2026-12-01", "-", "-", "-"], due);
    }

    [Fact]
    public async Task A_database_restored_into_a_younger_server_is_readable_again()
    {
        await Migrator.RunAsync(Token);
        await using (var insert = _source.CreateCommand(
            """
            insert into event (stream, version, tx, at, category, kind, by, command, data)
            select '018f0000-0000-7000-8000-000000000000', n, '900000000000', '2026-11-21 12:00Z', 'case', 'noteAdded', 'ana', gen_random_uuid(), '{}'
            from generate_series(1, 3) as n
            """))
        {
            await insert.ExecuteNonQueryAsync(Token);
        }

        await using (var place = _source.CreateCommand("insert into follower (name, tx, position) select 'ladder', tx, position from event where version = 2"))
        {
            await place.ExecuteNonQueryAsync(Token);
        }

        await Migrator.RunAsync(Token);

        await using var left = _source.CreateCommand("select array_agg(version) from event e, follower f where (e.tx, e.position) > (f.tx, f.position)");
        var after = (int[]?)await left.ExecuteScalarAsync(Token);
        Assert.Equal(3, Assert.Single(after!));
        await using var command = _source.CreateCommand(
            "select count(*) from event where tx < pg_snapshot_xmin(pg_current_snapshot())");
        Assert.Equal(3L, await command.ExecuteScalarAsync(Token));
    }

    private async Task<List<string>> DoneAsync()
    {
        var done = new List<string>();
        await using var command = _source.CreateCommand("select name from schema_migration order by name");
        await using var reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token))
        {
            done.Add(reader.GetString(0));
        }

        return done;
    }
}
