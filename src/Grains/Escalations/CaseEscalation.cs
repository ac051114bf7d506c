using System.Collections.Immutable;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;

namespace Escalation.Grains.Escalations;

/// <summary>One cause that put a case on a level. Until it is closed, somebody has it or somebody higher is asked.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Cause">ESC-2: one escalation per cause; one of <see cref="Causes"/>, for instance <c>promise.lapsed:p1</c>.</param>
/// <param name="Level">Who is asked.</param>
/// <param name="Reason">In a sentence; null after erasure.</param>
/// <param name="RaisedAt">Since when.</param>
/// <param name="AcknowledgedBy">Who has it, if anyone does.</param>
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
    /// <summary>ESC-2: the due instant that caused it; null for causes without one.</summary>
    public DateTimeOffset? CauseAt { get; init; }

    /// <summary>ESC-3, ESC-4: what its running time runs by.</summary>
    public ClockPlan Plan { get; init; } = ClockPlan.Plain(LadderBook.Default.Rungs[0].Acknowledge);

    /// <summary>How far the running time had come by <see cref="Since"/>.</summary>
    public ClockProgress Progress { get; init; } = ClockProgress.From(RaisedAt);

    public DateTimeOffset Since { get; init; } = RaisedAt;

    /// <summary>By when someone has to acknowledge; once someone has, by when contact has to be evidenced.</summary>
    public DateTimeOffset DueAt { get; init; } = RaisedAt + LadderBook.Default.Rungs[0].Acknowledge;

    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>ESC-4: contact with the customer since it was acknowledged; what makes an acknowledgement last.</summary>
    public DateTimeOffset? ContactAt { get; init; }

    /// <summary>The level below, from which it rose last; null when it has not risen.</summary>
    public Level? RisenFrom { get; init; }

    /// <summary>ESC-3: which time its level is asked, from 1.</summary>
    public int Round { get; init; } = 1;

    /// <summary>Who was told, oldest first.</summary>
    public ImmutableArray<Telling> Told { get; init; } = [];

    /// <summary>Why it was closed.</summary>
    public string? ClosedBecause { get; init; }

    public bool IsOpen => ClosedAt is null;

    /// <summary>By when someone has to acknowledge it; null when someone has, or nobody needs to.</summary>
    public DateTimeOffset? AcknowledgeBy => IsOpen && AcknowledgedBy is null ? DueAt : null;

    /// <summary>By when whoever has it needs evidence of contact; null when nobody has it, or the evidence is there.</summary>
    public DateTimeOffset? HoldUntil => IsOpen && AcknowledgedBy is not null && ContactAt is null ? DueAt : null;

    /// <summary>When it goes on by itself; null when it waits for nothing.</summary>
    public DateTimeOffset? NextAt => AcknowledgeBy ?? HoldUntil;

    /// <summary>ESC-3: why nobody needs to hear of it any more: somebody has it, it has gone on, or it is over; null when they do.</summary>
    public string? NeedlessBecause(Telling telling) =>
        !IsOpen ? "escalation.closed"
            : AcknowledgedBy is not null ? "escalation.acknowledged"
            : (Level, Round) != (telling.Level, telling.Round) ? "escalation.wentOn"
            : null;

    /// <summary>The escalation's id on the wire: it names its case, so that it can be found.</summary>
    public static string IdOf(Guid caseId, int number) => $"{caseId:N}-e{number}";

    /// <summary>Case and number again, or false when <paramref name="id"/> is not an escalation's id.</summary>
    public static bool TryParseId(string id, out Guid caseId, out int number) => CaseScopedId.TryParse(id, 'e', out caseId, out number);

    /// <summary>Another running time begins at <paramref name="at"/>.</summary>
    internal CaseEscalation Running(ClockPlan? plan, DateTimeOffset? dueAt, DateTimeOffset at) => this with
    {
        Plan = plan ?? Plan,
        Progress = ClockProgress.From(at),
        Since = at,
        DueAt = dueAt ?? at + LadderBook.Default.Rungs[0].Acknowledge,
    };
}

/// <summary>Somebody on duty who was told of an escalation, over one channel.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Person">Who.</param>
/// <param name="Channel">How.</param>
/// <param name="Level">The level for which they were on duty.</param>
/// <param name="Round">Which time that level was asked.</param>
/// <param name="At">When it was decided.</param>
/// <param name="State">What has become of it.</param>
/// <param name="SettledAt">When that was.</param>
/// <param name="Reason">Why it failed, or was not needed any more.</param>
public sealed record Telling(
    int Number,
    string Person,
    DutyChannel Channel,
    Level Level,
    int Round,
    DateTimeOffset At,
    TellingState State,
    DateTimeOffset? SettledAt = null,
    string? Reason = null);

/// <summary>What has become of a telling.</summary>
public enum TellingState
{
    /// <summary>To be sent.</summary>
    Planned,

    /// <summary>On the board, or taken by the receiving server.</summary>
    Told,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>No longer needed when its turn came.</summary>
    Dropped,
}

/// <summary>Who is told over which channel.</summary>
/// <param name="Number">From 1 within the case.</param>
/// <param name="Person">Their id.</param>
/// <param name="Channel">How.</param>
public readonly record struct ToldPerson(int Number, string Person, DutyChannel Channel);

/// <summary>ESC-1: the words for what causes an escalation.</summary>
public static class Causes
{
    /// <summary>A clock of ours or of the law warned; with the clock's name.</summary>
    public const string ClockWarned = "clock.warned";

    /// <summary>A clock of ours or of the law was breached; with the clock's name.</summary>
    public const string ClockBreached = "clock.breached";

    /// <summary>REG-2: the letter that met a clock of the law came back; with the clock's name.</summary>
    public const string LetterCameBack = "letter.cameBack";

    /// <summary>With the promise's id.</summary>
    public const string PromiseLapsed = "promise.lapsed";

    /// <summary>PRM-4; with the promise's id.</summary>
    public const string SecondDelay = "promise.secondDelay";

    public const string Heat = "heat";

    public const string Round = "round";

    /// <summary>CUS-4.</summary>
    public const string LikeComplaint = "customer.likeComplaint";

    /// <summary>The customer wants to be called.</summary>
    public const string CallMe = "customer.callMe";

    /// <summary>The customer wants someone higher.</summary>
    public const string Higher = "customer";

    /// <summary>ESC-6: another case of the customer is on the level.</summary>
    public const string CustomerLevel = "customer.level";

    /// <summary>CLM-1.</summary>
    public const string ClaimAboveAuthority = "claim.aboveAuthority";

    /// <summary>Someone's explicit word.</summary>
    public const string Word = "word";
}
