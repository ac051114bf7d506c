namespace Escalation.Grains.Customers;

/// <summary>What a letter about a customer that belongs to no case is about.</summary>
public enum LetterKind
{
    /// <summary>CUS-6.</summary>
    Greeting,

    /// <summary>CUS-5.</summary>
    Declining,

    /// <summary>CUS-5: to whoever is on duty, not to the customer: does it still have to be?</summary>
    DecliningReview,
}

/// <summary>What has become of such a letter.</summary>
public enum LetterState
{
    Waiting,

    /// <summary>A host is sending it. Should that host die meanwhile, nobody sends it again: no letter goes out twice.</summary>
    Taken,
    Sent,
    Failed,
}

/// <summary>A letter to a customer that belongs to no case.</summary>
/// <param name="Number">From 1, within the customer.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Occasion">CUS-6: the occasion's key.</param>
/// <param name="DecidedAt">When it was decided.</param>
/// <param name="NotAfter">After that it is worth nothing any more; null for no end.</param>
/// <param name="Language">BCP 47.</param>
/// <param name="To">The mail address; null after erasure, like what follows.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Body">Its text.</param>
/// <param name="TryAt">When it is sent next.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Reason">Why it failed, or has to be tried again, naming nobody.</param>
public sealed record CustomerLetter(
    int Number,
    LetterKind Kind,
    string? Occasion,
    DateTimeOffset DecidedAt,
    DateTimeOffset? NotAfter,
    string Language,
    string? To,
    string? Subject,
    string? Body,
    DateTimeOffset TryAt,
    LetterState State = LetterState.Waiting,
    string? Reason = null);
