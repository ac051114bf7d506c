using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Escalation.Grains;
using Escalation.Grains.Log;
using Escalation.Silo.Database;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>
/// One connection that commits: it takes what is waiting, commits it as one transaction, answers, and takes again. Under
/// load the batches grow by themselves, and nobody waits for a timer.
/// </summary>
internal sealed partial class LogWriter : IAsyncDisposable
{
    private const int MaxRepeats = 5;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private static readonly Histogram<int> CommitAppends =
        Telemetry.Figures.CreateHistogram<int>("escalation.log.commit.appends", "{append}", "Appends that shared one transaction.");

    private static readonly Histogram<double> CommitSeconds =
        Telemetry.Figures.CreateHistogram<double>("escalation.log.commit.duration", "s", "From sending a transaction until it is on disk.");

    private readonly NpgsqlDataSource _dataSource;
    private readonly PostgresLogOptions _options;
    private readonly Commits _commits;
    private readonly Announcer _announcer;
    private readonly ILogger<LogWriter> _logger;
    private readonly Channel<PendingAppend> _queue;
    private readonly List<PendingAppend> _deferred = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private AppendBatch _batch;
    private Session? _session;
    private volatile Exception? _away;

    public LogWriter(
        NpgsqlDataSource dataSource, PostgresLogOptions options, Commits commits, Announcer announcer, ILogger<LogWriter> logger)
    {
        _dataSource = dataSource;
        _options = options;
        _commits = commits;
        _announcer = announcer;
        _logger = logger;
        _batch = new AppendBatch();
        _queue = Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        _running = Task.Run(RunAsync);
    }

    /// <summary>Queues <paramref name="append"/>. Its answer comes when it is on disk, and not before.</summary>
    /// <exception cref="LogUnavailableException">The database is away, or too much is waiting already.</exception>
    public ValueTask<AppendResult> AppendAsync(PendingAppend append)
    {
        if (_away is { } why)
        {
            throw LogFailures.Unavailable(why);
        }

        if (!_queue.Writer.TryWrite(append))
        {
            throw new LogUnavailableException(
                _stopping.IsCancellationRequested
                    ? "This host is stopping. Try another one."
                    : $"{_options.QueueLength} appends are waiting for the database already. Try again in a moment; " +
                      $"'{PostgresLogOptions.Section}:{nameof(PostgresLogOptions.QueueLength)}' sets how many may wait.");
        }

        return append.Answer;
    }

    /// <summary>Commits what is queued, then stops. A second call finds nothing left to do.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete())
        {
            return;
        }

