using System.Globalization;
using Escalation.Grains.Board;
using Escalation.Grains.Log;

namespace Escalation.Silo.Tests.Log;

/// <summary>Follows a log and remembers what it saw.</summary>
internal sealed class TailProbe : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<Guid, BoardRow> _rows = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TailProbe(IEventTail tail, TailCursor after = default)
    {
        _running = Task.Run(() => tail.RunAsync(after, OnBatch, _stop.Token));
    }

    /// <summary>The board as the rows of the batches make it.</summary>
    public IReadOnlyDictionary<Guid, BoardRow> Rows => _rows;

    public TailCursor Cursor { get; private set; }

    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>All entries, once there are <paramref name="count"/> of them.</summary>
    public Task<IReadOnlyList<Entry>> SeeAsync(int count) => SeeAsync(entries => entries.Count >= count);

    /// <summary>All entries, once there is one of <paramref name="stream"/>.</summary>
    public Task<IReadOnlyList<Entry>> SeeAsync(Guid stream) => SeeAsync(entries => entries.Any(entry => entry.Stream == stream));

    private async Task<IReadOnlyList<Entry>> SeeAsync(Func<List<Entry>, bool> enough)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (enough(_entries))
                {
                    return [.. _entries];
                }

                more = _more.Task;
            }

            await await Task.WhenAny(more, _running).WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        _stop.Dispose();
    }

    /// <summary>How long a test waits for something that must happen before it gives up.</summary>
    public static TimeSpan Limit => TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("TEST_PATIENCE_SECONDS") ?? "60", CultureInfo.InvariantCulture));

    private ValueTask OnBatch(TailBatch batch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _entries.AddRange(batch.Entries);
            foreach (var stream in batch.Entries.Select(entry => entry.Stream).Distinct())
            {
                _rows.Remove(stream);
                if (batch.Rows.TryGetValue(stream, out var row))
                {
                    _rows.Add(stream, row);
                }
            }

            Cursor = batch.Cursor;
            _more.TrySetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return ValueTask.CompletedTask;
    }
}
