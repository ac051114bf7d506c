using System.Collections.Immutable;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Cases;

/// <summary>What can be asked of a case.</summary>
public abstract record CaseCommand
{
    /// <summary>CASE-1. The number comes with the command, so that the rule stays pure.</summary>
    public sealed record OpenCase(
        long Number,
        Guid CustomerId,
        CustomerContact Customer,
        string Type,
        string Summary,
        Channel Channel,
        Heat Heat,
        Money? Claim,
        string? Product,
        string? Site,
        DateTimeOffset? ComplainedAt,
        string? CustomerGroup = null,
        Level? CustomerLevel = null,
        int? LikeComplaints = null,
        Guid? Previous = null,
        Guid? Review = null) : CaseCommand;

    public sealed record AssignOwner(string? Owner) : CaseCommand;

    /// <summary>DSK-2: to one agent's desk, for a place that the team's desk keeps. By the platform only.</summary>
    /// <param name="Reservation">That place.</param>
    /// <param name="Window">How long it stands.</param>
    /// <param name="InsteadOf">DSK-5: the owner that it is to be taken over from; null for a case without one.</param>
    public sealed record MakeOffer(
        Guid Reservation,
        string Agent,
        string Name,
        string Team,
        TimeSpan Window,
        ImmutableArray<OfferReason> Why,
        string? NextName,
        string? InsteadOf) : CaseCommand;

    public sealed record AcceptOffer(int Offer) : CaseCommand;

    public sealed record DeclineOffer(int Offer, string Reason) : CaseCommand;

    /// <summary>DSK-5. By the platform only.</summary>
    public sealed record WithdrawOffer(Guid Reservation, string Because) : CaseCommand;

    public sealed record LogContact(Direction Direction, Channel Channel, string Note) : CaseCommand;

    public sealed record DoStep(Step Step, string? Note) : CaseCommand;

    public sealed record RecordFacts(string Facts, string Expectation) : CaseCommand;

    public sealed record OfferOption(string Text, Money? Cost) : CaseCommand;

    public sealed record ReachAgreement(string Text, IReadOnlyList<int> Options, bool RemedyGiven) : CaseCommand;

    /// <summary>CASE-2: one stage forward; CASE-3: back to Contact as the next round.</summary>
    public sealed record MoveToStage(Stage To, string? Reason) : CaseCommand;

    public sealed record SetHeat(Heat Heat, string? Reason) : CaseCommand;

    public sealed record AddNote(string Note) : CaseCommand;

    /// <summary>CLK-3: the internal clocks stand still, for a reason that the policy names.</summary>
    public sealed record PauseCase(string Reason) : CaseCommand;

    /// <summary>CLK-3: the internal clocks go on.</summary>
    public sealed record ResumeCase : CaseCommand;

    /// <summary>CLK-2: from now on the case is judged by the policy in force; what its clocks consumed stays consumed.</summary>
    public sealed record ApplyPolicy : CaseCommand;

    /// <param name="Text">What will happen.</param>
    /// <param name="DueAt">By when.</param>
    /// <param name="Owner">Who gives their word; null for the case's owner, else the sender.</param>
    /// <param name="OutsideLaw">REG-1: it is not what a covering law's rules of delay are about, such as a call back beside a delivery.</param>
    public sealed record MakePromise(string Text, DateTimeOffset DueAt, string? Owner, bool OutsideLaw = false) : CaseCommand;

    /// <summary>CASE-10: someone found that a law covers the case.</summary>
    public sealed record ApplyPack(string Pack) : CaseCommand;

    /// <summary>REG-1, REG-2: a letter of the law.</summary>
    /// <param name="Pack">Whose letter.</param>
    /// <param name="Letter">Which.</param>
    /// <param name="Fields">What only a person can say, by field.</param>
    /// <param name="Body">In the sender's own words; null for the pack's.</param>
    /// <param name="Evidence">How it went out by other means (by post, with its number); null for over our channels.</param>
    public sealed record SendLetter(
        string Pack, string Letter, ImmutableDictionary<string, string> Fields, string? Body, string? Evidence) : CaseCommand;

