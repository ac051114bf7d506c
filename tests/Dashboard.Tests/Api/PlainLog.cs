using Escalation.Grains.Log;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>A log in memory that can be told to be away.</summary>
internal sealed class PlainLog : IEventLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, List<Entry>> _streams = [];
    private long _position;

    /// <summary>While true, nothing can be read or written.</summary>
    public bool IsAway { get; set; }

    public ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ThrowIfAway();
            if (!_streams.TryGetValue(append.Stream, out var entries))
            {
                _streams[append.Stream] = entries = [];
            }

            if (entries.Count != append.ExpectedVersion)
            {
                return new(AppendResult.Conflict.Instance);
            }

            foreach (var happened in append.Events)
            {
                // Through the codec, as any real log would.
                var read = EventCodec.Read(EventCodec.KindOf(happened), EventCodec.FactsOf(happened), EventCodec.PersonalOf(happened));
                entries.Add(new Entry(
                    append.Stream, append.Category, entries.Count + 1, ++_position, append.At, append.By, append.CommandId, read));
            }

            return new(new AppendResult.Committed(_position));
        }
    }

    public Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ThrowIfAway();
            return Task.FromResult<IReadOnlyList<Entry>>(
                _streams.TryGetValue(stream, out var entries) ? [.. entries.Skip(afterVersion)] : []);
        }
    }

    /// <summary>How many streams of a kind there are.</summary>
    public int Count(string category)
    {
        lock (_lock)
        {
            return _streams.Values.Count(entries => entries.Count > 0 && entries[0].Category == category);
        }
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new LogUnavailableException("The log is away, as the test asked.");
        }
    }
}
