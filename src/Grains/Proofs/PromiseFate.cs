using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Proofs;

/// <summary>What became of one promise, and of every explanation of its delays.</summary>
/// <param name="CaseId">Its case.</param>
/// <param name="CaseNumber">The case's number for people.</param>
/// <param name="Promise">Its state as the log has it.</param>
/// <param name="Explanations">In the order in which they were decided, each with the date that it explains away.</param>
/// <param name="CallTasks">Calls that a person was asked to make about it.</param>
public sealed record PromiseFate(
    Guid CaseId,
    long CaseNumber,
    Promise Promise,
    IReadOnlyList<(Notice Notice, DateTimeOffset? WasDueAt)> Explanations,
    IReadOnlyList<CallTask> CallTasks)
{
    /// <summary>The promises of one case, from the whole of its stream in order of version; none for another kind of stream.</summary>
    public static IEnumerable<PromiseFate> Of(IReadOnlyList<Entry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries is not [{ Event: CaseEvent.CaseOpened opened, Stream: var stream }, ..])
        {
            return [];
        }

        var state = entries.Aggregate(Case.Empty(stream), (folded, entry) => folded.Evolve((CaseEvent)entry.Event, entry.At, entry.By));
        return state.Promises.Select(promise => new PromiseFate(
            stream,
            opened.Number,
            promise,
            [
                .. state.Notices.Where(notice => notice.Kind == NoticeKind.Explanation && notice.Promise == promise.Number)
                    .Select(notice => (notice, StreamProof.DueOf(notice, entries))),
            ],
            [.. state.CallTasks.Where(task => task.Promise == promise.Number)]));
    }
}