        await _stopping.CancelAsync();
        await _running;
        await DropConnectionAsync();
        _batch.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (_deferred.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            try
            {
                TakeWaiting();
                await CommitAsync();
            }
            catch (Exception e)
            {
                // Whatever it was, the appends to come must find a writer.
                LogFailed(e);
                await DropConnectionAsync();
                Fail(_batch.Appends, LogFailures.Unavailable(e));
            }

            _batch.Clear();
        }
    }

    private void TakeWaiting()
    {
        // An append whose stream is in the batch already waits for the next one; those that waited come first.
        var kept = 0;
        for (var i = 0; i < _deferred.Count; i++)
        {
            if (_batch.Count >= _options.BatchSize || !_batch.TryAdd(_deferred[i]))
            {
                _deferred[kept++] = _deferred[i];
            }
        }

        _deferred.RemoveRange(kept, _deferred.Count - kept);
        while (_batch.Count < _options.BatchSize && _deferred.Count < _options.BatchSize && _queue.Reader.TryRead(out var next))
        {
            if (!_batch.TryAdd(next))
            {
                _deferred.Add(next);
            }
        }
    }

    private async Task CommitAsync()
    {
        for (var repeats = 0; ; repeats++)
        {
            try
            {
                await ConnectAsync();
                var begun = Stopwatch.GetTimestamp();
                await _batch.CommitAsync();
                CommitSeconds.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                CommitAppends.Record(_batch.Count);
                Answer();
                return;
            }
            catch (PostgresException e) when (LogFailures.IsRace(e) && repeats < MaxRepeats)
            {
                LogRepeated(_batch.Count, e.SqlState);
                await DropConnectionAsync();
            }
            catch (PostgresException e) when (LogFailures.IsRejected(e))
            {
                await DropConnectionAsync();
                await RejectAsync(e);
                return;
            }
            catch (Exception e) when (LogFailures.IsAway(e))
            {
                await DropConnectionAsync();
                Fail(_batch.Appends, LogFailures.Unavailable(e));
                await WaitForDatabaseAsync(e);
                return;
            }
        }
    }

    private void Answer()
    {
        foreach (var append in _batch.Appends)
        {
            if (append.Position > 0)
            {
                Tell(append.Append);
            }
        }

        _commits.Wake();
        _announcer.Announce();
        foreach (var append in _batch.Appends)
        {
            append.Done();
        }
    }

    private void Tell(Append append)
    {
        try
        {
            _commits.Raise(append);
        }
        catch (Exception e)
        {
            // It is committed, so its caller must hear so, whatever a listener makes of it.
            LogListenerFailed(e, append.Stream);
        }
    }

    /// <summary>Something in the batch cannot be stored. Its neighbours have nothing to do with it: one at a time.</summary>
    private async Task RejectAsync(Exception why)
    {
        if (_batch.Count == 1)
        {
            var append = _batch.Appends[0];
            LogRejected(why, append.Append.Stream, append.Append.CommandId);
            append.Failed(new AppendRejectedException(append.Append, why));
            return;
        }

        var alone = _batch.Appends.ToList();
        for (var i = 0; i < alone.Count; i++)
        {
            _batch.Clear();
            if (_away is { } away)
            {
                Fail(alone.Skip(i), LogFailures.Unavailable(away));
                return;
            }

            _batch.TryAdd(alone[i]);
            await CommitAsync();
        }
    }

    private async Task ConnectAsync()
    {
        if (_session is not null)
        {
            return;
        }

        using var patience = new CancellationTokenSource(_options.ConnectTimeout);
        try
        {
            _session = await Session.OpenAsync(_dataSource, patience.Token);
            await _batch.PrepareAsync(_session.Connection, _options.CommitTimeout, patience.Token);
        }
        catch (OperationCanceledException e)
        {
            await DropConnectionAsync();
            throw new TimeoutException($"No connection to the database within {_options.ConnectTimeout.TotalSeconds} s.", e);
        }
        catch
        {
            await DropConnectionAsync();
            throw;
        }
    }

    /// <summary>A lost connection is replaced at once; only when that fails, appends are refused until it succeeds.</summary>
    private async Task WaitForDatabaseAsync(Exception why)
    {
        var pause = TimeSpan.FromMilliseconds(20);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await ConnectAsync();
                if (attempt > 0)
                {
                    LogBack();
                }

                _away = null;
                return;
            }
            catch (Exception e)
            {
                // Any reason will do: without a connection there is nothing else to do here than to try again.
                why = e;
            }

            await DropConnectionAsync();
            if (attempt == 0)
            {
                LogAway(why);
            }

            _away = why;
            FailQueued(why);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            // The machine's time, not the platform's: a test that stands still must not keep the log from coming back.
            await Task.Delay(pause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void FailQueued(Exception why)
    {
        var unavailable = LogFailures.Unavailable(why);
        Fail(_deferred, unavailable);
        _deferred.Clear();
        while (_queue.Reader.TryRead(out var append))
        {
            append.Failed(unavailable);
        }
    }

    /// <summary>After any failure the next attempt starts afresh, with nothing left over from the last.</summary>
    private async Task DropConnectionAsync()
    {
        _batch = _batch.Renew();
        if (_session is { } session)
        {
            _session = null;
            try
            {
                if (session.Connection.FullState != System.Data.ConnectionState.Open)
                {
                    // What has killed this one may have killed the others in the pool.
                    _dataSource.Clear();
                }

                await session.DisposeAsync();
            }
            catch (Exception e) when (LogFailures.IsAway(e))
            {
                LogDropFailed(e);
            }
        }
    }

    private static void Fail(IEnumerable<PendingAppend> appends, Exception why)
    {
        foreach (var append in appends)
        {
            append.Failed(why);
        }
    }
}
