using System.Threading.Channels;
using Npgsql;

namespace Escalation.Silo.Log;

/// <summary>
/// Tells other hosts that this one has committed: at once, and under load a hundred times a second. Not part of the
/// commits, where each notification costs the server as much as several events.
/// </summary>
internal sealed class Announcer : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    private readonly NpgsqlDataSource _dataSource;
    private readonly string _host;
    private readonly Channel<bool> _commits = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Task _running;

    public Announcer(NpgsqlDataSource dataSource, string host)
    {
        (_dataSource, _host) = (dataSource, host);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Something was committed.</summary>
    public void Announce() => _commits.Writer.TryWrite(true);

    /// <summary>Tells of what was committed last, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _commits.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        await foreach (var _ in _commits.Reader.ReadAllAsync())
        {
            try
            {
                await using var notify = _dataSource.CreateCommand("select pg_notify('escalation_log', $1)");
                notify.Parameters.AddWithValue(_host);
                await notify.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (LogFailures.IsAway(e))
            {
                // Other hosts look by themselves, once a second.
            }

            await Task.Delay(Rest, TimeProvider.System);
        }
    }
}
