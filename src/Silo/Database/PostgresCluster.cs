using System.Security.Cryptography;

namespace Escalation.Silo.Database;

/// <summary>How an attempt to start the server ended.</summary>
internal enum Launch
{
    Started,

    /// <summary>Another program listens on the port.</summary>
    PortTaken,

    /// <summary>A former server, or a process it left behind, still has the cluster open.</summary>
    StillHeld,

    Failed,
}

/// <summary>The cluster's folder and the programs that make, start and stop it. It remembers nothing and watches nothing.</summary>
internal sealed class PostgresCluster(
    PostgresFolder folder, PostgresBinaries binaries, PostgresAccount account, TimeProvider time)
{
    public PostgresFolder Folder { get; } = folder;

    public bool Exists => File.Exists(Path.Combine(Folder.Cluster, "PG_VERSION"));

    /// <summary>The server of this cluster, if one runs.</summary>
    public PostmasterFile? Running() =>
        PostmasterFile.Read(Folder) is { } file && file.IsServing(Folder) ? file : null;

    /// <summary>
    /// Makes the cluster under a name of its own and renames it when it is complete and on disk: a kill half-way leaves
    /// a draft that the next start throws away, never half a cluster.
    /// </summary>
    public async Task CreateAsync(string password, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Folder.Cluster) && Directory.EnumerateFileSystemEntries(Folder.Cluster).Any())
        {
            throw new PrivatePostgresException(
                $"{Folder.Cluster} is no PostgreSQL cluster (it has no PG_VERSION). Move it away, or choose another --data.");
        }

        var name = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var draft = Folder.Draft(name);
        var passwordFile = Folder.Draft(name + ".pw");
        try
        {
            Directory.CreateDirectory(draft);
            await File.WriteAllTextAsync(passwordFile, "", cancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
            await account.OwnAsync(passwordFile, cancellationToken);
            await account.OwnAsync(draft, cancellationToken);

            // C.UTF-8: order by code point, upper and lower case of every script, the same on every machine.
            var made = await account.RunAsync(
                [
                    binaries.Tool("initdb"), "--pgdata", draft, "--username", PostgresKeys.User, "--pwfile", passwordFile,
                    "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin",
                    "--builtin-locale", "C.UTF-8", "--data-checksums", "--no-instructions",
                ],
                cancellationToken: cancellationToken);
            if (!made.Succeeded)
            {
                throw new PrivatePostgresException(
                    $"PostgreSQL's initdb could not make a cluster in {Folder.Data}: {made.Output}");
            }

            if (Directory.Exists(Folder.Cluster))
            {
                Directory.Delete(Folder.Cluster);
            }

            Directory.Move(draft, Folder.Cluster);
            await SyncAsync(Folder.Data, cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <summary>Throws away what interrupted attempts left. One may still be writing: then the next start does it.</summary>
    public void RemoveDrafts()
    {
        foreach (var draft in new DirectoryInfo(Folder.Data).EnumerateFileSystemInfos(PostgresFolder.DraftPattern))
        {
            try
            {
                if (draft is DirectoryInfo directory)
                {
                    directory.Delete(recursive: true);
                }
                else
                {
                    draft.Delete();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    /// <summary>A cluster of another major version cannot be opened by these binaries.</summary>
    public void CheckVersion()
    {
        var version = File.ReadAllText(Path.Combine(Folder.Cluster, "PG_VERSION")).Trim();
        if (version != $"{PostgresBinaries.Major}")
        {
            throw new PrivatePostgresException(
                $"The database in {Folder.Cluster} was made by PostgreSQL {version}, and this host brings "
                + $"{PostgresBinaries.Major}. Restore a backup into a new data folder, or use the host it was made with.");
        }
    }

    /// <summary>Sets the password of a cluster that does not run, for one whose postgres.json is lost.</summary>
    public async Task ResetPasswordAsync(string password, CancellationToken cancellationToken)
    {
        RemoveStaleFile();
        await account.OwnAsync(Folder.Cluster, cancellationToken);
        var done = await account.RunAsync(
            [binaries.Server, "--single", "-D", Folder.Cluster, "template1"],
            $"alter role {PostgresKeys.User} password '{password}'\n",
            cancellationToken);
        if (!done.Succeeded || done.Output.Contains("ERROR:", StringComparison.Ordinal))
        {
            throw new PrivatePostgresException(
                $"{Folder.Keys} is missing or wrong, and a new password could not be set: {done.Output}");
        }
    }

    /// <summary>Whether the cluster's settings are these.</summary>
    public bool HasSettings(string text) => File.Exists(Folder.Settings) && File.ReadAllText(Folder.Settings) == text;

    /// <summary>Starts the server and waits until it answers, recovery included. Cancelling stops it again.</summary>
    public async Task<(Launch Outcome, string Said)> StartAsync(
        int port, string settings, CancellationToken cancellationToken)
    {
        RemoveStaleFile();
        if (!HasSettings(settings))
        {
            await File.WriteAllTextAsync(Folder.Settings, settings, cancellationToken);
        }

        await File.AppendAllTextAsync(Folder.Log, "", cancellationToken);
        await account.OwnAsync(Folder.Cluster, cancellationToken);
        await account.OwnAsync(Folder.Log, cancellationToken);
        var logged = new FileInfo(Folder.Log).Length;

        // pg_ctl puts the server into a session of its own, so that Ctrl-C in the terminal leaves it to the host to stop
        // it. pg_ctl is not killed when we are cancelled: that would leave a server behind that nobody waits for.
        var starting = account.RunAsync(
            [
                binaries.Tool("pg_ctl"), "start", "--silent", "--wait", "--timeout", "3600",
                "--pgdata", Folder.Cluster, "--log", Folder.Log, "--options", $"-p {port}",
            ],
            cancellationToken: CancellationToken.None);
        try
        {
            await starting.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            while (!starting.IsCompleted)
            {
                await StopAsync();
                await Task.WhenAny(starting, Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None));
            }

            await StopAsync();
            throw;
        }

        var result = await starting;
        if (result.Succeeded)
        {
            return (Launch.Started, "");
        }

        var said = await LogSinceAsync(logged, cancellationToken);
        return (Outcome(said), said.Length > 0 ? said : result.Output);
    }

    /// <summary>Stops the server if it runs: open transactions are rolled back, what is committed is on disk already.</summary>
    public async Task StopAsync()
    {
        var said = "";
        foreach (var mode in new[] { "fast", "immediate" })
        {
            if (Running() is not { } running)
            {
                return;
            }

            var stop = await account.RunAsync(
                [
                    binaries.Tool("pg_ctl"), "stop", "--silent", "--wait", "--timeout", "60",
                    "--pgdata", Folder.Cluster, "--mode", mode,
                ]);
            said = stop.Output;

            // Its file goes a moment before the process itself.
            while (stop.Succeeded && running.IsServing(Folder))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), time, CancellationToken.None);
            }
        }

        if (Running() is { } left)
        {
            throw new PrivatePostgresException($"PostgreSQL (process {left.Process}) does not stop: {said}");
        }
    }

    /// <summary>Keeps postgres.log within bounds. The server appends to it, so it may be cut under its hands.</summary>
    public void BoundLog(long limit)
    {
        try
        {
            if (new FileInfo(Folder.Log) is { Exists: true } log && log.Length > limit)
            {
                log.CopyTo(Folder.Log + ".1", overwrite: true);
                using var cut = new FileStream(
                    Folder.Log, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody reads it just now, on Windows: the next time will do.
        }
    }

    private static Launch Outcome(string said) =>
        said.Contains("could not bind", StringComparison.Ordinal)
        || said.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal) ? Launch.PortTaken
        : said.Contains("pre-existing shared memory block", StringComparison.Ordinal)
        || said.Contains("lock file \"postmaster.pid\"", StringComparison.Ordinal) ? Launch.StillHeld
        : Launch.Failed;

    /// <summary>
    /// PostgreSQL would honour the file of a dead server while any process has its number, even one nobody has reaped.
    /// If we are wrong and a server does live, the cluster's shared memory still keeps a second one out.
    /// </summary>
    private void RemoveStaleFile()
    {
        if (Running() is null)
        {
            File.Delete(Folder.Postmaster);
        }
    }

    private async Task<string> LogSinceAsync(long position, CancellationToken cancellationToken)
    {
        await using var log = new FileStream(
            Folder.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Position = Math.Min(position, log.Length);
        using var reader = new StreamReader(log);
        var lines = (await reader.ReadToEndAsync(cancellationToken)).TrimEnd().Split('\n');
        return string.Join(Environment.NewLine, lines.TakeLast(15));
    }

    /// <summary>Makes the folder's names as durable as what they stand for; Windows does so itself.</summary>
    private async Task SyncAsync(string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            await Command.RunAsync(["sync", path], time, cancellationToken: cancellationToken);
        }
    }
}
