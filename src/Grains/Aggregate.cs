using Escalation.Grains.Log;
using Escalation.Grains.Policies;

namespace Escalation.Grains;

/// <summary>Marks the events of one aggregate; each nested record of it is one kind of entry in the log.</summary>
public interface IEvent;

/// <summary>All that a rule may know besides the state and the command: no clock, no store, no chance.</summary>
/// <param name="Now">The instant at which the command is decided, in whole microseconds (as PostgreSQL keeps it).</param>
/// <param name="By">Who asks.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Policies">Older versions of it, which some cases are still judged by.</param>
public sealed record Context(DateTimeOffset Now, Actor By, Policy Policy, IPolicySource? Policies = null)
{
    /// <summary>The policy as it was in <paramref name="version"/>; the one in force when nobody knows that version any more.</summary>
    public Policy PolicyOf(string version) => version == Policy.Version ? Policy : Policies?.Find(version) ?? Policy;
}

/// <summary>A command on its way to a grain.</summary>
/// <param name="CommandId">CASE-5: the same id again returns the same answer and changes nothing.</param>
/// <param name="By">Who sent it.</param>
/// <param name="Command">What is asked.</param>
/// <param name="ExpectedVersion">CASE-5: refuse unless the grain is at this version; null to take any.</param>
/// <param name="At">When it happened, for imports of the past; null for now. Never in the future.</param>
public sealed record Envelope<TCommand>(
    Guid CommandId, Actor By, TCommand Command, int? ExpectedVersion = null, DateTimeOffset? At = null);

/// <summary>
/// The pure half of a grain: rules that decide, and a fold that remembers. The other half, the same for all,
/// is <see cref="Hosting.Activation{TState,TCommand,TEvent}"/>.
/// </summary>
public interface IAggregate<TSelf, TCommand, TEvent>
    where TSelf : class, IAggregate<TSelf, TCommand, TEvent>
    where TEvent : class, IEvent
{
    /// <summary>The word for this kind of grain in the log: <c>case</c>, <c>customer</c>.</summary>
    static abstract string Category { get; }

    /// <summary>
    /// The word in the log for an event that holds the whole state, for grains whose history grows without end: they are loaded from the
    /// latest one on. Command ids before it are forgotten, so that such a grain's commands must be idempotent by what they say.
    /// </summary>
    static virtual string? Checkpoint => null;

    /// <summary>The state before the first event.</summary>
    static abstract TSelf Empty(Guid id);

    /// <summary>Decides a command. Pure: the same input gives the same decision.</summary>
    Decision<TEvent> Decide(TCommand command, Context context);

    /// <summary>The state after one more event, which happened <paramref name="at"/> by the hand of <paramref name="by"/>.</summary>
    TSelf Evolve(TEvent happened, DateTimeOffset at, string by);

    /// <summary>What must be stored in the same transaction as <paramref name="events"/>, given this state after them.</summary>
    Effects EffectsOf(IReadOnlyList<TEvent> events, int version);
}

/// <summary>What is written with an append besides its events, in the same transaction.</summary>
/// <param name="Due">When the grain wants to be woken next; null when nothing runs.</param>
/// <param name="Row">The case's row on the board; null for grains that have none, and for closed cases.</param>
/// <param name="Notices">Notices decided by these events, to be sent by a job.</param>
public sealed record Effects(Due? Due = null, Board.BoardRow? Row = null, IReadOnlyList<NoticeJob>? Notices = null)
{
    public static Effects None { get; } = new();

    /// <summary>True when due instant and row, but for the row's version, are what was stored with the grain's last append.</summary>
    public bool AreStored { get; init; }

    /// <summary>CUS-7: with this append, what is personal in all that happened to the grain before is erased.</summary>
    public bool ErasesPersonal { get; init; }

    /// <summary>What is stored beside a grain that an append has left as it was, but for its version.</summary>
    public Effects At(int version) =>
        new(Due, Row is null ? null : Row with { Version = version }) { AreStored = true };
}
