namespace Escalation.Grains.Cases;

/// <summary>CASE-2: where the case stands in its round.</summary>
public enum Stage
{
    Contact,
    Clarify,
    Options,
    Agreement,
    FollowThrough,
    Closed,
}

/// <summary>CASE-6: how hot the conflict is.</summary>
public enum Heat
{
    Calm,
    Tense,
    Heated,
    Aggressive,
    Public,
}

/// <summary>Rungs of the ladder, lowest first.</summary>
public enum Level
{
    Buffer,
    Specialist,
    Head,
    Management,
}

/// <summary>The way by which someone was reached, or came.</summary>
public enum Channel
{
    Phone,
    Email,
    Web,
    Chat,
    Sms,
    Visit,
    Letter,
    Review,
    Api,
    Import,

    /// <summary>Another system of the company, told over a signed webhook.</summary>
    Webhook,
}

/// <summary>Who spoke to whom.</summary>
public enum Direction
{
    ToCustomer,
    FromCustomer,
}

/// <summary>CUS-8: what a customer wants besides being heard.</summary>
public enum CustomerWish
{
    None,

    /// <summary>To be called.</summary>
    Call,

    /// <summary>To speak to someone higher.</summary>
    Higher,
}

/// <summary>How a case ended.</summary>
public enum Outcome
{
    Agreed,
    Conceded,
    NoActionPossible,
    Declined,
    Withdrawn,
    Merged,
}

/// <summary>CASE-2: the steps of the stage Contact that an agent ticks off.</summary>
public enum Step
{
    Listen,
    Pause,
    Understanding,
    Join,
}

/// <summary>An amount of money.</summary>
/// <param name="Amount">In units of the currency, at most four decimals.</param>
/// <param name="Currency">ISO 4217, for instance EUR.</param>
public sealed record Money(decimal Amount, string Currency);

/// <summary>How a customer is named and reached, as known when the case was opened.</summary>
/// <param name="Name">The person's or firm's name.</param>
/// <param name="Email">Mail address, if known.</param>
/// <param name="Phone">Phone number, if known.</param>
/// <param name="Language">BCP 47; default: en.</param>
/// <param name="TimeZone">IANA zone; default: UTC.</param>
/// <param name="Prefers">The channel over which they want to be told first; null for the company's order.</param>
public sealed record CustomerContact(
    string Name, string? Email, string? Phone, string Language, string TimeZone, Channel? Prefers = null);

/// <summary>A solution put before the customer.</summary>
/// <param name="Number">From 1, within the case.</param>
/// <param name="Round">The round in which it was offered.</param>
/// <param name="Text">What is offered.</param>
/// <param name="Cost">What it would cost, if known.</param>
public sealed record Option(int Number, int Round, string? Text, Money? Cost);
