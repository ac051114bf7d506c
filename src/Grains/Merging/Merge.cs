using Escalation.Grains.Cases;

namespace Escalation.Grains.Merging;

/// <summary>CASE-8: how far it has come that a case is merged into another.</summary>
public enum MergeState
{
    /// <summary>Asked for; the case stands still until the other has answered.</summary>
    Begun,

    /// <summary>The other has everything; this one is closed and points to it.</summary>
    Done,

    /// <summary>The other could not take it; this one goes on as if nothing had been asked.</summary>
    Abandoned,
}

/// <summary>CASE-8: the latest time that this case was to be merged into another.</summary>
/// <param name="Attempt">From 1 within the case.</param>
/// <param name="Into">The case that is to survive.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Number">The surviving case's number for people, once merged.</param>
/// <param name="Refusal">Why it was abandoned: a stable word.</param>
/// <param name="Detail">Why it was abandoned, in a sentence.</param>
/// <param name="Promises">Under which numbers the surviving case has this case's promises.</param>
public sealed record Merge(
    int Attempt,
    Guid Into,
    DateTimeOffset At,
    MergeState State = MergeState.Begun,
    long? Number = null,
    string? Refusal = null,
    string? Detail = null,
    IReadOnlyList<MovedPromise>? Promises = null);

/// <summary>CASE-8: a promise that now stands in another case.</summary>
/// <param name="Was">Its number in the case that was merged.</param>
/// <param name="Now">Its number in the surviving case.</param>
public sealed record MovedPromise(int Was, int Now);

/// <summary>CASE-8: a case that was merged into this one.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Number">Its number for people.</param>
/// <param name="At">When.</param>
/// <param name="Claim">What was claimed in it.</param>
/// <param name="Attempt">Which of its attempts this was.</param>
/// <param name="Promises">Under which numbers its promises stand here.</param>
public sealed record MergedCase(
    Guid CaseId, long Number, DateTimeOffset At, Money? Claim, int Attempt, IReadOnlyList<MovedPromise> Promises);

/// <summary>CASE-8: another case's attempt to be merged into this one, which said no to it.</summary>
/// <param name="From">The other case.</param>
/// <param name="Attempt">Which of its attempts this was.</param>
/// <param name="Refusal">Why not.</param>
public sealed record RefusedTakeOver(Guid From, int Attempt, Refused Refusal);

/// <summary>What people wrote in a case that was merged; apart, so that it can be erased (CUS-7).</summary>
/// <param name="Promises">The promises' texts, in order.</param>
/// <param name="Moves">The reasons of each promise's moves, in order.</param>
/// <param name="Concessions">The reasons of the concessions, in order.</param>
public sealed record MergedWords(
    IReadOnlyList<string?> Promises, IReadOnlyList<IReadOnlyList<string?>> Moves, IReadOnlyList<string?> Concessions);

/// <summary>CASE-8: a notice of a case that was merged, which came back.</summary>
/// <param name="From">Which case it was.</param>
/// <param name="Notice">Its number there.</param>
public sealed record ReturnedNotice(Guid From, int Notice);
