using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Escalation.Silo.Database;
using Microsoft.Extensions.Logging.Abstractions;

namespace Escalation.TestKit;

/// <summary>
/// The one PostgreSQL of a test process: started when first asked for, in a folder of its own, and gone with the
/// process. What killed test processes have left is cleared away by the next one.
/// </summary>
internal static class TestPostgres
{
    private static readonly Lazy<Task> Cleared = new(ClearLeftoversAsync);
    private static readonly Lazy<Task<PrivatePostgres>> Server = new(StartAsync);
    private static Func<Task>? _stop;

    private static string Nest => Path.Combine(Path.GetTempPath(), $"escalation-tests-{Environment.UserName}");

    public static Task<PrivatePostgres> GetAsync() => Server.Value;

    /// <summary>Stops and removes the server, if there is one. Nobody may ask for it afterwards.</summary>
    public static Task StopAsync() => Interlocked.Exchange(ref _stop, null) is { } stop ? stop() : Task.CompletedTask;

    /// <summary>A fresh data folder that says whose it is, and the lock on it.</summary>
    public static (string Folder, DataFolderLock Lock) NewFolder(int? ofProcess = null)
    {
        var name = $"{ofProcess ?? Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var folder = Path.Combine(Nest, name);
        return (folder, DataFolderLock.Acquire(folder));
    }

    /// <summary>Deletes a data folder and lets go of it; the lock's own file cannot go first on Windows.</summary>
    public static void Remove(string folder, DataFolderLock held)
    {
        foreach (var inside in Directory.EnumerateDirectories(folder))
        {
            Directory.Delete(inside, recursive: true);
        }

        held.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Stops and removes what test processes that no longer live have left.</summary>
    public static async Task ClearLeftoversAsync()
    {
        var folders = Directory.Exists(Nest) ? Directory.GetDirectories(Nest) : [];
        foreach (var folder in folders.Where(folder => !OwnerLives(folder)))
        {
            try
            {
                if (DataFolderLock.TryAcquire(folder) is { } held)
                {
                    await PrivatePostgres.StopLeftoverAsync(
                        new PrivatePostgresOptions { DataFolder = folder }, CancellationToken.None);
                    Remove(folder, held);
                }
            }
            catch (Exception e) when (e is PrivatePostgresException or IOException or UnauthorizedAccessException)
            {
                // Another test process clears it away at the same time.
            }
        }
    }

    private static bool OwnerLives(string folder)
    {
        try
        {
            var process = int.Parse(Path.GetFileName(folder).Split('-')[0], CultureInfo.InvariantCulture);
            using var owner = Process.GetProcessById(process);
            return !owner.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<PrivatePostgres> StartAsync()
    {
        await Cleared.Value;
        var (folder, held) = NewFolder();
        var server = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);

        _stop = async () =>
        {
            await server.StopAsync();
            Remove(folder, held);
        };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAsync().GetAwaiter().GetResult();
        return server;
    }
}

/// <summary>
/// The last to end of all that a run of tests has: stops the server while the runner waits for it. Left to the end of the process
/// that may take ten seconds, after which the runner calls the run a failure.
/// </summary>
public sealed class TestPostgresEnd : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await TestPostgres.StopAsync();
}
