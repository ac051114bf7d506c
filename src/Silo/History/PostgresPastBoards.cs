using System.Globalization;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.History;

/// <summary>
/// BRD-6: the board as it was. Near a board that is in memory (the live one, or one that was asked for before) only the cases
/// are read again to which something happened in between; far from all of them the last whole board that is stored comes first,
/// then the changes since. What is not stored yet is read from the log.
/// </summary>
internal sealed class PostgresPastBoards(
    Board live, CaseFolds folds, Checkpoints checkpoints, RecentPasts recent, TimeProvider time, NpgsqlDataSource dataSource) : IPastBoards, IDisposable
{
    /// <summary>What was decided this long ago may still be on its way to the log, or from there to the live board.</summary>
    internal static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(60);

    private const int FirstYear = 1900;

    private static readonly TimeSpan FirstReach = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastReach = TimeSpan.FromDays(365 * 200);

    // A whole board is a large thing: whoever comes while one is made may find it near.
    private readonly SemaphoreSlim _far = new(1, 1);

    /// <summary>As many events may lie between a board in memory and one that is near to it, when they have to be read from the log.</summary>
    public int NearEvents { get; init; } = 4_000;

    /// <summary>As many stretches may.</summary>
    public int NearStretches { get; init; } = 2;

    /// <inheritdoc/>
    public async Task<PastBoard> GetAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (at.Year < FirstYear)
        {
            return PastBoard.Empty;
        }

        var mark = recent.Mark();
        if (await NearAsync(at, cancellationToken) is { } near)
        {
            return Keep(near, mark);
        }

        await _far.WaitAsync(cancellationToken);
        try
        {
            mark = recent.Mark();
            return Keep(await MakeAsync(at, cancellationToken), mark);
        }
        finally
        {
            _far.Release();
        }
    }

    /// <summary>The board at an instant for somebody who asks once: memory is not given to it.</summary>
    public async Task<PastBoard> MakeAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        await NearAsync(at, cancellationToken) ?? await FarAsync(at, cancellationToken);

    /// <inheritdoc/>
    public async Task<PastBoard> MoveAsync(PastBoard from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var changes = new PastChanges();
        var (after, until) = (from.At < to ? from.At : to, from.Until > to ? from.Until : to);
        var isLater = until == to;
        var position = isLater ? from.Position : 0;
        if (isLater)
        {
            after = await checkpoints.TakeAsync(changes, after, until, cancellationToken);
            position = Math.Max(position, changes.Position);
        }

        var last = await TakeLogAsync(changes, after, until, to, cancellationToken);
        return from.With(to, isLater ? Math.Max(position, last) : await LastPositionAsync(to, cancellationToken), changes);
    }

    /// <inheritdoc/>
    public async Task<BoardPage> ReadAsync(PastBoard board, BoardView view, BoardPage? known, CancellationToken cancellationToken)
    {
        var page = board.Read(view, view.Text is null ? null : await MatchingAsync(board, view, cancellationToken));
        var shown = (known?.Rows ?? []).ToDictionary(row => row.Id);
        var fresh = page.Rows.Where(row => shown.GetValueOrDefault(row.Id)?.Version != row.Version).Select(row => row.Id).ToList();
        foreach (var (id, row) in await folds.RowsAsync(fresh, board.At, named: true, cancellationToken))
        {
            shown[id] = KeptRow.Of(row ?? throw new InvalidOperationException($"Case {id} was not open at {board.At:O}, and stands on the board of then."));
        }

        return page with { Rows = [.. page.Rows.Select(row => shown[row.Id])] };
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> StepAsync(DateTimeOffset from, bool isBack, CancellationToken cancellationToken)
    {
        var (first, now) = (new DateTimeOffset(FirstYear, 1, 1, 0, 0, 0, TimeSpan.Zero), time.GetUtcNow());
        from = from < first ? first : from > now ? now : from;
        if (!isBack)
        {
            return await EventAsync(from, isBack: false, cancellationToken) is { } next ? Ceiling(next) : null;
        }

        if (await EventAsync(from, isBack: true, cancellationToken) is not { } last)
        {
            return null;
        }

        var without = Ceiling(last).AddMilliseconds(-1);
        return await EventAsync(without, isBack: true, cancellationToken) is { } before ? Ceiling(before) : without;

        static DateTimeOffset Ceiling(DateTimeOffset at) =>
            new((at.UtcTicks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
    }

    public void Dispose() => _far.Dispose();

    /// <summary>
    /// Customers' words are nowhere but in the log, so a search has to read them there; but for cases that are open now, and whose
    /// rows do not say what is searched for: a customer's words stay the same. Only the owner may have been another one then.
    /// </summary>
    private async Task<IReadOnlySet<Guid>> MatchingAsync(PastBoard board, BoardView view, CancellationToken cancellationToken)
    {
        string[] sought = [.. view.Words.Distinct(StringComparer.OrdinalIgnoreCase).Take(32)];
        var missing = live.Missing(sought);
        var owners = new Dictionary<string, uint>();
        PastCase[] asked = [.. board.Cases(view).Where(one => (missing.GetValueOrDefault(one.Id) & ~OwnedBy(one.Owner)) == 0)];
        var words = await OpeningWords.ReadAsync(dataSource, [.. asked.Select(one => one.Id)], cancellationToken);
        return asked.Where(one => words.GetValueOrDefault(one.Id) is var (customer, summary) &&
            view.Finds(customer, one.Number.ToString(CultureInfo.InvariantCulture), summary, one.Type, one.Owner))
            .Select(one => one.Id).ToHashSet();

        // Which of the words are found in the owner's id, as bits.
        uint OwnedBy(string? owner)
        {
            if (owner is null)
            {
                return 0;
            }

            if (!owners.TryGetValue(owner, out var bits))
            {
                for (var word = 0; word < sought.Length; word++)
                {
                    bits |= owner.Contains(sought[word], StringComparison.OrdinalIgnoreCase) ? 1u << word : 0;
                }

                owners.Add(owner, bits);
            }

            return bits;
        }
    }

    /// <summary>From the nearest board in memory; null when none is near.</summary>
    private async Task<PastBoard?> NearAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        List<(DateTimeOffset At, DateTimeOffset Until, Func<PastBoard> Get)> boards = [.. recent.All.Select(past => (past.At, past.Until, (Func<PastBoard>)(() => past)))];
        if (live.IsLoaded)
        {
            boards.Add((Settled, DateTimeOffset.MaxValue, Today));
        }

        var earlier = boards.Where(board => board.At <= at).OrderBy(board => at - board.At).Take(1);
        var later = boards.Where(board => board.At > at).OrderBy(board => board.At).Take(1);
        foreach (var board in earlier.Concat(later))
        {
            if (await IsNearAsync(board.At, board.Until, at, cancellationToken))
            {
                return await MoveAsync(board.Get(), at, cancellationToken);
            }
        }

        return null;
    }

    /// <summary>Whether what a board knows, until one instant all and after another nothing, is near to a third.</summary>
    private async Task<bool> IsNearAsync(DateTimeOffset knows, DateTimeOffset knowsUntil, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (knowsUntil == at)
        {
            return true;
        }

        var (after, until) = knows < at ? (knows, at) : (at, knowsUntil);

        if (await checkpoints.CountAsync(after, until, cancellationToken) > NearStretches)
        {
            return false;
        }

        var isStored = knowsUntil < at && await checkpoints.LastAsync(cancellationToken) is { } last && last.At >= at;
        return (isStored && NearStretches > 0) || await EventsAsync(after, until, NearEvents + 1, cancellationToken) <= NearEvents;
    }

    /// <summary>From the last whole board before; or from the live one, if what is stored ends further away than that.</summary>
    private async Task<PastBoard> FarAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var last = await checkpoints.LastAsync(cancellationToken);
        var stored = last?.At ?? DateTimeOffset.MinValue;
        if (stored < at && live.IsLoaded)
        {
            var before = await EventsAsync(stored, at, int.MaxValue, cancellationToken);
            if (await EventsAsync(at, DateTimeOffset.MaxValue, before + 1, cancellationToken) <= before)
            {
                return await MoveAsync(Today(), at, cancellationToken);
            }
        }

        var whole = await checkpoints.LastBoardAsync(at, cancellationToken);
        var board = whole is null ? null : await FromAsync(whole, at, cancellationToken);
        return board ?? (await FromAsync(null, at, cancellationToken))!;
    }

    /// <summary>From a whole board that is stored; null when it is gone. From the board before everything there is always one.</summary>
    private async Task<PastBoard?> FromAsync(Stretch? whole, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var changes = new PastChanges();
        var after = whole?.At ?? DateTimeOffset.MinValue;
        var reading = whole is null ? Task.FromResult<byte[]?>([]) : checkpoints.BoardAsync(whole.At, cancellationToken);
        var reached = await checkpoints.TakeAsync(changes, after, at, cancellationToken);
        var last = await TakeLogAsync(changes, reached, at, at, cancellationToken);
        var position = Math.Max(last, Math.Max(whole?.Position ?? 0, changes.Position));
        return await reading is { } written ? PastBoard.Read(written, at, position, changes) : null;
    }

    /// <summary>The live board may know a little more or less than all that happened until now.</summary>
    private DateTimeOffset Settled => time.GetUtcNow() - Unsettled;

    private PastBoard Today() => live.ToPast(Settled);

    private PastBoard Keep(PastBoard board, int mark)
    {
        if (board.At < Settled)
        {
            recent.Keep(board, mark, time.GetUtcNow());
        }

        return board;
    }

    /// <summary>Reads the cases again to which something happened after one instant and until another, as they were at a third; returns the position of the last event.</summary>
    private async Task<long> TakeLogAsync(PastChanges changes, DateTimeOffset after, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (after >= until)
        {
            return 0;
        }

        var (cases, position) = await folds.CasesAsync(after, until, cancellationToken);
        foreach (var (id, row) in await folds.RowsAsync(cases, at, named: false, cancellationToken))
        {
            changes.Take(id, row);
        }

        return position;
    }

    /// <summary>How much happened to cases after one instant and until another; not counted beyond <paramref name="most"/>.</summary>
    private Task<long> EventsAsync(DateTimeOffset after, DateTimeOffset until, long most, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    "select count(*) from (select from event where at > $1 and at <= $2 and category = 'case' limit $3) as event", connection)
                {
                    CommandTimeout = 0,
                    Parameters = { Parameter(after), Parameter(until), new() { Value = most } },
                };
                return (long)(await command.ExecuteScalarAsync(token))!;
            },
            cancellationToken);

    /// <summary>When the first event of a case after an instant was, or the last one until then. Looks further and further, as events are found by their days only.</summary>
    private Task<DateTimeOffset?> EventAsync(DateTimeOffset from, bool isBack, CancellationToken cancellationToken) =>
        dataSource.ReadAsync<DateTimeOffset?>(
            async (connection, token) =>
            {
                for (var reach = FirstReach; reach < LastReach; reach *= 4)
                {
                    await using var command = new NpgsqlCommand(
                        $"select {(isBack ? "max" : "min")}(at) from event where at > $1 and at <= $2 and category = 'case'", connection)
                    {
                        CommandTimeout = 0,
                        Parameters = { Parameter(isBack ? from - reach : from), Parameter(isBack ? from : from + reach) },
                    };
                    if (await command.ExecuteScalarAsync(token) is DateTime at)
                    {
                        return new DateTimeOffset(at, TimeSpan.Zero);
                    }
                }

                return null;
            },
            cancellationToken);

    /// <summary>Looks back further and further: what happened last is usually not long ago.</summary>
    private Task<long> LastPositionAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                foreach (var from in (DateTimeOffset[])[at.AddHours(-1), at.AddDays(-1), at.AddDays(-30), DateTimeOffset.MinValue])
                {
                    await using var command = new NpgsqlCommand("select max(position) from event where at > $1 and at <= $2 and category = 'case'", connection)
                    {
                        CommandTimeout = 0,
                        Parameters = { Parameter(from), Parameter(at) },
                    };
                    if (await command.ExecuteScalarAsync(token) is long position)
                    {
                        return position;
                    }
                }

                return 0;
            },
            cancellationToken);

    /// <summary>The least and the greatest instant are the server's infinities.</summary>
    internal static NpgsqlParameter Parameter(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };
}
