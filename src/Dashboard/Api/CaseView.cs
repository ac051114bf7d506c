using System.Collections.Immutable;
using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;

namespace Escalation.Dashboard.Api;

/// <summary>The case as the outside sees it.</summary>
public sealed record CaseView(
    Guid Id,
    long Number,
    int Version,
    Stage Stage,
    int Round,
    Heat Heat,
    string Type,
    Level Level,
    string? Owner,
    CaseCustomerView Customer,
    string? Summary,
    Channel Channel,
    DateTimeOffset ComplainedAt,
    DateTimeOffset OpenedAt,
    DateTimeOffset? ClosedAt,
    Outcome? Outcome,
    string? Product,
    string? Site,
    Money? Claim,
    string? PausedFor,
    string Policy,
    IReadOnlyList<ClockView> Clocks,
    IReadOnlyList<PromiseView> Promises,
    IReadOnlyList<EscalationView> Escalations,
    IReadOnlyList<Option> Options,
    IReadOnlyList<GiftView> Gifts,
    IReadOnlyList<CallTaskView> CallTasks,
    IReadOnlyList<ApprovalView> Approvals,
    IReadOnlyList<string> Missing,
    IReadOnlyList<ConcessionView> Concessions,
    string? CausedBy,
    ApologyView? Apology,
    Guid? Previous,
    MergedIntoView? MergedInto,
    IReadOnlyList<MergedCaseView> Merged,
    Survey? Survey,
    DateTimeOffset? UnansweredSince,
    Guid? Review)
{
    /// <summary>The view of a case that exists.</summary>
    public static CaseView Of(Case state, int version)
    {
        var opening = state.Opening!;
        return new CaseView(
            state.Id, opening.Number, version, state.Stage, state.Round, state.Heat, opening.Type, state.Level, state.Owner,
            CaseCustomerView.Of(opening), opening.Summary, opening.Channel, opening.ComplainedAt, state.OpenedAt,
            state.ClosedAt, state.IsOpen ? null : state.Outcome, opening.Product, opening.Site, state.Claim,
            state.PausedFor, state.PolicyVersion,
            [.. state.Clocks.Select(ClockView.Of)],
            [.. state.Promises.Select(PromiseView.Of)],
            [.. state.Escalations.Select(escalation => EscalationView.Of(state.Id, escalation))],
            state.Options,
            [.. state.Gifts.Select(GiftView.Of)],
            [.. state.CallTasks.Select(CallTaskView.Of)],
            [.. state.Approvals.Select(approval => ApprovalView.Of(state.Id, approval))],
            state.IsOpen ? state.MissingFor() : ImmutableArray<string>.Empty,
            [.. state.Concessions.Select(ConcessionView.Of)],
            state.CausedBy,
            state.Apology is { } apology ? ApologyView.Of(apology) : null,
            opening.Previous,
            state.MergedInto is { } into ? new MergedIntoView(into, state.Merge!.Number!.Value) : null,
            [.. state.Merged.Select(MergedCaseView.Of)],
            state.Survey,
            state.UnansweredSince,
            opening.Review);
    }
}

/// <summary>Whose case it is, as known when it was opened; only the id after erasure.</summary>
public sealed record CaseCustomerView(Guid Id, string? Name, string? Email, string? Phone, string? Language, string? TimeZone)
{
    internal static CaseCustomerView Of(CaseEvent.CaseOpened opening) => new(
        opening.CustomerId, opening.Customer?.Name, opening.Customer?.Email, opening.Customer?.Phone,
        opening.Customer?.Language, opening.Customer?.TimeZone);
}

/// <summary>A due instant that is ours or the law's.</summary>
/// <param name="Name"><c>acknowledge</c>, <c>silence</c>, <c>resolution</c>.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="StartedAt">Where it counts from.</param>
/// <param name="DueAt">When it is breached unless its aim is met.</param>
/// <param name="WarnAt">When it warns.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Paused">How long it has stood still, the present pause left out.</param>
/// <param name="PausedFor">Why it stands still; absent when it does not.</param>
/// <param name="Sla">The SLA policy, or the clock of the law, that it runs by.</param>
/// <param name="StoppedAt">When its aim was met, or its case closed.</param>
public sealed record ClockView(
    string Name,
    ClockKind Kind,
    DateTimeOffset StartedAt,
    DateTimeOffset DueAt,
    DateTimeOffset? WarnAt,
    ClockState State,
    TimeSpan Paused,
    string? PausedFor,
    string Sla,
    DateTimeOffset? StoppedAt)
{
    internal static ClockView Of(Clock clock) => new(
        clock.Name, clock.Kind, clock.StartedAt, clock.DueAt, clock.WarnAt, clock.State, clock.Progress.PausedInAll,
        clock.IsPaused ? clock.PausedFor : null, clock.Plan.Sla, clock.StoppedAt);
}

