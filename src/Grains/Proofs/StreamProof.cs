using Escalation.Grains.Cases;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Proofs;

/// <summary>Something in the log that must not be.</summary>
/// <param name="Stream">The grain it concerns.</param>
/// <param name="Rule">The rule that is broken; <c>LOG</c> for the log's own invariants.</param>
/// <param name="Detail">What was found.</param>
public sealed record Fault(Guid Stream, string Rule, string Detail);

/// <summary>What a proof counted.</summary>
public sealed class ProofCounts
{
    public long Events { get; set; }

    public long Cases { get; set; }

    public long OpenCases { get; set; }

    public long Promises { get; set; }

    public long Kept { get; set; }

    public long Withdrawn { get; set; }

    public long Moved { get; set; }

    public long StillOpen { get; set; }

    /// <summary>Lapsed, with the customer told or a person asked before due.</summary>
    public long LapsedLoudly { get; set; }

    /// <summary>PRM-8: the number that must be zero.</summary>
    public long SilentlyLapsed { get; set; }

    /// <summary>Explanations of a delay that a receiving server took.</summary>
    public long Explained { get; set; }

    /// <summary>Of those, taken only after the date that they explain away.</summary>
    public long ExplainedAfterDue { get; set; }

    /// <summary>Notices that came back.</summary>
    public long Bounced { get; set; }

    public long CallTasks { get; set; }

    public long NoticesAccepted { get; set; }

    public long NoticesFailed { get; set; }
}

/// <summary>
/// Checks one grain's history against the invariants: no gaps, no effect twice, every promise accounted for. Pure, and
/// independent of the rules that wrote it: it looks at events, not at decisions.
/// </summary>
public static class StreamProof
{
    /// <summary>Checks <paramref name="entries"/>, the whole of one stream in order of version.</summary>
    public static IEnumerable<Fault> Check(IReadOnlyList<Entry> entries, ProofCounts counts)
    {
        var stream = entries[0].Stream;
        counts.Events += entries.Count;
        var faults = new List<Fault>();
        CheckVersions(stream, entries, faults);
        CheckCommands(stream, entries, faults);
        if (entries[0].Category == Case.Category)
        {
            CheckCase(stream, entries, counts, faults);
        }
        else if (entries[0].Category == GiftStock.Category)
        {
            CheckGifts(stream, entries, faults);
        }

        return faults;
    }

    private static void CheckVersions(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Version != i + 1)
            {
                faults.Add(new Fault(stream, "LOG", $"Version {i + 1} is missing: the history goes on with {entries[i].Version}."));
                return;
            }

