using System.Reflection;
using Escalation.Grains.Board;
using Escalation.Silo.Deadlines;
using Escalation.Silo.Notices;
using Npgsql;

namespace Escalation.Silo.Feed;

/// <summary>The public figures of this host.</summary>
internal sealed class PlatformStatus(
    Board board, Tally tally, Lateness lateness, NoticeJob notices, NpgsqlDataSource dataSource, TimeProvider time) : IPlatformStatus
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    private static readonly string Version =
        typeof(PlatformStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static readonly BoardView Everything = new() { Limit = 1 };

    public StatusView Read()
    {
        var now = time.GetUtcNow();
        var counts = tally.Now;
        var page = board.Read(Everything, now);
        return new StatusView(
            page.Position,
            page.Counts.Total,
            new PromiseFigures(
                page.Counts.Promises, page.Counts.PromisesAtRisk, counts.Explained, counts.Kept, counts.Lapsed, counts.SilentlyLapsed),
            lateness.Read(),
            new NoticeFigures(notices.Waiting, counts.NoticesAccepted, counts.NoticesFailed),
            StackName,
            Version,
            now,
            Math.Round(page.Lag.TotalMilliseconds, 1),
            page.StaleSince,
            notices.Channels);
    }

    public async Task<string?> NotReadyBecauseAsync(CancellationToken cancellationToken)
    {
        if (!board.IsLoaded)
        {
            return "The board is still being loaded.";
        }

        if (board.StaleSince is { } since)
        {
            return $"The log cannot be followed since {since:u}.";
        }

        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ProbeTimeout);
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(timeout.Token);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return "The database cannot be reached.";
        }
    }

#if CLUSTER
    private const string StackName = "cluster";
#else
    private const string StackName = "embedded";
#endif
}
