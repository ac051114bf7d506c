using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Escalation.Silo.Database;

/// <summary>Brings the database's schema up to this build: forward only, each step once, several hosts at a time.</summary>
internal sealed partial class Migrator(NpgsqlDataSource dataSource, TimeProvider time, ILogger<Migrator> logger)
{
    // Any number will do, as long as every build uses the same one.
    private const long Lock = 0x45534c5f4d494752;

    private const string ClusterSteps = "cluster_";

    /// <summary>One step, as it lies in the build.</summary>
    internal sealed record Step(string Name, string Sql)
    {
        public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }

    /// <summary>The steps of this build, in order.</summary>
    internal static IReadOnlyList<Step> Steps { get; } = ReadSteps(typeof(Migrator).Assembly);

    /// <summary>Runs what is missing. Does nothing on a database that is up to date.</summary>
    /// <exception cref="SchemaMismatchException">The database belongs to another build.</exception>
    public Task RunAsync(CancellationToken cancellationToken) => RunAsync(Steps, cancellationToken);

    internal async Task RunAsync(IReadOnlyList<Step> steps, CancellationToken cancellationToken)
    {
        await using var session = await Session.OpenAsync(dataSource, cancellationToken);
        var connection = session.Connection;
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancellationToken);
        await ExecuteAsync(
            connection,
            """
            create table if not exists schema_migration (
                name text primary key,
                checksum text not null,
                at timestamptz not null
            )
            """,
            cancellationToken);
        var done = await ReadDoneAsync(connection, cancellationToken);
        Check(steps, done);
        foreach (var step in steps.Where(step => !done.ContainsKey(step.Name)))
        {
            await RunAsync(connection, step, cancellationToken);
        }

        await HealAfterRestoreAsync(connection, cancellationToken);
    }

    private async Task RunAsync(NpgsqlConnection connection, Step step, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, step.Sql, cancellationToken);
        await using var remember = new NpgsqlCommand(
            "insert into schema_migration (name, checksum, at) values ($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = step.Name },
                new() { Value = step.Checksum },
                new() { Value = time.GetUtcNow().UtcDateTime },
            },
        };
        await remember.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogStep(step.Name);
    }

    /// <summary>
    /// A database restored from a dump into another server keeps the transaction numbers of the old one, which may lie
    /// in the new one's future: the tail would wait for them. Such events become the oldest there are, in their order.
    /// </summary>
    private async Task HealAfterRestoreAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var heal = new NpgsqlCommand(
            """
            update event
            set tx = '3'
            where exists (select from event where tx > pg_current_xact_id())
            """,
            connection);
        if (await heal.ExecuteNonQueryAsync(cancellationToken) is > 0 and var healed)
        {
            // Whoever follows the log keeps its place among them: their order by position is what it was.
            await ExecuteAsync(connection, "update follower set tx = '3'", cancellationToken);
            await ExecuteAsync(connection, "update webhook set tx = '3'", cancellationToken);
            LogHealed(healed);
        }
    }

    private static void Check(IReadOnlyList<Step> steps, Dictionary<string, string> done)
    {
        // What only the cluster stack needs may lie in a database that another stack now opens.
        var unknown = done.Keys.Except(steps.Select(step => step.Name))
            .Where(name => !name.StartsWith(ClusterSteps, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new SchemaMismatchException(
                $"The database is newer than this build: it has '{unknown[^1]}', this build ends at '{steps[^1].Name}'. " +
                "Start the version that wrote it, or a newer one.");
        }

        if (steps.FirstOrDefault(step => done.TryGetValue(step.Name, out var checksum) && checksum != step.Checksum) is { } changed)
        {
            throw new SchemaMismatchException(
                $"Migration '{changed.Name}' is not the one that this database has run. " +
                "A published migration is never edited: put the change into a new one.");
        }
    }

    private static async Task<Dictionary<string, string>> ReadDoneAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var done = new Dictionary<string, string>();
        await using var command = new NpgsqlCommand("select name, checksum from schema_migration", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            done.Add(reader.GetString(0), reader.GetString(1));
        }

        return done;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The platform's own, and in the cluster stack those that only it needs.</summary>
    private static List<Step> ReadSteps(Assembly assembly)
    {
        const string Folder = ".Migrations.";
        return [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.Contains(Folder, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
                .Select(name => new Step(
                    name[(name.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..], ReadText(assembly, name)))
                .OrderBy(step => step.Name, StringComparer.Ordinal),
        ];
    }

    private static string ReadText(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

/// <summary>The database's schema and this build do not fit.</summary>
internal sealed class SchemaMismatchException(string message) : Exception(message);