    public sealed record ExplainDelay(int Promise, string Reason, DateTimeOffset NewDueAt) : CaseCommand;

    /// <summary>PRM-3: it will be kept in time.</summary>
    public sealed record ConfirmPromise(int Promise) : CaseCommand;

    /// <summary>PRM-6: what the customer says to a new date; <paramref name="Revision"/> null for the latest.</summary>
    public sealed record AnswerDelay(int Promise, int? Revision, CustomerAnswer Answer, Channel Channel) : CaseCommand;

    /// <summary>PRM-4, CLM-3: a yes or a no to what someone else asked for.</summary>
    public sealed record DecideApproval(int Approval, bool Approve, string? Reason) : CaseCommand;

    /// <summary>CUS-8: the customer, on their page: has something to say, wants a call, or wants someone higher.</summary>
    public sealed record HearCustomer(string? Text, CustomerWish Wish) : CaseCommand;

    /// <summary>CUS-1: someone corrected how the customer is named and reached; what goes out from now on goes there.</summary>
    public sealed record CorrectContact(CustomerContact Contact) : CaseCommand;

    /// <summary>CUS-1: its customer was merged into another. By the platform only.</summary>
    public sealed record ChangeCustomer(Guid Customer) : CaseCommand;

    /// <summary>CUS-8: the customer's links stop working; new ones are made from then on.</summary>
    public sealed record RevokeLinks : CaseCommand;

    public sealed record KeepPromise(int Promise, string Evidence) : CaseCommand;

    public sealed record WithdrawPromise(int Promise, string Reason) : CaseCommand;

    public sealed record Escalate(string Reason, Level? Level) : CaseCommand;

    public sealed record AcknowledgeEscalation(int Escalation) : CaseCommand;

    /// <summary>ESC-5: a person says that nothing is left to do about it.</summary>
    public sealed record CloseEscalation(int Escalation, string Reason) : CaseCommand
    {
        /// <summary>The word for it in the log.</summary>
        public const string Because = "word";
    }

    /// <summary>ESC-6, CUS-4: what the customer's own grain knows of the customer's other cases.</summary>
    /// <param name="Level">The highest level on which any of them is; the buffer when none is.</param>
    /// <param name="LikeComplaints">Which like complaint this one is.</param>
    public sealed record HearOfCustomer(Level Level, int LikeComplaints) : CaseCommand;

    /// <summary>ESC-3: what became of telling someone on duty.</summary>
    public sealed record RecordTelling(int Telling, TellingState State, string? Reason) : CaseCommand;

    public sealed record CloseCase(Outcome Outcome, string Summary) : CaseCommand;

    /// <summary>CUS-7: the customer is to be forgotten. By the platform only, on behalf of the customer's grain.</summary>
    public sealed record EraseCase : CaseCommand;

    /// <summary>CUS-2: what the customer expected and what they got, 1 to 5 each; null for no answer.</summary>
    public sealed record RateExperience(int? Expected, int? Got) : CaseCommand;

    /// <summary>What the customer claims now.</summary>
    public sealed record SetClaim(Money Amount, string? Reason) : CaseCommand;

    /// <summary>CLM-1: the customer is to have it; <paramref name="Amount"/> null for all that is claimed.</summary>
    public sealed record ConcedeClaim(Money? Amount, string? Reason) : CaseCommand;

    /// <summary>CLM-3: what the customer's month says to a concession. By the platform only.</summary>
    public sealed record SettleConcession(int Concession, int Attempt, bool IsGranted, decimal? MonthTotal) : CaseCommand;

    /// <summary>CLM-4: a gift of the catalogue, for goodwill.</summary>
    public sealed record GiveGift(string Item) : CaseCommand;

    /// <summary>CLM-4: what the stock says; no refusal is a yes. By the platform only.</summary>
    public sealed record SettleGift(int Gift, Refused? Refusal) : CaseCommand;

    /// <summary>CLM-4: what came of a gift; null leaves as it was what is not known yet.</summary>
    public sealed record RecordGiftOutcome(int Gift, bool? Accepted, bool? CaseClosed, bool? CustomerStayed) : CaseCommand;

