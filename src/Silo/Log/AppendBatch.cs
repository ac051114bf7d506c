using Npgsql;
using NpgsqlTypes;

namespace Escalation.Silo.Log;

/// <summary>
/// Appends of different streams as the parameters of one statement, which is also one transaction and one round trip.
/// The lists are filled anew for each batch and keep their room.
/// </summary>
internal sealed class AppendBatch : IDisposable
{
    // `opened` and `moved` are the gate: of two appends with the same expected version only the first gets through,
    // also when the other one runs on another host at the same time. Only the events and notices of those who got
    // through are written; the others are missing from the answer.
    // A board of the past that is stored does not know what an import adds to that past, so it goes; other appends are later
    // than all of them.
    // CUS-7: what is erased stands in rows that were there before this statement. What a mail server answered stood among the facts
    // once, and may name an address.
    // The case expressions keep the planner from turning "in" into a join: it does not know how long the lists are, and
    // its guess of ten suits a nested loop.
    private const string Sql =
        """
        with opened as (
            insert into grain (id, category, version, due_at, due_promise_at, due_statutory_at, harm, board)
            select stream, category, version, due_at, due_promise_at, due_statutory_at, harm, board
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                as wanted (stream, category, expected, version, due_at, due_promise_at, due_statutory_at, harm, board)
            where expected = 0
            on conflict (id) do nothing
            returning id
        ),
        moved as (
            update grain
            set version = wanted.version,
                due_at = wanted.due_at,
                due_promise_at = wanted.due_promise_at,
                due_statutory_at = wanted.due_statutory_at,
                harm = wanted.harm,
                board = case when wanted.keep then grain.board else wanted.board end
            from unnest($1, $3, $4, $5, $6, $7, $8, $9, $10)
                as wanted (stream, expected, version, due_at, due_promise_at, due_statutory_at, harm, board, keep)
            where wanted.expected > 0
                and grain.id = wanted.stream
                and grain.version = wanted.expected
            returning grain.id
        ),
        winner as materialized (
            select id from opened
            union all
            select id from moved
        ),
        written as (
            insert into event (stream, version, at, category, kind, by, command, data, personal)
            select stream, version, at, category, kind, by, command, data, personal
            from unnest($11, $12, $13, $14, $15, $16, $17, $18, $19)
                as happened (stream, version, at, category, kind, by, command, data, personal)
            where case when stream in (select id from winner) then true else false end
            returning stream, position
        ),
        told as (
            insert into notice (stream, number, send_at, channel, urgent_at)
            select stream, number, send_at, channel, urgent_at
            from unnest($20, $21, $22, $23, $24) as notice (stream, number, send_at, channel, urgent_at)
            where case when stream in (select id from winner) then true else false end
        ),
        forgotten as (
            delete from board_checkpoint where at >= $25
        ),
        erased as (
            update event
            set personal = null,
                data = case when kind in ('noticeFailed', 'noticeBounced', 'noticeDelayed') then (data::jsonb - 'reason')::json else data end
            where stream = any($26)
                and (personal is not null or kind in ('noticeFailed', 'noticeBounced', 'noticeDelayed'))
                and case when stream in (select id from winner) then true else false end
        )
        select stream, position
        from written
        """;

    // Looking up by key is always right here, whatever the planner believes about tables that were empty a minute ago.
    // An answer means that it is on disk, whatever the server's default.
    private const string Settings =
        """
        set enable_hashjoin = off;
        set enable_mergejoin = off;
        set enable_seqscan = off;
        set enable_bitmapscan = off;
        set plan_cache_mode = force_generic_plan;
        set synchronous_commit = on;
        set default_transaction_isolation = 'read committed';
        set application_name = 'escalation-log';
        """;

    private readonly NpgsqlCommand _command = new(Sql);
    private readonly Dictionary<Guid, PendingAppend> _appends = [];
    private readonly List<PendingAppend> _ordered = [];

