using Escalation.Grains.Cases;
using Escalation.Grains.Notices;

namespace Escalation.Silo.Notices;

/// <summary>A message ready to go.</summary>
/// <param name="MessageId">The same for every attempt, without angle brackets.</param>
internal sealed record OutgoingMessage(string MessageId, Guid CaseId, string To, string Subject, string Body, string Language)
{
    /// <summary>The notice, for systems that are told which one it is.</summary>
    public Notice? Notice { get; init; }

    /// <summary>The text for channels that carry little of it.</summary>
    public string Short { get; init; } = "";

    /// <summary>The same for all messages of a case, without angle brackets: mail programs keep them together by it.</summary>
    public string? Thread { get; init; }
}

/// <summary>What the receiving server said.</summary>
/// <param name="Accepted">It took the message.</param>
/// <param name="MayRetry">Another attempt may do better.</param>
/// <param name="Detail">In words, naming no customer.</param>
/// <param name="Unreachable">
/// The server could not be talked to at all, so that any other message would fare the same; why, as a word for the public.
/// </param>
/// <param name="RetryAfter">How long the server wants to be left alone.</param>
internal sealed record Delivery(bool Accepted, bool MayRetry, string Detail, string? Unreachable = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Nobody listens there, or the name is unknown.</summary>
    public const string NoServer = "noServer";

    /// <summary>Somebody listens and does not answer in time, or hangs up.</summary>
    public const string NoAnswer = "noAnswer";

    /// <summary>The server wants another password, or TLS that works.</summary>
    public const string SignIn = "signIn";

    /// <summary>The server is closed for now.</summary>
    public const string Closed = "closed";

    public static Delivery Taken { get; } = new(true, false, "");

    /// <summary>Not now: worth another attempt.</summary>
    public static Delivery NotNow(string detail, TimeSpan? retryAfter = null) => new(false, true, detail, null, retryAfter);

    /// <summary>Nobody there.</summary>
    public static Delivery Nobody(string reason, string detail, TimeSpan? retryAfter = null) => new(false, true, detail, reason, retryAfter);

    /// <summary>Never: the address is refused, or there is no way.</summary>
    public static Delivery Never(string detail) => new(false, false, detail);
}

/// <summary>A way by which notices leave the platform.</summary>
internal interface INoticeChannel
{
    Channel Channel { get; }

    /// <summary>Messages a minute that the server wants at most; 0 for no limit.</summary>
    int PerMinute => 0;

    /// <summary>Hands the message over and returns what the receiving server said.</summary>
    Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);

    /// <summary>Nothing more to send for now: connections that were kept can go.</summary>
    void Rest()
    {
    }
}

/// <summary>A notice that this host may send now, of a case that is at <paramref name="Version"/> at least.</summary>
internal readonly record struct ClaimedNotice(Guid CaseId, int Number, int Attempts, int Version);

/// <summary>The table of notices to send.</summary>
internal interface INoticeQueue
{
    /// <summary>
    /// Takes up to <paramref name="limit"/> notices of a channel that are to be sent by now and that no other host holds,
    /// the most urgent first.
    /// </summary>
    /// <param name="urgentBy">Only those that must be out by then; null for all.</param>
    Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(
        Channel channel, DateTimeOffset now, TimeSpan claim, int limit, DateTimeOffset? urgentBy, CancellationToken cancellationToken);

    /// <summary>Takes notices of channels that are none of <paramref name="known"/>.</summary>
    Task<IReadOnlyList<ClaimedNotice>> ClaimOthersAsync(
        IEnumerable<Channel> known, DateTimeOffset now, TimeSpan claim, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Takes claims back from hosts that are no more, so that what they were about to send need not wait until
    /// <paramref name="claim"/>, the time for which it was claimed, runs out. Claims of the last seconds are left alone: a live
    /// host may be without a connection while the database starts again.
    /// </summary>
    Task FreeAbandonedAsync(DateTimeOffset now, TimeSpan claim, CancellationToken cancellationToken);

    /// <summary>How many notices wait to be sent, now or later.</summary>
    Task<int> CountWaitingAsync(CancellationToken cancellationToken);

    /// <summary>The notice needs no more work.</summary>
    Task FinishAsync(ClaimedNotice notice, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The notice is tried again at <paramref name="sendAt"/>.</summary>
    Task PostponeAsync(ClaimedNotice notice, DateTimeOffset sendAt, CancellationToken cancellationToken);

    /// <summary>Everything of the channel whose time has come waits, because of <paramref name="reason"/>.</summary>
    Task HoldAsync(Channel channel, string reason, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Everything of the channel that was put off is to be sent at once: its server is back.</summary>
    Task HastenAsync(Channel channel, DateTimeOffset now, CancellationToken cancellationToken);
}
