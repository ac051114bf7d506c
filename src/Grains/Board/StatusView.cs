namespace Escalation.Grains.Board;

/// <summary>The platform's public figures, as <c>GET /api/status</c> answers them.</summary>
/// <param name="Position">Position of the last event this host has seen.</param>
/// <param name="OpenCases">Cases not closed.</param>
/// <param name="Promises">What became of promises; "today" since midnight UTC.</param>
/// <param name="Lateness">CLK-7: how late the deadline clock fired, fire minus due.</param>
/// <param name="Notices">How notices fare: waiting now, accepted and failed today.</param>
/// <param name="Stack"><c>embedded</c> or <c>cluster</c>.</param>
/// <param name="Version">The build.</param>
/// <param name="ServerTime">The host's clock.</param>
/// <param name="LagMs">Age of the oldest change that the board has not seen yet; 0 when it has seen all.</param>
/// <param name="StaleSince">Since when the board cannot be trusted; null while it can.</param>
/// <param name="Channels">How each way to the customers fares, as this host sees it.</param>
public sealed record StatusView(
    long Position,
    int OpenCases,
    PromiseFigures Promises,
    LatenessFigures Lateness,
    NoticeFigures Notices,
    string Stack,
    string Version,
    DateTimeOffset ServerTime,
    double LagMs,
    DateTimeOffset? StaleSince,
    IReadOnlyList<ChannelFigures>? Channels = null);

/// <summary>AtRisk: open, with send-by passed or due within 30 minutes.</summary>
public sealed record PromiseFigures(int Open, int AtRisk, int ExplainedToday, int KeptToday, int LapsedToday, int SilentlyLapsed);

/// <summary>Milliseconds over the last 10,000 firings; Fired counts all since the host started.</summary>
public sealed record LatenessFigures(double P50Ms, double P99Ms, double MaxMs, long Fired);

/// <summary>Planned: decided and waiting for a channel.</summary>
public sealed record NoticeFigures(int Planned, int Accepted, int Failed);

/// <summary>Whether a channel's server can be reached.</summary>
public enum ChannelState
{
    Up,
    Down,
}

/// <summary>PRM-5: a way to the customers.</summary>
/// <param name="Channel">Which.</param>
/// <param name="State">Down: only one message at a time tries it.</param>
/// <param name="Since">Since when it is down.</param>
/// <param name="Reason">What the last attempt met.</param>
public sealed record ChannelFigures(Cases.Channel Channel, ChannelState State, DateTimeOffset? Since, string? Reason);

/// <summary>Where the public figures come from.</summary>
public interface IPlatformStatus
{
    StatusView Read();

    /// <summary>Null when ready; else a sentence that says what is missing: the database, or a board that lags behind.</summary>
    Task<string?> NotReadyBecauseAsync(CancellationToken cancellationToken);
}
