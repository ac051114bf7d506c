using Escalation.Grains.Cases;
using Escalation.Grains.Notices;

namespace Escalation.Grains.Statutory;

/// <summary>CASE-10, REG-1: a pack that covers a case.</summary>
/// <param name="Pack">Its id.</param>
/// <param name="Policy">The version of the policy that says what it asks for; it holds for as long as the case lives.</param>
/// <param name="Since">When it was found to cover the case.</param>
public sealed record CoveringLaw(string Pack, string Policy, DateTimeOffset Since);

/// <summary>REG-1: a letter of the law that was decided.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Pack">Whose letter.</param>
/// <param name="Letter">Which.</param>
/// <param name="Notice">The notice that carries it; null for one that a person sent by other means.</param>
/// <param name="Meets">The clocks that it meets once it is proven to be sent, by their names in the case.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="By">Who sent it.</param>
/// <param name="Evidence">How a person sent it; null when a notice carries it, and after erasure.</param>
public sealed record SentLetter(
    int Number,
    string Pack,
    string Letter,
    int? Notice,
    System.Collections.Immutable.ImmutableArray<string> Meets,
    DateTimeOffset DecidedAt,
    string By,
    string? Evidence)
{
    /// <summary>When it was proven to be sent: a receiving server took it, or a person says how; null before that.</summary>
    public DateTimeOffset? SentAt(Case state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Notice is not { } first
            ? DecidedAt
            : state.Notices.Where(notice => notice.Chain == first && notice.State == NoticeState.Accepted).Min(notice => notice.AcceptedAt);
    }
}
