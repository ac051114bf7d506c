using System.Collections.Immutable;
using Escalation.Grains;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Silo.Log;

namespace Escalation.Silo.Desks;

/// <summary>
/// DSK-1: counts the desks that are open on this host, and tells their teams. Many who come at once are told together. What was told
/// is said again now and then: a host that was taken for dead, and is not, is back soon.
/// </summary>
internal sealed partial class DeskPresence(
    IGrains grains, IPolicySource policies, Commits commits, TimeProvider time, ILogger<DeskPresence> logger) : BackgroundService, IDeskPresence
{
    private const int MostAtOnce = 500;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SayAgainEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private HashSet<string> _changed = new(StringComparer.Ordinal);

    public void Open(string person) => Count(person, 1);

    public void Close(string person) => Count(person, -1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            foreach (var team in policies.Current.People.Teams)
            {
                await TellAsync(team, new TeamDeskCommand.LoseHost(commits.Host), cancellationToken);
            }
        }
        catch (LogUnavailableException e)
        {
            // Another host notices by itself that this one is gone.
            LogNotTold(logger, e.Message);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var again = !await _wake.WaitAsync(SayAgainEvery, stoppingToken);
            await Task.Delay(Pace, TimeProvider.System, stoppingToken);
            var changed = Take(again);
            try
            {
                await TellAsync(changed, stoppingToken);
            }
            catch (LogUnavailableException e)
            {
                LogNotTold(logger, e.Message);
                await Task.Delay(RetryAfter, TimeProvider.System, stoppingToken);
                PutBack(changed);
            }
        }
    }

    private async Task TellAsync(IReadOnlyCollection<string> people, CancellationToken cancellationToken)
    {
        var book = policies.Current.People;
        foreach (var ofTeam in people.GroupBy(person => book.TeamOf(person)).Where(group => group.Key is not null))
        {
            foreach (var some in ofTeam.Chunk(MostAtOnce))
            {
                ImmutableArray<string> came, left;
                lock (_lock)
                {
                    came = [.. some.Where(_open.ContainsKey)];
                    left = [.. some.Where(person => !_open.ContainsKey(person))];
                }

                await TellAsync(ofTeam.Key!, new TeamDeskCommand.NotePresence(commits.Host, came, left), cancellationToken);
            }
        }
    }

    private Task<Answer> TellAsync(Team team, TeamDeskCommand command, CancellationToken cancellationToken) => grains.TeamDesk(team.Stream).Tell(
        new Envelope<TeamDeskCommand>(Guid.CreateVersion7(time.GetUtcNow()), DeskRouting.By, command), cancellationToken);

    private void Count(string person, int by)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(person) + by;
            if (open > 0)
            {
                _open[person] = open;
            }
            else
            {
                _open.Remove(person);
            }

            _changed.Add(person);
        }

        Wake();
    }

    private HashSet<string> Take(bool all)
    {
        lock (_lock)
        {
            var changed = _changed;
            _changed = new HashSet<string>(StringComparer.Ordinal);
            if (all)
            {
                changed.UnionWith(_open.Keys);
            }

            return changed;
        }
    }

    private void PutBack(HashSet<string> changed)
    {
        lock (_lock)
        {
            _changed.UnionWith(changed);
        }

        Wake();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    [LoggerMessage(2980, LogLevel.Warning, "The teams could not be told whose desks are open; it is tried again: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);
}
