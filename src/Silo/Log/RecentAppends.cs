using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Escalation.Grains.Log;

namespace Escalation.Silo.Log;

/// <summary>
/// What this host has just put on disk, so that its own tail need not read and parse it again. Each event is taken once.
/// Bounded: what was forgotten is read from the database.
/// </summary>
internal sealed class RecentAppends
{
    private const int Capacity = 16_384;

    private readonly ConcurrentDictionary<(Guid Stream, int Version), Append> _events = [];
    private readonly ConcurrentQueue<(Guid Stream, int Version)> _order = [];
    private int _followers;

    /// <summary>Remembers from now on; nobody remembers for a tail that does not run.</summary>
    public void Follow() => Interlocked.Increment(ref _followers);

    public void Unfollow()
    {
        if (Interlocked.Decrement(ref _followers) == 0)
        {
            _events.Clear();
            _order.Clear();
        }
    }

    /// <summary>Only after the commit: of two hosts that wrote the same version, only the one that won may remember it.</summary>
    public void Add(Append append)
    {
        if (Volatile.Read(ref _followers) == 0)
        {
            return;
        }

        for (var version = append.ExpectedVersion + 1; version <= append.ExpectedVersion + append.Events.Count; version++)
        {
            _events[(append.Stream, version)] = append;
            _order.Enqueue((append.Stream, version));
        }

        while (_order.Count > Capacity && _order.TryDequeue(out var oldest))
        {
            _events.TryRemove(oldest, out _);
        }
    }

    public bool TryTake(Guid stream, int version, [NotNullWhen(true)] out Append? append) =>
        _events.TryRemove((stream, version), out append);
}
