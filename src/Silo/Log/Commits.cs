using Escalation.Grains.Log;

namespace Escalation.Silo.Log;

/// <summary>Tells this process what its own log has just put on disk, and wakes whoever follows the log.</summary>
internal sealed class Commits
{
    /// <summary>Stands before <see cref="Host"/> in <see cref="SessionName"/>.</summary>
    public const string SessionPrefix = "escalation ";

    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Raised after the commit and before the answer, by the writer itself: be quick, and throw nothing. Called by
    /// several writers at a time, in order for one stream.
    /// </summary>
    public event Action<Append>? Committed;

    /// <summary>Names this process in notifications, so that it does not wake itself twice.</summary>
    public string Host { get; } = Guid.CreateVersion7().ToString("n");

    /// <summary>
    /// What this process calls its connections: while the server shows one (<c>pg_stat_activity</c>), the process lives.
    /// The server drops those of a process that was killed at once.
    /// </summary>
    public string SessionName => SessionPrefix + Host;

    /// <summary>Ends at the next commit, here or on another host. Take it before looking, wait for it after.</summary>
    public Task Next => _next.Task;

    /// <summary>What was committed here and not yet followed.</summary>
    public RecentAppends Recent { get; } = new();

    public void Raise(Append append)
    {
        Recent.Add(append);
        Committed?.Invoke(append);
    }

    public void Wake() =>
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
