using System.Collections.Immutable;
using Escalation.Grains.Approvals;
using Escalation.Grains.Calendars;
using Escalation.Grains.Claims;
using Escalation.Grains.Clocks;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Log;
using Escalation.Grains.Merging;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;

namespace Escalation.Grains.Cases;

/// <summary>What can happen to a case, in the order of its life. The names and shapes are the log's: add, never change.</summary>
public abstract record CaseEvent : IEvent
{
    /// <summary>CASE-1: a customer complained.</summary>
    public sealed record CaseOpened(
        long Number,
        Guid CustomerId,
        [property: Personal] CustomerContact? Customer,
        string Type,
        [property: Personal] string? Summary,
        Channel Channel,
        Heat Heat,
        Money? Claim,
        string? Product,
        string? Site,
        DateTimeOffset ComplainedAt,
        string Policy,
        string? CustomerGroup = null,
        Guid? Previous = null,
        Guid? Review = null) : CaseEvent;

    /// <summary>Someone now answers for the case; null takes it back to the queue.</summary>
    public sealed record OwnerAssigned(string? Owner, string? Was) : CaseEvent;

    /// <summary>DSK-2: pushed to one agent's desk, for these reasons. <c>InsteadOf</c>: its owner, who has gone (DSK-5).</summary>
    public sealed record OfferMade(
        int Offer,
        Guid Reservation,
        string Agent,
        string Name,
        string Team,
        DateTimeOffset Until,
        ImmutableArray<OfferReason> Why,
        string? NextName = null,
        string? InsteadOf = null) : CaseEvent;

    /// <summary>DSK-4: someone took it.</summary>
    public sealed record OfferAccepted(int Offer) : CaseEvent;

    /// <summary>DSK-3: not now, for a reason that the policy names.</summary>
    public sealed record OfferDeclined(int Offer, string Reason) : CaseEvent;

    /// <summary>DSK-3: nobody answered in time.</summary>
    public sealed record OfferExpired(int Offer, DateTimeOffset Until) : CaseEvent;

    /// <summary>DSK-5: taken back; the reason is a stable word.</summary>
    public sealed record OfferWithdrawn(int Offer, string Because) : CaseEvent;

    /// <summary>Evidence of contact. <c>Whole</c> is the message with everything that it quotes, where the note leaves that out.</summary>
    public sealed record ContactLogged(
        Direction Direction, Channel Channel, [property: Personal] string? Note, [property: Personal] string? Whole = null) : CaseEvent;

    /// <summary>A machine answered in the customer's place (out of office, received): no contact, but not lost either.</summary>
    public sealed record AutomaticReplyReceived(Channel Channel, [property: Personal] string? Text) : CaseEvent;

    /// <summary>CASE-2: a step of the stage was done.</summary>
    public sealed record StepDone(Step Step, [property: Personal] string? Note) : CaseEvent;

    /// <summary>CASE-2, Clarify: the facts, and what the customer expects.</summary>
    public sealed record FactsRecorded([property: Personal] string? Facts, [property: Personal] string? Expectation) : CaseEvent;

    /// <summary>CASE-2, Options: a solution was offered.</summary>
    public sealed record OptionOffered(int Option, [property: Personal] string? Text, Money? Cost) : CaseEvent;

    /// <summary>CASE-2, Agreement: the customer's yes, in words.</summary>
    public sealed record AgreementReached([property: Personal] string? Text, IReadOnlyList<int> Options, bool RemedyGiven) : CaseEvent;

    /// <summary>CASE-2: one stage forward.</summary>
    public sealed record StageEntered(Stage Stage, Stage Was) : CaseEvent;

