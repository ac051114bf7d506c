using Escalation.Grains.Board;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Silo.Deadlines;
using Escalation.Silo.History;
using Escalation.Silo.Hosting;
using Escalation.Silo.Log;

namespace Escalation.Silo.Feed;

/// <summary>Keeps this host's read models: loads the stored board rows, then follows the log.</summary>
internal sealed partial class BoardFeed(
    Board board,
    BoardTraces traces,
    DeskBook desks,
    Tally tally,
    IBoardRows rows,
    PostgresTail tail,
    DeadlineClock clock,
    IGrainMemory memory,
    IGrains grains,
    IPolicySource policies,
    RecentPasts pasts,
    Happenings happenings,
    TimeProvider time,
    ILogger<BoardFeed> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        tail.StaleSinceChanged += ShowStaleness;
        try
        {
            var cursor = await LoadAsync(stoppingToken);
            await tail.RunAsync(cursor, ApplyAsync, stoppingToken);
        }
        finally
        {
            tail.StaleSinceChanged -= ShowStaleness;
        }
    }

    private async Task<TailCursor> LoadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var loading = board.NewLoading();
                var cursor = await rows.ReadAsync(loading.AddAsync, cancellationToken);
                await Task.WhenAll(tally.LoadAsync(cursor, cancellationToken), board.LoadAsync(loading, cursor.Position));
                desks.Load(await TeamsAsync(cancellationToken));
                LogLoaded(logger, board.OpenCases, cursor.Position);
                return cursor;
            }
            catch (LogUnavailableException e)
            {
                LogNotLoaded(logger, e.Message);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    private async ValueTask ApplyAsync(TailBatch batch, CancellationToken cancellationToken)
    {
        foreach (var entry in batch.Entries)
        {
            // Not waited for: a grain in the middle of a long turn must not hold up the board.
            _ = memory.OnFollowedAsync(entry.Stream, entry.Version);
        }

        tally.Apply(batch);
        foreach (var row in batch.Rows.Values)
        {
            // Of its own commits the clock has heard; of one that is long past it would be woken for nothing.
            if (row.WakeAt is { } wakeAt && !batch.Own.Contains(row.Id))
            {
                clock.OnFollowed(row.Id, wakeAt);
            }
        }

        if (batch.Traces.Count > 0)
        {
            traces.Add(Math.Max(board.Position, batch.Entries.Max(entry => entry.Position)), batch.Traces);
        }

        happenings.Apply(batch, board);
        board.Apply(batch, time.GetUtcNow() - batch.Entries[^1].At);
        pasts.OnFollowed(batch.Entries.Min(entry => entry.At), time.GetUtcNow());
        foreach (var missing in desks.Apply(batch))
        {
            await CatchUpAsync(missing, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<(TeamDesk State, int Version)>> TeamsAsync(CancellationToken cancellationToken)
    {
        var teams = new List<(TeamDesk, int)>();
        foreach (var team in policies.Current.People.Teams)
        {
            teams.Add(await grains.TeamDesk(team.Stream).Get(cancellationToken));
        }

        return teams;
    }

    /// <summary>A team that this host did not know when it was loaded; without an answer now, its next event asks again.</summary>
    private async Task CatchUpAsync(Guid team, CancellationToken cancellationToken)
    {
        try
        {
            var (state, version) = await grains.TeamDesk(team).Get(cancellationToken);
            desks.Put(state, version);
        }
        catch (LogUnavailableException e)
        {
            LogTeamNotLoaded(logger, team, e.Message);
        }
    }

    private void ShowStaleness()
    {
        if (tail.StaleSince is { } since)
        {
            board.MarkStale(since);
        }
        else
        {
            board.MarkLive();
        }
    }

    [LoggerMessage(2900, LogLevel.Information, "The board is loaded: {Cases} open cases, position {Position}")]
    private static partial void LogLoaded(ILogger logger, int cases, long position);

    [LoggerMessage(2901, LogLevel.Warning, "The board could not be loaded, trying again: {Reason}")]
    private static partial void LogNotLoaded(ILogger logger, string reason);

    [LoggerMessage(2902, LogLevel.Warning, "The desk of team {Team} could not be loaded: {Reason}")]
    private static partial void LogTeamNotLoaded(ILogger logger, Guid team, string reason);
}
