using Escalation.Grains.Webhooks;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>A host whose other systems are told nothing.</summary>
internal sealed class NoWebhooks : IWebhooks
{
    public string? FaultOf(string url) => null;

    public Task<IReadOnlyList<Webhook>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Webhook>>([]);

    public Task<Webhook?> FindAsync(Guid id, CancellationToken cancellationToken) => Task.FromResult<Webhook?>(null);

    public Task<Webhook> AddAsync(Guid id, NewWebhook asked, string by, CancellationToken cancellationToken) => Task.FromResult(new Webhook(
        id, asked.Url, asked.Description, asked.Kinds, asked.Personal, WebhookState.Active, DateTimeOffset.UnixEpoch, by, 0, 0, null, null, null, null));

    public Task<bool> RemoveAsync(Guid id, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<Webhook?> RotateAsync(Guid id, Guid command, CancellationToken cancellationToken) => Task.FromResult<Webhook?>(null);

    public Task<Webhook?> EnableAsync(Guid id, CancellationToken cancellationToken) => Task.FromResult<Webhook?>(null);

    public Task<WebhookReplay?> ReplayAsync(Guid id, Guid command, DateTimeOffset? from, long? position, CancellationToken cancellationToken) =>
        Task.FromResult<WebhookReplay?>(null);

    public Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(
        Guid id, WebhookDeliveryState? state, long? before, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WebhookDelivery>>([]);
}