    /// <summary>CASE-3: back to Contact.</summary>
    public sealed record RoundStarted(int Round, Stage Was, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>CASE-6.</summary>
    public sealed record HeatSet(Heat Heat, Heat Was, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>Something worth remembering.</summary>
    public sealed record NoteAdded([property: Personal] string? Note) : CaseEvent;

    /// <summary>CLK-3: the case waits, for a reason that the policy names.</summary>
    public sealed record CasePaused(string Reason) : CaseEvent;

    /// <summary>CLK-3: the case goes on: by someone's word (<c>word</c>), or because the customer was in touch (<c>contact</c>).</summary>
    public sealed record CaseResumed(string Reason, string Cause) : CaseEvent;

    /// <summary>CLK-2: the case is judged by another version of the policy from now on.</summary>
    public sealed record PolicyApplied(string Policy, string Was) : CaseEvent;

    /// <summary>
    /// CLK-1: a clock was started, or started anew. Without a plan it ran in plain time, as all clocks did at first. REG-1: of
    /// what <c>Lapses</c>, letting it pass breaches nothing.
    /// </summary>
    public sealed record ClockStarted(
        string Clock,
        ClockKind ClockKind,
        DateTimeOffset StartedAt,
        DateTimeOffset? WarnAt,
        DateTimeOffset DueAt,
        ClockPlan? Plan = null,
        ImmutableArray<DateTimeOffset>? Warnings = null,
        bool Lapses = false) : CaseEvent;

    /// <summary>CLK-3: a clock stands still.</summary>
    public sealed record ClockPaused(string Clock, string Reason, ClockProgress Progress) : CaseEvent;

    /// <summary>CLK-3: a clock goes on where it was, with what was paused given back.</summary>
    public sealed record ClockResumed(
        string Clock, ClockProgress Progress, ImmutableArray<DateTimeOffset> Warnings, DateTimeOffset DueAt) : CaseEvent;

    /// <summary>CLK-2: another target, calendar or policy holds; what was consumed and paused stays so.</summary>
    public sealed record ClockReplanned(
        string Clock, ClockPlan Plan, ClockProgress Progress, ImmutableArray<DateTimeOffset> Warnings, DateTimeOffset DueAt) : CaseEvent;

    /// <summary>CLK-4.</summary>
    public sealed record ClockWarned(string Clock, ClockKind ClockKind, DateTimeOffset WarnAt, DateTimeOffset DueAt) : CaseEvent;

    /// <summary>The clock's aim was not met in time.</summary>
    public sealed record ClockBreached(string Clock, ClockKind ClockKind, DateTimeOffset DueAt) : CaseEvent;

    /// <summary>CLK-8: the clock's aim was met.</summary>
    public sealed record ClockMet(string Clock) : CaseEvent;

    /// <summary>CUS-1: the case's customer was merged into another.</summary>
    public sealed record CaseCustomerChanged(Guid Customer) : CaseEvent;

    /// <summary>REG-2: the letter that met it came back; the clock runs on to the due instant that it always had.</summary>
    public sealed record ClockReopened(string Clock) : CaseEvent;

    /// <summary>CLK-8: the clock stopped with the case.</summary>
    public sealed record ClockStopped(string Clock) : CaseEvent;

    /// <summary>PRM-1. <c>OutsideLaw</c>: what a covering law says of delays is not about it.</summary>
    public sealed record PromiseMade(
        int Promise,
        [property: Personal] string? Text,
        string Owner,
        DateTimeOffset DueAt,
        DateTimeOffset SendBy,
        DateTimeOffset? AskAt = null,
        bool OutsideLaw = false) : CaseEvent;

    /// <summary>PRM-3: ahead of send-by the owner is asked for reason and new date.</summary>
    public sealed record PromiseOwnerAsked(int Promise, int Revision, string Owner, DateTimeOffset ReactBy) : CaseEvent;

    /// <summary>PRM-3: the owner did not react; supervisors see it.</summary>
    public sealed record PromiseOwnerSilent(int Promise, int Revision) : CaseEvent;

    /// <summary>PRM-3: someone says that it will be kept in time; until <c>SendBy</c> the platform does not explain by itself.</summary>
    public sealed record PromiseConfirmed(int Promise, int Revision, DateTimeOffset SendBy) : CaseEvent;

    /// <summary>PRM-3, PRM-4: moved, with a reason and a new date for the customer. REG-1: <c>Silence</c> is what a law makes of theirs.</summary>
    public sealed record PromiseExplained(
        int Promise,
        int Revision,
        [property: Personal] string? Reason,
        DateTimeOffset WasDueAt,
        DateTimeOffset DueAt,
        DateTimeOffset SendBy,
        bool Automatic,
        DateTimeOffset? AskAt = null,
        DateTimeOffset? AnswerBy = null,
        Silence? Silence = null) : CaseEvent;

    /// <summary>PRM-6: what the customer says to a new date.</summary>
    public sealed record DelayAnswered(int Promise, int Revision, CustomerAnswer Answer) : CaseEvent;

    /// <summary>PRM-6: the customer was asked and said nothing, which is no yes, unless a law says what it is (REG-1).</summary>
    public sealed record DelayUnanswered(int Promise, int Revision, Silence? Silence = null) : CaseEvent;

    /// <summary>PRM-7.</summary>
    public sealed record PromiseKept(int Promise, [property: Personal] string? Evidence, bool Late) : CaseEvent;

    /// <summary>The promise no longer stands, by someone's word; PRM-6: by the customer's; REG-1: because a law takes silence for a no.</summary>
    public sealed record PromiseWithdrawn(int Promise, [property: Personal] string? Reason, bool ByCustomer = false, bool ByLaw = false) : CaseEvent;

    /// <summary>CASE-10, REG-1: a pack covers the case, as it stands in that version of the policy.</summary>
    public sealed record PackApplied(string Pack, string Policy) : CaseEvent;

    /// <summary>
    /// REG-1: a letter of the law goes out, carried by a notice, or went out by other means, of which <c>Evidence</c> tells. The clocks
    /// in <c>Meets</c> are met when that is proven.
    /// </summary>
    public sealed record LetterDecided(
        int Letter,
        string Pack,
        string Name,
        int? Notice,
        ImmutableArray<string> Meets,
        string Language,
        [property: Personal] string? Subject,
        [property: Personal] string? Body,
        [property: Personal] string? Evidence) : CaseEvent;

    /// <summary>PRM-8. <c>Silently</c>: neither was an explanation accepted nor a call task raised before due.</summary>
    public sealed record PromiseLapsed(int Promise, DateTimeOffset DueAt, bool Silently) : CaseEvent;

    /// <summary>The notice's row is stored with this event; a job sends it.</summary>
    public sealed record NoticeDecided(
        int Notice,
        NoticeKind NoticeKind,
        Channel Channel,
        int? Promise,
        int? Revision,
        string Language,
        [property: Personal] string? To,
        [property: Personal] string? Subject,
        [property: Personal] string? Body,
        DateTimeOffset PlannedAt,
        DateTimeOffset? FallbackAt,
        [property: Personal] string? Short = null,
        DateTimeOffset? NotAfter = null,
        int? After = null) : CaseEvent;

    /// <summary>PRM-5: the receiving server took it, at <c>AcceptedAt</c>; absent in old events, which say when it was recorded.</summary>
    public sealed record NoticeAccepted(int Notice, DateTimeOffset SentAt, int Attempts, DateTimeOffset? AcceptedAt = null) : CaseEvent;

    /// <summary>PRM-5: given up.</summary>
    public sealed record NoticeFailed(int Notice, [property: Personal] string? Reason, int Attempts) : CaseEvent;

    /// <summary>PRM-5: it came back: the receiving server took it, or a later one, and could not deliver it.</summary>
    public sealed record NoticeBounced(int Notice, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>PRM-5: a server on the way said that it is still trying.</summary>
    public sealed record NoticeDelayed(int Notice, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>PRM-3: found needless just before sending.</summary>
    public sealed record NoticeDropped(int Notice, string Reason) : CaseEvent;

    /// <summary>PRM-4, PRM-5: a person has to call.</summary>
    public sealed record CallTaskRaised(int Task, int? Promise, string Reason) : CaseEvent;

    /// <summary>PRM-4, CLM-3: someone may do this only with another's leave.</summary>
    public sealed record ApprovalAsked(
        int Approval,
        ApprovalKind ApprovalKind,
        [property: Personal] string? Reason,
        DateTimeOffset DecideBy,
        int? Promise = null,
        int? Revision = null,
        DateTimeOffset? NewDueAt = null,
        Money? Amount = null,
        Level? Level = null,
        int? Concession = null,
        string? AskedBy = null,
        string? Because = null) : CaseEvent;

    /// <summary>CLM-3: not decided in time, it goes to the next level; at the top it is told again.</summary>
    public sealed record ApprovalPassedOn(int Approval, Level Level, DateTimeOffset DecideBy) : CaseEvent;

    /// <summary>PRM-4, CLM-3: someone else than who asked said yes or no.</summary>
    public sealed record ApprovalDecided(int Approval, bool Approved, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>What was asked for is no longer to be decided; the reason is a stable word.</summary>
    public sealed record ApprovalDropped(int Approval, string Reason) : CaseEvent;

    /// <summary>What the customer claims now.</summary>
    public sealed record ClaimSet(Money Claim, Money? Was, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>CLM-1: someone wants the customer to have it.</summary>
    public sealed record ConcessionAsked(int Concession, Money Amount, [property: Personal] string? Reason) : CaseEvent;

    /// <summary>CLM-1: within someone's authority; it is being counted against the customer's month.</summary>
    public sealed record ConcessionCleared(int Concession, Level Level, decimal? MonthLimit, bool WithinAgents) : CaseEvent;

    /// <summary>CLM-1: the customer has it.</summary>
    public sealed record ConcessionMade(int Concession, Money Amount) : CaseEvent;

    /// <summary>CLM-3: it will not be; the reason is a stable word.</summary>
    public sealed record ConcessionRefused(int Concession, string Reason) : CaseEvent;

    /// <summary>CLM-4: someone wants to give a gift; one is being taken out of the stock.</summary>
    public sealed record GiftAsked(
        int Gift, string Item, string? Site, string Name, Money? Value, ImmutableDictionary<string, string>? NameIn = null) : CaseEvent;

    /// <summary>CLM-4: it is the customer's.</summary>
    public sealed record GiftGiven(int Gift) : CaseEvent;

    /// <summary>CLM-4: there was none left, or a limit was reached.</summary>
    public sealed record GiftRefused(int Gift, string Code, string Detail, ImmutableDictionary<string, string>? Values = null) : CaseEvent;

    /// <summary>CLM-4: what came of a gift, as far as it is known.</summary>
    public sealed record GiftOutcomeRecorded(int Gift, bool? Accepted, bool? ConflictEnded, bool? CustomerStayed) : CaseEvent;

    /// <summary>CLM-5: who caused the conflict.</summary>
    public sealed record CauseNamed(string? CausedBy, string? Was) : CaseEvent;

    /// <summary>CLM-5: an apology is owed, or is owed by another from now on.</summary>
    public sealed record ApologyOwed(string? Owner, Level Level, DateTimeOffset DueAt) : CaseEvent;

    /// <summary>CLM-5: it was not given in time.</summary>
    public sealed record ApologyOverdue(DateTimeOffset DueAt) : CaseEvent;

    /// <summary>CLM-5.</summary>
    public sealed record ApologyGiven(string GivenBy, [property: Personal] string? Text) : CaseEvent;

    /// <summary>CASE-8: the case stands still, to end in another.</summary>
    public sealed record MergeBegun(int Attempt, Guid Into) : CaseEvent;

    /// <summary>CASE-8: it goes on as it was; the reason is a stable word.</summary>
    public sealed record MergeAbandoned(int Attempt, string Reason, string Detail) : CaseEvent;

    /// <summary>CASE-8: everything of this case is in another now.</summary>
    public sealed record CaseMerged(int Attempt, Guid Into, long Number, IReadOnlyList<MovedPromise> Promises) : CaseEvent;

    /// <summary>CASE-8: a notice came back after the case was merged; the case that goes on has to know.</summary>
    public sealed record MergedNoticeCameBack(int Notice) : CaseEvent;

    /// <summary>CASE-8: the case that goes on knows of it.</summary>
    public sealed record MergedNoticeCarried(int Notice) : CaseEvent;

    /// <summary>CASE-8, REG-2: a notice of a case that ended in this one came back; the clocks that it alone had met run here.</summary>
    public sealed record NoticeTakenBack(Guid From, int Notice, ImmutableArray<Clock> Clocks) : CaseEvent;

    /// <summary>CASE-8: another case could not end in this one.</summary>
    public sealed record TakeOverRefused(Guid From, int Attempt, string Code, string Detail) : CaseEvent;

    /// <summary>CASE-8: another case ended in this one, with its open promises, clocks and claims, by the numbers they have here.</summary>
    public sealed record CaseTakenOver(
        Guid From,
        int Attempt,
        long Number,
        Money? Claim,
        ImmutableArray<MovedPromise> Numbers,
        ImmutableArray<Promise> Promises,
        ImmutableArray<Clock> Clocks,
        ImmutableArray<Concession> Concessions,
        ImmutableArray<Gift> Gifts,
        [property: Personal] MergedWords? Words) : CaseEvent;

    /// <summary>CUS-1: how the customer is named and reached from now on.</summary>
    public sealed record ContactCorrected([property: Personal] CustomerContact? Contact) : CaseEvent;

    /// <summary>CUS-8: no link that was given to the customer before opens the case any more.</summary>
    public sealed record LinksRevoked(int Generation) : CaseEvent;

    /// <summary>ESC-1. <c>CauseAt</c>: the due instant that caused it (ESC-2). Without <c>AcknowledgeBy</c> it is older than the ladder's times.</summary>
    public sealed record EscalationRaised(
        int Escalation,
        string Cause,
        Level Level,
        [property: Personal] string? Reason,
        DateTimeOffset? CauseAt = null,
        DateTimeOffset? AcknowledgeBy = null,
        ClockPlan? Plan = null) : CaseEvent;

    /// <summary>ESC-3, ESC-4: one level up: <c>notAcknowledged</c>, <c>noContact</c>, or because its <c>cause</c> grew.</summary>
    public sealed record EscalationRisen(
        int Escalation, Level From, Level To, string Because, DateTimeOffset AcknowledgeBy, ClockPlan Plan) : CaseEvent;

    /// <summary>ESC-3: nobody answered at the top, so the top is asked again.</summary>
    public sealed record EscalationRepeated(
        int Escalation, Level Level, int Round, string Because, DateTimeOffset AcknowledgeBy, ClockPlan Plan) : CaseEvent;

    /// <summary>ESC-3: who is on duty is told; once for each level, and once for each time that the top is asked again.</summary>
    public sealed record EscalationTold(int Escalation, Level Level, int Round, ImmutableArray<ToldPerson> Told) : CaseEvent;

    /// <summary>A channel's word on one telling.</summary>
    public sealed record EscalationTellingSettled(int Telling, TellingState State, string? Reason) : CaseEvent;

    /// <summary>ESC-4: someone took it.</summary>
    public sealed record EscalationAcknowledged(int Escalation, DateTimeOffset? HoldUntil = null, ClockPlan? Plan = null) : CaseEvent;

    /// <summary>ESC-4: there was no evidence of contact with the customer within the hold.</summary>
    public sealed record AcknowledgementFell(int Escalation, string Who, DateTimeOffset HeldUntil) : CaseEvent;

    /// <summary>CLK-2: another policy gives other times.</summary>
    public sealed record EscalationReplanned(int Escalation, ClockPlan Plan, ClockProgress Progress, DateTimeOffset DueAt) : CaseEvent;

    /// <summary>ESC-5: the cause is gone; the reason is a stable word, and <c>Note</c> is a person's own.</summary>
    public sealed record EscalationClosed(int Escalation, string Reason, [property: Personal] string? Note = null) : CaseEvent;

    /// <summary>CASE-2, Closed.</summary>
    public sealed record CaseClosed(Outcome Outcome, [property: Personal] string? Summary) : CaseEvent;

    /// <summary>CUS-7: what names the customer, and all free text until then, was erased; links given before open nothing.</summary>
    public sealed record CaseErased(int LinkGeneration) : CaseEvent;

    /// <summary>CUS-2: what the customer expected and what they got, 1 to 5, asked when the case was closed; null leaves as it was.</summary>
    public sealed record ExperienceRated(int? Expected, int? Got, int Round) : CaseEvent;

    private CaseEvent()
    {
    }
}
