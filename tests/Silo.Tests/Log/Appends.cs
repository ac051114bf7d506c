using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;

namespace Escalation.Silo.Tests.Log;

/// <summary>Appends as grains send them.</summary>
internal static class Appends
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static Guid NewId() => Guid.CreateVersion7();

    public static Append Note(Guid stream, int expected, string note = "Called, no answer.") =>
        Of(stream, expected, new CaseEvent.NoteAdded(note));

    public static Append Of(Guid stream, int expected, params IEvent[] events) =>
        new(stream, "case", expected, NewId(), Noon, "ana", events, Effects.None);

    public static Append With(this Append append, Due? due = null, BoardRow? row = null, params NoticeJob[] notices) =>
        append with { Effects = new Effects(due, row, notices) };

    public static BoardRow Row(Guid stream, int version) => new(
        stream, version, 4711, stream, "Ana Muster", "billing", "The invoice was wrong twice.", default, 1, default, default, "ana",
        null, Noon, null, [new RowPromise("p1", Noon, Noon, 1)], [], 0);

    /// <summary>Appends one event at whatever version the stream has; loses as often as it must.</summary>
    public static async Task<(long Position, Guid CommandId)> AppendSomewhereAsync(this IEventLog log, Guid stream)
    {
        for (var version = await VersionAsync(log, stream); ; version = await VersionAsync(log, stream))
        {
            var append = Note(stream, version);
            if (await log.AppendAsync(append, TestContext.Current.CancellationToken) is AppendResult.Committed committed)
            {
                return (committed.Position, append.CommandId);
            }
        }
    }

    public static async Task<long> MustAppendAsync(this IEventLog log, Append append) =>
        Assert.IsType<AppendResult.Committed>(await log.AppendAsync(append, TestContext.Current.CancellationToken)).Position;

    public static Task<IReadOnlyList<Entry>> ReadAllAsync(this IEventLog log, Guid stream) =>
        log.ReadAsync(stream, 0, TestContext.Current.CancellationToken);

    private static async Task<int> VersionAsync(IEventLog log, Guid stream) =>
        (await log.ReadAllAsync(stream)).Count;
}
