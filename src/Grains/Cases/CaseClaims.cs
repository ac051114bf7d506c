using System.Collections.Immutable;
using Escalation.Grains.Approvals;
using Escalation.Grains.Claims;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Merging;
using Escalation.Grains.Promises;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Cases;

/// <summary>What a case knows of money, goodwill, apologies and other cases on the same matter (CLM-1 to CLM-6, CASE-8).</summary>
public sealed partial record Case
{
    /// <summary>An errand to another grain is tried again after this time, should the host have gone away in the middle.</summary>
    private static readonly TimeSpan ErrandPatience = TimeSpan.FromSeconds(5);

    public ImmutableArray<Concession> Concessions { get; init; } = [];

    public ImmutableArray<Gift> Gifts { get; init; } = [];

    /// <summary>CLM-5: who caused the conflict, if it was one of us.</summary>
    public string? CausedBy { get; init; }

    public Apology? Apology { get; init; }

    /// <summary>CASE-8: the latest time that this case was to be merged into another.</summary>
    public Merge? Merge { get; init; }

    /// <summary>CASE-8: cases that were merged into this one.</summary>
    public ImmutableArray<MergedCase> Merged { get; init; } = [];

    /// <summary>CASE-8: attempts of other cases to be merged into this one that it said no to.</summary>
    public ImmutableArray<RefusedTakeOver> TakeOversRefused { get; init; } = [];

    /// <summary>CASE-8: true while the case stands still, until the one it is merged into has answered.</summary>
    public bool IsMerging => Merge is { State: MergeState.Begun };

    /// <summary>CASE-8: the case that has everything of this one; null unless it was merged.</summary>
    public Guid? MergedInto => Merge is { State: MergeState.Done } merge ? merge.Into : null;

    /// <summary>CASE-8: notices that came back after the case was merged, and of which the case that goes on does not know yet; since when.</summary>
    public ImmutableDictionary<int, DateTimeOffset> CameBack { get; init; } = ImmutableDictionary<int, DateTimeOffset>.Empty;

    /// <summary>CASE-8: notices of cases that ended in this one and came back.</summary>
    public ImmutableArray<ReturnedNotice> TakenBack { get; init; } = [];

    /// <summary>True while another grain has to be asked, or to be told.</summary>
    public bool HasErrands => IsMerging || !CameBack.IsEmpty ||
        Concessions.Any(concession => concession.State == ConcessionState.Counting) || Gifts.Any(gift => gift.State == GiftState.Taking);

    /// <summary>CLM-1: what was conceded in this case so far, in one currency.</summary>
    public decimal Conceded(string currency) => Concessions
        .Where(concession => concession.State == ConcessionState.Made && concession.Amount.Currency == currency)
        .Sum(concession => concession.Amount.Amount);

    /// <summary>What this case said to another's attempt to be merged into it: nothing yet (null), a no, or a yes (no refusal).</summary>
    public (Refused? Refusal, MergedCase? Taken)? AnswerTo(Guid from, int attempt) =>
        Merged.FirstOrDefault(merged => merged.CaseId == from && merged.Attempt == attempt) is { } taken ? (null, taken)
            : TakeOversRefused.FirstOrDefault(refused => refused.From == from && refused.Attempt == attempt) is { } no ? (no.Refusal, null)
            : null;

    /// <summary>When the platform has to act because of approvals, apologies and errands.</summary>
    private DateTimeOffset? ClaimsDueAt() => IsMerging
        ? Merge!.At + ErrandPatience
        : Earliest([
            .. Approvals.Where(approval => approval is { IsOpen: true, Kind: ApprovalKind.Concession }).Select(approval => (DateTimeOffset?)approval.DecideBy),
            .. Concessions.Where(concession => concession.State == ConcessionState.Counting).Select(concession => concession.ClearedAt + ErrandPatience),
            .. Gifts.Where(gift => gift.State == GiftState.Taking).Select(gift => (DateTimeOffset?)(gift.At + ErrandPatience)),
            Apology is { IsOwed: true, IsOverdue: false } owed ? owed.DueAt : null,
        ]);

