using Escalation.Grains.Log;

namespace Escalation.Grains.Webhooks;

/// <summary>How a subscription fares.</summary>
public enum WebhookState
{
    /// <summary>What happens is sent.</summary>
    Active,

    /// <summary>The receiver does not take what is sent; it is tried again.</summary>
    Failing,

    /// <summary>Given up after long failure, or because the receiver said it has gone: nothing is sent until somebody enables it.</summary>
    Disabled,
}

/// <summary>What became of one event for one subscription.</summary>
public enum WebhookDeliveryState
{
    Waiting,
    Delivered,
    Failed,
}

/// <summary>What is asked for.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Description">What it is for, for people.</param>
/// <param name="Kinds">Kinds of events; null for all.</param>
/// <param name="Personal">Send what names a person, or may, as well.</param>
public sealed record NewWebhook(string Url, string? Description, IReadOnlyList<string>? Kinds, bool Personal);

/// <summary>Another system that is told what happens.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where to.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Kinds">Kinds of events; absent for all.</param>
/// <param name="Personal">Whether what names a person is sent as well.</param>
/// <param name="State">How it fares.</param>
/// <param name="CreatedAt">Since when it exists.</param>
/// <param name="CreatedBy">Who asked for it.</param>
/// <param name="Position">The place in the log up to which events were queued for it.</param>
/// <param name="Waiting">How many of them the receiver has not taken yet.</param>
/// <param name="LastDeliveredAt">When the receiver last took one.</param>
/// <param name="FailingSince">Since when it has taken none.</param>
/// <param name="DisabledAt">When it was given up.</param>
/// <param name="Reason">What the receiver last said, when it took none.</param>
public sealed record Webhook(
    Guid Id,
    string Url,
    string? Description,
    IReadOnlyList<string>? Kinds,
    bool Personal,
    WebhookState State,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    long Position,
    long Waiting,
    DateTimeOffset? LastDeliveredAt,
    DateTimeOffset? FailingSince,
    DateTimeOffset? DisabledAt,
    string? Reason)
{
    /// <summary>What signs; told when it is made, and not again.</summary>
    public string? Secret { get; init; }
}

/// <summary>One event on its way to one subscription.</summary>
/// <param name="Id">The header <c>webhook-id</c>: the same for every attempt, and for every replay.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Stream">To which case, customer or other grain.</param>
/// <param name="Version">As which of its events.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="At">When.</param>
/// <param name="State">What became of it.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="NextAt">When it is sent next; absent when it is done.</param>
/// <param name="DoneAt">When it was taken, or given up.</param>
/// <param name="Status">The status that the receiver last answered.</param>
/// <param name="Detail">What was wrong, the last time.</param>
public sealed record WebhookDelivery(
    string Id,
    string Kind,
    Guid Stream,
    int Version,
    long Position,
    DateTimeOffset At,
    WebhookDeliveryState State,
    int Attempts,
    DateTimeOffset? NextAt,
    DateTimeOffset? DoneAt,
    int? Status,
    string? Detail);

/// <summary>From where events are sent again.</summary>
/// <param name="Position">The place in the log of the first of them; absent when there is none.</param>
public sealed record WebhookReplay(long? Position);

/// <summary>Who is told by webhook, and how it went. All of it throws <see cref="LogUnavailableException"/> while the database is away.</summary>
public interface IWebhooks
{
    /// <summary>Says why an address is not taken, or null.</summary>
    string? FaultOf(string url);

    /// <summary>All subscriptions, oldest first.</summary>
    Task<IReadOnlyList<Webhook>> ReadAsync(CancellationToken cancellationToken);

    Task<Webhook?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Subscribes from now on, and tells the secret. The same id again is the same subscription.</summary>
    Task<Webhook> AddAsync(Guid id, NewWebhook asked, string by, CancellationToken cancellationToken);

    /// <returns>False when there was none.</returns>
    Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Gives it another secret and tells it; the old one signs too for a day. The same <paramref name="command"/> again changes nothing.</summary>
    Task<Webhook?> RotateAsync(Guid id, Guid command, CancellationToken cancellationToken);

    /// <summary>Sends again where it was given up, from where it stood.</summary>
    Task<Webhook?> EnableAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Sends again what happened from an instant or a place in the log on. The same <paramref name="command"/> again changes nothing.</summary>
    Task<WebhookReplay?> ReplayAsync(Guid id, Guid command, DateTimeOffset? from, long? position, CancellationToken cancellationToken);

    /// <summary>Newest events first.</summary>
    /// <param name="before">Only those that stand in the log before it.</param>
    /// <param name="state">Only those; null for all.</param>
    Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(
        Guid id, WebhookDeliveryState? state, long? before, int limit, CancellationToken cancellationToken);
}
