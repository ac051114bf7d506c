using System.Collections.Immutable;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Desks;

/// <summary>A person's desk at one moment.</summary>
/// <param name="Me">Who they are, and how much they have.</param>
/// <param name="Offers">What rings at their desk, oldest first.</param>
/// <param name="Cases">What they own, the most harmful first (DSK-7).</param>
/// <param name="Waiting">What is asked of them, the most pressing first.</param>
public sealed record DeskPage(DeskMe Me, IReadOnlyList<DeskOffer> Offers, IReadOnlyList<BoardRow> Cases, IReadOnlyList<DeskAsk> Waiting);

/// <summary>DSK-1: an agent and how much they have.</summary>
/// <param name="Id">The name they sign in with.</param>
/// <param name="Name">As people call them.</param>
/// <param name="Team">Of which team; absent for who is offered nothing.</param>
/// <param name="Level">The highest level whose cases they take.</param>
/// <param name="Presence">Whether they can be offered a case.</param>
/// <param name="Load">The weight of what they own.</param>
/// <param name="Capacity">How much of it they take on; 0 for who is in no team.</param>
/// <param name="Languages">Which they speak; empty for any.</param>
/// <param name="Knows">Conflict types; empty for all.</param>
public sealed record DeskMe(
    string Id, string Name, string? Team, Level Level, Presence Presence, int Load, int Capacity, ImmutableArray<string> Languages, ImmutableArray<string> Knows);

/// <summary>DSK-2: an offer with what its agent has to know to answer.</summary>
public sealed record DeskOffer(
    string Id,
    Guid CaseId,
    long Number,
    string? Customer,
    string Type,
    string? Summary,
    Heat Heat,
    Stage Stage,
    Level Level,
    string Language,
    DateTimeOffset OfferedAt,
    DateTimeOffset Until,
    DeskDue? Due,
    ImmutableArray<OfferReason> Why,
    string? NextName,
    string? InsteadOf)
{
    internal static DeskOffer Of(BoardRow row)
    {
        var offer = row.Offer!;
        return new(
            offer.Id, row.Id, row.Number, row.Customer, row.Type, row.Summary, row.Heat, row.Stage, row.Level,
            row.Language ?? NoticeTexts.Fallback, offer.OfferedAt, offer.Until,
            row.Due is { } due ? new DeskDue(due.Name, due.Kind, due.DueAt) : null, offer.Why, offer.NextName, offer.InsteadOf);
    }
}

/// <summary>The next due instant of an offered case.</summary>
public sealed record DeskDue(string Name, ClockKind Kind, DateTimeOffset At);

/// <summary>What is asked of a person.</summary>
public enum DeskAskKind
{
    /// <summary>PRM-3: reason and new date of a promise, or a word that it will be kept in time.</summary>
    Explain,

    /// <summary>The customer is to be called.</summary>
    Call,

    /// <summary>The customer wrote, and nobody has answered.</summary>
    Answer,

    /// <summary>PRM-4, CLM-3: leave is asked of a supervisor.</summary>
    Approval,

    /// <summary>CLM-5.</summary>
    Apology,

    /// <summary>DSK-7: the next step of a case.</summary>
    Step,
}

/// <summary>DSK-7: one thing that is asked of a person, not only what is open.</summary>
/// <param name="Kind">What.</param>
/// <param name="CaseId">In which case.</param>
/// <param name="Number">Its number for people.</param>
/// <param name="Customer">Whose case it is; absent after erasure.</param>
/// <param name="Text">What to do, in a few words.</param>
/// <param name="Until">By when.</param>
/// <param name="PromiseId">About which promise.</param>
/// <param name="ApprovalId">Which approval.</param>
/// <param name="Since">Since when the customer waits for it; absent where that is not known.</param>
public sealed record DeskAsk(
    DeskAskKind Kind, Guid CaseId, long Number, string? Customer, string Text, DateTimeOffset? Until = null, string? PromiseId = null, string? ApprovalId = null,
    DateTimeOffset? Since = null)
{
    /// <summary>What a case asks of its owner.</summary>
    internal static IEnumerable<DeskAsk> OfOwner(BoardRow row)
    {
        var pressing = false;
        foreach (var promise in row.Promises.Where(promise => promise.Ask is not null))
        {
            pressing = true;
            yield return Of(DeskAskKind.Explain, row, promise.Ask == AskState.Unanswered
                ? "Reason and new date for your promise; nobody has answered yet"
                : "Will your promise be kept? If not: reason and new date", promise.SendBy) with
            {
                PromiseId = promise.Id,
            };
        }

        if (row.CallTasks > 0)
        {
            pressing = true;
            yield return Of(DeskAskKind.Call, row, row.CallTasks == 1 ? "Call the customer" : $"Call the customer ({row.CallTasks} reasons)", row.Due?.DueAt);
        }

        else if (row.UnansweredSince is { } since)
        {
            pressing = true;
            yield return Of(DeskAskKind.Answer, row, "Answer what the customer wrote", row.Due?.DueAt) with { Since = since };
        }

        if (!pressing)
        {
            yield return Of(DeskAskKind.Step, row, StepOf(row), row.Due?.DueAt);
        }
    }

    internal static DeskAsk OfApology(BoardRow row) => Of(DeskAskKind.Apology, row, "Apologise to the customer", row.Apology!.DueAt);

    internal static DeskAsk OfApproval(BoardRow row, RowApproval approval) =>
        Of(DeskAskKind.Approval, row, approval.Promise is null ? "Decide on a concession" : "Decide on a second delay", approval.DecideBy) with
        {
            PromiseId = approval.Promise,
            ApprovalId = approval.Id,
        };

    private static DeskAsk Of(DeskAskKind kind, BoardRow row, string text, DateTimeOffset? until) => new(kind, row.Id, row.Number, row.Customer, text, until);

    private static string StepOf(BoardRow row) => row.Stage switch
    {
        Stage.Contact when row.Ready is true => "Go on to Clarify",
        Stage.Clarify when row.Ready is true => "Go on to Options",
        Stage.Options when row.Ready is true => "Go on to Agreement",
        Stage.Agreement when row.Ready is true => "Go on to Follow-through",
        Stage.Contact => "Reach the customer",
        Stage.Clarify => "Record the facts, and what they expect",
        Stage.Options => "Offer at least two solutions",
        Stage.Agreement => "Their yes, with a promise or a remedy",
        Stage.FollowThrough => row.Promises.IsEmpty ? "Close with summary and thanks" : "Keep what was promised",
        Stage.Closed => "Nothing",
    };
}
