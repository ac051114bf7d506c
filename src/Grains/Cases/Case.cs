using System.Collections.Immutable;
using Escalation.Grains.Approvals;
using Escalation.Grains.Board;
using Escalation.Grains.Calendars;
using Escalation.Grains.Clocks;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Cases;

/// <summary>
/// One conflict of one customer: what happened, who answers for it, and every instant by which something must happen.
/// This file folds the events; <c>CaseRules.cs</c> decides the commands.
/// </summary>
public sealed partial record Case : IAggregate<Case, CaseCommand, CaseEvent>
{
    /// <summary>What the current round has achieved (CASE-2); a new round starts from nothing.</summary>
    /// <param name="ContactMade">A contact to the customer is evidenced.</param>
    /// <param name="FactsKnown">Facts and expectation are recorded.</param>
    /// <param name="Steps">Steps ticked off.</param>
    /// <param name="OptionsOffered">How many solutions were offered.</param>
    /// <param name="Agreed">The customer said yes.</param>
    /// <param name="RemedyGiven">A remedy was given on the spot.</param>
    /// <param name="PromisesMade">How many promises were made.</param>
    /// <param name="Conceded">CLM-1: money was conceded.</param>
    /// <param name="Trusted">CLM-6: it was within an agent's limit, so nothing is inquired into.</param>
    public sealed record RoundWork(
        bool ContactMade = false,
        bool FactsKnown = false,
        ImmutableArray<Step> Steps = default,
        int OptionsOffered = 0,
        bool Agreed = false,
        bool RemedyGiven = false,
        int PromisesMade = 0,
        bool Conceded = false,
        bool Trusted = false);

    public static string Category => "case";

    public required Guid Id { get; init; }

    /// <summary>How the case was opened; null before that.</summary>
    public CaseOpened? Opening { get; init; }

    public DateTimeOffset OpenedAt { get; init; }

    public Stage Stage { get; init; }

    public int Round { get; init; }

    public Heat Heat { get; init; }

    public string? Owner { get; init; }

    /// <summary>DSK-2: the latest offer of this case, whatever became of it; null before the first.</summary>
    public Offer? Offer { get; init; }

    public Money? Claim { get; init; }

    public RoundWork Work { get; init; } = new();

    public ImmutableArray<Clock> Clocks { get; init; } = [];

    public ImmutableArray<Promise> Promises { get; init; } = [];

    public ImmutableArray<CaseEscalation> Escalations { get; init; } = [];

    public ImmutableArray<Option> Options { get; init; } = [];

    public ImmutableArray<Notice> Notices { get; init; } = [];

    public ImmutableArray<CallTask> CallTasks { get; init; } = [];

    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>CASE-10: the laws that cover it.</summary>
    public ImmutableArray<CoveringLaw> Laws { get; init; } = [];

    /// <summary>REG-1: letters of those laws that went out, or are on their way.</summary>
    public ImmutableArray<SentLetter> Letters { get; init; } = [];

    /// <summary>CUS-8: links given to the customer before this generation open nothing.</summary>
    public int LinkGeneration { get; init; }

