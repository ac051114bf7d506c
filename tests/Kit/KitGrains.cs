using System.Collections.Concurrent;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Silo.Embedded;
using Escalation.Silo.Intake;
using Microsoft.Extensions.Options;

namespace Escalation.TestKit;

/// <summary>A platform without a database: the embedded host's grains over a log in memory, with numbers and a directory.</summary>
internal sealed class KitGrains : ICaseNumbers, ICustomerDirectory, IOpenedCases
{
    private readonly ConcurrentDictionary<string, Guid> _known = [];
    private long _number = 1000;

    public KitGrains(TimeProvider time) => Grains = new EmbeddedGrains(
        Log, time, TestPolicy.Shipped, Options.Create(new EmbeddedGrainsOptions()));

    public KitLog Log { get; } = new();

    public IGrains Grains { get; }

    public ValueTask<long> NextAsync(CancellationToken cancellationToken) => new(Interlocked.Increment(ref _number));

    public ValueTask<Guid> FindOrClaimAsync(
        IReadOnlyList<string> contactPoints, Guid candidate, CancellationToken cancellationToken)
    {
        var found = contactPoints.Where(_known.ContainsKey).Select(point => _known[point]).FirstOrDefault(candidate);
        foreach (var point in contactPoints)
        {
            _known.TryAdd(point, found);
        }

        return new(found);
    }

    public ValueTask<Guid?> FindAsync(string contactPoint, CancellationToken cancellationToken) =>
        new(_known.TryGetValue(contactPoint, out var found) ? found : null);

    public ValueTask<IReadOnlyList<Guid>> SharingAsync(string address, CancellationToken cancellationToken) =>
        new([.. _known.Where(known => known.Key.Split(';')[0] == address).Select(known => known.Value).Distinct()]);

    public ValueTask UniteAsync(Guid from, Guid into, CancellationToken cancellationToken)
    {
        foreach (var known in _known.Where(known => known.Value == from))
        {
            _known[known.Key] = into;
        }

        return default;
    }

    public Task<IReadOnlyDictionary<Guid, OpenedCase>> FindAsync(IReadOnlyList<(Guid Case, Guid Adding)> wanted, CancellationToken cancellationToken)
    {
        var adding = wanted.DistinctBy(one => one.Case).ToDictionary(one => one.Case, one => one.Adding);
        var all = Log.All;
        return Task.FromResult<IReadOnlyDictionary<Guid, OpenedCase>>(
            (from entry in all
             where adding.ContainsKey(entry.Stream) && entry.Event is CaseEvent.CaseOpened
             let opening = (CaseEvent.CaseOpened)entry.Event
             let isTheirs = all.Any(other => other.Stream == opening.CustomerId && other.CommandId == adding[entry.Stream])
             select (entry.Stream, new OpenedCase(opening.Number, opening.CustomerId, isTheirs))).ToDictionary());
    }
}

/// <summary>The log's promise in memory: versions without gaps, and one winner.</summary>
internal sealed class KitLog : IEventLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, List<Entry>> _streams = [];
    private long _position;
    private int _reads;

    /// <summary>Called before each append; may throw.</summary>
    public Action<Append>? BeforeAppend { get; set; }

    /// <summary>How often a stream was read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How many events there are.</summary>
    public long Count => Volatile.Read(ref _position);

    /// <summary>Every entry, in the order of appending.</summary>
    public IReadOnlyList<Entry> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _streams.Values.SelectMany(entries => entries).OrderBy(entry => entry.Position)];
            }
        }
    }

    public ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        BeforeAppend?.Invoke(append);
        lock (_lock)
        {
            if (!_streams.TryGetValue(append.Stream, out var entries))
            {
                _streams[append.Stream] = entries = [];
            }

            if (entries.Count != append.ExpectedVersion)
            {
                return new(AppendResult.Conflict.Instance);
            }

            foreach (IEvent happened in append.Events)
            {
                entries.Add(new Entry(
                    append.Stream, append.Category, entries.Count + 1, ++_position, append.At, append.By, append.CommandId, happened));
            }

            return new(new AppendResult.Committed(_position));
        }
    }

    public Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Entry>>(
                _streams.TryGetValue(stream, out var entries) ? [.. entries.Skip(afterVersion)] : []);
        }
    }
}
