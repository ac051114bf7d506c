using Escalation.Grains.Log;

namespace Escalation.Silo.Deadlines;

/// <summary>
/// The due instants of the next minute, in memory. Before they are due they are ordered by time; once due, by harm
/// (CLK-7): statutory, promise, heat and level, age. Not safe for two threads at once: the clock holds a lock.
/// </summary>
internal sealed class DeadlineQueue
{
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly PriorityQueue<Entry, long> _coming = new();
    private readonly PriorityQueue<Entry, (int Kind, int Harm, long At)> _ready = new();

    /// <summary>How many grains are waited for.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// A grain's due instant, as just committed; replaces what was known. Null: it waits for nothing. One that is in the
    /// past already (a case told of late) is late only from now on.
    /// </summary>
    public void Put(Guid id, Due? due, DateTimeOffset horizon, DateTimeOffset now)
    {
        _entries.Remove(id);
        if (due is not null && due.At <= horizon)
        {
            Add(new Entry(id, due, due.At > now ? due.At : now));
        }
    }

    /// <summary>
    /// A grain's due instant as read from the log a moment ago, by now perhaps outdated. The earlier one is kept: waking
    /// a grain for nothing does no harm, and afterwards its true next instant is <see cref="Put"/> again.
    /// </summary>
    public void Offer(Guid id, Due due) => Offer(id, due, due.At);

    /// <summary>The same, with its lateness counted from an earlier attempt.</summary>
    public void Offer(Guid id, Due due, DateTimeOffset lateFrom)
    {
        if (!_entries.TryGetValue(id, out var known) || due.At < known.Due.At)
        {
            Add(new Entry(id, due, lateFrom));
        }
    }

    /// <summary>The most harmful grain that is due by now, with the instant from which its lateness counts.</summary>
    public bool TryTake(DateTimeOffset now, out Guid id, out DateTimeOffset lateFrom)
    {
        while (_coming.TryPeek(out var next, out var at) && at <= now.UtcTicks)
        {
            _coming.Dequeue();
            if (IsCurrent(next))
            {
                _ready.Enqueue(next, HarmOf(next.Due, now));
            }
        }

        while (_ready.TryDequeue(out var entry, out _))
        {
            if (IsCurrent(entry))
            {
                _entries.Remove(entry.Id);
                id = entry.Id;
                lateFrom = entry.LateFrom;
                return true;
            }
        }

        id = default;
        lateFrom = default;
        return false;
    }

    /// <summary>When the next one is due; null when nothing is waited for.</summary>
    public DateTimeOffset? NextAt
    {
        get
        {
            while (_coming.TryPeek(out var next, out _))
            {
                if (IsCurrent(next))
                {
                    return next.Due.At;
                }

                _coming.Dequeue();
            }

            return null;
        }
    }

    private void Add(Entry entry)
    {
        _entries[entry.Id] = entry;
        _coming.Enqueue(entry, entry.Due.At.UtcTicks);
    }

    private bool IsCurrent(Entry entry) => _entries.TryGetValue(entry.Id, out var current) && ReferenceEquals(current, entry);

    /// <summary>Smaller is more urgent.</summary>
    private static (int Kind, int Harm, long At) HarmOf(Due due, DateTimeOffset now)
    {
        var kind = due.StatutoryAt <= now ? 0 : due.PromiseAt <= now ? 1 : 2;
        return (kind, -due.Harm, due.At.UtcTicks);
    }

    private sealed record Entry(Guid Id, Due Due, DateTimeOffset LateFrom);
}