/// <summary>A promise with its honest history.</summary>
public sealed record PromiseView(
    string Id,
    string? Text,
    string Owner,
    int Round,
    DateTimeOffset DueAt,
    DateTimeOffset FirstDueAt,
    DateTimeOffset SendBy,
    int Revision,
    PromiseState State,
    DateTimeOffset MadeAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? AskAt,
    AskState Ask,
    DateTimeOffset? ReactBy,
    DateTimeOffset? ConfirmedAt,
    IReadOnlyList<MoveView> Moves)
{
    internal static PromiseView Of(Promise promise) => new(
        promise.Id, promise.Text, promise.Owner, promise.Round, promise.DueAt, promise.FirstDueAt, promise.SendBy,
        promise.Revision, promise.State, promise.MadeAt, promise.EndedAt, promise.AskAt, promise.Ask, promise.ReactBy,
        promise.ConfirmedAt, [.. promise.Moves.Select(MoveView.Of)]);
}

/// <summary>PRM-4, PRM-6: one move of a promise, and what the customer says to it.</summary>
/// <param name="Revision">From 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="WasDueAt">The date that the customer had.</param>
/// <param name="DueAt">The date that they were given instead.</param>
/// <param name="At">When it was moved.</param>
/// <param name="Automatic">Whether the platform moved it, because nobody else did.</param>
/// <param name="AnswerBy">Until when an answer is waited for; absent when nobody could be asked.</param>
/// <param name="Answer">What the customer says; absent for nothing so far.</param>
/// <param name="AnsweredAt">When they said so.</param>
/// <param name="Unanswered">The time to answer went by; that is no yes, unless a law says what it is.</param>
/// <param name="Silence">REG-1: what a law makes of silence; absent where none says anything.</param>
public sealed record MoveView(
    int Revision,
    string? Reason,
    DateTimeOffset WasDueAt,
    DateTimeOffset DueAt,
    DateTimeOffset At,
    bool Automatic,
    DateTimeOffset? AnswerBy,
    CustomerAnswer? Answer,
    DateTimeOffset? AnsweredAt,
    bool Unanswered,
    Silence? Silence)
{
    internal static MoveView Of(PromiseMove move) => new(
        move.Revision, move.Reason, move.WasDueAt, move.DueAt, move.At, move.Automatic, move.AnswerBy, move.Answer,
        move.AnsweredAt, move.Unanswered, move.Silence);
}

/// <summary>PRM-4, CLM-3: leave that someone asked of someone with more authority.</summary>
public sealed record ApprovalView(
    string Id,
    Guid CaseId,
    ApprovalKind Kind,
    ApprovalState State,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset DecideBy,
    string? Reason,
    string? Promise,
    DateTimeOffset? NewDueAt,
    Money? Amount,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? DecisionReason,
    Level? Level,
    string? Concession,
    string? Because)
{
    internal static ApprovalView Of(Guid caseId, Approval approval) => new(
        Approval.IdOf(caseId, approval.Number), caseId, approval.Kind, approval.State, approval.AskedBy, approval.AskedAt,
        approval.DecideBy, approval.Reason, approval.Promise is { } promise ? Grains.Promises.Promise.IdOf(promise) : null,
        approval.NewDueAt, approval.Amount, approval.DecidedBy, approval.DecidedAt, approval.DecisionReason, approval.Level,
        approval.Concession is { } concession ? Grains.Claims.Concession.IdOf(concession) : null, approval.Because);
}

