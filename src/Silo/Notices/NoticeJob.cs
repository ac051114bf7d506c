using System.Diagnostics;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Silo.Jobs;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Notices;

/// <summary>
/// Has notices sent (PRM-5), each channel by itself (<see cref="NoticeLane"/>), so that one that is down or slow holds up no
/// other. A crash at any point loses nothing; at worst the same message goes out again under the same Message-ID.
/// </summary>
internal sealed class NoticeJob(
    INoticeQueue queue,
    IGrains grains,
    IEnumerable<INoticeChannel> channels,
    ICustomerLinks links,
    TimeProvider time,
    IOptions<NoticeOptions> options,
    ILogger<NoticeLane> logger) : IJob, IAsyncDisposable
{
    private const int CountShare = 50;

    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<NoticeLane> _lanes =
        [.. channels.Select(channel => new NoticeLane(channel, queue, grains, links, time, options.Value, logger))];

    private volatile int _waiting;
    private long _countedAt;
    private TimeSpan _countAgainAfter;

    /// <summary>How many notices waited to be sent when this host last looked, a few seconds ago at most.</summary>
    public int Waiting => _waiting;

    /// <summary>How each channel fares.</summary>
    public IReadOnlyList<ChannelFigures> Channels => [.. _lanes.Select(lane => lane.Figures)];

    /// <summary>Starts what can be started now; the lanes go on by themselves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await queue.FreeAbandonedAsync(time.GetUtcNow(), NoticeLane.Claim, cancellationToken);
        await Task.WhenAll(_lanes.Select(lane => lane.PumpAsync(cancellationToken)));
        if (_lanes.Count > 0)
        {
            await FailOthersAsync(cancellationToken);
        }

        await CountAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes)
        {
            await lane.DisposeAsync();
        }
    }

    /// <summary>Notices of a channel that this platform no longer has go over the next one.</summary>
    private async Task FailOthersAsync(CancellationToken cancellationToken)
    {
        foreach (var notice in await queue.ClaimOthersAsync(
            _lanes.Select(lane => lane.Channel), time.GetUtcNow(), NoticeLane.Claim, options.Value.Parallel, cancellationToken))
        {
            await _lanes[0].GiveUpAsync(notice, "No such channel is configured.");
        }
    }

    /// <summary>
    /// Measured by the machine's clock: a count is for people who watch, and costs a look at every notice that waits. The longer it takes, the
    /// longer it is left alone.
    /// </summary>
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        if (_countedAt == 0 || Stopwatch.GetElapsedTime(_countedAt) > _countAgainAfter)
        {
            var begun = Stopwatch.GetTimestamp();
            _waiting = await queue.CountWaitingAsync(cancellationToken);
            _countedAt = Stopwatch.GetTimestamp();
            var took = Stopwatch.GetElapsedTime(begun, _countedAt) * CountShare;
            _countAgainAfter = took > CountEvery ? took : CountEvery;
        }
    }
}
