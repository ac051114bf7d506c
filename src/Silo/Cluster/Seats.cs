using System.Collections.Concurrent;

namespace Escalation.Silo.Cluster;

/// <summary>A grain that is in this host's memory.</summary>
internal interface ISeat
{
    /// <summary>True when the log holds a later event than the grain's memory; may be asked outside a turn.</summary>
    bool IsBehind(int version);

    /// <summary>Has the grain look again, in a turn of its own.</summary>
    Task CatchUpAsync(int version);
}

/// <summary>The grains in this host's memory.</summary>
internal sealed class Seats
{
    private readonly ConcurrentDictionary<Guid, ISeat> _seats = [];

    public void Add(Guid id, ISeat seat) => _seats[id] = seat;

    public void Remove(Guid id, ISeat seat) => _seats.TryRemove(new KeyValuePair<Guid, ISeat>(id, seat));

    /// <summary>Costs a look at a number where nothing is behind, as after every commit of this host itself.</summary>
    public Task CatchUpAsync(Guid id, int version) =>
        _seats.TryGetValue(id, out var seat) && seat.IsBehind(version) ? seat.CatchUpAsync(version) : Task.CompletedTask;
}
