using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;

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
    IReadOnlyList<ClockView> Clocks,
    IReadOnlyList<PromiseView> Promises,
    IReadOnlyList<EscalationView> Escalations,
    IReadOnlyList<Option> Options,
    IReadOnlyList<GiftView> Gifts,
    IReadOnlyList<CallTaskView> CallTasks,
    IReadOnlyList<string> Missing)
{
    /// <summary>The view of a case that exists.</summary>
    public static CaseView Of(Case state, int version)
    {
        var opening = state.Opening!;
        return new CaseView(
            state.Id, opening.Number, version, state.Stage, state.Round, state.Heat, opening.Type, state.Level, state.Owner,
            CaseCustomerView.Of(opening), opening.Summary, opening.Channel, opening.ComplainedAt, state.OpenedAt,
            state.ClosedAt, state.IsOpen ? null : state.Outcome, opening.Product, opening.Site, state.Claim,
            [.. state.Clocks.Select(ClockView.Of)],
            [.. state.Promises.Select(PromiseView.Of)],
            [.. state.Escalations.Select(escalation => EscalationView.Of(state.Id, escalation))],
            state.Options,
            [],
            [.. state.CallTasks.Select(CallTaskView.Of)],
            state.IsOpen ? state.MissingFor() : ImmutableArray<string>.Empty);
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
/// <param name="Paused">How long it stood still.</param>
/// <param name="StoppedAt">When its aim was met, or its case closed.</param>
public sealed record ClockView(
    string Name,
    ClockKind Kind,
    DateTimeOffset StartedAt,
    DateTimeOffset DueAt,
    DateTimeOffset? WarnAt,
    ClockState State,
    TimeSpan Paused,
    DateTimeOffset? StoppedAt)
{
    internal static ClockView Of(Clock clock) => new(
        clock.Name, clock.Kind, clock.StartedAt, clock.DueAt, clock.WarnAt, clock.State, TimeSpan.Zero, clock.StoppedAt);
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
    DateTimeOffset? EndedAt)
{
    internal static PromiseView Of(Promise promise) => new(
        promise.Id, promise.Text, promise.Owner, promise.Round, promise.DueAt, promise.FirstDueAt, promise.SendBy,
        promise.Revision, promise.State, promise.MadeAt, promise.EndedAt);
}

/// <summary>What <c>POST /api/cases/{id}/promises</c> answers.</summary>
public sealed record PromiseReceipt(string Id, DateTimeOffset DueAt, DateTimeOffset SendBy, int Revision);

/// <summary>One cause that put the case on a level.</summary>
public sealed record EscalationView(
    string Id, string Cause, Level Level, string? Reason, DateTimeOffset RaisedAt, string? AcknowledgedBy, DateTimeOffset? ClosedAt)
{
    internal static EscalationView Of(Guid caseId, CaseEscalation escalation) => new(
        CaseEscalation.IdOf(caseId, escalation.Number), escalation.Cause, escalation.Level, escalation.Reason,
        escalation.RaisedAt, escalation.AcknowledgedBy, escalation.ClosedAt);
}

/// <summary>Something given for goodwill.</summary>
public sealed record GiftView(string Id, string Name);

/// <summary>A call that a person has to make, or has made.</summary>
public sealed record CallTaskView(int Number, string? Promise, string Reason, DateTimeOffset RaisedAt, DateTimeOffset? DoneAt)
{
    internal static CallTaskView Of(CallTask task) => new(
        task.Number, task.Promise is { } promise ? Grains.Promises.Promise.IdOf(promise) : null, task.Reason, task.RaisedAt, task.DoneAt);
}
