using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;

namespace Escalation.TestKit;

/// <summary>The log in memory, for tests of rules and read models; it passes the same contract as the real one.</summary>
public sealed class MemoryLog : IEventLog, IEventTail, IBoardRows
{
    private readonly Lock _lock = new();
    private readonly List<(TailCursor Place, Entry Entry)> _feed = [];
    private readonly Dictionary<Guid, StoredGrain> _grains = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _transaction;

    /// <summary>While true, everything fails as if the database were away.</summary>
    public bool IsAway { get; set; }

    /// <summary>Raised after each append and before its answer.</summary>
    public event Action<Append>? Committed;

    public ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        TaskCompletionSource waiting;
        long position;
        lock (_lock)
        {
            var grain = _grains.GetValueOrDefault(append.Stream);
            if (append.ExpectedVersion != (grain?.Version ?? 0))
            {
                return new(AppendResult.Conflict.Instance);
            }

            _transaction++;
            var version = append.ExpectedVersion;
            foreach (var happened in append.Events)
            {
                var entry = new Entry(
                    append.Stream, append.Category, ++version, _feed.Count + 1, append.At, append.By, append.CommandId, happened);
                _feed.Add((new TailCursor(_transaction, entry.Position), entry));
            }

            var (due, row, notices) = append.Effects;
            _grains[append.Stream] = new StoredGrain(version, due, row, [.. grain?.Notices ?? [], .. notices ?? []]);
            position = _feed.Count;
            waiting = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Committed?.Invoke(append);
        waiting.TrySetResult();
        return new(new AppendResult.Committed(position));
    }

    public Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Entry>>([
                .. _feed.Select(item => item.Entry).Where(entry => entry.Stream == stream && entry.Version > afterVersion),
            ]);
        }
    }

    public async Task RunAsync(
        TailCursor after, Func<TailBatch, CancellationToken, ValueTask> onBatch, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            TailBatch? batch;
            lock (_lock)
            {
                next = _next.Task;
                batch = BatchAfter(after);
            }

            if (batch is null)
            {
                await next.WaitAsync(cancellationToken);
            }
            else
            {
                await onBatch(batch, cancellationToken);
                after = batch.Cursor;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<TailCursor> ReadAsync(Func<StoredRowBatch, ValueTask> onRows, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        List<StoredRow> rows;
        TailCursor cursor;
        lock (_lock)
        {
            rows =
            [
                .. _grains.Values.Select(grain => grain.Row).OfType<BoardRow>()
                    .Select(row => new StoredRow(JsonSerializer.SerializeToUtf8Bytes(row, Wire.Json), row.Version)),
            ];
            cursor = _feed.Count == 0 ? default : _feed[^1].Place;
        }

        await onRows(new StoredRowBatch(rows));
        return cursor;
    }

    /// <summary>What is stored beside the grain's events; null when there is no such grain.</summary>
    public StoredGrain? Find(Guid stream)
    {
        lock (_lock)
        {
            return _grains.GetValueOrDefault(stream);
        }
    }

    /// <summary>CUS-7: forgets the personal part of everything in the stream.</summary>
    public void Erase(Guid stream)
    {
        lock (_lock)
        {
            for (var i = 0; i < _feed.Count; i++)
            {
                var (place, entry) = _feed[i];
                if (entry.Stream == stream)
                {
                    var impersonal = EventCodec.Read(EventCodec.KindOf(entry.Event), EventCodec.FactsOf(entry.Event), []);
                    _feed[i] = (place, entry with { Event = impersonal });
                }
            }
        }
    }

    private TailBatch? BatchAfter(TailCursor after)
    {
        var batch = _feed.SkipWhile(item => item.Place.Position <= after.Position).ToList();
        if (batch.Count == 0)
        {
            return null;
        }

        var rows = batch.Select(item => item.Entry.Stream).Distinct()
            .Select(stream => _grains[stream].Row).OfType<BoardRow>().ToDictionary(row => row.Id);
        return new TailBatch([.. batch.Select(item => item.Entry)], rows, batch[^1].Place);
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new LogUnavailableException("The test has taken the log away.");
        }
    }
}

/// <summary>What a log keeps beside a grain's events.</summary>
public sealed record StoredGrain(int Version, Due? Due, BoardRow? Row, IReadOnlyList<NoticeJob> Notices);
