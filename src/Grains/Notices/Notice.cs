using Escalation.Grains.Cases;

namespace Escalation.Grains.Notices;

/// <summary>Why a notice is sent.</summary>
public enum NoticeKind
{
    /// <summary>CASE-9: received, number, who answers, what next and by when.</summary>
    Acknowledgement,

    /// <summary>CASE-9: what was promised, and by when.</summary>
    Promise,

    /// <summary>PRM-3: why a promise is late and when it will be.</summary>
    Explanation,

    /// <summary>CASE-9: a promise was kept.</summary>
    Kept,

    /// <summary>CASE-4, CASE-9: the case is worked on again.</summary>
    Reopening,

    /// <summary>CASE-2: summary and thanks.</summary>
    Closing,

    /// <summary>REG-1: a letter of the law.</summary>
    Letter,
}

/// <summary>How far a notice has come.</summary>
public enum NoticeState
{
    /// <summary>Decided, not yet accepted by a receiving server.</summary>
    Decided,
    Accepted,
    Failed,

    /// <summary>Found needless just before sending; the reason says why.</summary>
    Dropped,
}

/// <summary>One message to one recipient over one channel.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Kind">Why it is sent.</param>
/// <param name="Channel">How it goes.</param>
/// <param name="Promise">The promise it explains, if any.</param>
/// <param name="Revision">The promise's revision that it announces.</param>
/// <param name="Language">BCP 47.</param>
/// <param name="To">Recipient's address; null after erasure.</param>
/// <param name="Subject">Null after erasure.</param>
/// <param name="Body">Plain text; null after erasure.</param>
/// <param name="PlannedAt">When it was meant to go out.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="FallbackAt">PRM-5: not accepted by then, the next channel is taken, or a person asked to call; null when nothing hangs on it.</param>
/// <param name="State">How far it has come.</param>
/// <param name="SentAt">When it was handed to the receiving server.</param>
/// <param name="AcceptedAt">When the receiving server took it.</param>
/// <param name="FailedAt">When it was given up.</param>
/// <param name="Reason">Why it failed or was dropped.</param>
public sealed record Notice(
    int Number,
    NoticeKind Kind,
    Channel Channel,
    int? Promise,
    int? Revision,
    string Language,
    string? To,
    string? Subject,
    string? Body,
    DateTimeOffset PlannedAt,
    DateTimeOffset DecidedAt,
    DateTimeOffset? FallbackAt,
    NoticeState State = NoticeState.Decided,
    DateTimeOffset? SentAt = null,
    DateTimeOffset? AcceptedAt = null,
    DateTimeOffset? FailedAt = null,
    string? Reason = null)
{
    /// <summary>The text for channels that carry little of it; null when there is none, and after erasure.</summary>
    public string? Short { get; init; }

    /// <summary>After this instant it is worth nothing any more: the date that it explains away has passed.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>The first notice of those that carry one message over one channel after another.</summary>
    public int Chain { get; init; }

    /// <summary>How often it was handed over until it was accepted or given up.</summary>
    public int Attempts { get; init; }

    /// <summary>The notice's id on the wire.</summary>
    public static string IdOf(Guid caseId, int number) => $"{caseId:N}-n{number}";
}

/// <summary>PRM-4, PRM-5: a person has to call the customer, because a machine's word no longer does.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Promise">The promise it is about, if any.</param>
/// <param name="Reason">Why a person has to call: a stable word, <c>notice.notAccepted</c>.</param>
/// <param name="RaisedAt">Since when.</param>
/// <param name="DoneAt">When contact with the customer was evidenced.</param>
public sealed record CallTask(int Number, int? Promise, string Reason, DateTimeOffset RaisedAt, DateTimeOffset? DoneAt = null)
{
    /// <summary>PRM-4: the promise was moved before; a machine may not move it again.</summary>
    public const string SecondDelay = "promise.secondDelay";

    /// <summary>PRM-8: the promise lapsed.</summary>
    public const string Lapsed = "promise.lapsed";

    /// <summary>PRM-5: no receiving server took the explanation in time.</summary>
    public const string NotAccepted = "notice.notAccepted";

    /// <summary>PRM-6: the customer asked to be called, or a new date does not suit them.</summary>
    public const string CallMe = "customer.callMe";

    /// <summary>PRM-6: the customer cancelled what was promised; the case needs a new agreement.</summary>
    public const string Cancelled = "customer.cancelled";

    /// <summary>REG-1: the customer did not answer, and the law takes that for a cancellation.</summary>
    public const string CancelledBySilence = "law.silenceCancels";

    /// <summary>PRM-6: the customer did not answer a second delay.</summary>
    public const string NoAnswer = "customer.noAnswer";

    /// <summary>PRM-5: there is no address to write to.</summary>
    public const string NoChannel = "notice.noChannel";
}
