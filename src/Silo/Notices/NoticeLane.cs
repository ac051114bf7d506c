using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;

namespace Escalation.Silo.Notices;

/// <summary>
/// One channel's notices on their way: claims the most urgent, re-checks each, hands it over, records what the server said;
/// tries again with back-off inside the time that is left. While the channel is down only one message at a time tries it,
/// and notices with an instant to keep go over the next channel by that instant (<c>NoticeRules.FallBack</c>).
/// </summary>
internal sealed partial class NoticeLane(
    INoticeChannel channel,
    INoticeQueue queue,
    IGrains grains,
    ICustomerLinks links,
    TimeProvider time,
    NoticeOptions options,
    ILogger<NoticeLane> logger)
    : IAsyncDisposable
{
    /// <summary>
    /// How long a host may take over a claimed notice before another may try: longer than any hand-over
    /// (<see cref="SmtpOptions.Timeout"/>), and nothing is claimed that is not sent at once.
    /// </summary>
    public static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RecordAgainAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RecordFor = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HoldEvery = TimeSpan.FromSeconds(1);

    private static readonly Counter<long> Outcomes =
        Telemetry.Figures.CreateCounter<long>("escalation.notices", "{attempt}", "Notices handed over, by channel and outcome: accepted, retried, failed.");

    private readonly ConcurrentDictionary<(Guid, int), Task> _sending = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _pumping = new(1, 1);
    private readonly ChannelHealth _health = new(channel.Channel, options.FailuresUntilDown, time);
    private readonly SendingRate _rate = new(channel.PerMinute, time);
    private int _asked;
    private long _heldAt;
    private ITimer? _later;
    private ITimer? _holdLater;

    public Channel Channel => channel.Channel;

    public ChannelFigures Figures => _health.Figures;

    /// <summary>Starts what can be started now, and returns. What is started goes on, and starts the next when it is done.</summary>
    public async Task PumpAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _asked, 1);
        while (Volatile.Read(ref _asked) == 1 && !_stopping.IsCancellationRequested && await _pumping.WaitAsync(0, cancellationToken))
        {
            // Whoever asks from now on is heard by the next round.
            try
            {
                while (Interlocked.Exchange(ref _asked, 0) == 1)
                {
                    await StartAsync(cancellationToken);
                }
            }
            finally
            {
                _pumping.Release();
            }
        }

        if (_sending.IsEmpty)
        {
            channel.Rest();
        }
    }

    /// <summary>The notice will not be accepted on this channel.</summary>
    public async Task GiveUpAsync(ClaimedNotice item, string reason)
    {
        Count("failed");
        LogGivenUp(logger, item.CaseId, item.Number, item.Attempts, reason);
        await TellAsync(item, new CaseCommand.RecordNoticeFailed(item.Number, reason, item.Attempts));
        await queue.FinishAsync(item, time.GetUtcNow(), _stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _later?.Dispose();
        _holdLater?.Dispose();
        await Task.WhenAll(_sending.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        channel.Rest();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_health.IsDown)
        {
            await StartUrgentAsync(cancellationToken);
        }

        while (Room() is var room and > 0)
        {
            var allowed = _rate.Take(room);
            var claimed = allowed == 0
                ? []
                : await queue.ClaimAsync(Channel, time.GetUtcNow(), Claim, allowed, null, cancellationToken);
            _rate.GiveBack(allowed - claimed.Count);
            foreach (var item in claimed)
            {
                Start(item, SendAsync);
            }

            if (allowed == 0 && _rate.Held is var (wait, because))
            {
                _later?.Dispose();
                _later = time.CreateTimer(_ => _ = PumpQuietlyAsync(), null, wait, Timeout.InfiniteTimeSpan);
                await HoldAsync(because, cancellationToken);
            }

            if (claimed.Count < room)
            {
                return;
            }
        }
    }

    /// <summary>
    /// What waits for the rate says so, within a second of the machine's clock: saying it costs a look at every notice that waits.
    /// </summary>
    private async Task HoldAsync(string because, CancellationToken cancellationToken)
    {
        if (_heldAt == 0 || TimeProvider.System.GetElapsedTime(_heldAt) >= HoldEvery)
        {
            _heldAt = TimeProvider.System.GetTimestamp();
            await queue.HoldAsync(Channel, because, time.GetUtcNow(), cancellationToken);
        }
        else
        {
            _holdLater?.Dispose();
            _holdLater = TimeProvider.System.CreateTimer(_ => _ = PumpQuietlyAsync(), null, HoldEvery, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Down: what had to be out by now does not wait for this channel any longer.</summary>
    private async Task StartUrgentAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var item in await queue.ClaimAsync(Channel, now, Claim, options.Parallel, now, cancellationToken))
        {
            Start(item, async one =>
            {
                if (await StillNeededAsync(one) is not var (_, notice))
                {
                    return;
                }

                if (notice.NotAfter is { } end)
                {
                    // A person was asked in time; should the server come back before the old date, it is sent all the same.
                    await queue.PostponeAsync(one, end.ToMicroseconds(), _stopping.Token);
                    return;
                }

                await GiveUpAsync(one, $"The channel is down since {_health.Figures.Since:u}.");
            });
        }
    }

    private int Room() => !_health.IsDown ? options.Parallel - _sending.Count
        : _sending.IsEmpty && _health.MayProbe ? 1
        : 0;

    private void Start(ClaimedNotice item, Func<ClaimedNotice, Task> work)
    {
        // A claim that was lost with the database may bring a notice that is still on its way from here.
        var key = (item.CaseId, item.Number);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_sending.TryAdd(key, begin.Task.ContinueWith(_ => RunAsync(key, item, work), TaskScheduler.Default).Unwrap()))
        {
            begin.SetResult();
        }
    }

    private async Task RunAsync((Guid, int) key, ClaimedNotice item, Func<ClaimedNotice, Task> work)
    {
        try
        {
            await work(item);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            // The other notices must survive whatever is wrong with this one. Its claim runs out, and it is tried again.
            LogLeft(logger, item.CaseId, item.Number, Claim, e.Message);
        }
        catch (Exception)
        {
            // The host stops; another goes on with it.
        }

        _sending.TryRemove(key, out _);
        await PumpQuietlyAsync();
    }

    private async Task PumpQuietlyAsync()
    {
        // Not one look at the table for each message: it is worth it when a good part of the room is free.
        if (!_stopping.IsCancellationRequested && (_sending.IsEmpty || _sending.Count <= options.Parallel * 3 / 4))
        {
            try
            {
                await PumpAsync(_stopping.Token);
            }
            catch (Exception e)
            {
                // The job runs again on schedule, and finds the same work.
                LogNotClaimed(logger, Channel, e.Message);
            }
        }
    }

    /// <summary>The notice, if it still has to go out; else it is finished.</summary>
    private async Task<(Case State, Notice Notice)?> StillNeededAsync(ClaimedNotice item)
    {
        // Another host may have decided it: a memory that has not heard of it would take it for needless.
        await grains.Case(item.CaseId).GetAtLeast(item.Version, _stopping.Token);
        await TellAsync(item, new CaseCommand.RecheckNotice(item.Number));
        var (state, _) = await grains.Case(item.CaseId).Get(_stopping.Token);
        if (state.Notices.ElementAtOrDefault(item.Number - 1) is { State: NoticeState.Decided, To: not null } notice)
        {
            return (state, notice);
        }

        await queue.FinishAsync(item, time.GetUtcNow(), _stopping.Token);
        return null;
    }

    private async Task SendAsync(ClaimedNotice item)
    {
        if (await StillNeededAsync(item) is not var (state, notice))
        {
            // It did not go out, so another may in its place.
            _rate.GiveBack(1);
            return;
        }

        var sentAt = time.GetUtcNow().ToMicroseconds();
        var delivery = await HandOverAsync(item, state, notice);
        if (delivery.Unreachable is { } reason)
        {
            if (_health.Missed(reason))
            {
                LogDown(logger, Channel, delivery.Detail);
            }
        }
        else if (_health.Reached(out var since))
        {
            LogBack(logger, Channel, since);
            await queue.HastenAsync(Channel, time.GetUtcNow(), _stopping.Token);
        }

        switch (delivery)
        {
            case { Accepted: true }:
                var acceptedAt = time.GetUtcNow().ToMicroseconds();
                Count("accepted");
                await RecordAsync(item, new CaseCommand.RecordNoticeAccepted(item.Number, sentAt, item.Attempts, acceptedAt));
                await queue.FinishAsync(item, time.GetUtcNow(), _stopping.Token);
                break;
            case { MayRetry: true } when NextAttempt(item, notice, delivery) is { } again:
                if (!_health.IsDown)
                {
                    LogNotAccepted(logger, item.CaseId, item.Number, delivery.Detail, again);
                }

                if (delivery.RetryAfter is { } wait)
                {
                    _rate.Pause(wait);
                }

                Count("retried");
                await queue.PostponeAsync(item, again, _stopping.Token);
                break;
            default:
                await GiveUpAsync(item, delivery.Detail);
                break;
        }
    }

    private void Count(string outcome) => Outcomes.Add(1, new("channel", Channel.ToString()), new("outcome", outcome));

    private async Task<Delivery> HandOverAsync(ClaimedNotice item, Case state, Notice notice)
    {
        var domain = options.MessageIdDomain;
        var message = new OutgoingMessage(
            $"{Notice.IdOf(item.CaseId, item.Number)}@{domain}", item.CaseId, notice.To!, notice.Subject ?? "",
            NoticeLinks.Fill(notice.Body ?? "", state, notice, links), notice.Language)
        {
            Notice = notice,
            Short = NoticeLinks.Fill(notice.Short ?? notice.Body ?? "", state, notice, links),
            Thread = $"{item.CaseId:N}@{domain}",
        };

        // What the server would take after the old date is worth nothing any more.
        var left = notice.NotAfter - LeastWait - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return Delivery.NotNow("The old date comes before any server's answer.");
        }

        using var late = left < Claim ? new CancellationTokenSource(left.Value, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, late.Token);
        try
        {
            return await channel.SendAsync(message, either.Token);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            // A channel may fail in any way it likes; the notice must come to an answer all the same.
            return Delivery.NotNow(late.IsCancellationRequested ? "The old date came before the server's answer." : e.Message);
        }
    }

    /// <summary>
    /// Doubling back-off, but never more than half of the time before the next channel is taken; null when there are no
    /// attempts left, or no time.
    /// </summary>
    private DateTimeOffset? NextAttempt(ClaimedNotice item, Notice notice, Delivery delivery)
    {
        var now = time.GetUtcNow();
        var wait = options.FirstRetryAfter * Math.Pow(2, Math.Min(item.Attempts - 1, 10));
        wait = wait < LongestWait ? wait : LongestWait;
        if ((notice.FallbackAt ?? notice.NotAfter) is { } end)
        {
            var half = (end - now) / 2;
            wait = wait < half ? wait : half;
            wait = delivery.RetryAfter > wait ? delivery.RetryAfter.Value : wait;
            return wait >= LeastWait && now + wait < end ? (now + wait).ToMicroseconds() : null;
        }

        wait = delivery.RetryAfter > wait ? delivery.RetryAfter.Value : wait;
        return item.Attempts < options.MostAttempts || delivery.Unreachable is not null && now < notice.PlannedAt + options.GiveUpAfter
            ? (now + wait).ToMicroseconds()
            : null;
    }

    /// <summary>
    /// The server has the message, so its word must not be lost with a database that is away for a moment: the message would
    /// go out again.
    /// </summary>
    private async Task RecordAsync(ClaimedNotice item, CaseCommand command)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await TellAsync(item, command);
                return;
            }
            catch (LogUnavailableException) when (TimeProvider.System.GetElapsedTime(since) < RecordFor)
            {
                // The machine's time, not the platform's: a test that stands still must not lose the server's word.
                await Task.Delay(RecordAgainAfter, TimeProvider.System, _stopping.Token);
            }
        }
    }

    private async Task TellAsync(ClaimedNotice item, CaseCommand command) =>
        await grains.Case(item.CaseId).Tell(
            new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), Actor.Notifier, command), _stopping.Token);
}
