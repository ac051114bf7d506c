using Escalation.Grains.Cases;

namespace Escalation.Silo.Notices;

/// <summary>A message ready to go.</summary>
/// <param name="MessageId">The same for every attempt, without angle brackets.</param>
internal sealed record OutgoingMessage(string MessageId, Guid CaseId, string To, string Subject, string Body, string Language);

/// <summary>What the receiving server said.</summary>
internal sealed record Delivery(bool Accepted, bool MayRetry, string Detail)
{
    public static Delivery Taken { get; } = new(true, false, "");

    /// <summary>Not now: worth another attempt.</summary>
    public static Delivery NotNow(string detail) => new(false, true, detail);

    /// <summary>Never: the address is refused, or there is no way.</summary>
    public static Delivery Never(string detail) => new(false, false, detail);
}

/// <summary>A way by which notices leave the platform.</summary>
internal interface INoticeChannel
{
    Channel Channel { get; }

    /// <summary>Hands the message over and returns what the receiving server said.</summary>
    Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <summary>A notice that this host may send now.</summary>
internal readonly record struct ClaimedNotice(Guid CaseId, int Number, int Attempts);

/// <summary>The table of notices to send.</summary>
internal interface INoticeQueue
{
    /// <summary>Takes up to <paramref name="limit"/> notices that are to be sent by now and that no other host holds.</summary>
    Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(
        DateTimeOffset now, TimeSpan claim, int limit, CancellationToken cancellationToken);

    /// <summary>How many notices wait to be sent, now or later.</summary>
    Task<int> CountWaitingAsync(CancellationToken cancellationToken);

    /// <summary>The notice needs no more work.</summary>
    Task FinishAsync(ClaimedNotice notice, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The notice is tried again at <paramref name="sendAt"/>.</summary>
    Task PostponeAsync(ClaimedNotice notice, DateTimeOffset sendAt, CancellationToken cancellationToken);
}
