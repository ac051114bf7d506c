using Escalation.Grains.Cases;

namespace Escalation.Grains.Approvals;

/// <summary>What leave is asked for.</summary>
public enum ApprovalKind
{
    /// <summary>PRM-4: to move a promise that was moved before.</summary>
    SecondDelay,

    /// <summary>CLM-3: to concede more than one may alone.</summary>
    Concession,
}

/// <summary>What has become of an approval.</summary>
public enum ApprovalState
{
    Open,
    Approved,
    Denied,

    /// <summary>No longer to be decided: what it was about is over.</summary>
    Dropped,
}

/// <summary>Leave that someone asked of someone with more authority (PRM-4, CLM-3).</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Kind">What leave is asked for.</param>
/// <param name="AskedBy">Who asked; whoever it is, they do not decide it.</param>
/// <param name="AskedAt">Since when it waits.</param>
/// <param name="DecideBy">By when it has to be decided before the platform goes on without it.</param>
/// <param name="Reason">Why, in words that can be told to the customer; null after erasure.</param>
/// <param name="Promise">The promise it is about, if any.</param>
/// <param name="Revision">The revision of that promise when it was asked.</param>
/// <param name="NewDueAt">The date that the customer would be given.</param>
/// <param name="Amount">The money it is about, if any.</param>
/// <param name="State">What has become of it.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When it was decided or dropped.</param>
/// <param name="DecisionReason">Why it was decided so; the stable word of what ended it when it was dropped.</param>
public sealed record Approval(
    int Number,
    ApprovalKind Kind,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset DecideBy,
    string? Reason,
    int? Promise = null,
    int? Revision = null,
    DateTimeOffset? NewDueAt = null,
    Money? Amount = null,
    ApprovalState State = ApprovalState.Open,
    string? DecidedBy = null,
    DateTimeOffset? DecidedAt = null,
    string? DecisionReason = null)
{
    /// <summary>CLM-3: who is asked; null for any supervisor.</summary>
    public Level? Level { get; init; }

    /// <summary>CLM-3: who is needed at least, whoever is asked by now.</summary>
    public Level? Needed { get; init; }

    /// <summary>CLM-3: the concession that it is about, if any.</summary>
    public int? Concession { get; init; }

    /// <summary>CLM-3: why leave is needed, in a sentence.</summary>
    public string? Because { get; init; }

    /// <summary>CLM-3: how often it was not decided in time and went on.</summary>
    public int PassedOn { get; init; }

    public bool IsOpen => State == ApprovalState.Open;

    /// <summary>The approval's id on the wire: it names its case, so that it can be found.</summary>
    public static string IdOf(Guid caseId, int number) => $"{caseId:N}-a{number}";

    /// <summary>Case and number again, or false when <paramref name="id"/> is not an approval's id.</summary>
    public static bool TryParseId(string id, out Guid caseId, out int number) => CaseScopedId.TryParse(id, 'a', out caseId, out number);
}
