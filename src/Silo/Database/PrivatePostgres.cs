namespace Escalation.Silo.Database;

/// <summary>
/// The PostgreSQL server the host runs for itself: its cluster lies in the data folder, it answers on 127.0.0.1 only,
/// and it lives as long as the host. It survives a killed host, and the next one takes it over; if it is killed itself
/// it is started again on the same port. Whoever starts it holds the folder's <see cref="DataFolderLock"/>.
/// </summary>
internal sealed partial class PrivatePostgres : IAsyncDisposable
{
    private const int MostPauses = 10;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PrivatePostgresOptions _options;
    private readonly PostgresCluster _cluster;
    private readonly string _settings;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private PostgresKeys _keys;
    private Task _watch = Task.CompletedTask;
    private int _restarts;

    private PrivatePostgres(
        PrivatePostgresOptions options, PostgresCluster cluster, string settings, PostgresKeys keys, ILogger logger)
    {
        _options = options;
        _cluster = cluster;
        _settings = settings;
        _keys = keys;
        _logger = logger;
    }

    /// <summary>Good for the life of the host: neither port nor password changes while it runs.</summary>
    public string ConnectionString => _keys.ConnectionString();

    public int Port => _keys.Port;

    /// <summary>How often the server has died and been started again under this host.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>Whether this host found the server running and took it over.</summary>
    public bool Adopted { get; private set; }

    /// <summary>
    /// Starts the server of the data folder, or takes over the one a killed host left, and returns when it answers. The
    /// first start makes the cluster.
    /// </summary>
    public static async Task<PrivatePostgres> StartAsync(
        PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var begun = options.Time.GetTimestamp();
        var binaries = PostgresBinaries.Find(options.BinariesFolder);
        var cluster = await OpenAsync(options, binaries, cancellationToken);
        var folder = cluster.Folder;
        cluster.RemoveDrafts();

        var keys = PostgresKeys.Read(folder.Keys);
        if (keys is null)
        {
            keys = PostgresKeys.Create();
            keys.Write(folder.Keys);
        }

        if (!cluster.Exists)
        {
            Log.Creating(logger, folder.Cluster);
            await cluster.CreateAsync(keys.Password, cancellationToken);
        }

        cluster.CheckVersion();
        var server = new PrivatePostgres(options, cluster, PostgresSettings.Text(options, binaries), keys, logger);
        try
        {
            var process = await server.BringUpAsync(portMayMove: true, cancellationToken);
            var took = (long)options.Time.GetElapsedTime(begun).TotalMilliseconds;
            if (server.Adopted)
            {
                Log.Adopted(logger, process, server.Port, took);
            }
            else
            {
                Log.Started(logger, process, server.Port, took);
            }
        }
        catch
        {
            // Whatever went wrong, the caller has nothing to stop a server with.
            await cluster.StopAsync();
            throw;
        }

        server._watch = server.WatchAsync(server._stopping.Token);
        return server;
    }

