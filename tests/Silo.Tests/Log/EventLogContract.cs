using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.TestKit.Boards;
using static Escalation.Silo.Tests.Log.Appends;

namespace Escalation.Silo.Tests.Log;

/// <summary>What every log has to keep: one history, one unit, one feed.</summary>
public abstract class EventLogContract : IAsyncLifetime
{
    private LogUnderTest _subject = null!; // Set by InitializeAsync, before each test.

    private IEventLog Log => _subject.Log;

    public async ValueTask InitializeAsync() => _subject = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _subject.DisposeAsync();
    }

    protected abstract Task<LogUnderTest> StartAsync();

    [Fact]
    public async Task What_was_appended_is_read_back_whole()
    {
        var stream = NewId();
        var opened = Of(stream, 0, new CaseEvent.NoteAdded("Ünïcode: 漢字 \"quoted\" {}"), new CaseEvent.OwnerAssigned("ana", null));
        var last = await Log.MustAppendAsync(opened);

        var entries = await Log.ReadAllAsync(stream);

        Assert.Equal(
            [
                new Entry(stream, "case", 1, entries[0].Position, Noon, "ana", opened.CommandId, opened.Events[0]),
                new Entry(stream, "case", 2, last, Noon, "ana", opened.CommandId, opened.Events[1]),
            ],
            entries);
        Assert.True(entries[0].Position < last);
    }

    [Fact]
    public async Task Reading_starts_after_the_version_asked_for_and_knows_no_other_stream()
    {
        var stream = NewId();
        await Log.MustAppendAsync(Note(NewId(), 0));
        await Log.MustAppendAsync(Of(stream, 0, [.. Enumerable.Range(1, 5).Select(n => new CaseEvent.NoteAdded($"{n}"))]));

        var entries = await Log.ReadAsync(stream, 3, TestContext.Current.CancellationToken);

        Assert.Equal([4, 5], entries.Select(entry => entry.Version));
        Assert.Empty(await Log.ReadAllAsync(NewId()));
    }

    [Fact]
    public async Task Of_forty_writers_that_expect_the_same_version_exactly_one_wins()
    {
        var stream = NewId();
        for (var version = 0; version < 5; version++)
        {
            var results = await AllAsync(40, _ => Log.AppendAsync(Note(stream, version), TestContext.Current.CancellationToken).AsTask());
            Assert.Single(results.OfType<AppendResult.Committed>());
        }

        Assert.Equal([1, 2, 3, 4, 5], (await Log.ReadAllAsync(stream)).Select(entry => entry.Version));
    }

    [Fact]
    public async Task Forty_racing_writers_make_one_history_without_gaps()
    {
        var stream = NewId();
        var wins = await AllAsync(40, async _ =>
        {
            var mine = new List<(long Position, Guid CommandId)>();
            for (var i = 0; i < 3; i++)
            {
                mine.Add(await Log.AppendSomewhereAsync(stream));
            }

            return mine;
        });

        var entries = await Log.ReadAllAsync(stream);
        Assert.Equal(Enumerable.Range(1, 120), entries.Select(entry => entry.Version));
        Assert.Equal(
            wins.SelectMany(mine => mine).Order(), entries.Select(entry => (entry.Position, entry.CommandId)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_conflict_leaves_nothing_behind(int expected)
    {
        var stream = NewId();
        await Log.MustAppendAsync(Note(stream, 0));
        await Log.MustAppendAsync(Note(stream, 1).With(new Due(Noon, null, Noon, 7), Row(stream, 2), new NoticeJob(1, Noon)));
        var before = await _subject.FindAsync(stream);

        var result = await Log.AppendAsync(
            Note(stream, expected).With(null, Row(stream, 9), new NoticeJob(2, Noon)), TestContext.Current.CancellationToken);

        Assert.IsType<AppendResult.Conflict>(result);
        AssertSame(before, await _subject.FindAsync(stream));
        Assert.Equal([1, 2], (await Log.ReadAllAsync(stream)).Select(entry => entry.Version));
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_has_no_version_to_build_on()
    {
        var stream = NewId();

        Assert.IsType<AppendResult.Conflict>(await Log.AppendAsync(Note(stream, 1), TestContext.Current.CancellationToken));
        Assert.Empty(await Log.ReadAllAsync(stream));
        Assert.Null(await _subject.FindAsync(stream));
    }

    [Fact]
    public async Task Due_row_and_notices_move_with_the_events()
    {
        var stream = NewId();
        var due = new Due(Noon.AddHours(1), Noon.AddHours(2), Noon.AddHours(1), 13);

        await Log.MustAppendAsync(Note(stream, 0).With(due, Row(stream, 1), new(1, Noon), new(2, Noon.AddHours(8))));
        AssertSame(
            new(1, due, Row(stream, 1), [new(1, Noon), new(2, Noon.AddHours(8))]), await _subject.FindAsync(stream));

        await Log.MustAppendAsync(Note(stream, 1).With(due with { PromiseAt = null }, Row(stream, 2), new NoticeJob(3, Noon)));
        AssertSame(
            new(2, due with { PromiseAt = null }, Row(stream, 2), [new(1, Noon), new(2, Noon.AddHours(8)), new(3, Noon)]),
            await _subject.FindAsync(stream));

        await Log.MustAppendAsync(Note(stream, 2));
        AssertSame(
            new(3, null, null, [new(1, Noon), new(2, Noon.AddHours(8)), new(3, Noon)]), await _subject.FindAsync(stream));
    }

    [Fact]
    [TestKit.Rule("BRD-2")]
    public async Task What_an_append_leaves_alone_stays_stored_and_shows_the_new_version()
    {
        var stream = NewId();
        var effects = new Effects(new Due(Noon.AddHours(1), null, Noon.AddHours(1), 13), Row(stream, 1));
        await Log.MustAppendAsync(Note(stream, 0) with { Effects = effects });

        await Log.MustAppendAsync(Note(stream, 1) with { Effects = effects.At(2) });

        AssertSame(new(2, effects.Due, Row(stream, 2), []), await _subject.FindAsync(stream));
        var (rows, _) = await _subject.BoardRows.LoadAsync(TestContext.Current.CancellationToken);
        AssertSame(Row(stream, 2), Assert.Single(rows));
        await using var probe = new TailProbe(_subject.Tail);
        await probe.SeeAsync(2);
        AssertSame(Row(stream, 2), Assert.Single(probe.Rows).Value);
    }

    [Fact]
    public async Task Losers_do_not_keep_their_neighbours_from_winning()
    {
        var streams = Enumerable.Range(0, 300).Select(_ => NewId()).ToList();
        await AllAsync(300, n => Log.MustAppendAsync(Note(streams[n], 0)));

        // Every third one comes too late, every third opens a stream of its own.
        var results = await AllAsync(300, n => Log.AppendAsync(
            (n % 3) switch
            {
                0 => Note(streams[n], 0),
                1 => Note(streams[n], 1),
                _ => Note(NewId(), 0),
            },
            TestContext.Current.CancellationToken).AsTask());

        Assert.All(results.Index(), item => Assert.Equal(item.Index % 3 == 0, item.Item is AppendResult.Conflict));
        for (var n = 0; n < 300; n++)
        {
            Assert.Equal(n % 3 == 1 ? 2 : 1, (await Log.ReadAllAsync(streams[n])).Count);
        }
    }

    [Fact]
    public async Task Appends_of_one_stream_sent_together_are_decided_one_by_one()
    {
        var stream = NewId();
        var token = TestContext.Current.CancellationToken;

        var first = Log.AppendAsync(Note(stream, 0), token);
        var second = Log.AppendAsync(Note(stream, 1), token);
        var third = Log.AppendAsync(Note(stream, 1), token);

        Assert.IsType<AppendResult.Committed>(await first);
        Assert.IsType<AppendResult.Committed>(await second);
        Assert.IsType<AppendResult.Conflict>(await third);
    }

    [Fact]
    public async Task An_erased_personal_part_reads_as_null_and_the_facts_stay()
    {
        var stream = NewId();
        await Log.MustAppendAsync(Of(
            stream, 0, new CaseEvent.ContactLogged(Direction.ToCustomer, Channel.Phone, "Anna Muster is angry."), new CaseEvent.OwnerAssigned("ana", null)));

        await _subject.EraseAsync(stream);

        Assert.Equal(
            [new CaseEvent.ContactLogged(Direction.ToCustomer, Channel.Phone, null), new CaseEvent.OwnerAssigned("ana", null)],
            (await Log.ReadAllAsync(stream)).Select(entry => entry.Event));
        await using var probe = new TailProbe(_subject.Tail);
        Assert.Equal(
            new CaseEvent.ContactLogged(Direction.ToCustomer, Channel.Phone, null), (await probe.SeeAsync(2))[0].Event);
    }

    [Fact]
    public async Task The_tail_sees_everything_once_and_in_order_while_writers_run()
    {
        await using var probe = new TailProbe(_subject.Tail);
        var streams = Enumerable.Range(0, 8).Select(_ => NewId()).ToList();

        await AllAsync(24, async n =>
        {
            for (var i = 0; i < 25; i++)
            {
                await Log.AppendSomewhereAsync(streams[(n + i) % streams.Count]);
            }

            return n;
        });

        AssertWholeHistories(await probe.SeeAsync(600));
        Assert.Equal(600, probe.Entries.Count);
    }

    [Fact]
    public async Task The_tail_goes_on_after_its_cursor()
    {
        var (stream, other) = (NewId(), NewId());
        await Log.MustAppendAsync(Note(stream, 0));
        TailCursor cursor;
        await using (var first = new TailProbe(_subject.Tail))
        {
            await first.SeeAsync(1);
            cursor = first.Cursor;
        }

        await Log.MustAppendAsync(Note(other, 0));
        await Log.MustAppendAsync(Note(stream, 1));
        await using var second = new TailProbe(_subject.Tail, cursor);

        Assert.Equal([(other, 1), (stream, 2)], (await second.SeeAsync(2)).Select(entry => (entry.Stream, entry.Version)));
    }

    [Fact]
    public async Task The_tail_brings_the_newest_row_of_an_open_case_and_none_of_a_closed_one()
    {
        var (open, closed) = (NewId(), NewId());
        await Log.MustAppendAsync(Note(open, 0).With(row: Row(open, 1)));
        await Log.MustAppendAsync(Note(closed, 0).With(row: Row(closed, 1)));
        await Log.MustAppendAsync(Note(open, 1).With(row: Row(open, 2)));
        await Log.MustAppendAsync(Note(closed, 1));
        await using var probe = new TailProbe(_subject.Tail);

        await probe.SeeAsync(4);

        AssertSame(Row(open, 2), Assert.Single(probe.Rows).Value);
    }

    [Fact]
    [TestKit.Rule("BRD-2")]
    public async Task Rows_and_the_tail_from_their_place_on_make_the_newest_board()
    {
        var streams = Enumerable.Range(0, 10).Select(_ => NewId()).ToList();
        await AllAsync(10, n => Log.MustAppendAsync(Note(streams[n], 0).With(row: Row(streams[n], 1))));
        var (none, _) = (0, await _subject.BoardRows.LoadAsync(TestContext.Current.CancellationToken));

        var writing = AllAsync(10, async n =>
        {
            for (var version = 1; version < 20; version++)
            {
                await Log.MustAppendAsync(Note(streams[n], version).With(row: n == 0 && version == 19 ? null : Row(streams[n], version + 1)));
            }

            return none;
        });
        var (rows, cursor) = await _subject.BoardRows.LoadAsync(TestContext.Current.CancellationToken);
        await writing;
        var marker = NewId();
        await Log.MustAppendAsync(Note(marker, 0));
        await using var probe = new TailProbe(_subject.Tail, cursor);
        await probe.SeeAsync(marker);

        var board = rows.ToDictionary(row => row.Id);
        foreach (var stream in probe.Entries.Select(entry => entry.Stream))
        {
            board.Remove(stream);
            if (probe.Rows.TryGetValue(stream, out var row))
            {
                board.Add(stream, row);
            }
        }

        Assert.Equal(streams.Skip(1).Select(id => (id, 20)).Order(), board.Values.Select(row => (row.Id, row.Version)).Order());
    }

    /// <summary>Each stream's versions are 1, 2, 3, ... in the order in which they were seen.</summary>
    internal static void AssertWholeHistories(IEnumerable<Entry> seen) =>
        Assert.All(
            seen.GroupBy(entry => entry.Stream),
            stream => Assert.Equal(Enumerable.Range(1, stream.Count()), stream.Select(entry => entry.Version)));

    internal static Task<T[]> AllAsync<T>(int count, Func<int, Task<T>> act) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(n => Task.Run(() => act(n)))).WaitAsync(TailProbe.Limit);

    /// <summary>Rows hold arrays, which know no equality: they are the same when they look the same.</summary>
    private static void AssertSame<T>(T expected, T actual) =>
        Assert.Equal(JsonSerializer.Serialize(expected, Wire.Json), JsonSerializer.Serialize(actual, Wire.Json));
}
