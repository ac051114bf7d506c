using System.Diagnostics;
using Escalation.Grains.Board;
using Escalation.Grains.Log;
using Escalation.Silo.Database;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Log;

/// <summary>
/// Follows the log in commit order. Positions are given out before commit, so a later one may become visible first;
/// therefore events are ordered by transaction, and none is read before every older transaction has ended.
/// </summary>
internal sealed partial class PostgresTail(
    NpgsqlDataSource dataSource,
    IOptions<PostgresLogOptions> options,
    Commits commits,
    TimeProvider time,
    ILogger<PostgresTail> logger) : IEventTail
{
    // The board row comes with the last event of its case only. Both look-ups are written so that they stay look-ups,
    // whatever the planner believed about the tables when the statement was prepared.
    private const string KeysSql =
        """
        select stream, version, position, tx
        from event
        where (tx, position) > ($1, $2)
            and tx < pg_snapshot_xmin(pg_current_snapshot())
        order by tx, position
        limit $3
        """;

    private const string EntriesSql =
        $"""
        select {EntryReader.Columns}
        from unnest($1, $2) as wanted (stream, version)
        join event using (stream, version)
        """;

    private const string RowsSql = "select board, version from grain where id = any($1)";

    // Tells an end of the log from events that still wait for an older transaction.
    private const string HeldSql = "select exists (select from event where (tx, position) > ($1, $2))";

    private const string Settings =
        """
        set plan_cache_mode = force_generic_plan;
        set enable_seqscan = off;
        set application_name = 'escalation-tail';
        """;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestHeldPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestAwayPause = TimeSpan.FromSeconds(1);

    private readonly PostgresLogOptions _options = options.Value;

    /// <summary>Since when the log cannot be read; null while it can. What is shown is as old as this instant.</summary>
    public DateTimeOffset? StaleSince { get; private set; }

    /// <summary>Raised when <see cref="StaleSince"/> has changed.</summary>
    public event Action? StaleSinceChanged;

    /// <inheritdoc/>
    public async Task RunAsync(
        TailCursor after, Func<TailBatch, CancellationToken, ValueTask> onBatch, CancellationToken cancellationToken)
    {
        commits.Recent.Follow();
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listen = ListenAsync(listening.Token);
        try
        {
            await FollowAsync(after, onBatch, cancellationToken);
        }
        finally
        {
            commits.Recent.Unfollow();
            await listening.CancelAsync();
            await listen;
        }
    }

    private async Task FollowAsync(
        TailCursor cursor, Func<TailBatch, CancellationToken, ValueTask> onBatch, CancellationToken cancellationToken)
    {
        var lastRead = time.GetUtcNow();
        var pause = ShortestPause;
        TailReader? reader = null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var next = commits.Next;
                TailBatch? batch;
                bool held;
                try
                {
                    reader ??= await TailReader.OpenAsync(dataSource, commits.Recent, _options.TailBatchSize, cancellationToken);
                    (batch, held) = await reader.ReadAsync(cursor, cancellationToken);
                }
                catch (Exception e) when (LogFailures.IsAway(e))
                {
                    BecomeStale(lastRead, e);
                    await DisposeAsync(reader);
                    reader = null;
                    dataSource.Clear();
                    await Task.Delay(pause, TimeProvider.System, cancellationToken);
                    pause = Longer(pause, LongestAwayPause);
                    continue;
                }

                lastRead = time.GetUtcNow();
                BecomeFresh();
                if (batch is not null)
                {
                    pause = ShortestPause;
                    await onBatch(batch, cancellationToken);
                    cursor = batch.Cursor;
                    if (batch.Entries.Count < _options.TailBatchSize)
                    {
                        // The first change goes at once; under load the next ones come together.
                        await Task.Delay(_options.TailRest, TimeProvider.System, cancellationToken);
                    }
                }
                else if (held)
                {
                    await Task.Delay(pause, TimeProvider.System, cancellationToken);
                    pause = Longer(pause, LongestHeldPause);
                }
                else
                {
                    pause = ShortestPause;
                    await WaitAsync(next, cancellationToken);
                }
            }
        }
        finally
        {
            await DisposeAsync(reader);
        }
    }

    /// <summary>Other hosts' commits, and this one's own, wake the same signal.</summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var session = await Session.OpenAsync(dataSource, cancellationToken);
                var connection = session.Connection;
                connection.Notification += (_, notification) =>
                {
                    if (notification.Payload != commits.Host)
                    {
                        commits.Wake();
                    }
                };
                await using (var listen = new NpgsqlCommand("listen escalation_log", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                // What was committed before this one listened did not wake anybody.
                commits.Wake();
                pause = ShortestPause;
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (LogFailures.IsAway(e))
            {
                LogListenLost(e);
                await Task.Delay(pause, TimeProvider.System, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = Longer(pause, LongestAwayPause);
            }
        }
    }

    private async Task WaitAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(_options.TailPoll, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The safety poll: a lost notification costs this long, and a dead database is noticed.
        }
    }

    private void BecomeStale(DateTimeOffset since, Exception why)
    {
        if (StaleSince is null)
        {
            StaleSince = since;
            LogStale(why, since);
            StaleSinceChanged?.Invoke();
        }
    }

    private void BecomeFresh()
    {
        if (StaleSince is { } since)
        {
            StaleSince = null;
            LogFresh(since);
            StaleSinceChanged?.Invoke();
        }
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan longest) => pause * 2 < longest ? pause * 2 : longest;

    private async ValueTask DisposeAsync(TailReader? reader)
    {
        try
        {
            if (reader is not null)
            {
                await reader.DisposeAsync();
            }
        }
        catch (Exception e) when (LogFailures.IsAway(e))
        {
            LogListenLost(e);
        }
    }

    /// <summary>
    /// The connection that reads, with its statements prepared. What this host wrote itself is taken from memory; the
    /// database only says in which order it was committed.
    /// </summary>
    private sealed class TailReader : IAsyncDisposable
    {
        private readonly Session _session;
        private readonly RecentAppends _recent;
        private readonly NpgsqlBatch _keys;
        private readonly NpgsqlParameter<ulong>[] _tx = [Xid(), Xid()];
        private readonly NpgsqlParameter<long>[] _position = [Bigint(), Bigint()];

        private TailReader(Session session, RecentAppends recent, int limit)
        {
            _session = session;
            _recent = recent;
            _keys = new NpgsqlBatch(session.Connection)
            {
                Timeout = 10,
                BatchCommands =
                {
                    new NpgsqlBatchCommand(KeysSql)
                    {
                        Parameters =
                        {
                            _tx[0],
                            _position[0],
                            new NpgsqlParameter<int> { TypedValue = limit, NpgsqlDbType = NpgsqlDbType.Integer },
                        },
                    },
                    new NpgsqlBatchCommand(HeldSql) { Parameters = { _tx[1], _position[1] } },
                },
            };
        }

        public static async Task<TailReader> OpenAsync(
            NpgsqlDataSource dataSource, RecentAppends recent, int limit, CancellationToken cancellationToken)
        {
            var session = await Session.OpenAsync(dataSource, cancellationToken);
            try
            {
                await using (var settings = new NpgsqlCommand(Settings, session.Connection))
                {
                    await settings.ExecuteNonQueryAsync(cancellationToken);
                }

                var reader = new TailReader(session, recent, limit);
                await reader._keys.PrepareAsync(cancellationToken);
                return reader;
            }
            catch
            {
                await session.DisposeAsync();
                throw;
            }
        }

        /// <summary>What comes after <paramref name="cursor"/>; when nothing does, whether something is held back.</summary>
        public async Task<(TailBatch? Batch, bool Held)> ReadAsync(TailCursor cursor, CancellationToken cancellationToken)
        {
            var (keys, held) = await ReadKeysAsync(cursor, cancellationToken);
            if (keys.Count == 0)
            {
                return (null, held);
            }

            var entries = new Entry[keys.Count];
            var rows = new Dictionary<Guid, BoardRow>();
            var newest = new Dictionary<Guid, int>();
            var missing = new Dictionary<(Guid, int), int>();
            var own = new HashSet<Guid>();
            List<(Guid, ActivityContext)>? traces = null;
            for (var i = 0; i < keys.Count; i++)
            {
                var (stream, version, position, _) = keys[i];
                newest[stream] = version;
                rows.Remove(stream);
                if (!_recent.TryTake(stream, version, out var append))
                {
                    missing[(stream, version)] = i;
                    own.Remove(stream);
                    continue;
                }

                own.Add(stream);
                entries[i] = new Entry(
                    stream, append.Category, version, position, append.At, append.By, append.CommandId,
                    append.Events[version - append.ExpectedVersion - 1]);
                if (append.Effects.Row is { } row)
                {
                    rows[stream] = row;
                }

                if (append.Trace != default)
                {
                    (traces ??= []).Add((stream, append.Trace));
                }
            }

            if (missing.Count > 0)
            {
                await ReadEntriesAsync(missing, entries, cancellationToken);
                await ReadRowsAsync(missing.Keys.Where(key => newest[key.Item1] == key.Item2), rows, cancellationToken);
            }

            return (new TailBatch(entries, rows, new TailCursor(keys[^1].Tx, keys[^1].Position)) { Traces = traces ?? [], Own = own }, false);
        }

        public async ValueTask DisposeAsync()
        {
            await _keys.DisposeAsync();
            await _session.DisposeAsync();
        }

        private async Task<(List<(Guid Stream, int Version, long Position, ulong Tx)> Keys, bool Held)> ReadKeysAsync(
            TailCursor cursor, CancellationToken cancellationToken)
        {
            _tx[0].TypedValue = _tx[1].TypedValue = cursor.Transaction;
            _position[0].TypedValue = _position[1].TypedValue = cursor.Position;
            await using var reader = await _keys.ExecuteReaderAsync(cancellationToken);
            var keys = new List<(Guid, int, long, ulong)>();
            while (await reader.ReadAsync(cancellationToken))
            {
                keys.Add(Key(reader));
            }

            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return (keys, reader.GetBoolean(0));
        }

        private async Task ReadEntriesAsync(
            Dictionary<(Guid Stream, int Version), int> missing, Entry[] entries, CancellationToken cancellationToken)
        {
            await using var command = new NpgsqlCommand(EntriesSql, _session.Connection)
            {
                Parameters =
                {
                    new() { Value = missing.Keys.Select(key => key.Stream).ToArray() },
                    new() { Value = missing.Keys.Select(key => key.Version).ToArray() },
                },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var entry = EntryReader.Read(reader);
                entries[missing[(entry.Stream, entry.Version)]] = entry;
            }
        }

        /// <summary>Rows of cases whose newest event was not written here. A row may be newer than the event.</summary>
        private async Task ReadRowsAsync(
            IEnumerable<(Guid Stream, int Version)> newest, Dictionary<Guid, BoardRow> rows, CancellationToken cancellationToken)
        {
            await using var command = new NpgsqlCommand(RowsSql, _session.Connection)
            {
                Parameters = { new() { Value = newest.Select(key => key.Stream).ToArray() } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (EntryReader.ReadRow(reader, 0, 1) is { } row)
                {
                    rows[row.Id] = row;
                }
            }
        }

        private static (Guid, int, long, ulong) Key(NpgsqlDataReader reader) =>
            (reader.GetGuid(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetFieldValue<ulong>(3));

        private static NpgsqlParameter<ulong> Xid() => new() { NpgsqlDbType = NpgsqlDbType.Xid8 };

        private static NpgsqlParameter<long> Bigint() => new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    }
}
