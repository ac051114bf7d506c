namespace Escalation.Silo.Database;

/// <summary>
/// The private database for a verb: the server of a host that runs on the data folder, which is left alone; or else one
/// that is started for the verb and stopped after it.
/// </summary>
internal sealed class PrivateDatabase : IAsyncDisposable
{
    private readonly DataFolderLock? _lock;
    private readonly PrivatePostgres? _own;

    private PrivateDatabase(string connectionString, DataFolderLock? folderLock, PrivatePostgres? own)
    {
        ConnectionString = connectionString;
        _lock = folderLock;
        _own = own;
    }

    public string ConnectionString { get; }

    /// <summary>Whether a host runs beside us on the same data.</summary>
    public bool IsShared => _own is null;

    public static async Task<PrivateDatabase> OpenAsync(
        PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var begun = options.Time.GetTimestamp();
        while (true)
        {
            if (DataFolderLock.TryAcquire(options.DataFolder) is { } folderLock)
            {
                try
                {
                    var own = await PrivatePostgres.StartAsync(options, logger, cancellationToken);
                    return new PrivateDatabase(own.ConnectionString, folderLock, own);
                }
                catch
                {
                    folderLock.Dispose();
                    throw;
                }
            }

            if (await PrivatePostgres.FindRunningAsync(options.DataFolder, cancellationToken) is { } running)
            {
                return new PrivateDatabase(running, folderLock: null, own: null);
            }

            // The host beside us is just starting, or stopping; or it uses another database.
            if (options.Time.GetElapsedTime(begun) > options.Patience)
            {
                throw DataFolderInUseException.For(Path.GetFullPath(options.DataFolder));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), options.Time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }

        _lock?.Dispose();
    }
}
