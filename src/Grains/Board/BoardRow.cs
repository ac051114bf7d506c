using System.Collections.Immutable;
using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Board;

/// <summary>One open case as the board shows it: a pure function of the case, stored with each append.</summary>
/// <param name="Id">The case.</param>
/// <param name="Version">The case's version that this row shows.</param>
/// <param name="Number">The case's number for people.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Customer">Name; null after erasure.</param>
/// <param name="Type">Conflict type.</param>
/// <param name="Summary">First 200 characters of what happened.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Round">Which pass.</param>
/// <param name="Heat">How hot.</param>
/// <param name="Level">Who is asked.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Claim">What is claimed.</param>
/// <param name="ComplainedAt">Since when the customer waits.</param>
/// <param name="Due">The nearest due instant of any clock or promise; null when nothing runs.</param>
/// <param name="Promises">Open promises, nearest first.</param>
/// <param name="Escalations">Escalations that nobody has acknowledged.</param>
/// <param name="CallTasks">Calls that a person still has to make.</param>
/// <param name="WakeAt">When the case has to be woken next, on whichever host; null when it waits for nothing.</param>
/// <param name="Approvals">Approvals that wait to be decided; null for none.</param>
public sealed record BoardRow(
    Guid Id,
    int Version,
    long Number,
    Guid CustomerId,
    string? Customer,
    string Type,
    string? Summary,
    Stage Stage,
    int Round,
    Heat Heat,
    Level Level,
    string? Owner,
    Money? Claim,
    DateTimeOffset ComplainedAt,
    RowDue? Due,
    ImmutableArray<RowPromise> Promises,
    ImmutableArray<RowEscalation> Escalations,
    int CallTasks,
    DateTimeOffset? WakeAt = null,
    IReadOnlyList<RowApproval>? Approvals = null)
{
    private const int SummaryLength = 200;

    /// <summary>The row of an open case.</summary>
    public static BoardRow Of(Case state, int version)
    {
        var opening = state.Opening!;
        var promises = state.Promises.Where(promise => promise.IsOpen).OrderBy(promise => promise.DueAt)
            .Select(promise => new RowPromise(
                promise.Id, promise.DueAt, promise.SendBy, promise.Revision,
                promise.Ask is AskState.Asked or AskState.Unanswered ? promise.Ask : null)).ToImmutableArray();
        return new BoardRow(
            state.Id,
            version,
            opening.Number,
            opening.CustomerId,
            opening.Customer?.Name,
            opening.Type,
            opening.Summary is { Length: > SummaryLength } summary ? summary[..SummaryLength] : opening.Summary,
            state.Stage,
            state.Round,
            state.Heat,
            state.Level,
            state.Owner,
            state.Claim,
            opening.ComplainedAt,
            NearestDue(state),
            promises,
            [
                .. state.Escalations.Where(e => e is { IsOpen: true, AcknowledgedBy: null })
                    .Select(e => new RowEscalation(Grains.Escalations.CaseEscalation.IdOf(state.Id, e.Number), e.Level, e.Cause, e.RaisedAt, e.AcknowledgeBy)),
            ],
            state.CallTasks.Count(task => task.DoneAt is null),
            state.NextDue()?.At,
            state.Approvals.Any(approval => approval.IsOpen) ? [.. state.Approvals.Where(approval => approval.IsOpen).Select(Of)] : null);

        RowApproval Of(Approval approval) => new(
            Approval.IdOf(state.Id, approval.Number), approval.Kind, approval.AskedBy, approval.AskedAt, approval.DecideBy,
            approval.Promise is { } number ? Promise.IdOf(number) : null, approval.NewDueAt, approval.Amount, approval.Level);
    }

    /// <summary>What stands still is not near. Ties: by law, then promise, then target.</summary>
    private static RowDue? NearestDue(Case state)
    {
        var clocks = state.Clocks.Where(clock => clock is { IsRunning: true, IsPaused: false })
            .Select(clock => new RowDue(clock.Kind, clock.Name, null, clock.StartedAt, clock.WarnAt, null, clock.DueAt, clock.State));
        var promises = state.Promises.Where(promise => promise.IsOpen)
            .Select(promise => new RowDue(
                ClockKind.Promise, promise.Id, promise.Text, promise.MadeAt, null, promise.SendBy, promise.DueAt, ClockState.Running));
        return clocks.Concat(promises).OrderBy(due => due.DueAt).ThenByDescending(due => due.Kind).ThenBy(due => due.Name, StringComparer.Ordinal).FirstOrDefault();
    }
}

/// <summary>The nearest due instant of a row.</summary>
/// <param name="Kind">Whose clock it is.</param>
/// <param name="Name">The clock's name, or the promise's id.</param>
/// <param name="Text">What was promised.</param>
/// <param name="StartedAt">Where it counts from.</param>
/// <param name="WarnAt">When a clock warns.</param>
/// <param name="SendBy">When the customer will be told; promises only.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="State">What has become of it.</param>
public sealed record RowDue(
    ClockKind Kind,
    string Name,
    string? Text,
    DateTimeOffset StartedAt,
    DateTimeOffset? WarnAt,
    DateTimeOffset? SendBy,
    DateTimeOffset DueAt,
    ClockState State);

/// <summary>An open promise of a row; <paramref name="Ask"/> only while its owner is asked, or was silent (PRM-3).</summary>
public sealed record RowPromise(string Id, DateTimeOffset DueAt, DateTimeOffset SendBy, int Revision, AskState? Ask = null);

/// <summary>An approval of a row that waits to be decided (PRM-4, CLM-3).</summary>
public sealed record RowApproval(
    string Id,
    ApprovalKind Kind,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset DecideBy,
    string? Promise,
    DateTimeOffset? NewDueAt,
    Money? Amount,
    Level? Level = null);

/// <summary>An escalation of a row that nobody has acknowledged yet; at <paramref name="AcknowledgeBy"/> it goes on (ESC-3).</summary>
public sealed record RowEscalation(string Id, Level Level, string Cause, DateTimeOffset RaisedAt, DateTimeOffset? AcknowledgeBy = null);
