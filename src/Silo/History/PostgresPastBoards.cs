using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Silo.Database;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.History;

/// <summary>
/// BRD-6: the board as it was. It starts from the nearest board that is known (the live one, one asked for before, a stored
/// checkpoint, or the empty one before everything) and reads every case again to which something happened in between.
/// </summary>
internal sealed class PostgresPastBoards(
    Board live, CaseFolds folds, Checkpoints checkpoints, RecentPasts recent, TimeProvider time, NpgsqlDataSource dataSource) : IPastBoards
{
    /// <summary>What was decided this long ago may still be on its way to the log, or from there to the live board.</summary>
    internal static readonly TimeSpan Unsettled = TimeSpan.FromSeconds(60);

    private const int FirstYear = 1900;

    /// <inheritdoc/>
    public async Task<PastBoard> GetAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (at.Year < FirstYear)
        {
            return PastBoard.Empty;
        }

        var now = time.GetUtcNow();
        var mark = recent.Mark();
        var board = await MoveAsync(await NearestAsync(at, now, cancellationToken), at, cancellationToken);
        if (at < now - Unsettled)
        {
            recent.Keep(board, mark, now);
        }

        return board;
    }

    /// <inheritdoc/>
    public async Task<PastBoard> MoveAsync(PastBoard from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (cases, position) = await dataSource.ReadAsync(
            async (connection, token) => (
                await CasesAsync(connection, from.At < to ? from.At : to, from.Until > to ? from.Until : to, token),
                await LastPositionAsync(connection, to, token)),
            cancellationToken);
        return from.With(to, position, await folds.RowsAsync(cases, to, named: false, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<BoardPage> ReadAsync(PastBoard board, BoardView view, BoardPage? known, CancellationToken cancellationToken)
    {
        var page = view.Text is null ? board.Read(view) : board.Page(view, await MatchingAsync(board, view, cancellationToken));
        var shown = (known?.Rows ?? []).ToDictionary(row => row.Id);
        var fresh = page.Rows.Where(row => shown.GetValueOrDefault(row.Id)?.Version != row.Version).Select(row => row.Id).ToList();
        foreach (var (id, row) in await folds.RowsAsync(fresh, board.At, named: true, cancellationToken))
        {
            shown[id] = KeptRow.Of(row ?? throw new InvalidOperationException($"Case {id} was not open at {board.At:O}, and stands on the board of then."));
        }

        return page with { Rows = [.. page.Rows.Select(row => shown[row.Id])] };
    }

    /// <summary>Customers' words are nowhere but in the log, so a search has to read them there.</summary>
    private async Task<IReadOnlyList<KeptRow>> MatchingAsync(PastBoard board, BoardView view, CancellationToken cancellationToken)
    {
        var all = board.ReadAll(view);
        var words = await OpeningWords.ReadAsync(dataSource, [.. all.Select(row => row.Id)], cancellationToken);
        return [.. all.Where(row => words.GetValueOrDefault(row.Id) is var (customer, summary) &&
            view.Finds(customer, row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), summary, row.Type, row.Owner))];
    }

    private async Task<PastBoard> NearestAsync(DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The live board may know a little more or less than all that happened until now.
        var today = live.IsLoaded ? live.ToPast(now - Unsettled) : null;
        var (before, after) = await checkpoints.AroundAsync(at, cancellationToken);
        List<(DateTimeOffset At, Func<Task<PastBoard?>> Get)> bases = [(DateTimeOffset.MinValue, () => Task.FromResult<PastBoard?>(PastBoard.Empty))];
        bases.AddRange(recent.All.Select(past => (past.At, (Func<Task<PastBoard?>>)(() => Task.FromResult<PastBoard?>(past)))));
        bases.AddRange(new[] { before, after }.OfType<DateTimeOffset>().Select(stored => (stored, (Func<Task<PastBoard?>>)(() => checkpoints.ReadAsync(stored, cancellationToken)))));
        if (today is not null)
        {
            bases.Add((now, () => Task.FromResult<PastBoard?>(today)));
        }

        var earlier = bases.Where(one => one.At <= at).MaxBy(one => one.At);
        var later = bases.Where(one => one.At > at).OrderBy(one => one.At).Select(one => ((DateTimeOffset, Func<Task<PastBoard?>>)?)one).FirstOrDefault();
        var nearest = later is { } next && await IsNearerAsync(at, next.Item1, earlier.At, cancellationToken) ? next.Item2 : earlier.Get;
        return await nearest() ?? today ?? PastBoard.Empty;
    }

    /// <summary>Whether less happened from <paramref name="at"/> to <paramref name="later"/> than from <paramref name="earlier"/>.</summary>
    private Task<bool> IsNearerAsync(DateTimeOffset at, DateTimeOffset later, DateTimeOffset earlier, CancellationToken cancellationToken) =>
        dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select coalesce(sum(case when at > $1 then 1 else -1 end), 0) < 0
                    from event
                    where at > $2 and at <= $3
                    """,
                    connection)
                {
                    CommandTimeout = 0,
                    Parameters = { Parameter(at), Parameter(earlier), Parameter(later) },
                };
                return await command.ExecuteScalarAsync(token) is true;
            },
            cancellationToken);

    /// <summary>The cases to which something happened after one instant and until another.</summary>
    private static async Task<IReadOnlyCollection<Guid>> CasesAsync(
        NpgsqlConnection connection, DateTimeOffset after, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select distinct stream from event where at > $1 and at <= $2 and category = 'case'", connection)
        {
            CommandTimeout = 0,
            Parameters = { Parameter(after), Parameter(until) },
        };
        return await command.ReadIdsAsync(cancellationToken);
    }

    /// <summary>Looks back further and further: what happened last is usually not long ago.</summary>
    private static async Task<long> LastPositionAsync(NpgsqlConnection connection, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var from in (DateTimeOffset[])[at.AddHours(-1), at.AddDays(-1), at.AddDays(-30), DateTimeOffset.MinValue])
        {
            await using var command = new NpgsqlCommand("select max(position) from event where at > $1 and at <= $2", connection)
            {
                CommandTimeout = 0,
                Parameters = { Parameter(from), Parameter(at) },
            };
            if (await command.ExecuteScalarAsync(cancellationToken) is long position)
            {
                return position;
            }
        }

        return 0;
    }

    /// <summary>The least and the greatest instant are the server's infinities.</summary>
    internal static NpgsqlParameter Parameter(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };
}
