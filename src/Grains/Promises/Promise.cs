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
    /// <summary>Its name on the wire.</summary>
    public string Id => IdOf(Number);

    /// <summary>Still to be kept, and not past due.</summary>
    public bool IsOpen => State is PromiseState.Open or PromiseState.Explained;

    /// <summary>The next instant at which the platform has to act for it.</summary>
    public DateTimeOffset? NextAt => IsOpen ? (PersonCalls ? DueAt : SendBy) : null;

    public static string IdOf(int number) => $"p{number}";
}
