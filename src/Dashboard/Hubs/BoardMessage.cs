using Escalation.Grains.Board;

namespace Escalation.Dashboard.Hubs;

/// <summary>
/// What the board's stream says; docs/PROTOCOL.md describes it, web/src/protocol.ts reads it. SignalR writes each item
/// by its own type, so every kind names itself.
/// </summary>
/// <param name="Kind">Which message this is.</param>
/// <param name="Seq">1 for a stream's first message, then one more each.</param>
/// <param name="Position">Position of the last event that the view knows.</param>
/// <param name="ServerTime">The host's clock when the view was read.</param>
/// <param name="LagMs">How long the last change took from its decision to the board.</param>
/// <param name="StaleSince">Since when the board cannot be trusted; absent while it can.</param>
/// <param name="Counts">Figures over the whole board.</param>
public abstract record BoardMessage(
    string Kind, long Seq, long Position, DateTimeOffset ServerTime, double LagMs, DateTimeOffset? StaleSince, BoardCounts Counts)
{
    /// <summary>BRD-6: the instant in the past that is shown; absent in a live stream.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Raised when an older page could no longer read the messages.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>The whole view: always the first message of a stream.</summary>
    /// <param name="Protocol"><see cref="ProtocolVersion"/>.</param>
    /// <param name="BeatMs">At least so often something is said.</param>
    /// <param name="Rows">The window in order.</param>
    /// <param name="Next">Where the next page begins; absent at the end.</param>
    public sealed record Snapshot(
        long Seq, long Position, DateTimeOffset ServerTime, double LagMs, DateTimeOffset? StaleSince, BoardCounts Counts,
        int Protocol, double BeatMs, IReadOnlyList<KeptRow> Rows, string? Next)
        : BoardMessage("snapshot", Seq, Position, ServerTime, LagMs, StaleSince, Counts);

    /// <summary>What is different from the message before.</summary>
    /// <param name="Removes">Cases that have left the window.</param>
    /// <param name="Upserts">Rows that are new in the window or have changed, in order.</param>
    /// <param name="Places">Where each of <paramref name="Upserts"/> stands in the new window, from 0.</param>
    /// <param name="Next">Where the next page begins; absent at the end.</param>
    public sealed record Patch(
        long Seq, long Position, DateTimeOffset ServerTime, double LagMs, DateTimeOffset? StaleSince, BoardCounts Counts,
        IReadOnlyList<Guid> Removes, IReadOnlyList<KeptRow> Upserts, IReadOnlyList<int> Places, string? Next)
        : BoardMessage("patch", Seq, Position, ServerTime, LagMs, StaleSince, Counts);

    /// <summary>Nothing has changed in the window; the stream is alive.</summary>
    public sealed record Beat(
        long Seq, long Position, DateTimeOffset ServerTime, double LagMs, DateTimeOffset? StaleSince, BoardCounts Counts)
        : BoardMessage("beat", Seq, Position, ServerTime, LagMs, StaleSince, Counts);
}