            if (i > 0 && entries[i].Position <= entries[i - 1].Position)
            {
                faults.Add(new Fault(stream, "LOG", $"Version {i + 1} stands before version {i} in the log."));
            }
        }
    }

    /// <summary>CASE-5: the events of one command stand together, so none of them took effect twice.</summary>
    private static void CheckCommands(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        var seen = new HashSet<Guid>();
        for (var i = 0; i < entries.Count; i++)
        {
            var first = i == 0 || entries[i - 1].CommandId != entries[i].CommandId;
            if (first && !seen.Add(entries[i].CommandId))
            {
                faults.Add(new Fault(stream, "CASE-5", $"Command {entries[i].CommandId} took effect twice, again at version {entries[i].Version}."));
            }
        }
    }

    /// <summary>CLM-4: one request takes one piece, or none, for ever.</summary>
    private static void CheckGifts(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        var answered = new HashSet<Guid>();
        foreach (var entry in entries)
        {
            var request = entry.Event switch
            {
                GiftStockEvent.GiftTaken e => e.Request,
                GiftStockEvent.GiftNotTaken e => e.Request,
                _ => (Guid?)null,
            };
            if (request is { } id && !answered.Add(id))
            {
                faults.Add(new Fault(stream, "CLM-4", $"Request {id} was answered by the stock twice, again at version {entry.Version}."));
            }
        }
    }

    private static void CheckCase(Guid stream, IReadOnlyList<Entry> entries, ProofCounts counts, List<Fault> faults)
    {
        counts.Cases++;
        if (entries[0].Event is not CaseOpened || entries.Skip(1).Any(entry => entry.Event is CaseOpened))
        {
            faults.Add(new Fault(stream, "CASE-1", "A case's history begins with its opening, and has only one."));
            return;
        }

        CheckOnce<ClockWarned>(e => (e.Clock, e.DueAt), "CLK-4", "warned");
        CheckOnce<ClockBreached>(e => (e.Clock, e.DueAt), "CLK-7", "breached");
        CheckOnce<PromiseKept>(e => e.Promise, "PRM-7", "kept");
        CheckOnce<PromiseLapsed>(e => e.Promise, "PRM-8", "lapsed");
        CheckOnce<PromiseExplained>(e => (e.Promise, e.Revision), "PRM-4", "moved");
        CheckOnce<DelayUnanswered>(e => (e.Promise, e.Revision), "PRM-6", "found unanswered");
        CheckOnce<ApprovalDecided>(e => e.Approval, "PRM-4", "decided");
        CheckOnce<GiftAsked>(e => e.Gift, "CLM-4", "asked for");
        CheckOnce<GiftGiven>(e => e.Gift, "CLM-4", "given");
        CheckLaw(stream, entries, faults);
        EscalationProof.Check(stream, entries, faults);
        OfferProof.Check(stream, entries, faults);
        AuthorityProof.Check(stream, entries, faults);
        CheckOnce<NoticeAccepted>(e => e.Notice, "PRM-5", "accepted");
        CheckOncePerChannel(stream, entries, faults);
        counts.Bounced += entries.Count(entry => entry.Event is NoticeBounced);
        counts.CallTasks += entries.Count(entry => entry.Event is CallTaskRaised);
        counts.NoticesAccepted += entries.Count(entry => entry.Event is NoticeAccepted);
        counts.NoticesFailed += entries.Count(entry => entry.Event is NoticeFailed);

        var early = entries.FirstOrDefault(entry =>
            (entry.Event is ClockWarned warned && entry.At < warned.WarnAt) ||
            (entry.Event is ClockBreached breached && entry.At < breached.DueAt) ||
            (entry.Event is PromiseLapsed lapsed && entry.At < lapsed.DueAt));
        if (early is not null)
        {
            faults.Add(new Fault(stream, "CLK-7", $"Version {early.Version} fired early, at {early.At:o}."));
        }

        var state = entries.Aggregate(
            Case.Empty(stream), (folded, entry) => folded.Evolve((CaseEvent)entry.Event, entry.At, entry.By));
        counts.OpenCases += state.IsOpen ? 1 : 0;
        if (!state.IsOpen && state.Clocks.Any(clock => clock.IsRunning))
        {
            faults.Add(new Fault(stream, "CLK-8", "A clock runs on in a closed case."));
        }

        foreach (var notice in state.Notices.Where(notice => notice is { Kind: NoticeKind.Explanation, AcceptedAt: not null }))
        {
            counts.Explained++;
            counts.ExplainedAfterDue += notice.AcceptedAt > DueOf(notice, entries) ? 1 : 0;
        }

        foreach (var promise in state.Promises)
        {
            CheckPromise(stream, promise, entries, counts, faults);
        }

        void CheckOnce<TEvent>(Func<TEvent, object> key, string rule, string word)
            where TEvent : CaseEvent
        {
            // CASE-8: a clock that another case brought with it is not the one that bore its name here before.
            var isOfClock = typeof(TEvent) == typeof(ClockWarned) || typeof(TEvent) == typeof(ClockBreached);
            var takenOver = 0;
            var twice = entries.Select(entry => (entry.Event, Era: isOfClock && entry.Event is CaseTakenOver ? ++takenOver : takenOver))
                .Where(each => each.Event is TEvent).GroupBy(each => (Key: key((TEvent)each.Event), each.Era)).FirstOrDefault(group => group.Count() > 1);
            if (twice is not null)
            {
                faults.Add(new Fault(stream, rule, $"{twice.Key.Key} {word} {twice.Count()} times."));
            }
        }
    }

    /// <summary>REG-2: no clock of the law stood still or was counted anew.</summary>
    private static void CheckLaw(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        var lawful = entries.Select(entry => entry.Event).OfType<ClockStarted>()
            .Where(e => e.ClockKind == Clocks.ClockKind.Statutory).Select(e => e.Clock).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in lawful.Count == 0 ? [] : entries)
        {
            if (entry.Event is ClockPaused { Clock: var paused } && lawful.Contains(paused))
            {
                faults.Add(new Fault(stream, "REG-2", $"{paused} is the law's, and was paused at version {entry.Version}."));
            }
            else if (entry.Event is ClockReplanned { Clock: var moved } && lawful.Contains(moved))
            {
                faults.Add(new Fault(stream, "REG-2", $"{moved} is the law's, and was counted anew at version {entry.Version}."));
            }
        }
    }

    /// <summary>PRM-5: one message goes over each channel once.</summary>
    private static void CheckOncePerChannel(Guid stream, IReadOnlyList<Entry> entries, List<Fault> faults)
    {
        var twice = entries.Select(entry => entry.Event).OfType<NoticeDecided>()
            .Where(e => e.NoticeKind == NoticeKind.Explanation)
            .GroupBy(e => (e.Promise, e.Revision, e.Channel)).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            faults.Add(new Fault(stream, "PRM-5", $"The delay of {twice.Key} was explained {twice.Count()} times over one channel."));
        }
    }

    /// <summary>The date that an explanation explains away.</summary>
    internal static DateTimeOffset? DueOf(Notice notice, IReadOnlyList<Entry> entries) => notice.NotAfter ??
        entries.Select(entry => entry.Event).OfType<PromiseExplained>()
            .FirstOrDefault(e => e.Promise == notice.Promise && e.Revision == notice.Revision)?.WasDueAt;

    /// <summary>PRM-8: before each date that was not held, an explanation was accepted, or a person was asked to call.</summary>
    private static void CheckPromise(
        Guid stream, Promise promise, IReadOnlyList<Entry> entries, ProofCounts counts, List<Fault> faults)
    {
        counts.Promises++;
        foreach (var moved in entries.Where(entry => entry.Event is PromiseExplained e && e.Promise == promise.Number))
        {
            counts.Moved++;
            var move = (PromiseExplained)moved.Event;
            if (!WasToldBefore(move.WasDueAt, moved.Version, promise, entries) &&
                !EndedBefore(move.WasDueAt, promise) &&
                move.WasDueAt <= entries[^1].At)
            {
                counts.SilentlyLapsed++;
                faults.Add(new Fault(stream, "PRM-8", $"{promise.Id} was moved away from {move.WasDueAt:u}, but nobody was told before that."));
            }
        }

        switch (promise.State)
        {
            case PromiseState.Kept:
                counts.Kept++;
                break;
            case PromiseState.Withdrawn:
                counts.Withdrawn++;
                break;
            case PromiseState.Open or PromiseState.Explained:
                counts.StillOpen++;
                break;
            case PromiseState.Merged:
                // It is counted where it stands now.
                counts.Promises--;
                break;
            case PromiseState.Lapsed when WasAskedBefore(promise, entries):
                counts.LapsedLoudly++;
                break;
            case PromiseState.Lapsed:
                counts.SilentlyLapsed++;
                faults.Add(new Fault(stream, "PRM-8", $"{promise.Id} lapsed silently at {promise.DueAt:u}."));
                break;
        }
    }

    private static bool WasToldBefore(DateTimeOffset due, int fromVersion, Promise promise, IReadOnlyList<Entry> entries)
    {
        var notices = entries.Select(entry => entry.Event).OfType<NoticeDecided>()
            .Where(e => e.NoticeKind == NoticeKind.Explanation && e.Promise == promise.Number).Select(e => e.Notice).ToHashSet();
        var cameBack = entries.Where(entry => entry.At <= due).Select(entry => entry.Event).OfType<NoticeBounced>().Select(e => e.Notice).ToHashSet();
        return entries.Any(entry => entry.Version >= fromVersion && entry.Event switch
        {
            NoticeAccepted e => notices.Contains(e.Notice) && !cameBack.Contains(e.Notice) && (e.AcceptedAt ?? entry.At) <= due,
            CallTaskRaised e => e.Promise == promise.Number && entry.At <= due,
            _ => false,
        });
    }

    private static bool WasAskedBefore(Promise promise, IReadOnlyList<Entry> entries) => entries.Any(entry =>
        entry.Event is CallTaskRaised { Reason: CallTask.SecondDelay } asked && asked.Promise == promise.Number && entry.At < promise.DueAt);

    private static bool EndedBefore(DateTimeOffset due, Promise promise) => promise.EndedAt <= due;
}
