namespace Escalation.Silo.Intake;

/// <summary>The states of the incident log.</summary>
internal enum IncidentState
{
    /// <summary>Dirt (<c>-100</c>) or null: the row does not say.</summary>
    Unknown,
    New,
    Active,
    AwaitingUserInfo,
    AwaitingVendor,
    AwaitingProblem,
    AwaitingEvidence,
    Resolved,
    Closed,
}

/// <summary>
/// One update of one incident, as it was known when it was written: the columns that hold the final outcome on every
/// row (<c>opened_at</c>, <c>resolved_at</c>, <c>closed_at</c>, <c>resolved_by</c>, <c>closed_code</c>, <c>made_sla</c>) are none of it.
/// </summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Number">The incident.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reassignments">How often it was handed over so far.</param>
/// <param name="Reopens">How often it was reopened so far.</param>
/// <param name="Update">The source's own count of updates.</param>
/// <param name="At">When the update was written.</param>
/// <param name="Caller">Who complained.</param>
/// <param name="ContactType">How they came.</param>
/// <param name="Location">From where.</param>
/// <param name="Category">About what.</param>
/// <param name="Subcategory">About what, closer.</param>
/// <param name="Symptom">What was seen.</param>
/// <param name="Impact">1 is the worst; null when the row does not say.</param>
/// <param name="Urgency">1 is the worst; null when the row does not say.</param>
/// <param name="Group">The group that answers for it.</param>
internal sealed record IncidentRow(
    int Line,
    string Number,
    IncidentState State,
    int Reassignments,
    int Reopens,
    int Update,
    DateTimeOffset At,
    string? Caller,
    string? ContactType,
    string? Location,
    string? Category,
    string? Subcategory,
    string? Symptom,
    int? Impact,
    int? Urgency,
    string? Group);

/// <summary>One incident with all its updates, in the order of the file.</summary>
internal sealed record IncidentCase(string Number, IReadOnlyList<IncidentRow> Rows)
{
    /// <summary>How it ended, where it ended closed and the file says it; for comparing afterwards only.</summary>
    public IncidentOutcome? Outcome { get; init; }
}

/// <summary>The end of an incident's story, which stands on every row from its first: no row may be judged by it.</summary>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="ClosedAt">When it was closed for good.</param>
/// <param name="MadeSla">Whether the source found its target kept.</param>
internal sealed record IncidentOutcome(DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, bool MadeSla);

/// <summary>A line that could not be taken, and why.</summary>
internal sealed record LineFault(int Line, string Reason);