    /// <summary>
    /// How to reach the server somebody else runs in this data folder; null if none answers. For a verb beside a running
    /// host: nothing is started or stopped.
    /// </summary>
    public static async Task<string?> FindRunningAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var folder = new PostgresFolder(dataFolder);
        return PostgresKeys.Read(folder.Keys) is { } keys
            && PostmasterFile.Read(folder) is { } file && file.IsServing(folder)
            && await PostgresProbe.AskAsync(folder, keys with { Port = file.Port }, cancellationToken) is Answer.Ours
            ? (keys with { Port = file.Port }).ConnectionString()
            : null;
    }

    /// <summary>Stops a server that was left running in the data folder, if there is one.</summary>
    public static async Task StopLeftoverAsync(PrivatePostgresOptions options, CancellationToken cancellationToken)
    {
        var folder = new PostgresFolder(options.DataFolder);
        if (PostmasterFile.Read(folder) is { } file && file.IsServing(folder))
        {
            var cluster = await OpenAsync(options, PostgresBinaries.Find(options.BinariesFolder), cancellationToken);
            await cluster.StopAsync();
        }
    }

    /// <summary>Stops watching, then the server. Nothing of it runs when this returns.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _watch;
        await _cluster.StopAsync();
        Log.Stopped(_logger);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await StopAsync();
        }

        _stopping.Dispose();
    }

    private static async Task<PostgresCluster> OpenAsync(
        PrivatePostgresOptions options, PostgresBinaries binaries, CancellationToken cancellationToken)
    {
        var folder = new PostgresFolder(options.DataFolder);
        Directory.CreateDirectory(folder.Data);
        var account = await PostgresAccount.ChooseAsync(folder, binaries, options.Time, cancellationToken);
        return new PostgresCluster(folder, binaries, account, options.Time);
    }

    /// <summary>
    /// Gets a server of ours to answer, whatever the folder was left in. A server that runs is taken over when it has
    /// our settings, and else replaced; one that is being started or stopped, and one that left processes behind which
    /// still use the cluster, are waited for.
    /// </summary>
    private async Task<int> BringUpAsync(bool portMayMove, CancellationToken cancellationToken)
    {
        var waitingSince = _options.Time.GetTimestamp();
        var wait = "";
        var started = false;
        var port = Port is 0 ? LoopbackPort.Choose() : Port;
        while (_options.Time.GetElapsedTime(waitingSince) < _options.Patience)
        {
            if (_cluster.Running() is { } running)
            {
                if (!_cluster.HasSettings(_settings) || (!portMayMove && running.Port != Port))
                {
                    Log.Replacing(_logger, running.Process);
                    await _cluster.StopAsync();
                    continue;
                }

                var keys = _keys with { Port = running.Port };
                var answer = await PostgresProbe.AskAsync(_cluster.Folder, keys, cancellationToken);
                switch (answer)
                {
                    case Answer.Ours:
                        Adopted = !started && portMayMove;
                        Remember(keys);
                        return running.Process;
                    case Answer.WrongPassword:
                        // postgres.json was lost, or belongs to another cluster.
                        await ResetPasswordAsync(cancellationToken);
                        continue;
                    case Answer.NotYet:
                        // Replaying its log may take minutes, and stopping it would only mean to begin anew.
                        waitingSince = _options.Time.GetTimestamp();
                        break;
                }

                wait = $"process {running.Process} runs, but the answer on port {running.Port} is: {answer}";
            }
            else
            {
                if (!_cluster.Exists)
                {
                    throw new PrivatePostgresException(
                        $"{_cluster.Folder.Cluster} is gone. Stop the host, and restore a backup.");
                }

                var (outcome, said) = await _cluster.StartAsync(port, _settings, cancellationToken);
                switch (outcome)
                {
                    case Launch.Started:
                        started = true;
                        continue;
                    case Launch.PortTaken when portMayMove:
                        port = LoopbackPort.Choose();
                        continue;
                    case Launch.StillHeld when wait.Length is 0:
                        Log.Waiting(_logger, _cluster.Folder.Cluster);
                        break;
                    case Launch.Failed:
                        throw new PrivatePostgresException(
                            $"PostgreSQL does not start in {_cluster.Folder.Cluster}. {_cluster.Folder.Log} ends with:"
                            + Environment.NewLine + said);
                }

                wait = said;
            }

            await Task.Delay(Glance / 2, _options.Time, cancellationToken);
        }

        throw new PrivatePostgresException(
            $"PostgreSQL does not start in {_cluster.Folder.Cluster}, and {_options.Patience.TotalSeconds:0} seconds of "
            + $"trying did not help: {wait}. See {_cluster.Folder.Log}.");
    }

    /// <summary>Starts the server again whenever it has died, until the host stops.</summary>
    private async Task WatchAsync(CancellationToken stopping)
    {
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Glance + (Pause * Math.Min(failures, MostPauses)), _options.Time, stopping);
                _cluster.BoundLog(_options.LogBytes);
                if (_cluster.Running() is null)
                {
                    await ReviveAsync(isNews: failures is 0, stopping);
                }

                failures = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                // A full disk, a taken port: the host refuses work meanwhile, and goes on when the cause is gone. The
                // watch must outlive whatever it is.
                failures++;
                Log.StaysDown(_logger, e);
            }
        }
    }

    private async Task ReviveAsync(bool isNews, CancellationToken stopping)
    {
        if (isNews)
        {
            Log.Died(_logger, _cluster.Folder.Log);
        }

        var begun = _options.Time.GetTimestamp();
        var process = await BringUpAsync(portMayMove: false, stopping);
        Interlocked.Increment(ref _restarts);
        Log.Revived(_logger, process, Port, (long)_options.Time.GetElapsedTime(begun).TotalMilliseconds);
    }

    private async Task ResetPasswordAsync(CancellationToken cancellationToken)
    {
        Log.ResettingPassword(_logger, _cluster.Folder.Keys);
        await _cluster.StopAsync();
        await _cluster.ResetPasswordAsync(_keys.Password, cancellationToken);
    }

    private void Remember(PostgresKeys keys)
    {
        if (keys != _keys)
        {
            keys.Write(_cluster.Folder.Keys);
            _keys = keys;
        }
    }
}
