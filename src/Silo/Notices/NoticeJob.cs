using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Grains.Notices;
using Escalation.Silo.Jobs;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Notices;

/// <summary>
/// Hands notices to their channels (PRM-5): re-checks each one, sends it, records the server's acceptance; tries again
/// with back-off inside the time that is left, then gives it up to a person. A crash at any point loses nothing; at
/// worst the same message goes out again under the same Message-ID.
/// </summary>
internal sealed partial class NoticeJob(
    INoticeQueue queue,
    IGrains grains,
    IEnumerable<INoticeChannel> channels,
    ICustomerLinks links,
    TimeProvider time,
    IOptions<NoticeOptions> options,
    ILogger<NoticeJob> logger) : IJob
{
    /// <summary>
    /// How long a host may take over a claimed notice before another may try: longer than any hand-over
    /// (<see cref="SmtpOptions.Timeout"/>), and so nothing is claimed that is not sent at once.
    /// </summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    private volatile int _waiting;

    /// <summary>How many notices waited to be sent when this host last looked, a few seconds ago at most.</summary>
    public int Waiting => _waiting;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var claimed = await queue.ClaimAsync(time.GetUtcNow(), Claim, options.Value.Parallel, cancellationToken);
            _waiting = await queue.CountWaitingAsync(cancellationToken);
            if (claimed.Count == 0)
            {
                return;
            }

            await Parallel.ForEachAsync(
                claimed,
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallel, CancellationToken = cancellationToken },
                async (item, token) => await SendOrLeaveAsync(item, token));
        }
    }

    private async Task SendOrLeaveAsync(ClaimedNotice item, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(item, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The other notices must survive whatever is wrong with this one. Its claim runs out, and it is tried again.
            LogLeft(logger, item.CaseId, item.Number, Claim, e.Message);
        }
    }

    private async Task SendAsync(ClaimedNotice item, CancellationToken cancellationToken)
    {
        var grain = grains.Case(item.CaseId);
        await TellAsync(grain, new CaseCommand.RecheckNotice(item.Number), cancellationToken);
        var (state, _) = await grain.Get(cancellationToken);
        var notice = state.Notices.ElementAtOrDefault(item.Number - 1);
        if (notice is not { State: NoticeState.Decided, To: { } to })
        {
            await queue.FinishAsync(item, time.GetUtcNow(), cancellationToken);
            return;
        }

        var sentAt = time.GetUtcNow().ToMicroseconds();
        var channel = channels.FirstOrDefault(channel => channel.Channel == notice.Channel);
        var delivery = channel is null
            ? Delivery.Never($"No channel '{notice.Channel}' is configured.")
            : await SendAsync(channel, new OutgoingMessage(
                MessageIdOf(item), item.CaseId, to, notice.Subject ?? "", NoticeLinks.Fill(notice.Body ?? "", state, notice, links), notice.Language), cancellationToken);
        switch (delivery)
        {
            case { Accepted: true }:
                await TellAsync(grain, new CaseCommand.RecordNoticeAccepted(item.Number, sentAt, item.Attempts), cancellationToken);
                await queue.FinishAsync(item, time.GetUtcNow(), cancellationToken);
                break;
            case { MayRetry: true } when NextAttempt(item, notice) is { } again:
                LogNotAccepted(logger, item.CaseId, item.Number, delivery.Detail, again);
                await queue.PostponeAsync(item, again, cancellationToken);
                break;
            default:
                LogGivenUp(logger, item.CaseId, item.Number, item.Attempts, delivery.Detail);
                await TellAsync(grain, new CaseCommand.RecordNoticeFailed(item.Number, delivery.Detail, item.Attempts), cancellationToken);
                await queue.FinishAsync(item, time.GetUtcNow(), cancellationToken);
                break;
        }
    }

    private static async Task<Delivery> SendAsync(INoticeChannel channel, OutgoingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await channel.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A channel may fail in any way it likes; the notice must come to an answer all the same.
            return Delivery.NotNow(e.Message);
        }
    }

    /// <summary>Doubling back-off; null when there are no attempts left, or no time before a person has to be asked.</summary>
    private DateTimeOffset? NextAttempt(ClaimedNotice item, Notice notice)
    {
        var wait = options.Value.FirstRetryAfter * Math.Pow(2, Math.Min(item.Attempts - 1, 10));
        var again = time.GetUtcNow() + wait;
        return item.Attempts < options.Value.MostAttempts && (notice.FallbackAt is null || again < notice.FallbackAt)
            ? again.ToMicroseconds()
            : null;
    }

    private async Task TellAsync(ICaseGrain grain, CaseCommand command, CancellationToken cancellationToken) =>
        await grain.Tell(
            new Envelope<CaseCommand>(Guid.CreateVersion7(time.GetUtcNow()), Actor.Notifier, command), cancellationToken);

    private string MessageIdOf(ClaimedNotice item) => $"{Notice.IdOf(item.CaseId, item.Number)}@{options.Value.MessageIdDomain}";
}