/// <summary>What <c>POST /api/cases/{id}/promises</c> answers.</summary>
/// <param name="Id">The promise.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="SendBy">PRM-2: when the customer is told at the latest if it will be late.</param>
/// <param name="Revision">How often it was moved: never.</param>
/// <param name="DueLocal">PRM-1: when it is due on the customer's wall clock, with its offset.</param>
/// <param name="TimeZone">The customer's zone.</param>
/// <param name="Warnings">PRM-1: what should make one think again; the promise was made all the same.</param>
public sealed record PromiseReceipt(
    string Id, DateTimeOffset DueAt, DateTimeOffset SendBy, int Revision, string DueLocal, string TimeZone, IReadOnlyList<WarningView> Warnings);

/// <summary>Something to think about, which was done all the same.</summary>
/// <param name="Code">Stable: <c>quietHours</c>, <c>outsideWorkingTime</c>.</param>
/// <param name="Detail">In a sentence.</param>
public sealed record WarningView(string Code, string Detail);

/// <summary>One cause that put the case on a level.</summary>
/// <param name="Id">Names its case too.</param>
/// <param name="Cause">A stable word, with what it is about: <c>promise.lapsed:p1</c>.</param>
/// <param name="CauseAt">The due instant that caused it; absent for causes without one.</param>
/// <param name="Level">Who is asked.</param>
/// <param name="RisenFrom">The level below, which did not answer or did not reach the customer; absent when it has not risen.</param>
/// <param name="Reason">In a sentence.</param>
/// <param name="RaisedAt">Since when.</param>
/// <param name="AcknowledgeBy">ESC-3: by when someone has to acknowledge it; absent when someone has.</param>
/// <param name="AcknowledgedBy">Who has it.</param>
/// <param name="AcknowledgedAt">Since when they have it.</param>
/// <param name="HoldUntil">ESC-4: by when contact with the customer has to be evidenced; absent when it is.</param>
/// <param name="ContactAt">ESC-4: when it was evidenced.</param>
/// <param name="Round">Which time the level is asked, from 1.</param>
/// <param name="Told">Who was told, oldest first.</param>
/// <param name="ClosedAt">When its cause was gone.</param>
/// <param name="ClosedBecause">Why it was closed, as a stable word.</param>
public sealed record EscalationView(
    string Id,
    string Cause,
    DateTimeOffset? CauseAt,
    Level Level,
    Level? RisenFrom,
    string? Reason,
    DateTimeOffset RaisedAt,
    DateTimeOffset? AcknowledgeBy,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? HoldUntil,
    DateTimeOffset? ContactAt,
    int Round,
    IReadOnlyList<ToldView> Told,
    DateTimeOffset? ClosedAt,
    string? ClosedBecause)
{
    internal static EscalationView Of(Guid caseId, CaseEscalation escalation) => new(
        CaseEscalation.IdOf(caseId, escalation.Number), escalation.Cause, escalation.CauseAt, escalation.Level, escalation.RisenFrom,
        escalation.Reason, escalation.RaisedAt, escalation.AcknowledgeBy, escalation.AcknowledgedBy, escalation.AcknowledgedAt,
        escalation.HoldUntil, escalation.ContactAt, escalation.Round, [.. escalation.Told.Select(ToldView.Of)],
        escalation.ClosedAt, escalation.ClosedBecause);
}

/// <summary>ESC-3: someone on duty who was told.</summary>
/// <param name="Person">Who.</param>
/// <param name="Channel">How.</param>
/// <param name="Level">The level for which they were on duty.</param>
/// <param name="Round">Which time that level was asked.</param>
/// <param name="At">When it was decided to tell them.</param>
/// <param name="State">What has become of it.</param>
/// <param name="SettledAt">When that was.</param>
/// <param name="Reason">Why it failed, or was not needed any more.</param>
public sealed record ToldView(
    string Person, DutyChannel Channel, Level Level, int Round, DateTimeOffset At, TellingState State, DateTimeOffset? SettledAt, string? Reason)
{
    internal static ToldView Of(Telling telling) => new(
        telling.Person, telling.Channel, telling.Level, telling.Round, telling.At, telling.State, telling.SettledAt, telling.Reason);
}

/// <summary>A call that a person has to make, or has made.</summary>
public sealed record CallTaskView(int Number, string? Promise, string Reason, DateTimeOffset RaisedAt, DateTimeOffset? DoneAt)
{
    internal static CallTaskView Of(CallTask task) => new(
        task.Number, task.Promise is { } promise ? Grains.Promises.Promise.IdOf(promise) : null, task.Reason, task.RaisedAt, task.DoneAt);
}
