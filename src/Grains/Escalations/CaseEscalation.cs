using Escalation.Grains.Cases;

namespace Escalation.Grains.Escalations;

/// <summary>One cause that put a case on a level.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Cause">ESC-2: one escalation per cause; for instance <c>promise.lapsed:p1</c> or <c>word</c>.</param>
/// <param name="Level">Who is asked.</param>
/// <param name="Reason">In a sentence; null after erasure.</param>
/// <param name="RaisedAt">Since when.</param>
/// <param name="AcknowledgedBy">Who took it, if anyone has.</param>
/// <param name="ClosedAt">When its cause was gone, or the case closed.</param>
public sealed record CaseEscalation(
    int Number,
    string Cause,
    Level Level,
    string? Reason,
    DateTimeOffset RaisedAt,
    string? AcknowledgedBy = null,
    DateTimeOffset? ClosedAt = null)
{
    public bool IsOpen => ClosedAt is null;

    /// <summary>The escalation's id on the wire: it names its case, so that it can be found.</summary>
    public static string IdOf(Guid caseId, int number) => $"{caseId:N}-e{number}";

    /// <summary>Case and number again, or false when <paramref name="id"/> is not an escalation's id.</summary>
    public static bool TryParseId(string id, out Guid caseId, out int number) => CaseScopedId.TryParse(id, 'e', out caseId, out number);
}