    public Outcome? Outcome { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>DSK-7: since when the customer's written words have had no answer; null when none wait for one.</summary>
    public DateTimeOffset? UnansweredSince { get; init; }

    /// <summary>CUS-2: what the customer said of their experience last; null for nothing yet.</summary>
    public Survey? Survey { get; init; }

    /// <summary>CLK-3: why the internal clocks stand still; null when they do not.</summary>
    public string? PausedFor { get; init; }

    /// <summary>The version of the policy that this case is judged by.</summary>
    public string PolicyVersion { get; init; } = "";

    /// <summary>True from the first event on.</summary>
    public bool Exists => Opening is not null;

    /// <summary>True while the case is worked on.</summary>
    public bool IsOpen => Exists && Stage != Stage.Closed;

    /// <summary>The highest level on which an escalation of this case is open; the buffer when none is.</summary>
    public Level Level => Escalations.Where(e => e.IsOpen).Select(e => e.Level).DefaultIfEmpty(Level.Buffer).Max();

    /// <summary>ESC-6: as <see cref="Level"/>, but for what it only follows its customer's other cases in.</summary>
    public Level OwnLevel =>
        Escalations.Where(e => e.IsOpen && e.Cause != Causes.CustomerLevel).Select(e => e.Level).DefaultIfEmpty(Level.Buffer).Max();

    /// <summary>The customer's zone; UTC after erasure.</summary>
    public string TimeZone => Opening?.Customer?.TimeZone ?? "UTC";

    /// <summary>The customer's language; English after erasure.</summary>
    public string Language => Opening?.Customer?.Language ?? NoticeTexts.Fallback;

    public static Case Empty(Guid id) => new() { Id = id };

    public Case Evolve(CaseEvent happened, DateTimeOffset at, string by) => happened switch
    {
        CaseOpened e => this with
        {
            Opening = e,
            OpenedAt = at,
            Stage = Stage.Contact,
            Round = 1,
            Heat = e.Heat,
            Claim = e.Claim,
            PolicyVersion = e.Policy,
        },
        OwnerAssigned e => this with { Owner = e.Owner },
        OfferMade e => this with
        {
            Offer = new Offer(e.Offer, e.Reservation, e.Agent, e.Name, e.Team, at, e.Until, e.Why, e.NextName, e.InsteadOf),
        },
        OfferAccepted => OnOffer(OfferState.Accepted, at, by),
        OfferDeclined => OnOffer(OfferState.Declined, at, by),
        OfferExpired => OnOffer(OfferState.Expired, at, null),
        OfferWithdrawn => OnOffer(OfferState.Withdrawn, at, null),
        ContactLogged { Direction: Direction.ToCustomer } e => this with
        {
            UnansweredSince = null,
            Work = Work with { ContactMade = true },
            CallTasks = e.Channel is Channel.Phone or Channel.Visit
                ? [.. CallTasks.Select(task => task.DoneAt is null ? task with { DoneAt = at } : task)]
                : CallTasks,
            Escalations = Escalations.Any(escalation => escalation.HoldUntil is not null)
                ? [.. Escalations.Select(escalation => escalation.HoldUntil is null ? escalation : escalation with { ContactAt = at })]
                : Escalations,
        },
        ContactLogged { Channel: Channel.Phone or Channel.Visit } => this with { UnansweredSince = null },
        ContactLogged => this with { UnansweredSince = UnansweredSince ?? at },
        AutomaticReplyReceived => this,
        StepDone e => this with { Work = Work with { Steps = Work.Steps.IsDefault ? [e.Step] : Work.Steps.Add(e.Step) } },
        FactsRecorded => this with { Work = Work with { FactsKnown = true } },
        OptionOffered e => this with
        {
            Options = Options.Add(new Option(e.Option, Round, e.Text, e.Cost)),
            Work = Work with { OptionsOffered = Work.OptionsOffered + 1 },
        },
        AgreementReached e => this with { Work = Work with { Agreed = true, RemedyGiven = Work.RemedyGiven || e.RemedyGiven } },
        StageEntered e => this with { Stage = e.Stage },
        RoundStarted e => this with { Stage = Stage.Contact, Round = e.Round, Work = new RoundWork() },
        HeatSet e => this with { Heat = e.Heat },
        NoteAdded => this,

        CasePaused e => this with { PausedFor = e.Reason },
        CaseResumed => this with { PausedFor = null },
        PolicyApplied e => this with { PolicyVersion = e.Policy },
        ClockStarted e => this with
        {
            Clocks = Put(new Clock(
                e.Clock,
                e.ClockKind,
                e.Plan ?? ClockPlan.Plain(e.DueAt - e.StartedAt),
                ClockProgress.From(e.StartedAt),
                e.StartedAt,
                e.Warnings ?? (e.WarnAt is { } warnAt ? [warnAt] : []),
                e.DueAt) { Lapses = e.Lapses }),
        },
        ClockPaused e => OnClock(e.Clock, clock => clock.Paused(e.Reason, e.Progress, at)),
        ClockResumed e => OnClock(e.Clock, clock => clock.Rescheduled(clock.Plan, e.Progress, e.Warnings, e.DueAt, at, pausedFor: null)),
        ClockReplanned e => OnClock(e.Clock, clock => clock.Rescheduled(e.Plan, e.Progress, e.Warnings, e.DueAt, at, clock.PausedFor)),
        ClockWarned e => OnClock(e.Clock, clock => clock.Warned(e.WarnAt)),
        ClockBreached e => OnClock(e.Clock, clock => clock with { State = ClockState.Breached }),
        ClockMet e => OnClock(e.Clock, clock => clock with
        {
            State = clock.State == ClockState.Breached ? ClockState.Breached : ClockState.Met,
            StoppedAt = at,
        }),
        CaseCustomerChanged e => this with { Opening = Opening! with { CustomerId = e.Customer } },
        ClockReopened e => OnClock(e.Clock, clock => clock.Reopened()),
        ClockStopped e => OnClock(e.Clock, clock => clock with { StoppedAt = at }),

        PromiseMade e => this with
        {
            Promises = Promises.Add(
                new Promise(e.Promise, e.Text, e.Owner, Round, at, e.DueAt, e.DueAt, e.SendBy) { AskAt = e.AskAt, OutsideLaw = e.OutsideLaw }),
            Work = Work with { PromisesMade = Work.PromisesMade + 1 },
        },
        PromiseOwnerAsked e => OnPromise(e.Promise, promise => promise with { Ask = AskState.Asked, ReactBy = e.ReactBy }),
        PromiseOwnerSilent e => OnPromise(e.Promise, promise => promise with { Ask = AskState.Unanswered }),
        PromiseConfirmed e => OnPromise(e.Promise, promise => promise with
        {
            Ask = AskState.Answered,
            SendBy = e.SendBy,
            ConfirmedAt = at,
        }),
        PromiseExplained e => OnPromise(e.Promise, promise => promise with
        {
            Revision = e.Revision,
            DueAt = e.DueAt,
            SendBy = e.SendBy,
            State = PromiseState.Explained,
            PersonCalls = false,
            AskAt = e.AskAt,
            Ask = AskState.Ahead,
            ReactBy = null,
            ConfirmedAt = null,
            Moves = promise.Moves.Add(new PromiseMove(e.Revision, e.Reason, e.WasDueAt, e.DueAt, at, e.Automatic, e.AnswerBy) { Silence = e.Silence }),
        }),
        DelayAnswered e => OnMove(e.Promise, e.Revision, move => move with { Answer = e.Answer, AnsweredAt = at }) with
        {
            // Its contact was logged at the same instant. One click asks for no answer, or for a call, which is a task of its own.
            UnansweredSince = UnansweredSince == at ? null : UnansweredSince,
        },
        DelayUnanswered e => OnMove(e.Promise, e.Revision, move => move with { Unanswered = true }),
        PromiseKept e => OnPromise(e.Promise, promise => promise with
        {
            State = promise.State == PromiseState.Lapsed ? PromiseState.Lapsed : PromiseState.Kept,
            EndedAt = at,
        }),
        PromiseWithdrawn e => OnPromise(e.Promise, promise => promise with { State = PromiseState.Withdrawn, EndedAt = at }),
        PromiseLapsed e => OnPromise(e.Promise, promise => promise with { State = PromiseState.Lapsed }),

        NoticeDecided e => WithNotice(e, at),
        NoticeAccepted e => OnNotice(e.Notice, notice => notice with
        {
            State = NoticeState.Accepted,
            SentAt = e.SentAt,
            AcceptedAt = e.AcceptedAt ?? at,
            Attempts = e.Attempts,
            Reason = null,
        }).WithoutFallback(Notices[e.Notice - 1].Chain),
        NoticeFailed e => OnNotice(e.Notice, notice => notice with
        {
            State = NoticeState.Failed,
            FailedAt = at,
            Reason = e.Reason,
            Attempts = e.Attempts,
            FallbackAt = null,
        }),
        NoticeBounced e => OnNotice(e.Notice, notice => notice with
        {
            State = NoticeState.Failed,
            FailedAt = at,
            Reason = e.Reason,
            FallbackAt = null,
        }),
        NoticeDelayed => this,
        NoticeDropped e => OnNotice(e.Notice, notice => notice with
        {
            State = NoticeState.Dropped,
            Reason = e.Reason,
            FallbackAt = null,
        }),
        CallTaskRaised e => WithCallTask(e, at),

        ApprovalAsked e => this with
        {
            Approvals = Approvals.Add(new Approval(
                e.Approval, e.ApprovalKind, e.AskedBy ?? by, at, e.DecideBy, e.Reason, e.Promise, e.Revision, e.NewDueAt, e.Amount)
            {
                Level = e.Level,
                Needed = e.Level,
                Concession = e.Concession,
                Because = e.Because,
            }),
            Concessions = e.Concession is { } concession
                ? Concessions.SetItem(concession - 1, Concessions[concession - 1] with { State = Claims.ConcessionState.Waiting, Approval = e.Approval })
                : Concessions,
            Promises = e.Promise is { } asked
                ? Promises.SetItem(asked - 1, Promises[asked - 1] with { Ask = AskState.Answered })
                : Promises,
        },
        ApprovalDecided e => OnApproval(e.Approval, approval => approval with
        {
            State = e.Approved ? ApprovalState.Approved : ApprovalState.Denied,
            DecidedBy = by,
            DecidedAt = at,
            DecisionReason = e.Reason,
        }),
        ApprovalDropped e => OnApproval(e.Approval, approval => approval with
        {
            State = ApprovalState.Dropped,
            DecidedAt = at,
            DecisionReason = e.Reason,
        }),
        ContactCorrected e => this with { Opening = Opening! with { Customer = e.Contact } },
        LinksRevoked e => this with { LinkGeneration = e.Generation },
        PackApplied e => this with { Laws = Laws.Add(new CoveringLaw(e.Pack, e.Policy, at)) },
        LetterDecided e => this with
        {
            Letters = Letters.Add(new SentLetter(e.Letter, e.Pack, e.Name, e.Notice, e.Meets, at, by, e.Evidence)),
        },

        EscalationRaised e => this with
        {
            Escalations = Escalations.Add(
                new CaseEscalation(e.Escalation, e.Cause, e.Level, e.Reason, at) { CauseAt = e.CauseAt }.Running(e.Plan, e.AcknowledgeBy, at)),
        },
        EscalationRisen e => OnEscalation(e.Escalation, escalation => (escalation with
        {
            Level = e.To,
            RisenFrom = e.From,
            Round = 1,
            AcknowledgedBy = null,
            AcknowledgedAt = null,
            ContactAt = null,
        }).Running(e.Plan, e.AcknowledgeBy, at)),
        EscalationRepeated e => OnEscalation(
            e.Escalation, escalation => (escalation with { Round = e.Round }).Running(e.Plan, e.AcknowledgeBy, at)),
        EscalationTold e => OnEscalation(e.Escalation, escalation => escalation with
        {
            Told =
            [
                .. escalation.Told,
                .. e.Told.Select(to => new Telling(
                    to.Number, to.Person, to.Channel, e.Level, e.Round, at,
                    to.Channel == DutyChannel.Board ? TellingState.Told : TellingState.Planned,
                    to.Channel == DutyChannel.Board ? at : null)),
            ],
        }),
        EscalationTellingSettled e => this with { Escalations = [.. Escalations.Select(escalation => Settled(escalation, e, at))] },
        EscalationAcknowledged e => OnEscalation(
            e.Escalation, escalation => (escalation with { AcknowledgedBy = by, AcknowledgedAt = at }).Running(e.Plan, e.HoldUntil, at)),
        AcknowledgementFell e => OnEscalation(
            e.Escalation, escalation => escalation with { AcknowledgedBy = null, AcknowledgedAt = null, ContactAt = null }),
        EscalationReplanned e => OnEscalation(
            e.Escalation, escalation => escalation with { Plan = e.Plan, Progress = e.Progress, Since = at, DueAt = e.DueAt }),
        EscalationClosed e => OnEscalation(e.Escalation, escalation => escalation with { ClosedAt = at, ClosedBecause = e.Reason }),
        CaseErased e => CaseErasure.Nameless(this) with { LinkGeneration = e.LinkGeneration },
        ExperienceRated e => this with { Survey = Survey.After(Survey, e) },
        CaseClosed e => this with { Stage = Stage.Closed, Outcome = e.Outcome, ClosedAt = at, PausedFor = null, UnansweredSince = null },
        _ => EvolveClaims(happened, at, by) ??
            throw new NotSupportedException($"A case does not know how to fold {happened.GetType().Name}."),
    };

    public Effects EffectsOf(IReadOnlyList<CaseEvent> events, int version) => new(
        NextDue(),
        IsOpen ? BoardRow.Of(this, version) : null,
        [.. events.OfType<NoticeDecided>().Select(NoticeRules.JobOf)])
    {
        ErasesPersonal = events.Any(happened => happened is CaseErased),
    };

    /// <summary>CLK-7: when this case wants to be woken next, and how much harm lateness would do.</summary>
    public Due? NextDue()
    {
        if (!IsOpen)
        {
            return CameBack.IsEmpty ? null : new Due(CameBack.Values.Min(), null, null, 0);
        }

        var internalAt = Earliest([
            .. Clocks.Where(clock => clock.Kind == ClockKind.Internal).Select(clock => clock.NextAt),
            .. Escalations.Select(escalation => escalation.NextAt),
            Offer is { IsOpen: true } offer ? offer.Until : null,
        ]);
        var statutoryAt = Earliest(Clocks.Where(clock => clock.Kind == ClockKind.Statutory).Select(clock => clock.NextAt));
        var promiseAt = Earliest([
            .. Promises.Select(promise => promise.NextAt),
            .. Notices.Where(notice => notice.State == NoticeState.Decided).Select(notice => notice.FallbackAt),
        ]);
        var at = IsMerging ? ClaimsDueAt() : Earliest([internalAt, statutoryAt, promiseAt, ClaimsDueAt()]);
        return at is null ? null : new Due(at.Value, promiseAt, statutoryAt, (short)(((int)Heat * 4) + (int)Level));
    }

    private static DateTimeOffset? Earliest(IEnumerable<DateTimeOffset?> instants) => instants.Min();

    private Case OnOffer(OfferState state, DateTimeOffset at, string? by) =>
        this with { Offer = Offer! with { State = state, EndedAt = at, EndedBy = by } };

    private Case WithCallTask(CallTaskRaised e, DateTimeOffset at)
    {
        var raised = this with { CallTasks = CallTasks.Add(new CallTask(e.Task, e.Promise, e.Reason, at)) };
        raised = e is { Promise: { } promise, Reason: CallTask.SecondDelay }
            ? raised.OnPromise(promise, p => p with { PersonCalls = true })
            : raised;
        return raised with
        {
            // A person has been asked: nothing more hangs on the machine's word for this promise.
            Notices = [
                .. raised.Notices.Select(notice =>
                    e.Promise is not null && notice.Promise == e.Promise ? notice with { FallbackAt = null } : notice),
            ],
        };
    }

    private Case WithNotice(NoticeDecided e, DateTimeOffset at)
    {
        var chain = e.After is { } before ? Notices[before - 1].Chain : e.Notice;
        var left = WithoutFallback(chain);
        return left with
        {
            Notices = left.Notices.Add(new Notice(
                e.Notice, e.NoticeKind, e.Channel, e.Promise, e.Revision, e.Language, e.To, e.Subject, e.Body,
                e.PlannedAt, at, e.FallbackAt)
            {
                Short = e.Short,
                NotAfter = e.NotAfter,
                Chain = chain,
            }),
        };
    }

    /// <summary>Nothing hangs any more on the notices of that chain that were not accepted.</summary>
    private Case WithoutFallback(int chain) => this with
    {
        Notices = [.. Notices.Select(notice => notice.Chain == chain ? notice with { FallbackAt = null } : notice)],
    };

    private ImmutableArray<Clock> Put(Clock clock)
    {
        var at = Clocks.IndexOf(Clocks.FirstOrDefault(c => c.Name == clock.Name)!);
        return at < 0 ? Clocks.Add(clock) : Clocks.SetItem(at, clock);
    }

    private Case OnClock(string name, Func<Clock, Clock> change) =>
        this with { Clocks = [.. Clocks.Select(clock => clock.Name == name ? change(clock) : clock)] };

    private Case OnPromise(int number, Func<Promise, Promise> change) =>
        this with { Promises = Promises.SetItem(number - 1, change(Promises[number - 1])) };

    private Case OnMove(int promise, int revision, Func<PromiseMove, PromiseMove> change) => OnPromise(promise, moved => moved with
    {
        Moves = moved.Moves.SetItem(revision - 1, change(moved.Moves[revision - 1])),
    });

    private Case OnApproval(int number, Func<Approval, Approval> change) =>
        this with { Approvals = Approvals.SetItem(number - 1, change(Approvals[number - 1])) };

    private Case OnNotice(int number, Func<Notice, Notice> change) =>
        this with { Notices = Notices.SetItem(number - 1, change(Notices[number - 1])) };

    private static CaseEscalation Settled(CaseEscalation escalation, EscalationTellingSettled e, DateTimeOffset at) =>
        escalation.Told.FirstOrDefault(telling => telling.Number == e.Telling) is { } telling
            ? escalation with { Told = escalation.Told.Replace(telling, telling with { State = e.State, SettledAt = at, Reason = e.Reason }) }
            : escalation;

    private Case OnEscalation(int number, Func<CaseEscalation, CaseEscalation> change) =>
        this with { Escalations = Escalations.SetItem(number - 1, change(Escalations[number - 1])) };
}
