using Escalation.Grains.Board;
using Escalation.Grains.Desks;

namespace Escalation.Dashboard.Hubs;

/// <summary>What a desk's stream says; docs/PROTOCOL.md describes it.</summary>
/// <param name="Kind">Which message this is.</param>
/// <param name="Seq">1 for a stream's first message, then one more each.</param>
/// <param name="Position">Position of the last event that the desk knows.</param>
/// <param name="ServerTime">The host's clock when the desk was read: the judge of every window.</param>
/// <param name="StaleSince">Since when the desk cannot be trusted; absent while it can.</param>
public abstract record DeskMessage(string Kind, long Seq, long Position, DateTimeOffset ServerTime, DateTimeOffset? StaleSince)
{
    /// <summary>Raised when an older page could no longer read the messages.</summary>
    public const int ProtocolVersion = 1;

    /// <summary>The whole desk: always the first message of a stream.</summary>
    /// <param name="Protocol"><see cref="ProtocolVersion"/>.</param>
    /// <param name="BeatMs">At least so often something is said.</param>
    /// <param name="Me">Whose desk it is.</param>
    /// <param name="Offers">What rings there.</param>
    /// <param name="Cases">What they own, in order of harm.</param>
    /// <param name="Waiting">What is asked of them, the most pressing first.</param>
    public sealed record Snapshot(
        long Seq, long Position, DateTimeOffset ServerTime, DateTimeOffset? StaleSince,
        int Protocol, double BeatMs, DeskMe Me, IReadOnlyList<DeskOffer> Offers, IReadOnlyList<BoardRow> Cases, IReadOnlyList<DeskAsk> Waiting)
        : DeskMessage("snapshot", Seq, Position, ServerTime, StaleSince);

    /// <summary>What is different from the message before: each part whole, but cases one by one.</summary>
    /// <param name="Me">Absent when it is as it was, as are the next two.</param>
    /// <param name="Offers">What rings now.</param>
    /// <param name="Waiting">What is asked now.</param>
    /// <param name="Removes">Cases that are theirs no more.</param>
    /// <param name="Upserts">Cases that are new or have changed, in order.</param>
    /// <param name="Places">Where each of <paramref name="Upserts"/> stands now, from 0.</param>
    public sealed record Patch(
        long Seq, long Position, DateTimeOffset ServerTime, DateTimeOffset? StaleSince,
        DeskMe? Me, IReadOnlyList<DeskOffer>? Offers, IReadOnlyList<DeskAsk>? Waiting,
        IReadOnlyList<Guid> Removes, IReadOnlyList<BoardRow> Upserts, IReadOnlyList<int> Places)
        : DeskMessage("patch", Seq, Position, ServerTime, StaleSince);

    /// <summary>Nothing has changed; the stream is alive.</summary>
    public sealed record Beat(long Seq, long Position, DateTimeOffset ServerTime, DateTimeOffset? StaleSince)
        : DeskMessage("beat", Seq, Position, ServerTime, StaleSince);
}

/// <summary>BRD-5: who looks at a case.</summary>
public sealed record LookMessage(IReadOnlyList<CaseViewer> Viewers);

/// <summary>What came of accepting an offer.</summary>
/// <param name="Accepted">True when the case is theirs.</param>
/// <param name="CaseId">Which case.</param>
/// <param name="Code">Why not: a stable word.</param>
/// <param name="Detail">Why not, in a sentence.</param>
/// <param name="By">DSK-4: who has it.</param>
public sealed record AcceptReply(bool Accepted, Guid? CaseId, string? Code, string? Detail, string? By);

/// <summary>What came of declining an offer.</summary>
public sealed record DeclineReply(bool Declined, string? Code, string? Detail);

/// <summary>What came of choosing a presence.</summary>
public sealed record PresenceReply(bool Chosen, string? Code, string? Detail);
