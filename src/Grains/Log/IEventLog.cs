using System.Diagnostics;

namespace Escalation.Grains.Log;

/// <summary>
/// The log: the truth of the platform. An append is one atomic unit and is answered only when it is on disk; of two
/// writers that expect the same version exactly one wins.
/// </summary>
public interface IEventLog
{
    /// <summary>Commits <paramref name="append"/>, or says at which version the stream really is.</summary>
    /// <exception cref="LogUnavailableException">
    /// The database is away. The append may or may not have been committed: reload before deciding again.
    /// </exception>
    ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken);

    /// <summary>The entries of one stream after <paramref name="afterVersion"/>, oldest first; empty when there is none.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken);

    /// <summary>The entries of one stream from its latest event of <paramref name="kind"/> on; all of them when it has none.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    async Task<IReadOnlyList<Entry>> ReadFromLatestAsync(Guid stream, string kind, CancellationToken cancellationToken)
    {
        var entries = await ReadAsync(stream, 0, cancellationToken);
        var latest = entries.LastOrDefault(entry => EventCodec.KindOf(entry.Event) == kind);
        return latest is null ? entries : [.. entries.Where(entry => entry.Version >= latest.Version)];
    }
}

/// <summary>One atomic unit: a command's events with the grain's board row, next due instant and notices.</summary>
/// <param name="Stream">The grain's id.</param>
/// <param name="Category">The kind of grain.</param>
/// <param name="ExpectedVersion">The version that the events build on; 0 for a new stream.</param>
/// <param name="CommandId">The command that caused the events.</param>
/// <param name="At">When it was decided.</param>
/// <param name="By">Who sent it.</param>
/// <param name="Events">One or more events.</param>
/// <param name="Effects">What is stored beside them.</param>
public sealed record Append(
    Guid Stream,
    string Category,
    int ExpectedVersion,
    Guid CommandId,
    DateTimeOffset At,
    string By,
    IReadOnlyList<IEvent> Events,
    Effects Effects)
{
    /// <summary>The trace that it was made in, if that is recorded; not stored.</summary>
    public ActivityContext Trace { get; } = Telemetry.Here;
}

/// <summary>How an append ended.</summary>
public abstract record AppendResult
{
    /// <summary>On disk.</summary>
    /// <param name="Position">Position of the append's last event in the log.</param>
    public sealed record Committed(long Position) : AppendResult;

    /// <summary>Someone else's append came first.</summary>
    public sealed record Conflict : AppendResult
    {
        public static Conflict Instance { get; } = new();
    }

    private AppendResult()
    {
    }
}

/// <summary>One event as the log keeps it.</summary>
/// <param name="Stream">The grain it belongs to.</param>
/// <param name="Category">The kind of grain.</param>
/// <param name="Version">1 for a stream's first event, without gaps.</param>
/// <param name="Position">Its place in the log; grows within a stream, and shows progress across streams.</param>
/// <param name="At">When it was decided.</param>
/// <param name="By">Who sent the command.</param>
/// <param name="CommandId">The command that caused it.</param>
/// <param name="Event">What happened.</param>
public sealed record Entry(
    Guid Stream,
    string Category,
    int Version,
    long Position,
    DateTimeOffset At,
    string By,
    Guid CommandId,
    IEvent Event);

/// <summary>The whole feed of the log in commit order, without gaps and without repeats, for this host's read models.</summary>
public interface IEventTail
{
    /// <summary>
    /// Calls <paramref name="onBatch"/> with everything committed after <paramref name="after"/>, then with what is
    /// committed from then on, woken by commits. One call at a time; survives the database going away.
    /// Runs until cancelled.
    /// </summary>
    Task RunAsync(TailCursor after, Func<TailBatch, CancellationToken, ValueTask> onBatch, CancellationToken cancellationToken);
}

/// <summary>A place in the commit order: a transaction, and a position within it.</summary>
public readonly record struct TailCursor(ulong Transaction, long Position);

/// <summary>A stretch of the feed.</summary>
/// <param name="Entries">Oldest first.</param>
/// <param name="Rows">The newest board row of each case among the entries; a closed case has none.</param>
/// <param name="Cursor">Where to go on.</param>
public sealed record TailBatch(
    IReadOnlyList<Entry> Entries,
    IReadOnlyDictionary<Guid, Board.BoardRow> Rows,
    TailCursor Cursor)
{
    /// <summary>Which recorded traces changed which grains; those of this host only.</summary>
    public IReadOnlyList<(Guid Stream, ActivityContext Trace)> Traces { get; init; } = [];

    /// <summary>Grains whose newest event in this batch this host has written itself, and so has heard of at its commit.</summary>
    public IReadOnlySet<Guid> Own { get; init; } = new HashSet<Guid>();
}

/// <summary>The database could not be reached, or went away in the middle. Nothing acknowledged is lost; try again.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