    private Case? EvolveClaims(CaseEvent happened, DateTimeOffset at, string by) => happened switch
    {
        ClaimSet e => this with { Claim = e.Claim },
        ConcessionAsked e => this with
        {
            Concessions = Concessions.Add(new Concession(e.Concession, e.Amount, by, at, e.Reason, ConcessionState.Waiting, Level.Buffer)),
        },
        ConcessionCleared e => OnConcession(e.Concession, concession => concession with
        {
            State = ConcessionState.Counting,
            Level = e.Level,
            Attempt = concession.Attempt + 1,
            MonthLimit = e.MonthLimit,
            WithinAgents = e.WithinAgents,
            ClearedAt = at,
        }),
        ConcessionMade e => OnConcession(e.Concession, concession => concession with { State = ConcessionState.Made, EndedAt = at }) with
        {
            Work = Work with
            {
                RemedyGiven = true,
                Conceded = true,
                Trusted = Work.Trusted || Concessions[e.Concession - 1].WithinAgents,
            },
        },
        ConcessionRefused e => OnConcession(e.Concession, concession => concession with
        {
            State = ConcessionState.Refused,
            EndedAt = at,
            Refusal = e.Reason,
        }),
        ApprovalPassedOn e => OnApproval(e.Approval, approval => approval with { Level = e.Level, DecideBy = e.DecideBy, PassedOn = approval.PassedOn + 1 }),

        GiftAsked e => this with { Gifts = Gifts.Add(new Gift(e.Gift, e.Item, e.Site, e.Name, e.Value, by, at, NameIn: e.NameIn)) },
        GiftGiven e => OnGift(e.Gift, gift => gift with { State = GiftState.Given }),
        GiftRefused e => OnGift(e.Gift, gift => gift with { State = GiftState.Refused, Refusal = e.Code, RefusalDetail = e.Detail, RefusalValues = e.Values }),
        GiftOutcomeRecorded e => OnGift(e.Gift, gift => gift with { Accepted = e.Accepted, CaseClosed = e.ConflictEnded, CustomerStayed = e.CustomerStayed }),

        CauseNamed e => this with { CausedBy = e.CausedBy },
        ApologyOwed e => this with
        {
            Apology = Apology is { } owed
                ? owed with { Owner = e.Owner, Level = e.Level, DueAt = e.DueAt }
                : new Apology(e.Owner, e.Level, at, e.DueAt),
        },
        ApologyOverdue => this with { Apology = Apology! with { IsOverdue = true } },
        ApologyGiven e => this with
        {
            Apology = (Apology ?? new Apology(e.GivenBy, Level.Buffer, at, at)) with { GivenAt = at, GivenBy = e.GivenBy, Text = e.Text },
        },

        MergeBegun e => this with { Merge = new Merge(e.Attempt, e.Into, at) },
        MergeAbandoned e => this with { Merge = Merge! with { State = MergeState.Abandoned, Refusal = e.Reason, Detail = e.Detail } },
        CaseMerged e => this with
        {
            Merge = Merge! with { State = MergeState.Done, Number = e.Number, Promises = e.Promises },
            Promises = [.. Promises.Select(promise => promise.IsOpen ? promise with { State = PromiseState.Merged, EndedAt = at } : promise)],
            CallTasks = [.. CallTasks.Select(task => task.DoneAt is null ? task with { DoneAt = at } : task)],
            Concessions = [.. Concessions.Select(concession => concession.IsOpen
                ? concession with { State = ConcessionState.Refused, EndedAt = at, Refusal = "case.merged" }
                : concession)],
        },
        TakeOverRefused e => this with { TakeOversRefused = TakeOversRefused.Add(new RefusedTakeOver(e.From, e.Attempt, new Refused(e.Code, e.Detail))) },
        CaseTakenOver e => TakenOver(e, at),
        MergedNoticeCameBack e => this with { CameBack = CameBack.SetItem(e.Notice, at) },
        MergedNoticeCarried e => this with { CameBack = CameBack.Remove(e.Notice) },
        NoticeTakenBack e => e.Clocks.Aggregate(
            this with { TakenBack = TakenBack.Add(new ReturnedNotice(e.From, e.Notice)) }, (state, clock) => state with { Clocks = state.Put(clock) }),
        _ => null,
    };

    private Case TakenOver(CaseTakenOver e, DateTimeOffset at)
    {
        var taken = this with
        {
            Merged = Merged.Add(new MergedCase(e.From, e.Number, at, e.Claim, e.Attempt, e.Numbers)),
            Promises = Promises.AddRange(e.Promises.Select((promise, i) => promise with
            {
                Text = e.Words?.Promises[i],
                Moves = [.. promise.Moves.Select((move, j) => move with { Reason = e.Words?.Moves[i][j] })],
            })),
            Concessions = Concessions.AddRange(e.Concessions.Select((concession, i) => concession with { Reason = e.Words?.Concessions[i] })),
            Gifts = Gifts.AddRange(e.Gifts),
            Work = Work with { PromisesMade = Work.PromisesMade + e.Promises.Length },
        };
        return e.Clocks.Aggregate(taken, (state, clock) => state with { Clocks = state.Put(clock) });
    }

    private Case OnConcession(int number, Func<Concession, Concession> change) =>
        this with { Concessions = Concessions.SetItem(number - 1, change(Concessions[number - 1])) };

    private Case OnGift(int number, Func<Gift, Gift> change) =>
        this with { Gifts = Gifts.SetItem(number - 1, change(Gifts[number - 1])) };
}