    private readonly List<Guid> _streams = [];
    private readonly List<string> _categories = [];
    private readonly List<int> _expected = [];
    private readonly List<int> _versions = [];
    private readonly List<DateTime?> _dueAt = [];
    private readonly List<DateTime?> _duePromiseAt = [];
    private readonly List<DateTime?> _dueStatutoryAt = [];
    private readonly List<short> _harm = [];
    private readonly List<byte[]?> _boards = [];
    private readonly List<bool> _keep = [];

    private readonly List<Guid> _eventStreams = [];
    private readonly List<int> _eventVersions = [];
    private readonly List<DateTime> _eventAt = [];
    private readonly List<string> _eventCategories = [];
    private readonly List<string> _eventKinds = [];
    private readonly List<string> _eventBy = [];
    private readonly List<Guid> _eventCommands = [];
    private readonly List<byte[]> _eventData = [];
    private readonly List<byte[]?> _eventPersonal = [];

    private readonly List<Guid> _noticeStreams = [];
    private readonly List<int> _noticeNumbers = [];
    private readonly List<DateTime> _noticeSendAt = [];
    private readonly List<string> _noticeChannels = [];
    private readonly List<DateTime> _noticeUrgentAt = [];
    private readonly List<Guid> _erased = [];
    private readonly NpgsqlParameter<DateTime> _earliest = new() { NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public AppendBatch()
    {
        Add(_streams, NpgsqlDbType.Uuid);
        Add(_categories, NpgsqlDbType.Text);
        Add(_expected, NpgsqlDbType.Integer);
        Add(_versions, NpgsqlDbType.Integer);
        Add(_dueAt, NpgsqlDbType.TimestampTz);
        Add(_duePromiseAt, NpgsqlDbType.TimestampTz);
        Add(_dueStatutoryAt, NpgsqlDbType.TimestampTz);
        Add(_harm, NpgsqlDbType.Smallint);
        Add(_boards, NpgsqlDbType.Json);
        Add(_keep, NpgsqlDbType.Boolean);
        Add(_eventStreams, NpgsqlDbType.Uuid);
        Add(_eventVersions, NpgsqlDbType.Integer);
        Add(_eventAt, NpgsqlDbType.TimestampTz);
        Add(_eventCategories, NpgsqlDbType.Text);
        Add(_eventKinds, NpgsqlDbType.Text);
        Add(_eventBy, NpgsqlDbType.Text);
        Add(_eventCommands, NpgsqlDbType.Uuid);
        Add(_eventData, NpgsqlDbType.Json);
        Add(_eventPersonal, NpgsqlDbType.Json);
        Add(_noticeStreams, NpgsqlDbType.Uuid);
        Add(_noticeNumbers, NpgsqlDbType.Integer);
        Add(_noticeSendAt, NpgsqlDbType.TimestampTz);
        Add(_noticeChannels, NpgsqlDbType.Text);
        Add(_noticeUrgentAt, NpgsqlDbType.TimestampTz);
        _command.Parameters.Add(_earliest);
        Add(_erased, NpgsqlDbType.Uuid);
    }

    /// <summary>The appends, in the order of their streams, in which all hosts take their locks.</summary>
    public IReadOnlyList<PendingAppend> Appends => _ordered;

    public int Count => _ordered.Count;

    /// <summary>False when an append of the same stream is already in the batch: it has to wait for the next one.</summary>
    public bool TryAdd(PendingAppend append)
    {
        if (!_appends.TryAdd(append.Append.Stream, append))
        {
            return false;
        }

        _ordered.Add(append);
        return true;
    }

    /// <summary>
    /// The same appends with parameters that nobody has touched. After a failure the driver may hold lengths of values
    /// that it did not come to write, or still be writing; it would mix them with the next batch.
    /// </summary>
    public AppendBatch Renew()
    {
        var renewed = new AppendBatch();
        foreach (var append in _ordered)
        {
            renewed.TryAdd(append);
        }

        Dispose();
        return renewed;
    }

    /// <summary>Makes <paramref name="connection"/> ready for <see cref="CommitAsync"/>.</summary>
    public async Task PrepareAsync(NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using (var settings = new NpgsqlCommand(Settings, connection))
        {
            await settings.ExecuteNonQueryAsync(cancellationToken);
        }

        _command.Connection = connection;
        _command.CommandTimeout = (int)Math.Ceiling(timeout.TotalSeconds);
        await _command.PrepareAsync(cancellationToken);
    }

    /// <summary>Commits what can be committed, and sets the position of each append that was.</summary>
    public async Task CommitAsync()
    {
        _ordered.Sort(static (one, other) => one.Append.Stream.CompareTo(other.Append.Stream));
        Fill();
        await using var reader = await _command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            var append = _appends[reader.GetGuid(0)];
            append.Position = Math.Max(append.Position, reader.GetInt64(1));
        }

        await reader.CloseAsync();
    }

