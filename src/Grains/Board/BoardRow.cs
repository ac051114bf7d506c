using System.Collections.Immutable;
using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Desks;
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
/// <param name="Offer">DSK-2: at whose desk it rings; null when at nobody's.</param>
/// <param name="Queued">DSK-3: true for a case that has neither owner nor open offer; null for all others.</param>
/// <param name="Language">The customer's; null for English.</param>
/// <param name="Site">Where it happened, if that is known.</param>
/// <param name="CausedBy">CLM-5: who caused the conflict, if it was one of us.</param>
/// <param name="Apology">CLM-5: who owes the customer an apology; null when nobody does.</param>
/// <param name="UnansweredSince">DSK-7: since when the customer's written words have had no answer; null when none wait for one.</param>
/// <param name="Ready">CASE-2: true when all is done that has to be before the next stage; null otherwise, and where no stage follows but the end.</param>
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
    IReadOnlyList<RowApproval>? Approvals = null,
    RowOffer? Offer = null,
    bool? Queued = null,
    string? Language = null,
    string? Site = null,
    string? CausedBy = null,
    RowApology? Apology = null,
    DateTimeOffset? UnansweredSince = null,
    bool? Ready = null)
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
            SummaryOf(opening.Summary),
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
            state.Approvals.Any(approval => approval.IsOpen) ? [.. state.Approvals.Where(approval => approval.IsOpen).Select(Of)] : null,
            RowOffer.Of(state),
            state.Owner is null && state.Offer is not { IsOpen: true } ? true : null,
            state.Language == Grains.Notices.NoticeTexts.Fallback ? null : state.Language,
            opening.Site,
            state.CausedBy,
            state.Apology is { IsOwed: true } owed ? new RowApology(owed.Owner, owed.DueAt) : null,
            state.UnansweredSince,
            state.Stage < Stage.FollowThrough && state.Missing().IsEmpty ? true : null);

        RowApproval Of(Approval approval) => new(
            Approval.IdOf(state.Id, approval.Number), approval.Kind, approval.AskedBy, approval.AskedAt, approval.DecideBy,
            approval.Promise is { } number ? Promise.IdOf(number) : null, approval.NewDueAt, approval.Amount, approval.Level);
    }

    /// <summary>As much of what happened as a row says.</summary>
    public static string? SummaryOf(string? whole) => whole is { Length: > SummaryLength } ? whole[..SummaryLength] : whole;

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

/// <summary>DSK-2: an open offer of a row, with all that the desk shows of it.</summary>
/// <param name="Id">Its name on the wire.</param>
/// <param name="Agent">At whose desk it rings.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Until">The last instant to answer.</param>
/// <param name="OfferedAt">Since when.</param>
/// <param name="Why">Why to this agent.</param>
/// <param name="NextName">Who is asked next; null when nobody is there.</param>
/// <param name="Reservation">The place that the team's desk keeps for it.</param>
/// <param name="InsteadOf">DSK-5: the owner who has gone; null for a case without one.</param>
public sealed record RowOffer(
    string Id,
    string Agent,
    string Name,
    DateTimeOffset Until,
    DateTimeOffset OfferedAt,
    ImmutableArray<OfferReason> Why,
    string? NextName,
    Guid Reservation,
    string? InsteadOf = null)
{
    internal static RowOffer? Of(Case state) => state.Offer is { IsOpen: true } open
        ? new(
            Grains.Desks.Offer.IdOf(state.Id, open.Number), open.Agent, open.Name, open.Until, open.MadeAt, open.Why, open.NextName,
            open.Reservation, open.InsteadOf)
        : null;
}

/// <summary>CLM-5: an apology of a row that is owed.</summary>
public sealed record RowApology(string? Owner, DateTimeOffset DueAt);
