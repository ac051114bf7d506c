using Escalation.Grains.Clocks;

namespace Escalation.Grains.Policies;

/// <summary>Changes the policy while the host runs, and has open cases judged by it.</summary>
public interface IPolicyRollout
{
    /// <summary>Reads the policy anew; it judges every case that opens from now on. What cannot be used changes nothing.</summary>
    Task<PolicyReload> ReloadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What would move if open cases were judged by the policy in force, a page at a time, in order of the cases' ids:
    /// every clock whose due instant would be another.
    /// </summary>
    /// <param name="after">The last case of the page before; null for the first page.</param>
    /// <param name="cases">How many cases are looked at, at most.</param>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    Task<PolicyPreview> PreviewAsync(Guid? after, int cases, CancellationToken cancellationToken);

    /// <summary>
    /// Has every open case judged by the policy in force. Cancelled or interrupted, what was done stays done, and the same again
    /// does the rest.
    /// </summary>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    Task<PolicyApplication> ApplyAsync(Actor by, CancellationToken cancellationToken);
}

/// <summary>What came of reading the policy anew.</summary>
/// <param name="Version">The version in force now.</param>
/// <param name="Was">The version in force before.</param>
/// <param name="Problems">Why it was not taken, each as <c>file:line: what is wrong</c>; none when it was.</param>
public sealed record PolicyReload(string Version, string Was, IReadOnlyList<string> Problems);

/// <summary>One page of a preview.</summary>
/// <param name="Cases">How many cases were looked at.</param>
/// <param name="Moves">Due instants that would move.</param>
/// <param name="Next">The last case looked at; null when there are no more.</param>
public sealed record PolicyPreview(int Cases, IReadOnlyList<ClockMove> Moves, Guid? Next);

/// <summary>A due instant that would move, start or end.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Number">Its number for people.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Was">The plan that it runs by; null for a clock that would start.</param>
/// <param name="WasDueAt">When it is due.</param>
/// <param name="Plan">The plan that it would run by; null for a clock that would stop.</param>
/// <param name="DueAt">When it would be due.</param>
/// <param name="IsBreach">True when it would be overdue at once.</param>
public sealed record ClockMove(
    Guid CaseId, long Number, string Clock, ClockPlan? Was, DateTimeOffset? WasDueAt, ClockPlan? Plan, DateTimeOffset? DueAt, bool IsBreach);

/// <summary>What came of having open cases judged anew.</summary>
/// <param name="Version">The version they are judged by.</param>
/// <param name="Cases">How many were judged anew; the others had been already.</param>
/// <param name="Moved">How many due instants moved.</param>
public sealed record PolicyApplication(string Version, int Cases, int Moved);
