using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Desks;

/// <summary>
/// Has <see cref="DeskRouting"/> carry on whenever a case or a team's desk has changed, on one host at a time; when that host dies,
/// another takes over. DSK-5: notices within seconds that a host has died, and its desks with it.
/// </summary>
internal sealed partial class DeskRouter(
    NpgsqlDataSource dataSource, Board board, DeskBook desks, IGrains grains, IPolicySource policies, TimeProvider time, ILogger<DeskRouter> logger)
    : LeaderService(dataSource, LeaderWork.Desks, logger)
{
    private const string SessionsSql = $"select substr(application_name, 12) from pg_stat_activity where application_name like '{Commits.SessionPrefix}%'";

    private const string NewestSql = "select position from event order by tx desc, position desc limit 1";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HostsEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EverythingEvery = TimeSpan.FromSeconds(30);

    private readonly DeskRouting _routing = new(grains, desks, policies, time);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private HashSet<Guid> _changed = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        desks.Changed += OnChanged;
        try
        {
            await base.ExecuteAsync(stoppingToken);
        }
        finally
        {
            desks.Changed -= OnChanged;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    /// <summary>Offers of all teams depend on it: whoever takes the lead looks at everything first.</summary>
    protected override async Task LeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await CaughtUpAsync(connection, cancellationToken);
        long? hostsAt = null, everythingAt = null;
        string? version = null;
        while (true)
        {
            if (hostsAt is null || TimeProvider.System.GetElapsedTime(hostsAt.Value) >= HostsEvery)
            {
                await LoseHostsAsync(connection, cancellationToken);
                hostsAt = TimeProvider.System.GetTimestamp();
            }

            var everything = everythingAt is null || version != policies.Current.Version ||
                TimeProvider.System.GetElapsedTime(everythingAt.Value) >= EverythingEvery;
            var changed = Take();
            try
            {
                await _routing.RunAsync(everything ? null : changed, cancellationToken);
            }
            catch
            {
                PutBack(changed);
                throw;
            }

            if (everything)
            {
                (everythingAt, version) = (TimeProvider.System.GetTimestamp(), policies.Current.Version);
            }

            await Task.Delay(Pace, TimeProvider.System, cancellationToken);
            await _wake.WaitAsync(LongestWait, cancellationToken);
        }
    }

    /// <summary>Who takes over knows at least what the one before has done.</summary>
    private async Task CaughtUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var newest = new NpgsqlCommand(NewestSql, connection);
        var position = await newest.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
        for (var sequence = 0L; !board.IsLoaded || !desks.IsLoaded || board.Position < position; sequence++)
        {
            await Task.WhenAny(board.ChangedSince(sequence), Task.Delay(LongestWait, TimeProvider.System, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task LoseHostsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        HashSet<string>? alive = null;
        foreach (var team in policies.Current.People.Teams)
        {
            var grain = grains.TeamDesk(team.Stream);
            var (desk, _) = await grain.Get(cancellationToken);
            foreach (var host in desk.Ledger.Seats.Values.SelectMany(seat => seat.Hosts).ToHashSet(StringComparer.Ordinal))
            {
                alive ??= await AliveAsync(connection, cancellationToken);
                if (!alive.Contains(host))
                {
                    LogHostLost(logger, host);
                    await grain.Tell(
                        new Envelope<TeamDeskCommand>(Guid.CreateVersion7(time.GetUtcNow()), DeskRouting.By, new TeamDeskCommand.LoseHost(host)),
                        cancellationToken);
                }
            }
        }
    }

    private static async Task<HashSet<string>> AliveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SessionsSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var alive = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            alive.Add(reader.GetString(0));
        }

        return alive;
    }

    private void OnChanged(Guid id)
    {
        lock (_lock)
        {
            _changed.Add(id);
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    private HashSet<Guid> Take()
    {
        lock (_lock)
        {
            return Interlocked.Exchange(ref _changed, []);
        }
    }

    private void PutBack(HashSet<Guid> changed)
    {
        lock (_lock)
        {
            _changed.UnionWith(changed);
        }
    }

    [LoggerMessage(2983, LogLevel.Information, "Host {Host} is gone; the desks that were open on it are closed")]
    private static partial void LogHostLost(ILogger logger, string host);
}
