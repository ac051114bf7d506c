using System.Collections.Concurrent;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;

namespace Escalation.Silo.Deadlines;

/// <summary>
/// CLK-7: wakes each grain at its due instant: never early, once in effect, within milliseconds. Holds the next minute
/// in memory and sleeps until the earliest; later ones stay in the table. What it remembers may be lost at any moment:
/// the table is written with the events, so a restart finds everything again.
/// </summary>
internal sealed partial class DeadlineClock(
    IGrains grains, IDueInstants table, IEnumerable<IDueErrand> errands, TimeProvider time, Lateness lateness, ILogger<DeadlineClock> logger)
    : BackgroundService
{
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>The firing loop waits for the lock no longer than this many take.</summary>
    private const int OfferedAtOnce = 500;

    /// <summary>Enough at once that one group commit takes many; few enough that the most harmful goes first.</summary>
    private const int MostAtOnce = 256;

    /// <summary>What is due of other grains than cases; they are heard of by reading the table only.</summary>
    private readonly Dictionary<string, IDueErrand> _errands = errands.ToDictionary(errand => errand.Category, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, IDueErrand> _others = [];

    private readonly Lock _lock = new();
    private readonly DeadlineQueue _queue = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _slots = new(MostAtOnce, MostAtOnce);
    private DateTimeOffset _horizon;
    private DateTimeOffset _sleepingUntil = DateTimeOffset.MaxValue;

    /// <summary>A grain's due instant was committed.</summary>
    public void OnCommitted(Guid id, Due? due)
    {
        bool sooner;
        lock (_lock)
        {
            _queue.Put(id, due, _horizon, time.GetUtcNow());
            sooner = due is not null && due.At <= _horizon && due.At < _sleepingUntil;
        }

        if (sooner)
        {
            Wake();
        }
    }

    /// <summary>A case changed, perhaps on another host; the tail tells of it within milliseconds, the table only later.</summary>
    public void OnFollowed(Guid id, DateTimeOffset wakeAt)
    {
        bool sooner;
        lock (_lock)
        {
            if (wakeAt > _horizon)
            {
                return;
            }

            _queue.Offer(id, new Due(wakeAt, null, null, 0), Later(wakeAt, time.GetUtcNow()));
            sooner = wakeAt < _sleepingUntil;
        }

        if (sooner)
        {
            Wake();
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>Two loops: reading the table, however long that takes, must not keep a due grain waiting.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(SweepAsync(stoppingToken), FireAsync(stoppingToken));

    private async Task FireAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (TryTake(time.GetUtcNow(), out var id, out var lateFrom))
            {
                await _slots.WaitAsync(stoppingToken);
                _ = FireAsync(id, lateFrom, stoppingToken);
            }
            else
            {
                await SleepAsync(stoppingToken);
            }
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = SweepEvery;
            try
            {
                await SweepOnceAsync(stoppingToken);
            }
            catch (LogUnavailableException e)
            {
                LogSweepFailed(logger, e.Message);
                wait = RetryAfter;
            }

            await Task.Delay(wait, time, stoppingToken);
        }
    }

    /// <summary>Reads the table now; what is due is fired at once. A test that moves the time calls this after it.</summary>
    internal async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        var horizon = time.GetUtcNow() + Horizon;
        lock (_lock)
        {
            // Raised before reading: what is committed from here on is offered by its own commit.
            _horizon = horizon;
        }

        foreach (var some in (await table.ReadAsync(horizon, cancellationToken)).Chunk(OfferedAtOnce))
        {
            foreach (var grain in some)
            {
                if (_errands.TryGetValue(grain.Category, out var errand))
                {
                    _others[grain.Id] = errand;
                }
            }

            lock (_lock)
            {
                foreach (var grain in some)
                {
                    _queue.Offer(grain.Id, grain.Due);
                }
            }
        }

        Wake();
    }

    private bool TryTake(DateTimeOffset now, out Guid id, out DateTimeOffset lateFrom)
    {
        lock (_lock)
        {
            return _queue.TryTake(now, out id, out lateFrom);
        }
    }

    private async Task FireAsync(Guid id, DateTimeOffset lateFrom, CancellationToken cancellationToken)
    {
        try
        {
            if (_others.TryGetValue(id, out var errand))
            {
                await errand.RunAsync(id, cancellationToken);
                _others.TryRemove(id, out _);
                return;
            }

            var grain = grains.Case(id);
            var tick = new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), Actor.Clock, new CaseCommand.Tick());
            if (await grain.Tell(tick, cancellationToken) is Answer.Done { Events.Count: > 0 })
            {
                lateness.Record(time.GetUtcNow() - lateFrom);
            }
            else
            {
                // It was woken for nothing: what we knew was outdated, or this host's memory is, which another host's change has not
                // reached yet; so ask the log what is true. Or for an errand that nobody finished.
                var (state, _) = await grain.GetAtLeast(int.MaxValue, cancellationToken);
                if (state.HasErrands)
                {
                    await Errands.RunAsync(grains, id, cancellationToken);
                    (state, _) = await grain.Get(cancellationToken);
                }

                OnCommitted(id, state.NextDue());
            }
        }
        catch (LogUnavailableException e)
        {
            LogFireFailed(logger, id, e.Message);
            Retry(id, lateFrom);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops; the table still knows.
        }
        catch (Exception e)
        {
            // One grain that cannot be woken must not stop the clock of all others; the next sweep tries it again.
            LogFireBroken(logger, e, id);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Back into the queue, with its lateness still counted from when it was due.</summary>
    private void Retry(Guid id, DateTimeOffset lateFrom)
    {
        lock (_lock)
        {
            _queue.Offer(id, new Due(time.GetUtcNow() + RetryAfter, null, null, 0), lateFrom);
        }

        Wake();
    }

    private async Task SleepAsync(CancellationToken cancellationToken)
    {
        TimeSpan left;
        lock (_lock)
        {
            _sleepingUntil = _queue.NextAt ?? DateTimeOffset.MaxValue;
            left = _sleepingUntil - time.GetUtcNow();
        }

        if (left > TimeSpan.Zero)
        {
            using var alarm = time.CreateTimer(
                static clock => ((DeadlineClock)clock!).Wake(), this, left < Horizon ? RoundUp(left) : Horizon, Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            _sleepingUntil = DateTimeOffset.MinValue;
        }
    }

    /// <summary>Timers count whole milliseconds and drop the rest: rounded up, one does not wake a moment early.</summary>
    private static TimeSpan RoundUp(TimeSpan left) => TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody woke it already.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
        _slots.Dispose();
    }
}
