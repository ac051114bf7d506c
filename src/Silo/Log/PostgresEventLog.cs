using Escalation.Grains.Log;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Log;

/// <summary>The log in PostgreSQL. Appends of many grains share a transaction; one stream always has the same writer.</summary>
internal sealed class PostgresEventLog : IEventLog, IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly Announcer _announcer;
    private readonly LogWriter[] _writers;

    public PostgresEventLog(
        NpgsqlDataSource dataSource, IOptions<PostgresLogOptions> options, Commits commits, ILogger<LogWriter> logger)
    {
        _dataSource = dataSource;
        _announcer = new Announcer(dataSource, commits.Host);
        _writers = new LogWriter[options.Value.Writers];
        for (var i = 0; i < _writers.Length; i++)
        {
            _writers[i] = new LogWriter(dataSource, options.Value, commits, _announcer, logger);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Once queued, an append is answered: to give up waiting would not tell whether it was committed.</remarks>
    public ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(append);
        ArgumentOutOfRangeException.ThrowIfZero(append.Events.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(append.ExpectedVersion);
        cancellationToken.ThrowIfCancellationRequested();
        var writer = _writers[(uint)append.Stream.GetHashCode() % (uint)_writers.Length];
        return writer.AppendAsync(new PendingAppend(append));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken) =>
        _dataSource.ReadAsync((connection, token) => ReadAsync(connection, stream, afterVersion, token), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Entry>> ReadFromLatestAsync(Guid stream, string kind, CancellationToken cancellationToken) => _dataSource.ReadAsync(
        async (connection, token) =>
        {
            // Backwards along the primary key: the latest one is never far from the end.
            await using var command = new NpgsqlCommand(
                "select version from event where stream = $1 and kind = $2 order by version desc limit 1", connection)
            {
                Parameters = { new() { Value = stream }, new() { Value = kind } },
            };
            var latest = await command.ExecuteScalarAsync(token) as int?;
            return await ReadAsync(connection, stream, (latest ?? 1) - 1, token);
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
        {
            await writer.DisposeAsync();
        }

        await _announcer.DisposeAsync();
    }

    private static async Task<IReadOnlyList<Entry>> ReadAsync(
        NpgsqlConnection connection, Guid stream, int afterVersion, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {EntryReader.Columns}
            from event
            where stream = $1 and version > $2
            order by version
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = stream, NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter<int> { TypedValue = afterVersion, NpgsqlDbType = NpgsqlDbType.Integer },
            },
        };
        await command.PrepareAsync(cancellationToken);
        var entries = new List<Entry>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(EntryReader.Read(reader));
        }

        return entries;
    }
}
