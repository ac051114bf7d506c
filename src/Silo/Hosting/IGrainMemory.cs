namespace Escalation.Silo.Hosting;

/// <summary>What the grains of this host remember.</summary>
internal interface IGrainMemory
{
    /// <summary>
    /// An event was followed, perhaps of another host: a grain that is behind it forgets what it remembers, so that its
    /// next turn does not find nothing to do in an outdated state.
    /// </summary>
    Task OnFollowedAsync(Guid id, int version);
}
