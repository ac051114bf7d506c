using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Escalation.Silo.Database;
using Escalation.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.Silo.Tests.Database;

public sealed class PrivatePostgresTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly DataFolderLock _lock;

    public PrivatePostgresTests()
    {
        (_folder, _lock) = TestPostgres.NewFolder();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private PrivatePostgresOptions Options => new() { DataFolder = _folder, SharedBuffersMb = 32 };

    private PostgresFolder Folder => new(_folder);

    public async ValueTask DisposeAsync()
    {
        await PrivatePostgres.StopLeftoverAsync(Options, CancellationToken.None);
        TestPostgres.Remove(_folder, _lock);
    }

    [Fact]
    public async Task A_first_start_makes_a_durable_cluster_in_Unicode_that_only_this_machine_reaches()
    {
        await using var server = await StartAsync();

        Assert.Equal("escalation", await AskAsync(server, "select current_database()"));
        Assert.Equal("UTF8", await AskAsync(server, "show server_encoding"));
        Assert.Equal("ÄRGER", await AskAsync(server, "select upper('ärger')"));
        Assert.Equal("127.0.0.1", await AskAsync(server, "show listen_addresses"));
        Assert.Equal("", await AskAsync(server, "show unix_socket_directories"));
        Assert.Equal("UTC", await AskAsync(server, "show timezone"));
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes", "data_checksums" })
        {
            Assert.Equal("on", await AskAsync(server, $"show {setting}"));
        }
    }

    [Fact]
    public async Task The_password_is_needed_and_only_the_owner_can_read_it()
    {
        await using var server = await StartAsync();

        var guess = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "guess" }.ConnectionString;
        await using var connection = new NpgsqlConnection(guess);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Cancelled));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Folder.Keys));
        }
    }

    [Fact]
    public async Task A_restart_keeps_the_data_and_the_port_and_a_stop_leaves_nothing_running()
    {
        int port;
        PostmasterFile process;
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first, "create table kept (it text); insert into kept values ('word')");
            (port, process) = (first.Port, Postmaster());
            Assert.True(process.IsServing(Folder));
        }

        Assert.Null(PostmasterFile.Read(Folder));
        Assert.False(process.IsServing(Folder));
        await using var second = await StartAsync();
        Assert.Equal("word", await AskAsync(second, "select it from kept"));
        Assert.Equal(port, second.Port);
    }

    [Fact]
    public async Task A_server_left_by_a_killed_host_is_taken_over_as_it_is()
    {
        var left = await StartUnderAHostThatIsKilledAsync();
        var process = Postmaster();

        await using var next = await StartAsync();

        Assert.True(next.Adopted);
        Assert.Equal(process, Postmaster());
        Assert.Equal(left.ConnectionString, next.ConnectionString);
        await next.StopAsync();
        Assert.False(process.IsServing(Folder));
    }

    [Fact]
    public async Task A_server_left_by_a_killed_host_is_replaced_when_the_settings_have_changed()
    {
        await StartUnderAHostThatIsKilledAsync();
        var (process, port) = (Postmaster().Process, Postmaster().Port);

        await using var next = await StartAsync(Options with { MaxConnections = 123 });

        Assert.False(next.Adopted);
        Assert.Equal(port, next.Port);
        Assert.NotEqual(process, Postmaster().Process);
        Assert.Equal("123", await AskAsync(next, "show max_connections"));
    }

    [Fact]
    public async Task A_stale_pid_file_whose_number_now_belongs_to_somebody_else_is_no_obstacle()
    {
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first, "create table kept (it text)");
        }

        // It belongs to the server's own account: PostgreSQL by itself would take it for another server.
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stranger is a shell command.");
        var account = await PostgresAccount.ChooseAsync(
            Folder, PostgresBinaries.Find(null), TimeProvider.System, Cancelled);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var stranger = account.RunAsync(
            ["sh", "-c", "echo $$ > \"$0\" && exec sleep 600", Folder.Postmaster], cancellationToken: gone.Token);
        await EventuallyAsync(() => PostmasterFile.Read(Folder) is { Process: > 0 });
        var process = Postmaster().Process;

        await using var server = await StartAsync();
        Assert.Equal("0", await AskAsync(server, "select count(*) from kept"));
        Assert.NotEqual(process, Postmaster().Process);
        Assert.False(stranger.IsCompleted);
        await gone.CancelAsync();
    }

    [Fact]
    public async Task A_pid_file_that_says_little_or_nonsense_is_no_obstacle()
    {
        await using (await StartAsync())
        {
        }

        foreach (var content in new[] { "", "4194303999\n", "1\n/elsewhere\n" })
        {
            await File.WriteAllTextAsync(Folder.Postmaster, content, Cancelled);

            await using var server = await StartAsync();
            Assert.Equal("1", await AskAsync(server, "select 1"));
        }
    }

    [Fact]
    public async Task A_killed_server_comes_back_on_the_same_port_and_a_pool_reconnects_with_nothing_lost()
    {
        await using var server = await StartAsync();
        await using var pool = NpgsqlDataSource.Create(server.ConnectionString);
        await ExecuteAsync(pool, "create table kept (it int)");
        await ExecuteAsync(pool, "insert into kept values (1)");
        var process = Postmaster().Process;

        Kill(process);

        await EventuallyAsync(() => server.Restarts == 1);
        await EventuallyAsync(async () => await AskAsync(pool, "select count(*) from kept") == "1");
        Assert.NotEqual(process, Postmaster().Process);
    }

    [Fact]
    public async Task A_killed_server_whose_child_still_holds_the_cluster_is_waited_for()
    {
        await using var server = await StartAsync();
        await using var busy = new NpgsqlConnection(server.ConnectionString);
        await busy.OpenAsync(Cancelled);

        // A backend in a loop of its own does not look up to see that its postmaster is gone.
        await using var loop = new NpgsqlCommand(
            """
            do $$ declare started timestamptz := clock_timestamp();
            begin while clock_timestamp() < started + interval '3 seconds' loop end loop; end $$
            """,
            busy);
        var looping = loop.ExecuteNonQueryAsync(Cancelled);
        await EventuallyAsync(async () =>
            await AskAsync(server, $"select state from pg_stat_activity where pid = {busy.ProcessID}") == "active");

        Kill(Postmaster().Process);

        await EventuallyAsync(() => server.Restarts == 1);
        Assert.Equal("1", await AskAsync(server, "select 1"));
        Assert.Contains("pre-existing shared memory block", await ReadLogAsync(), StringComparison.Ordinal);
        await Task.WhenAny(looping);
    }

    [Fact]
    public async Task A_server_killed_together_with_its_host_is_recovered_by_the_next_start()
    {
        var left = await StartUnderAHostThatIsKilledAsync();
        await ExecuteAsync(left, "create table kept (it text); insert into kept values ('word')");
        Kill(Postmaster().Process);

        await using var next = await StartAsync();

        Assert.False(next.Adopted);
        Assert.Equal("word", await AskAsync(next, "select it from kept"));
        Assert.Contains("not properly shut down", await ReadLogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_taken_is_left_to_him()
    {
        int port;
        await using (var first = await StartAsync())
        {
            port = first.Port;
        }

        using var taker = new TcpListener(IPAddress.Loopback, port);
        taker.Start();

        await using var server = await StartAsync();
        Assert.NotEqual(port, server.Port);
        Assert.Equal("1", await AskAsync(server, "select 1"));
        Assert.Equal(server.Port, PostgresKeys.Read(Folder.Keys)!.Port);
    }

    [Fact]
    public async Task An_initdb_that_was_interrupted_leaves_nothing_a_start_would_trip_over()
    {
        using (var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancelled))
        {
            var starting = PrivatePostgres.StartAsync(Options, NullLogger.Instance, impatient.Token);
            await EventuallyAsync(() => Directory.EnumerateFiles(_folder, "PG_VERSION", SearchOption.AllDirectories).Any());
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        }

        Assert.False(Directory.Exists(Folder.Cluster));
        await using var server = await StartAsync();
        Assert.Equal("1", await AskAsync(server, "select 1"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder, PostgresFolder.DraftPattern));
    }

    [Fact]
    public async Task A_lost_password_is_replaced_and_the_data_stays()
    {
        await using (var first = await StartAsync())
        {
            await ExecuteAsync(first, "create table kept (it text); insert into kept values ('word')");
        }

        File.Delete(Folder.Keys);

        await using var server = await StartAsync();
        Assert.Equal("word", await AskAsync(server, "select it from kept"));
    }

    [Fact]
    public async Task Below_a_folder_that_only_root_may_enter_the_server_runs_all_the_same_and_not_as_root()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root has such folders.");
        var inner = Options with { DataFolder = Path.Combine(_folder, "inner") };
        using var chmod = Process.Start("chmod", ["0700", _folder]);
        await chmod.WaitForExitAsync(Cancelled);

        await using var server = await StartAsync(inner);

        var process = PostmasterFile.Read(new PostgresFolder(inner.DataFolder))!.Process;
        Assert.DoesNotContain("Uid:\t0", await File.ReadAllTextAsync($"/proc/{process}/status", Cancelled), StringComparison.Ordinal);
        await ExecuteAsync(server, "create table kept (it text); checkpoint");
        await server.StopAsync();
        await using var again = await StartAsync(inner);
        Assert.Equal("0", await AskAsync(again, "select count(*) from kept"));
    }

    [Fact]
    public async Task A_folder_that_is_no_cluster_and_one_of_another_version_are_refused_with_a_sentence()
    {
        Directory.CreateDirectory(Folder.Cluster);
        await File.WriteAllTextAsync(Path.Combine(Folder.Cluster, "letter.txt"), "Dear Sir", Cancelled);
        var foreign = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Equal(
            $"{Folder.Cluster} is no PostgreSQL cluster (it has no PG_VERSION). Move it away, or choose another --data.",
            foreign.Message);

        await File.WriteAllTextAsync(Path.Combine(Folder.Cluster, "PG_VERSION"), "17\n", Cancelled);
        var old = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.StartsWith(
            $"The database in {Folder.Cluster} was made by PostgreSQL 17, and this host brings 18.", old.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        await using (await StartAsync())
        {
        }

        File.Delete(Path.Combine(Folder.Cluster, "global", "pg_control"));

        var failure = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains(Folder.Log, failure.Message, StringComparison.Ordinal);
        Assert.Contains("could not find the database system", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_cut_when_it_has_grown_too_large_and_the_server_goes_on_writing_to_it()
    {
        await using var server = await StartAsync(Options with { LogBytes = 20_000 });

        await ExecuteAsync(server, $"do $$ begin raise log '{new string('x', 30_000)}'; end $$");
        await EventuallyAsync(() => File.Exists(Folder.Log + ".1") && new FileInfo(Folder.Log).Length < 20_000);

        await ExecuteAsync(server, "do $$ begin raise log 'a word afterwards'; end $$");
        Assert.Contains("a word afterwards", await ReadLogAsync(), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Folder.Log).Length, 1, 20_000);
    }

    [Fact]
    public async Task A_verb_beside_a_running_host_uses_its_server_and_leaves_it_running()
    {
        Assert.Null(await PrivatePostgres.FindRunningAsync(_folder, Cancelled));
        await using var server = await StartAsync();
        var process = Postmaster().Process;

        await using (var verb = await PrivateDatabase.OpenAsync(Options, NullLogger.Instance, Cancelled))
        {
            Assert.True(verb.IsShared);
            Assert.Equal(server.ConnectionString, verb.ConnectionString);
        }

        Assert.Equal(process, Postmaster().Process);
        Assert.Equal("1", await AskAsync(server, "select 1"));
    }

    [Fact]
    public async Task A_verb_without_a_host_has_a_server_of_its_own_as_long_as_it_runs()
    {
        _lock.Dispose();
        await using (var verb = await PrivateDatabase.OpenAsync(Options, NullLogger.Instance, Cancelled))
        {
            Assert.False(verb.IsShared);
            Assert.True(Postmaster().IsServing(Folder));
            Assert.Null(DataFolderLock.TryAcquire(_folder));
        }

        Assert.Null(PostmasterFile.Read(Folder));
        using var free = DataFolderLock.TryAcquire(_folder);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task What_a_killed_test_process_left_is_cleared_away()
    {
        var (folder, held) = TestPostgres.NewFolder(ofProcess: int.MaxValue);
        await StartUnderAHostThatIsKilledAsync(Options with { DataFolder = folder });
        var process = PostmasterFile.Read(new PostgresFolder(folder))!;

        await TestPostgres.ClearLeftoversAsync();
        Assert.True(process.IsServing(new PostgresFolder(folder)));

        held.Dispose();
        await TestPostgres.ClearLeftoversAsync();
        Assert.False(process.IsServing(new PostgresFolder(folder)));
        Assert.False(Directory.Exists(folder));
    }

    private static void Kill(int process) => Process.GetProcessById(process).Kill();

    private static async Task<string> AskAsync(PrivatePostgres server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        return await AskAsync(source, sql);
    }

    private static async Task<string> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var question = source.CreateCommand(sql);
        return $"{await question.ExecuteScalarAsync(Cancelled)}";
    }

    private static async Task ExecuteAsync(PrivatePostgres server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await ExecuteAsync(source, sql);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private static Task EventuallyAsync(Func<bool> condition) => EventuallyAsync(() => Task.FromResult(condition()));

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (NpgsqlException) when (TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
            }

            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "It did not come about in a minute.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled);
        }
    }

    private Task<PrivatePostgres> StartAsync(PrivatePostgresOptions? options = null) =>
        PrivatePostgres.StartAsync(options ?? Options, NullLogger.Instance, Cancelled);

    /// <summary>The server runs on, and nobody watches over it any more.</summary>
    private async Task<PrivatePostgres> StartUnderAHostThatIsKilledAsync(
        PrivatePostgresOptions? options = null)
    {
        var clock = new MortalClock();
        var server = await StartAsync((options ?? Options) with { Time = clock });
        clock.Die();
        return server;
    }

    private PostmasterFile Postmaster() => PostmasterFile.Read(Folder)!;

    private async Task<string> ReadLogAsync()
    {
        await using var log = new FileStream(
            Folder.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(log);
        return await reader.ReadToEndAsync(Cancelled);
    }

    /// <summary>A clock whose timers never fire again once it has died, as those of a killed process.</summary>
    private sealed class MortalClock : TimeProvider
    {
        private volatile bool _dead;

        public void Die() => _dead = true;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                it =>
                {
                    if (!_dead)
                    {
                        callback(it);
                    }
                },
                state, dueTime, period);
    }
}
