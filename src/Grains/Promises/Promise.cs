using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Escalation.Grains.Statutory;

namespace Escalation.Grains.Promises;

/// <summary>What has become of a promise.</summary>
public enum PromiseState
{
    Open,

    /// <summary>Moved, with the customer told why and until when; still to be kept.</summary>
    Explained,
    Kept,
    Withdrawn,
    Lapsed,

    /// <summary>CASE-8: it stands in the case that this one was merged into, and is kept there.</summary>
    Merged,
}

/// <summary>PRM-3: how far its owner has been asked whether a promise will be kept in time.</summary>
public enum AskState
{
    /// <summary>Not yet, or not needed.</summary>
    Ahead,

    /// <summary>Asked, and not heard from yet.</summary>
    Asked,

    /// <summary>Not heard from in time: supervisors see it.</summary>
    Unanswered,

    /// <summary>The owner said that it will be kept in time, or asked for a new date.</summary>
    Answered,
}

/// <summary>PRM-6: what a customer says to a new date. Silence is none of these.</summary>
public enum CustomerAnswer
{
    Fine,

    /// <summary>Not fine, call me.</summary>
    CallMe,
    Cancel,
}

/// <summary>PRM-4: one move of a promise, as the customer was told of it.</summary>
/// <param name="Revision">From 1.</param>
/// <param name="Reason">Why; null after erasure.</param>
/// <param name="WasDueAt">The date that the customer had.</param>
/// <param name="DueAt">The date that they were given instead.</param>
/// <param name="At">When it was moved.</param>
/// <param name="Automatic">Whether the platform moved it, because nobody else did.</param>
/// <param name="AnswerBy">PRM-6: until when an answer is waited for; null when nobody could be asked.</param>
/// <param name="Answer">What the customer says to it; null for nothing so far.</param>
/// <param name="AnsweredAt">When they said so.</param>
/// <param name="Unanswered">PRM-6: the time to answer went by; that is no yes.</param>
public sealed record PromiseMove(
    int Revision,
    string? Reason,
    DateTimeOffset WasDueAt,
    DateTimeOffset DueAt,
    DateTimeOffset At,
    bool Automatic,
    DateTimeOffset? AnswerBy = null,
    CustomerAnswer? Answer = null,
    DateTimeOffset? AnsweredAt = null,
    bool Unanswered = false)
{
    /// <summary>REG-1: what a law makes of the customer's silence; null where none says anything, and it is no yes (PRM-6).</summary>
    public Silence? Silence { get; init; }

    /// <summary>True while the customer's answer is waited for. Where silence cancels, so does everything that is no yes.</summary>
    [JsonIgnore]
    public bool IsWaiting => AnswerBy is not null && !Unanswered &&
        (Answer is null || (Silence == Statutory.Silence.Cancels && Answer == CustomerAnswer.CallMe));
}

/// <summary>Something a named agent told the customer would happen by an instant.</summary>
/// <param name="Number">From 1 within the case; <c>p1</c> on the wire.</param>
/// <param name="Text">What was promised; null after erasure.</param>
/// <param name="Owner">Who gave their word.</param>
/// <param name="Round">The round in which it was made.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="FirstDueAt">The date the customer was given first.</param>
/// <param name="DueAt">The date that holds now.</param>
/// <param name="SendBy">PRM-2: the last moment at which an explanation still reaches the customer well before due.</param>
/// <param name="Revision">How often it was moved.</param>
/// <param name="State">What has become of it.</param>
/// <param name="PersonCalls">PRM-4: it may not be moved automatically again; a person has been asked to call.</param>
/// <param name="EndedAt">When it was kept or withdrawn.</param>
public sealed record Promise(
    int Number,
    string? Text,
    string Owner,
    int Round,
    DateTimeOffset MadeAt,
    DateTimeOffset FirstDueAt,
    DateTimeOffset DueAt,
    DateTimeOffset SendBy,
    int Revision = 0,
    PromiseState State = PromiseState.Open,
    bool PersonCalls = false,
    DateTimeOffset? EndedAt = null)
{
    /// <summary>PRM-3: when its owner is asked for reason and new date; null for promises older than the asking.</summary>
    public DateTimeOffset? AskAt { get; init; }

    public AskState Ask { get; init; }

    /// <summary>PRM-3: by when the owner has to react before supervisors see it; null unless asked.</summary>
    public DateTimeOffset? ReactBy { get; init; }

    /// <summary>PRM-3: when someone last said that it will be kept in time.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>REG-1: what a covering law says of delays is not about it.</summary>
    public bool OutsideLaw { get; init; }

    /// <summary>Its moves, oldest first.</summary>
    public ImmutableArray<PromiseMove> Moves { get; init; } = [];

    /// <summary>Its name on the wire.</summary>
    [JsonIgnore]
    public string Id => IdOf(Number);

    /// <summary>Still to be kept, and not past due.</summary>
    [JsonIgnore]
    public bool IsOpen => State is PromiseState.Open or PromiseState.Explained;

    /// <summary>The next instant at which the platform has to act for it.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextAt => IsOpen
        ? new[] { PersonCalls ? DueAt : SendBy, AskNextAt, AnswerDueAt }.Min()
        : null;

    /// <summary>PRM-3: when the owner is asked, or the supervisors are told that the owner is silent.</summary>
    [JsonIgnore]
    public DateTimeOffset? AskNextAt => (PersonCalls, Ask) switch
    {
        (false, AskState.Ahead) when AskAt < SendBy => AskAt,
        (false, AskState.Asked) when ReactBy < SendBy => ReactBy,
        _ => null,
    };

    /// <summary>PRM-6: until when an answer to the latest move is waited for.</summary>
    [JsonIgnore]
    public DateTimeOffset? AnswerDueAt => Moves is [.., { IsWaiting: true } last] ? last.AnswerBy : null;

    public static string IdOf(int number) => $"p{number}";
}
