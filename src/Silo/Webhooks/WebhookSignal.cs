namespace Escalation.Silo.Webhooks;

/// <summary>Wakes what sends when a subscription was made or changed on this host.</summary>
internal sealed class WebhookSignal
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends at the next change. Take it before looking, wait for it after.</summary>
    public Task Next => _next.Task;

    public void Raise() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
