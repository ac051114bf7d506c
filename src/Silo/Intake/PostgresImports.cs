using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Imports;
using Escalation.Silo.Log;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Intake;

/// <summary>Takes files over HTTP: understands them from a file of its own, then keeps them in the database until they are done.</summary>
internal sealed class PostgresImports(NpgsqlDataSource dataSource, ImportSignal signal, TimeProvider time) : IImports
{
    private const int PartSize = 1 << 18;

    private const string Columns = "id, total, done, taken, known, refused, created_at, created_by, ended_at, detail";

    public async Task<ImportPreview> PreviewAsync(Stream content, string? mapping, CancellationToken cancellationToken)
    {
        using var file = await TemporaryFile.OfAsync(content, cancellationToken);
        return (await AnalyseAsync(file, mapping, cancellationToken)).Preview();
    }

    public async Task<ImportStart> StartAsync(Guid id, Stream content, string? mapping, string by, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is { } begun)
        {
            return new ImportStart(begun, null);
        }

        using var file = await TemporaryFile.OfAsync(content, cancellationToken);
        var plan = await AnalyseAsync(file, mapping, cancellationToken);
        if (plan.Questions.Count > 0)
        {
            return new ImportStart(null, plan.Preview());
        }

        await dataSource.ReadAsync(
            async (connection, token) =>
            {
                await KeepAsync(connection, id, plan, file, by, token);
                return true;
            },
            cancellationToken);
        signal.Raise();
        return new ImportStart(await FindAsync(id, cancellationToken), null);
    }

    public Task<IReadOnlyList<ImportView>> ReadAsync(int limit, CancellationToken cancellationToken) =>
        ListAsync($"select {Columns} from import order by created_at desc, id limit $1", ReadView, cancellationToken, limit);

    public async Task<ImportView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await ListAsync($"select {Columns} from import where id = $1", ReadView, cancellationToken, id) is [var found, ..] ? found : null;

    public Task<IReadOnlyList<ImportLine>> LinesAsync(Guid id, ImportOutcome? outcome, int after, int limit, CancellationToken cancellationToken) => ListAsync(
        $"""
        select line, outcome, case_id, case_number, review_id, errors
        from import_line
        where import = $1 and line > $2 {(outcome is { } only ? $"and outcome = {(int)only}" : "")}
        order by line
        limit $3
        """,
        ReadLine, cancellationToken, id, after, limit);

    private async Task<ImportPlan> AnalyseAsync(TemporaryFile file, string? mapping, CancellationToken cancellationToken)
    {
        try
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var given = string.IsNullOrWhiteSpace(mapping) ? ImportMapping.None : ImportMapping.Parse(mapping);
            return await FileAnalysis.RunAsync(file.Open, given, today, cancellationToken);
        }
        catch (Exception e) when (e is SourceFileException or InvalidDataException)
        {
            throw new ImportFileException(e.Message);
        }
    }

    /// <summary>The file is there whole, or the import is not there at all.</summary>
    private async Task KeepAsync(NpgsqlConnection connection, Guid id, ImportPlan plan, TemporaryFile file, string by, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var insert = new NpgsqlCommand(
            """
            insert into import (id, mapping, is_json, latest, total, created_at, created_by)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (id) do nothing
            """,
            connection, transaction))
        {
            insert.Parameters.Add(new() { Value = id });
            insert.Parameters.Add(new() { Value = plan.Mapping.ToJson(), NpgsqlDbType = NpgsqlDbType.Json });
            insert.Parameters.Add(new() { Value = plan.IsJson });
            insert.Parameters.Add(new() { Value = plan.Latest });
            insert.Parameters.Add(new() { Value = plan.Lines });
            insert.Parameters.Add(new() { Value = time.GetUtcNow() });
            insert.Parameters.Add(new() { Value = by });
            if (await insert.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return;
            }
        }

        await using var content = file.Open();
        var buffer = new byte[PartSize];
        for (var number = 0; await content.ReadAtLeastAsync(buffer, PartSize, throwOnEndOfStream: false, cancellationToken) is > 0 and var read; number++)
        {
            await using var part = new NpgsqlCommand("insert into import_part (import, number, content) values ($1, $2, $3)", connection, transaction);
            part.Parameters.Add(new() { Value = id });
            part.Parameters.Add(new() { Value = number });
            part.Parameters.Add(new() { Value = buffer.AsMemory(0, read), NpgsqlDbType = NpgsqlDbType.Bytea });
            await part.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static ImportView ReadView(NpgsqlDataReader reader)
    {
        var endedAt = reader.IsDBNull(8) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(8);
        var detail = reader.IsDBNull(9) ? null : reader.GetString(9);
        return new ImportView(
            reader.GetGuid(0), endedAt is null ? ImportState.Running : detail is null ? ImportState.Done : ImportState.Failed,
            reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
            reader.GetFieldValue<DateTimeOffset>(6), reader.GetString(7), endedAt, detail);
    }

    private static ImportLine ReadLine(NpgsqlDataReader reader) => new(
        reader.GetInt32(0), (ImportOutcome)reader.GetInt16(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetInt64(3),
        reader.IsDBNull(4) ? null : reader.GetGuid(4), reader.IsDBNull(5) ? [] : JsonSerializer.Deserialize<List<ImportFault>>(reader.GetString(5), Wire.Json)!);

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values) =>
        await dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in values)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                await using var reader = await command.ExecuteReaderAsync(token);
                var items = new List<T>();
                while (await reader.ReadAsync(token))
                {
                    items.Add(read(reader));
                }

                return items;
            },
            cancellationToken);
}

/// <summary>Wakes what imports when a file came to this host.</summary>
internal sealed class ImportSignal
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the next file comes. Take it before looking, wait for it after.</summary>
    public Task Next => _next.Task;

    public void Raise() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}

/// <summary>A file that goes when it is disposed, or when the process does.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly FileStream _file;

    private TemporaryFile(FileStream file) => _file = file;

    public static async Task<TemporaryFile> OfAsync(Stream content, CancellationToken cancellationToken)
    {
        var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        });
        try
        {
            await content.CopyToAsync(file, cancellationToken);
            await file.FlushAsync(cancellationToken);
            return new TemporaryFile(file);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its content from the beginning.</summary>
    public Stream Open() => new FileStream(_file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);

    public void Dispose() => _file.Dispose();
}
