using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Npgsql;

namespace Escalation.Silo.Database;

/// <summary>A backup cannot be made or taken; the message says why and what to do.</summary>
internal sealed class BackupException(string message) : Exception(message);

/// <summary>What a backup holds.</summary>
/// <param name="MadeAt">When it was made; everything acknowledged by then is in it.</param>
/// <param name="Migrations">The schema it was made from, step by step.</param>
/// <param name="Tables">In the order in which they can be filled.</param>
/// <param name="Sequences">Where each goes on.</param>
internal sealed record BackupManifest(
    DateTimeOffset MadeAt, IReadOnlyList<string> Migrations, IReadOnlyList<BackupTable> Tables, IReadOnlyList<BackupSequence> Sequences);

/// <summary>One table of a backup.</summary>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns, long Rows);

/// <summary>One sequence of a backup.</summary>
internal sealed record BackupSequence(string Name, long Value, bool IsCalled);

/// <summary>
/// The whole platform in one file: every table as it was at one instant, while hosts go on working, and the key that
/// customers' links are signed with. A zip of PostgreSQL's binary COPY format. People's sessions are left out.
/// </summary>
internal sealed class Backup(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const string ManifestEntry = "manifest.json";
    private const string LinkKeyEntry = "link-key";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes <paramref name="path"/>; a file that is there already is replaced when the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="linkKeyPath">Where the key of customers' links lies; left out when there is none.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    public async Task<BackupManifest> WriteAsync(string path, string linkKeyPath, CancellationToken cancellationToken)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            BackupManifest manifest;
            var file = new FileStream(unfinished, OfOwner(FileMode.Create));
            await using (file)
            {
                await using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
                {
                    manifest = await WriteAsync(zip, cancellationToken);
                    if (File.Exists(linkKeyPath))
                    {
                        await using var entry = await zip.CreateEntry(LinkKeyEntry).OpenAsync(cancellationToken);
                        await entry.WriteAsync(await File.ReadAllBytesAsync(linkKeyPath, cancellationToken), cancellationToken);
                    }
                }

                await file.FlushAsync(cancellationToken);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(unfinished, path, overwrite: true);
            return manifest;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Fills an empty database from <paramref name="path"/>, all or nothing.</summary>
    /// <exception cref="BackupException">The file is no backup, or of another schema; the database is in use or not empty.</exception>
    public async Task<BackupManifest> RestoreAsync(string path, string linkKeyPath, CancellationToken cancellationToken)
    {
        await using var zip = await OpenAsync(path, cancellationToken);
        var manifest = await ReadManifestAsync(zip, path, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await CheckAsync(connection, manifest, cancellationToken);

        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await ExecuteAsync(connection, $"truncate {string.Join(", ", manifest.Tables.Select(table => Quoted(table.Name)))} cascade", cancellationToken);
            foreach (var table in manifest.Tables)
            {
                await using var entry = await EntryOf(zip, table).OpenAsync(cancellationToken);
                await using var copy = await connection.BeginRawBinaryCopyAsync(
                    $"copy {Quoted(table.Name)} ({ColumnsOf(table)}) from stdin (format binary)", cancellationToken);
                await entry.CopyToAsync(copy, cancellationToken);
            }

            foreach (var sequence in manifest.Sequences)
            {
                await ExecuteAsync(
                    connection,
                    string.Create(CultureInfo.InvariantCulture, $"select setval('{sequence.Name.Replace("'", "''", StringComparison.Ordinal)}', {sequence.Value}, {sequence.IsCalled})"),
                    cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        await RestoreLinkKeyAsync(zip, linkKeyPath, cancellationToken);
        return manifest;
    }

    private async Task<BackupManifest> WriteAsync(ZipArchive zip, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var madeAt = time.GetUtcNow();
        var tables = new List<BackupTable>();
        foreach (var (name, columns) in await ReadTablesAsync(connection, cancellationToken))
        {
            var table = new BackupTable(name, columns, 0);
            await using (var entry = await zip.CreateEntry(NameOf(table), CompressionLevel.Fastest).OpenAsync(cancellationToken))
            await using (var copy = await connection.BeginRawBinaryCopyAsync(
                $"copy {Quoted(name)} ({ColumnsOf(table)}) to stdout (format binary)", cancellationToken))
            {
                await copy.CopyToAsync(entry, cancellationToken);
            }

            tables.Add(table with { Rows = (long)(await ScalarAsync(connection, $"select count(*) from {Quoted(name)}", cancellationToken))! });
        }

        var manifest = new BackupManifest(
            madeAt, await ReadMigrationsAsync(connection, cancellationToken), tables, await ReadSequencesAsync(connection, cancellationToken));
        await using var last = await zip.CreateEntry(ManifestEntry).OpenAsync(cancellationToken);
        await JsonSerializer.SerializeAsync(last, manifest, Json, cancellationToken);
        return manifest;
    }

    /// <summary>A hosts' tail is open for as long as it lives; a database under a host's feet cannot be filled.</summary>
    private static async Task CheckAsync(NpgsqlConnection connection, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var migrations = await ReadMigrationsAsync(connection, cancellationToken);
        if (!migrations.SequenceEqual(manifest.Migrations))
        {
            throw new BackupException(
                $"The backup's schema ends at '{manifest.Migrations[^1]}', this build's at '{migrations[^1]}'. " +
                "Restore it with the build that made it; any later build then brings it up to date.");
        }

        const string Hosts = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'escalation-tail'";
        if (await ScalarAsync(connection, Hosts, cancellationToken) is > 0L)
        {
            throw new BackupException("A host runs on this database. Stop it first.");
        }

        if (await ScalarAsync(connection, "select exists (select from event)", cancellationToken) is true)
        {
            throw new BackupException("The database is not empty, and a backup is never written over history. Restore into an empty one, with another --data or connection string.");
        }
    }

    private static async Task<ZipArchive> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ZipFile.OpenReadAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read as a backup: {e.Message}");
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(ZipArchive zip, string path, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(ManifestEntry) is { } entry)
        {
            await using var json = await entry.OpenAsync(cancellationToken);
            if (await JsonSerializer.DeserializeAsync<BackupManifest>(json, Json, cancellationToken) is { } manifest)
            {
                return manifest;
            }
        }

        throw new BackupException($"{path} is no complete backup of the platform: it has no manifest.");
    }

    /// <summary>Its content is moved into place, readable by its owner alone; links that customers have go on working.</summary>
    private static async Task RestoreLinkKeyAsync(ZipArchive zip, string linkKeyPath, CancellationToken cancellationToken)
    {
        if (zip.GetEntry(LinkKeyEntry) is not { } entry)
        {
            return;
        }

        var unfinished = $"{linkKeyPath}.{Environment.ProcessId}.tmp";
        await using (var key = await entry.OpenAsync(cancellationToken))
        await using (var file = new FileStream(unfinished, OfOwner(FileMode.Create)))
        {
            await key.CopyToAsync(file, cancellationToken);
            await file.FlushAsync(cancellationToken);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        File.Move(unfinished, linkKeyPath, overwrite: true);
    }

    private static FileStreamOptions OfOwner(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Every table of ours with its columns, those that others refer to first.</summary>
    private static async Task<IReadOnlyList<(string Name, IReadOnlyList<string> Columns)>> ReadTablesAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        await foreach (var row in RowsAsync(
            connection,
            """
            select table_name, column_name
            from information_schema.columns
            join information_schema.tables using (table_schema, table_name)
            where table_schema = current_schema() and table_type = 'BASE TABLE' and is_generated = 'NEVER'
                and table_name not in ('schema_migration', 'session')
            order by table_name, ordinal_position
            """,
            cancellationToken))
        {
            (tables.TryGetValue(row.GetString(0), out var columns) ? columns : tables[row.GetString(0)] = []).Add(row.GetString(1));
        }

        var needs = new List<(string Table, string Needed)>();
        await foreach (var row in RowsAsync(
            connection,
            """
            select child.relname, parent.relname
            from pg_constraint
            join pg_class child on child.oid = conrelid
            join pg_class parent on parent.oid = confrelid
            where contype = 'f' and conrelid <> confrelid
            """,
            cancellationToken))
        {
            needs.Add((row.GetString(0), row.GetString(1)));
        }

        var ordered = new List<(string, IReadOnlyList<string>)>();
        while (tables.Count > 0)
        {
            var next = tables.Keys.Where(table => !needs.Exists(need => need.Table == table && tables.ContainsKey(need.Needed)))
                .Order(StringComparer.Ordinal).First();
            ordered.Add((next, tables[next]));
            tables.Remove(next);
        }

        return ordered;
    }

    private static async Task<IReadOnlyList<string>> ReadMigrationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var row in RowsAsync(connection, "select name from schema_migration order by name", cancellationToken))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }

    private static async Task<IReadOnlyList<BackupSequence>> ReadSequencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var row in RowsAsync(
            connection, "select sequencename from pg_sequences where schemaname = current_schema() order by sequencename", cancellationToken))
        {
            names.Add(Quoted(row.GetString(0)));
        }

        var sequences = new List<BackupSequence>();
        foreach (var name in names)
        {
            await foreach (var row in RowsAsync(connection, $"select last_value, is_called from {name}", cancellationToken))
            {
                sequences.Add(new BackupSequence(name, row.GetInt64(0), row.GetBoolean(1)));
            }
        }

        return sequences;
    }

    private static async IAsyncEnumerable<NpgsqlDataReader> RowsAsync(
        NpgsqlConnection connection, string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return reader;
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static ZipArchiveEntry EntryOf(ZipArchive zip, BackupTable table) =>
        zip.GetEntry(NameOf(table)) ?? throw new BackupException($"The backup lacks the table {table.Name} that its manifest names.");

    private static string NameOf(BackupTable table) => $"tables/{table.Name}.copy";

    private static string ColumnsOf(BackupTable table) => string.Join(", ", table.Columns.Select(Quoted));

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