    public void Clear()
    {
        _appends.Clear();
        _ordered.Clear();
    }

    public void Dispose() => _command.Dispose();

    private void Fill()
    {
        ClearLists();
        _earliest.TypedValue = DateTime.MaxValue;
        foreach (var pending in _ordered)
        {
            pending.Position = 0;
            var append = pending.Append;
            _earliest.TypedValue = append.At.UtcDateTime < _earliest.TypedValue ? append.At.UtcDateTime : _earliest.TypedValue;
            var due = append.Effects.Due;
            _streams.Add(append.Stream);
            _categories.Add(append.Category);
            _expected.Add(append.ExpectedVersion);
            _versions.Add(append.ExpectedVersion + pending.Events.Length);
            _dueAt.Add(due?.At.UtcDateTime);
            _duePromiseAt.Add(due?.PromiseAt?.UtcDateTime);
            _dueStatutoryAt.Add(due?.StatutoryAt?.UtcDateTime);
            _harm.Add(due?.Harm ?? 0);
            _boards.Add(pending.Board);
            _keep.Add(append.Effects.AreStored);
            if (append.Effects.ErasesPersonal)
            {
                _erased.Add(append.Stream);
            }

            FillEvents(pending);
            FillNotices(pending);
        }
    }

    private void FillEvents(PendingAppend pending)
    {
        var append = pending.Append;
        var version = append.ExpectedVersion;
        foreach (ref readonly var happened in pending.Events.AsSpan())
        {
            _eventStreams.Add(append.Stream);
            _eventVersions.Add(++version);
            _eventAt.Add(append.At.UtcDateTime);
            _eventCategories.Add(append.Category);
            _eventKinds.Add(happened.Kind);
            _eventBy.Add(append.By);
            _eventCommands.Add(append.CommandId);
            _eventData.Add(happened.Facts);
            _eventPersonal.Add(happened.Personal);
        }
    }

    private void FillNotices(PendingAppend pending)
    {
        foreach (var notice in pending.Append.Effects.Notices ?? [])
        {
            _noticeStreams.Add(pending.Append.Stream);
            _noticeNumbers.Add(notice.Number);
            _noticeSendAt.Add(notice.SendAt.UtcDateTime);
            _noticeChannels.Add(Notices.PostgresNoticeQueue.WordOf(notice.Channel));
            _noticeUrgentAt.Add((notice.UrgentAt ?? notice.SendAt).UtcDateTime);
        }
    }

    private void ClearLists()
    {
        _streams.Clear();
        _categories.Clear();
        _expected.Clear();
        _versions.Clear();
        _dueAt.Clear();
        _duePromiseAt.Clear();
        _dueStatutoryAt.Clear();
        _harm.Clear();
        _boards.Clear();
        _keep.Clear();
        _eventStreams.Clear();
        _eventVersions.Clear();
        _eventAt.Clear();
        _eventCategories.Clear();
        _eventKinds.Clear();
        _eventBy.Clear();
        _eventCommands.Clear();
        _eventData.Clear();
        _eventPersonal.Clear();
        _noticeStreams.Clear();
        _noticeNumbers.Clear();
        _noticeSendAt.Clear();
        _noticeChannels.Clear();
        _noticeUrgentAt.Clear();
        _erased.Clear();
    }

    private void Add<T>(List<T> values, NpgsqlDbType element) =>
        _command.Parameters.Add(new NpgsqlParameter<List<T>>
        {
            TypedValue = values,
            NpgsqlDbType = NpgsqlDbType.Array | element,
        });
}
