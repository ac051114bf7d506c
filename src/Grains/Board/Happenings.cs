using System.Collections.Frozen;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Board;

/// <summary>One thing that happened to a case, for whoever watches all of them. Names nobody but who did it.</summary>
/// <param name="Position">Its place in the log.</param>
/// <param name="Kind">The event's name.</param>
/// <param name="Case">The case.</param>
/// <param name="Number">The case's number for people; 0 when it was not open on this host.</param>
/// <param name="At">When it was decided.</param>
/// <param name="By">Who did it.</param>
public sealed record Happening(long Position, string Kind, Guid Case, long Number, DateTimeOffset At, string By);

/// <summary>The last things that happened, as this host heard of them since it started; so many and no more.</summary>
public sealed class Happenings
{
    public const int Most = 200;

    private static readonly FrozenSet<Type> Told = new[]
    {
        typeof(CaseOpened), typeof(OwnerAssigned), typeof(RoundStarted), typeof(HeatSet), typeof(ClockBreached), typeof(PromiseMade),
        typeof(PromiseOwnerSilent), typeof(PromiseExplained), typeof(PromiseKept), typeof(PromiseWithdrawn), typeof(PromiseLapsed),
        typeof(DelayAnswered), typeof(NoticeFailed), typeof(NoticeBounced), typeof(CallTaskRaised), typeof(ApprovalAsked), typeof(ApprovalDecided),
        typeof(ApprovalPassedOn), typeof(ConcessionMade), typeof(GiftGiven), typeof(ApologyOverdue), typeof(ApologyGiven), typeof(EscalationRaised),
        typeof(EscalationRisen), typeof(EscalationRepeated), typeof(EscalationAcknowledged), typeof(AcknowledgementFell), typeof(EscalationClosed),
        typeof(CaseMerged), typeof(CaseClosed),
    }.ToFrozenSet();

    private readonly Lock _writing = new();
    private volatile State _state = new([], 0, BoardState.NewSignal());

    /// <summary>The last ones, oldest first, and how many there have been in all.</summary>
    public (IReadOnlyList<Happening> Last, long Count) Read() => _state is var state ? (state.Last, state.Count) : default;

    /// <summary>Completes when there have been more than <paramref name="count"/>.</summary>
    public Task MoreThan(long count) => _state is var state && state.Count > count ? Task.CompletedTask : state.More.Task;

    /// <summary>Takes a stretch of the feed, before the board does: it still knows the number of a case that closes.</summary>
    public void Apply(TailBatch batch, Board board)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(board);
        var news = new List<Happening>();
        foreach (var entry in batch.Entries)
        {
            if (entry.Category == Case.Category && Told.Contains(entry.Event.GetType()))
            {
                var number = entry.Event is CaseOpened opened ? opened.Number
                    : batch.Rows.TryGetValue(entry.Stream, out var row) ? row.Number
                    : board.NumberOf(entry.Stream) ?? news.LastOrDefault(one => one.Case == entry.Stream)?.Number ?? 0;
                news.Add(new Happening(entry.Position, EventCodec.KindOf(entry.Event), entry.Stream, number, entry.At, entry.By));
            }
        }

        if (news.Count == 0)
        {
            return;
        }

        lock (_writing)
        {
            var last = _state;
            _state = new State([.. last.Last.Concat(news).TakeLast(Most)], last.Count + news.Count, BoardState.NewSignal());
            last.More.TrySetResult();
        }
    }

    private sealed record State(IReadOnlyList<Happening> Last, long Count, TaskCompletionSource More);
}