    /// <summary>CLM-5: who caused the conflict, and so owes the customer an apology; null takes it back.</summary>
    public sealed record NameCause(string? CausedBy) : CaseCommand;

    /// <summary>CLM-5: an apology was given; <paramref name="By"/> null for the sender.</summary>
    public sealed record Apologize(string? By, string Text) : CaseCommand;

    /// <summary>CASE-8: this case is to end in another on the same matter.</summary>
    public sealed record MergeCase(Guid Into) : CaseCommand;

    /// <summary>CASE-8: everything of a case that is to end in this one. By the platform only.</summary>
    public sealed record TakeOverCase(int Attempt, Case Content) : CaseCommand;

    /// <summary>CASE-8: what the other case said; no refusal is a yes. By the platform only.</summary>
    public sealed record SettleMerge(
        int Attempt, Refused? Refusal, long? Number, IReadOnlyList<Merging.MovedPromise>? Promises) : CaseCommand;

    /// <summary>CASE-8: a notice of a case that ended in this one came back. By the platform only; the same again changes nothing.</summary>
    /// <param name="From">Which case it was.</param>
    /// <param name="Notice">Its number there.</param>
    /// <param name="Clocks">Clocks of the law that it alone had met, as they were there.</param>
    /// <param name="Promise">The promise that it was about, by its number here; null for none that came here.</param>
    public sealed record TakeNoticeBack(Guid From, int Notice, ImmutableArray<Clocks.Clock> Clocks, int? Promise) : CaseCommand;

    /// <summary>CASE-8: the case that goes on knows of it. By the platform only.</summary>
    public sealed record SettleNoticeBack(int Notice) : CaseCommand;

    /// <summary>CASE-4: the customer came back.</summary>
    public sealed record ReopenCase(string? Reason) : CaseCommand
    {
        /// <summary>The code of the refusal when it was closed too long ago.</summary>
        public const string TooLate = "case.reopen.tooLate";
    }

    /// <summary>
    /// What another system says of the case's stage; taken without CASE-2's requirements. For imports only.
    /// A closed case that is told of an earlier stage starts its next round.
    /// </summary>
    public sealed record AdoptStage(Stage To, string Reason) : CaseCommand;

    /// <summary>
    /// What another system says of who answers for the case; recorded even when a case is handed back to where it was, so that
    /// its hand-overs can be counted, and on a closed case too. For imports only.
    /// </summary>
    public sealed record AdoptOwner(string? Owner) : CaseCommand;

    /// <summary>CLK-7: the deadline clock's word that something is due. May find nothing left to do.</summary>
    public sealed record Tick : CaseCommand;

    /// <summary>PRM-5: a receiving server took the notice that was handed over at <paramref name="SentAt"/>.</summary>
    /// <param name="Notice">Its number.</param>
    /// <param name="SentAt">When it was handed over.</param>
    /// <param name="Attempts">How often that was tried.</param>
    /// <param name="AcceptedAt">When the server took it; null for now.</param>
    public sealed record RecordNoticeAccepted(int Notice, DateTimeOffset SentAt, int Attempts, DateTimeOffset? AcceptedAt = null) : CaseCommand;

    /// <summary>PRM-5: the notice was given up.</summary>
    public sealed record RecordNoticeFailed(int Notice, string Reason, int Attempts) : CaseCommand;

    /// <summary>PRM-5: the notice came back, before or after a server had accepted it.</summary>
    public sealed record RecordNoticeBounced(int Notice, string Reason) : CaseCommand;

    /// <summary>PRM-5: a server on the way is still trying.</summary>
    public sealed record RecordNoticeDelayed(int Notice, string Reason) : CaseCommand;

    /// <summary>A message from the customer's side, brought by a mail server.</summary>
    /// <param name="Text">What they wrote, without what they quote.</param>
    /// <param name="Whole">All of it.</param>
    /// <param name="Automatic">A machine wrote it.</param>
    public sealed record ReceiveMail(string Text, string? Whole, bool Automatic) : CaseCommand;

    /// <summary>PRM-3: just before sending, is the notice still needed? Records why not.</summary>
    public sealed record RecheckNotice(int Notice) : CaseCommand;

    private CaseCommand()
    {
    }
}
