using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Silo.Log;
using Escalation.TestKit.Boards;
using Npgsql;
using static Escalation.Silo.Tests.Log.Appends;
using static Escalation.Silo.Tests.Log.PostgresLogUnderTest;

namespace Escalation.Silo.Tests.Log;

public sealed class PostgresLogContractTests : EventLogContract
{
    protected override async Task<LogUnderTest> StartAsync() => await PostgresLogUnderTest.StartAsync();
}

/// <summary>The same with two connections that commit, batches of seven, and a tail that reads ten at a time.</summary>
public sealed class PostgresLogInSmallBatchesContractTests : EventLogContract
{
    protected override async Task<LogUnderTest> StartAsync() =>
        await PostgresLogUnderTest.StartAsync(new PostgresLogOptions { Writers = 2, BatchSize = 7, TailBatchSize = 10 });
}

/// <summary>What only a log on a server has to prove: other hosts, other transactions, and the server going away.</summary>
public sealed class PostgresLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hosts_that_race_on_the_same_streams_make_one_history_each()
    {
        await using var one = await StartAsync();
        await using var other = one.SecondHost();
        var streams = Enumerable.Range(0, 10).Select(_ => NewId()).ToList();

        await EventLogContract.AllAsync(40, async n =>
        {
            for (var i = 0; i < 10; i++)
            {
                await (n % 2 == 0 ? one : other).Log.AppendSomewhereAsync(streams[(n + i) % streams.Count]);
            }

            return n;
        });

        await using var probe = new TailProbe(one.Tail);
        EventLogContract.AssertWholeHistories(await probe.SeeAsync(400));
    }

    [Fact]
    public async Task Another_hosts_commit_wakes_the_tail()
    {
        // With a poll as slow as this, only the notification can be in time.
        var seldom = new PostgresLogOptions { TailPoll = TimeSpan.FromMinutes(1) };
        await using var one = await StartAsync(seldom);
        await using var other = one.SecondHost(seldom);
        await using var probe = new TailProbe(one.Tail);
        var stream = NewId();
        for (var version = 0; version < 10; version++)
        {
            await other.Log.MustAppendAsync(Note(stream, version));
            Assert.Equal(version + 1, (await probe.SeeAsync(version + 1).WaitAsync(TimeSpan.FromSeconds(20), Token)).Count);
        }
    }

    [Fact]
    public async Task The_tail_waits_for_an_older_transaction_and_then_misses_nothing()
    {
        await using var subject = await StartAsync(new PostgresLogOptions { TailPoll = TimeSpan.FromMinutes(1) });
        await using var probe = new TailProbe(subject.Tail);
        var (before, foreign, after) = (NewId(), NewId(), NewId());
        await subject.Log.MustAppendAsync(Note(before, 0));
        await probe.SeeAsync(1);

        await using var stranger = await subject.StrangerAsync();
        await using var transaction = await stranger.BeginTransactionAsync(Token);
        await ExecuteAsync(
            stranger,
            $$"""
            insert into event (stream, version, at, category, kind, by, command, data)
            values ('{{foreign}}', 1, '2026-11-21 12:00Z', 'case', 'noteAdded', 'ben', '{{NewId()}}', '{}')
            """);

        // A tail that does not wait would have come past the open transaction long before the last of these.
        for (var version = 0; version < 50; version++)
        {
            await subject.Log.MustAppendAsync(Note(after, version));
        }

        Assert.Single(probe.Entries);
        await transaction.CommitAsync(Token);

        var seen = await probe.SeeAsync(52);
        Assert.Equal([before, foreign, after], seen.Take(3).Select(entry => entry.Stream));
        EventLogContract.AssertWholeHistories(seen);
    }

    [Fact]
    public async Task The_tail_survives_its_connections_being_killed()
    {
        await using var subject = await StartAsync();
        await using var probe = new TailProbe(subject.Tail);
        var stream = NewId();
        for (var version = 0; version < 20; version++)
        {
            await subject.Log.MustAppendAsync(Note(stream, version));
            if (version % 5 == 0)
            {
                await using var stranger = await subject.StrangerAsync();
                await ExecuteAsync(
                    stranger,
                    """
                    select pg_terminate_backend(pid)
                    from pg_stat_activity
                    where datname = current_database() and application_name not in ('stranger', 'escalation-log')
                    """);
            }
        }

        var seen = await probe.SeeAsync(20);
        Assert.Equal(Enumerable.Range(1, 20), seen.Select(entry => entry.Version));
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_when_every_connection_dies_under_load()
    {
        await using var subject = await StartAsync(new PostgresLogOptions { Writers = 2 });
        await using var probe = new TailProbe(subject.Tail);
        var acknowledged = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = EventLogContract.AllAsync(32, async n =>
        {
            var (stream, mine) = (NewId(), new List<Guid>());
            var version = 0;
            while (!enough.Task.IsCompleted)
            {
                var append = Note(stream, version);
                try
                {
                    if (await subject.Log.AppendAsync(append, Token) is AppendResult.Committed)
                    {
                        version++;
                        mine.Add(append.CommandId);
                        Interlocked.Increment(ref acknowledged);
                        continue;
                    }
                }
                catch (LogUnavailableException)
                {
                    // As a grain does: it may have been committed, so look before deciding again.
                }

                version = await VersionAsync(subject.Log, stream);
            }

            return (Stream: stream, Acknowledged: mine);
        });

        for (var kill = 1; kill <= 5; kill++)
        {
            var until = Volatile.Read(ref acknowledged) + 200;
            while (Volatile.Read(ref acknowledged) < until && !writing.IsCompleted)
            {
                await Task.Yield();
            }

            await subject.KillConnectionsAsync();
        }

        enough.SetResult();
        var written = await writing;

        var all = 0;
        foreach (var (stream, mine) in written)
        {
            var entries = await subject.Log.ReadAllAsync(stream);
            all += entries.Count;
            Assert.Equal(Enumerable.Range(1, entries.Count), entries.Select(entry => entry.Version));
            Assert.Empty(mine.Except(entries.Select(entry => entry.CommandId)));
            Assert.Equal(entries.Count, entries.DistinctBy(entry => entry.CommandId).Count());
        }

        EventLogContract.AssertWholeHistories(await probe.SeeAsync(all));
        Assert.Equal(all, probe.Entries.Count);
    }

    [Fact]
    public async Task While_the_database_is_away_everything_is_refused_and_then_resumes_by_itself()
    {
        await using var subject = await StartAsync();
        await using var probe = new TailProbe(subject.Tail);
        var stream = NewId();
        await subject.Log.MustAppendAsync(Note(stream, 0));
        await probe.SeeAsync(1);
        Assert.Null(subject.PostgresTail.StaleSince);
        var stale = new TaskCompletionSource();
        var fresh = new TaskCompletionSource();
        subject.PostgresTail.StaleSinceChanged += () => (subject.PostgresTail.StaleSince is null ? fresh : stale).TrySetResult();

        await using (await subject.TakeAwayAsync())
        {
            var refused = await EventLogContract.AllAsync(100, async n => await Record.ExceptionAsync(
                async () => await subject.Log.AppendAsync(Note(NewId(), 0), Token)));
            Assert.All(refused, exception => Assert.IsType<LogUnavailableException>(exception));
            await Assert.ThrowsAsync<LogUnavailableException>(() => subject.Log.ReadAllAsync(stream));
            await Assert.ThrowsAsync<LogUnavailableException>(() => subject.BoardRows.LoadAsync(Token));
            await stale.Task.WaitAsync(TailProbe.Limit, Token);
        }

        Exception? refusal;
        while ((refusal = await Record.ExceptionAsync(() => subject.Log.AppendSomewhereAsync(stream))) is not null)
        {
            Assert.IsType<LogUnavailableException>(refusal);
        }

        Assert.Equal([1, 2], (await probe.SeeAsync(2)).Select(entry => entry.Version));
        await fresh.Task.WaitAsync(TailProbe.Limit, Token);
    }

    [Fact]
    public async Task What_waits_behind_a_lock_is_answered_when_the_connection_dies()
    {
        await using var subject = await StartAsync();
        var stream = NewId();
        await subject.Log.MustAppendAsync(Note(stream, 0));
        await using var stranger = await subject.StrangerAsync();
        await using var transaction = await stranger.BeginTransactionAsync(Token);
        await ExecuteAsync(stranger, $"select from grain where id = '{stream}' for update");

        // The first waits in its transaction, the others in the queue.
        var waiting = Enumerable.Range(0, 20)
            .Select(n => subject.Log.AppendAsync(n == 0 ? Note(stream, 1) : Note(NewId(), 0), Token).AsTask()).ToList();
        await WaitForLockAsync(stranger);
        Assert.All(waiting, append => Assert.False(append.IsCompleted));
        await subject.KillConnectionsAsync();

        await Assert.ThrowsAsync<LogUnavailableException>(() => waiting[0].WaitAsync(TailProbe.Limit, Token));
        await transaction.RollbackAsync(Token);
        Assert.Equal(2, (await subject.Log.AppendSomewhereAsync(stream), await subject.Log.ReadAllAsync(stream)).Item2.Count);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_says_what_to_turn()
    {
        await using var subject = await StartAsync(new PostgresLogOptions { QueueLength = 1, BatchSize = 1 });
        var stream = NewId();
        await subject.Log.MustAppendAsync(Note(stream, 0));
        await using var stranger = await subject.StrangerAsync();
        await using var transaction = await stranger.BeginTransactionAsync(Token);
        await ExecuteAsync(stranger, $"select from grain where id = '{stream}' for update");
        var stuck = subject.Log.AppendAsync(Note(stream, 1), Token).AsTask();
        await WaitForLockAsync(stranger);
        var queued = subject.Log.AppendAsync(Note(NewId(), 0), Token).AsTask();

        var refused = await Assert.ThrowsAsync<LogUnavailableException>(
            async () => await subject.Log.AppendAsync(Note(NewId(), 0), Token));

        Assert.Contains("Escalation:Log:QueueLength", refused.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync(Token);
        Assert.IsType<AppendResult.Committed>(await stuck);
        Assert.IsType<AppendResult.Committed>(await queued);
    }

    [Fact]
    public async Task What_cannot_be_stored_fails_alone()
    {
        await using var subject = await StartAsync();

        var results = await EventLogContract.AllAsync(60, async n =>
        {
            var append = Of(NewId(), 0, new CaseEvent.NoteAdded("fine")) with { By = n % 20 == 0 ? "no \0 in PostgreSQL" : "ana" };
            return await Record.ExceptionAsync(async () => await subject.Log.MustAppendAsync(append));
        });

        Assert.All(results.Index(), item => Assert.Equal(item.Index % 20 == 0, item.Item is AppendRejectedException));
        Assert.Equal(57, results.Count(exception => exception is null));
    }

    [Fact]
    public async Task Listeners_hear_of_each_commit_before_its_answer_and_cannot_spoil_it()
    {
        await using var subject = await StartAsync();
        var heard = new List<Guid>();
        subject.Commits.Committed += append =>
        {
            heard.Add(append.CommandId);
            throw new InvalidOperationException("A listener with a bug.");
        };
        var append = Note(NewId(), 0);

        await subject.Log.MustAppendAsync(append);
        await subject.Log.AppendAsync(append, Token);

        Assert.Equal([append.CommandId], heard);
    }

    [Fact]
    public async Task What_is_queued_when_the_host_stops_is_still_committed()
    {
        await using var subject = await StartAsync();
        var log = new PostgresEventLog(
            subject.Source, Microsoft.Extensions.Options.Options.Create(new PostgresLogOptions()), subject.Commits,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<LogWriter>.Instance);
        var queued = Enumerable.Range(0, 500).Select(_ => log.AppendAsync(Note(NewId(), 0), Token).AsTask()).ToList();

        await log.DisposeAsync();

        Assert.All(await Task.WhenAll(queued), result => Assert.IsType<AppendResult.Committed>(result));
        await Assert.ThrowsAsync<LogUnavailableException>(async () => await log.AppendAsync(Note(NewId(), 0), Token));
    }

    private static async Task<int> VersionAsync(IEventLog log, Guid stream)
    {
        while (true)
        {
            try
            {
                return (await log.ReadAllAsync(stream)).Count;
            }
            catch (LogUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task WaitForLockAsync(NpgsqlConnection stranger)
    {
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", stranger);
        while ((long)(await command.ExecuteScalarAsync(Token))! == 0)
        {
            await Task.Yield();
        }
    }
}
