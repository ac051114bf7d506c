using System.Collections.Immutable;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using static Escalation.Grains.Customers.CustomerCommand;
using static Escalation.Grains.Customers.CustomerEvent;

namespace Escalation.Grains.Customers;

/// <summary>What can happen to a customer.</summary>
public abstract record CustomerEvent : IEvent
{
    /// <summary>CUS-1: known from now on.</summary>
    public sealed record CustomerRegistered([property: Personal] CustomerContact? Contact) : CustomerEvent;

    /// <summary>CUS-1.</summary>
    public sealed record CustomerContactChanged([property: Personal] CustomerContact? Contact) : CustomerEvent;

    /// <summary>The customer has a case. CUS-4: of that kind, and complained of at that instant; without one, when it was added.</summary>
    public sealed record CustomerCaseAdded(Guid CaseId, string Type, DateTimeOffset? ComplainedAt = null) : CustomerEvent;

    /// <summary>ESC-6: on which level a case of the customer's was at a version of it.</summary>
    public sealed record CustomerCaseLevelNoted(Guid CaseId, Level Level, int CaseVersion) : CustomerEvent;

    /// <summary>CLM-3: counted against what the customer may be conceded this month.</summary>
    public sealed record ConcessionCounted(Guid Request, Guid CaseId, Money Amount) : CustomerEvent;

    /// <summary>CLM-3: it would have been above the month's limit; the same request gets the same answer for ever.</summary>
    public sealed record ConcessionAboveMonth(Guid Request, Guid CaseId, Money Amount, decimal Limit, decimal Total) : CustomerEvent;

    /// <summary>CUS-7: what names the customer was erased here, and is being erased in their cases. The reason names nobody.</summary>
    public sealed record CustomerErased(int Erasure, string Reason) : CustomerEvent;

    /// <summary>CUS-2: what a case was like for the customer by a version of it.</summary>
    public sealed record CustomerExperienceNoted(CaseExperience Experience, int CaseVersion) : CustomerEvent;

    /// <summary>CUS-5: not served until then, for a reason that the customer is told.</summary>
    public sealed record CustomerDeclined([property: Personal] string? Reason, DateTimeOffset Until, DateTimeOffset ReviewAt) : CustomerEvent;

    /// <summary>CUS-5: the day came on which somebody looks whether it still has to be.</summary>
    public sealed record DecliningReviewAsked(DateTimeOffset ReviewAt) : CustomerEvent;

    /// <summary>CUS-5: served again before it ended by itself.</summary>
    public sealed record CustomerServedAgain([property: Personal] string? Reason) : CustomerEvent;

    /// <summary>CUS-6: the days of the year on which we are in touch; those of before are forgotten.</summary>
    public sealed record CustomerOccasionsSet([property: Personal] ImmutableArray<Occasion>? Occasions) : CustomerEvent;

    /// <summary>CUS-6: when a greeting is decided next; null when none is.</summary>
    public sealed record GreetingPlanned(string? Occasion, int? Year, DateTimeOffset? At) : CustomerEvent;

    /// <summary>CUS-6: no greeting this time; the reason is a stable word.</summary>
    public sealed record GreetingSuppressed(string Occasion, int Year, string Because) : CustomerEvent;

    /// <summary>CUS-5, CUS-6: a letter that belongs to no case is to be sent, from <c>SendAt</c> on.</summary>
    public sealed record CustomerLetterDecided(
        int Letter,
        LetterKind LetterKind,
        string? Occasion,
        int? Year,
        string Language,
        [property: Personal] string? To,
        [property: Personal] string? Subject,
        [property: Personal] string? Body,
        DateTimeOffset SendAt,
        DateTimeOffset? NotAfter = null) : CustomerEvent;

    /// <summary>A host sends it now. Nobody else does, whatever becomes of that host.</summary>
    public sealed record CustomerLetterTaken(int Letter) : CustomerEvent;

    /// <summary>A server took it, it failed for good, or it is tried again at <c>TryAt</c>.</summary>
    public sealed record CustomerLetterSettled(
        int Letter, LetterState State, [property: Personal] string? Reason = null, DateTimeOffset? TryAt = null) : CustomerEvent;

    /// <summary>CUS-1: to be merged into another customer, who is asked next.</summary>
    public sealed record CustomerMergeBegun(int Attempt, Guid Into) : CustomerEvent;

    /// <summary>CUS-1: this customer has all that another one brings.</summary>
    public sealed record CustomerTakenOver(JoinedCustomer Joined, [property: Personal] JoinedWords? Words) : CustomerEvent;

    /// <summary>CUS-1: the other answers for both from now on.</summary>
    public sealed record CustomerMerged(int Attempt, Guid Into) : CustomerEvent;

    /// <summary>CUS-1: the other could not take over; nothing has changed.</summary>
    public sealed record CustomerMergeAbandoned(int Attempt, string Code, string Detail) : CustomerEvent;

    /// <summary>CUS-1: cases and contact points lead to the other.</summary>
    public sealed record CustomerMergeCarried(int Attempt) : CustomerEvent;

    private CustomerEvent()
    {
    }
}

/// <summary>What can be asked of a customer.</summary>
public abstract record CustomerCommand
{
    /// <summary>Takes the contact as it is now known; the same again changes nothing.</summary>
    public sealed record UpdateContact(CustomerContact Contact) : CustomerCommand;

    /// <summary>Takes the contact, and the case that the customer opens with it, in one append.</summary>
    /// <param name="IsOwed">CUS-5: to be taken from a customer whom we decline to serve, too: the law covers it, or it is their own word.</param>
    public sealed record AddCase(
        CustomerContact Contact, Guid CaseId, string Type, DateTimeOffset? ComplainedAt = null, bool IsOwed = false) : CustomerCommand;

    /// <summary>
    /// ESC-6: on which level a case of the customer's is by its own causes, the buffer for a closed one. What an earlier version
    /// of the case says changes nothing, so that it may be told late, twice, and out of order.
    /// </summary>
    public sealed record NoteCaseLevel(Guid CaseId, Level Level, int CaseVersion) : CustomerCommand;

    /// <summary>CLM-3: counts a concession against the month, unless that would be above <paramref name="MonthLimit"/>; null for any amount.</summary>
    public sealed record CountConcession(Guid Request, Guid CaseId, Money Amount, decimal? MonthLimit) : CustomerCommand;

    /// <summary>CUS-7: forgets who the customer is; what has come to be known since an earlier time, too.</summary>
    public sealed record EraseCustomer(string Reason) : CustomerCommand;

    /// <summary>CUS-2: what a case was like for the customer; what an earlier version of the case says changes nothing.</summary>
    public sealed record NoteExperience(CaseExperience Experience, int CaseVersion) : CustomerCommand;

    /// <summary>CUS-5. <c>ReviewAt</c>: null for half a year from now, or the end when that is sooner.</summary>
    public sealed record DeclineService(string Reason, DateTimeOffset Until, DateTimeOffset? ReviewAt) : CustomerCommand;

    /// <summary>CUS-5: served again from now on.</summary>
    public sealed record ServeAgain(string Reason) : CustomerCommand;

    /// <summary>CUS-6: these days, and no others.</summary>
    public sealed record SetOccasions(ImmutableArray<Occasion> Occasions) : CustomerCommand;

    /// <summary>CUS-5, CLM-4: asks whether the customer may be given something; changes nothing.</summary>
    public sealed record AllowGift : CustomerCommand;

    /// <summary>CUS-5, CUS-6: decides what is due by now. By the platform only, which has asked the cases.</summary>
    /// <param name="HasOpenCase">One of the customer's cases is worked on.</param>
    /// <param name="ClosedAt">When one was closed last.</param>
    public sealed record TickCustomer(bool HasOpenCase, DateTimeOffset? ClosedAt) : CustomerCommand;

    /// <summary>Sends a letter that waits. By the platform only.</summary>
    public sealed record TakeLetter(int Letter) : CustomerCommand;

    /// <summary>What the server said of a letter that was taken; <c>Waiting</c> to try again. By the platform only.</summary>
    public sealed record SettleLetter(int Letter, LetterState State, string? Reason) : CustomerCommand;

    /// <summary>CUS-1: this is the same customer as another, who goes on with everything.</summary>
    public sealed record MergeCustomer(Guid Into) : CustomerCommand;

    /// <summary>CUS-1: takes over all that another customer brings; an earlier version of them changes nothing. By the platform only.</summary>
    public sealed record TakeOverCustomer(JoinedCustomer Joined, JoinedWords Words) : CustomerCommand;

    /// <summary>CUS-1: what the other said. By the platform only.</summary>
    public sealed record SettleCustomerMerge(int Attempt, Refused? Refusal) : CustomerCommand;

    /// <summary>CUS-1: cases and contact points know. By the platform only.</summary>
    public sealed record CarryCustomerMerge(int Attempt) : CustomerCommand;

    private CustomerCommand()
    {
    }
}

/// <summary>CLM-3: what was answered to a request to concede something to a customer.</summary>
/// <param name="CaseId">The case that it was for.</param>
/// <param name="Amount">How much.</param>
/// <param name="At">When it was counted.</param>
/// <param name="IsGranted">False when it would have been above the month's limit.</param>
/// <param name="MonthTotal">What the month had come to before, when it was not granted.</param>
public sealed record CountedConcession(Guid CaseId, Money Amount, DateTimeOffset At, bool IsGranted, decimal MonthTotal);

/// <summary>A person or firm, with all that we know from earlier conflicts.</summary>
public sealed record Customer : IAggregate<Customer, CustomerCommand, CustomerEvent>
{
    public static string Category => "customer";

    public required Guid Id { get; init; }

    public bool Exists { get; init; }

    /// <summary>How the customer is named and reached; null after erasure.</summary>
    public CustomerContact? Contact { get; init; }

    /// <summary>The customer's cases, oldest first.</summary>
    public ImmutableArray<Guid> Cases { get; init; } = [];

    /// <summary>CUS-4: of which kind each of <see cref="Cases"/> is, and when it was complained of.</summary>
    public ImmutableArray<(string Type, DateTimeOffset ComplainedAt)> Complaints { get; init; } = [];

    /// <summary>ESC-6: the cases that ever left the buffer by their own causes, with their level and the version that it is of.</summary>
    public ImmutableDictionary<Guid, (Level Level, int CaseVersion)> CaseLevels { get; init; } = ImmutableDictionary<Guid, (Level, int)>.Empty;

    /// <summary>ESC-6: the highest level of the customer's open cases.</summary>
    public Level Level => LevelBeside(Guid.Empty);

    /// <summary>CLM-3: what the customer was conceded, by request.</summary>
    public ImmutableDictionary<Guid, CountedConcession> Conceded { get; init; } = ImmutableDictionary<Guid, CountedConcession>.Empty;

    /// <summary>CLM-3: what was conceded in the calendar month (UTC) of <paramref name="now"/>, in one currency.</summary>
    public decimal ConcededInMonthOf(DateTimeOffset now, string currency) => Conceded.Values
        .Where(counted => counted.IsGranted && counted.Amount.Currency == currency &&
            (counted.At.UtcDateTime.Year, counted.At.UtcDateTime.Month) == (now.UtcDateTime.Year, now.UtcDateTime.Month))
        .Sum(counted => counted.Amount.Amount);

    /// <summary>CUS-7: how often what names the customer was erased; 0 for never. From the first time on nothing new is learned of them.</summary>
    public int Erasures { get; init; }

    /// <summary>CUS-7: when that was last; null for never.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>CUS-2: what the customer's cases were like for them, with the version of the case that it is of.</summary>
    public ImmutableDictionary<Guid, (CaseExperience Experience, int CaseVersion)> Experiences { get; init; } =
        ImmutableDictionary<Guid, (CaseExperience, int)>.Empty;

    /// <summary>CUS-5: the latest word on it, which may have ended by itself; null when they are served.</summary>
    public Declining? Declined { get; init; }

    /// <summary>CUS-6: the days on which we are in touch.</summary>
    public ImmutableArray<Occasion> Occasions { get; init; } = [];

    /// <summary>CUS-6: the last year of each occasion in which a greeting was decided, by the occasion's key.</summary>
    public ImmutableDictionary<string, int> Greeted { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>CUS-6: the next greeting.</summary>
    public PlannedGreeting? Planned { get; init; }

    /// <summary>Letters that belong to no case, oldest first.</summary>
    public ImmutableArray<CustomerLetter> Letters { get; init; } = [];

    /// <summary>CUS-1: the latest time that this customer was to be merged into another; null for never.</summary>
    public CustomerMerge? Merge { get; init; }

    /// <summary>CUS-1: who answers for this customer; null while they do so themselves.</summary>
    public Guid? MergedInto => Merge is { State: CustomerMergeState.Done or CustomerMergeState.Carried } merge ? merge.Into : null;

    /// <summary>CUS-1: those who were merged into this customer, with the version that was taken over.</summary>
    public ImmutableDictionary<Guid, int> Joined { get; init; } = ImmutableDictionary<Guid, int>.Empty;

    /// <summary>CUS-5: how we decline to serve them at an instant; null when we serve them.</summary>
    public Declining? DeclinedAt(DateTimeOffset now) => now < Declined?.Until ? Declined : null;

    public static Customer Empty(Guid id) => new() { Id = id };

    internal static bool IsPlatform(Context context) => (context.By.Roles & Roles.System) != 0;

    public Decision<CustomerEvent> Decide(CustomerCommand command, Context context) => command switch
    {
        MergeCustomer c => CustomerMergeRules.Begin(this, c),
        TakeOverCustomer c => CustomerMergeRules.TakeOver(this, c, context),
        SettleCustomerMerge c => CustomerMergeRules.Settle(this, c, context),
        CarryCustomerMerge c => CustomerMergeRules.Carry(this, c, context),
        UpdateContact or AddCase or DeclineService or ServeAgain or SetOccasions or CountConcession or AllowGift or NoteCaseLevel or NoteExperience
            when MergedInto is not null => CustomerMergeRules.Refusal(this),
        UpdateContact or AddCase or DeclineService or SetOccasions when Erasures > 0 => new Refused("customer.erased", $"Customer {Id} was erased on {ErasedAt:u}. Whoever comes back is a new customer.")
            .Naming(("at", CodedSentence.At(ErasedAt ?? context.Now))),
        EraseCustomer c => CustomerErasure.Erase(this, c),
        AddCase { IsOwed: false } c when !Cases.Contains(c.CaseId) && DeclinedAt(context.Now) is { } declined => new Refused(
            "customer.declined",
            $"We do not serve this customer until {declined.Until:u}: {declined.Reason} Open cases go on, promises stand, and what the law covers is taken. A supervisor decides on an appeal.").Naming(("until", CodedSentence.At(declined.Until))),
        DeclineService c => DecliningRules.Decline(this, c, context),
        ServeAgain c => DecliningRules.Serve(this, c, context),
        SetOccasions c => GreetingRules.Set(this, c, context),
        AllowGift when DeclinedAt(context.Now) is { } declined => new Refused(
            "customer.declined", $"We do not serve this customer until {declined.Until:u}: until then they are given nothing for goodwill. What was promised stands.").Naming(("until", CodedSentence.At(declined.Until))),
        AllowGift => [],
        TickCustomer c => Tick(c, context),
        TakeLetter c => GreetingRules.Take(this, c, context.Now),
        SettleLetter c => GreetingRules.Settle(this, c, context.Now),
        UpdateContact c => [.. Contacted(c.Contact)],
        AddCase c when Cases.Contains(c.CaseId) => [.. Contacted(c.Contact)],
        AddCase c => [.. Contacted(c.Contact), new CustomerCaseAdded(c.CaseId, c.Type, c.ComplainedAt)],
        NoteCaseLevel c when !Exists => new Refused("customer.notFound", $"There is no customer {Id} to have case {c.CaseId}."),
        NoteCaseLevel c => [.. LevelNoted(c)],
        NoteExperience c when !Exists => new Refused("customer.notFound", $"There is no customer {Id} to have case {c.Experience.CaseId}."),
        NoteExperience c when c.CaseVersion <= Experiences.GetValueOrDefault(c.Experience.CaseId).CaseVersion => [],
        NoteExperience c => [new CustomerExperienceNoted(c.Experience, c.CaseVersion)],
        CountConcession c when Conceded.ContainsKey(c.Request) => [],
        CountConcession c when ConcededInMonthOf(context.Now, c.Amount.Currency) is var total && total + c.Amount.Amount > c.MonthLimit =>
            [new ConcessionAboveMonth(c.Request, c.CaseId, c.Amount, c.MonthLimit.Value, total)],
        CountConcession c => [new ConcessionCounted(c.Request, c.CaseId, c.Amount)],
        _ => throw new NotSupportedException($"A customer does not know how to decide {command.GetType().Name}."),
    };

    public Customer Evolve(CustomerEvent happened, DateTimeOffset at, string by) => happened switch
    {
        CustomerRegistered e => this with { Exists = true, Contact = e.Contact },
        CustomerContactChanged e => this with { Contact = e.Contact },
        CustomerErased e => this with
        {
            Contact = null,
            Erasures = e.Erasure,
            ErasedAt = at,
            Declined = Declined is { } declined ? declined with { Reason = null } : null,
            Occasions = [],
            Planned = null,
            Letters = [.. Letters.Select(Nameless)],
        },
        CustomerMergeBegun e => this with { Merge = new CustomerMerge(e.Attempt, e.Into, at, by) },
        CustomerTakenOver e => CustomerMergeRules.Fold(this, e),
        CustomerMerged => this with { Merge = Merge! with { State = CustomerMergeState.Done }, Planned = null },
        CustomerMergeAbandoned e => this with { Merge = Merge! with { State = CustomerMergeState.Abandoned, Refusal = e.Code, Detail = e.Detail } },
        CustomerMergeCarried => this with { Merge = Merge! with { State = CustomerMergeState.Carried } },
        CustomerDeclined e => this with { Declined = new Declining(at, by, e.Reason, e.Until, e.ReviewAt) },
        DecliningReviewAsked => this with { Declined = Declined! with { ReviewAskedAt = at } },
        CustomerServedAgain => this with { Declined = null },
        CustomerOccasionsSet e => this with { Occasions = e.Occasions ?? [] },
        GreetingPlanned e => this with { Planned = e.At is { } planned ? new PlannedGreeting(e.Occasion!, e.Year!.Value, planned) : null },
        GreetingSuppressed e => this with { Greeted = Greeted.SetItem(e.Occasion, e.Year) },
        CustomerLetterDecided e => this with
        {
            Greeted = e is { Occasion: { } occasion, Year: { } year } ? Greeted.SetItem(occasion, year) : Greeted,
            Letters = Letters.Add(new CustomerLetter(
                e.Letter, e.LetterKind, e.Occasion, at, e.NotAfter, e.Language, e.To, e.Subject, e.Body, e.SendAt,
                e.To is null ? LetterState.Failed : LetterState.Waiting)),
        },
        CustomerLetterTaken e => OnLetter(e.Letter, letter => letter with { State = LetterState.Taken }),
        CustomerLetterSettled e => OnLetter(e.Letter, letter => letter with { State = e.State, Reason = e.Reason, TryAt = e.TryAt ?? letter.TryAt }),
        CustomerCaseAdded e => this with { Cases = Cases.Add(e.CaseId), Complaints = Complaints.Add((e.Type, e.ComplainedAt ?? at)) },
        CustomerCaseLevelNoted e => this with { CaseLevels = CaseLevels.SetItem(e.CaseId, (e.Level, e.CaseVersion)) },
        CustomerExperienceNoted e => this with { Experiences = Experiences.SetItem(e.Experience.CaseId, (e.Experience, e.CaseVersion)) },
        ConcessionCounted e => this with { Conceded = Conceded.SetItem(e.Request, new CountedConcession(e.CaseId, e.Amount, at, true, 0)) },
        ConcessionAboveMonth e => this with { Conceded = Conceded.SetItem(e.Request, new CountedConcession(e.CaseId, e.Amount, at, false, e.Total)) },
        _ => throw new NotSupportedException($"A customer does not know how to fold {happened.GetType().Name}."),
    };

    public Effects EffectsOf(IReadOnlyList<CustomerEvent> events, int version) =>
        new(NextDue()) { ErasesPersonal = events.Any(happened => happened is CustomerErased) };

    /// <summary>CUS-5: when somebody is to look whether declining still has to be; null when nobody is, or was asked already.</summary>
    public DateTimeOffset? ReviewDueAt => Erasures == 0 && MergedInto is null && Declined is { ReviewAskedAt: null } declined && declined.ReviewAt < declined.Until ? declined.ReviewAt : null;

    /// <summary>When a greeting is decided, a letter sent or a review of declining asked for next; at once while a merge is not carried to its end.</summary>
    public Due? NextDue()
    {
        var letters = Letters.Where(letter => letter.State == LetterState.Waiting).Select(letter => (DateTimeOffset?)letter.TryAt);
        return letters.Append(Planned?.At).Append(ReviewDueAt).Append(MergeDueAt).Min() is { } at ? new Due(at, null, null, 0) : null;
    }

    /// <summary>ESC-6: the highest level of the customer's other open cases.</summary>
    public Level LevelBeside(Guid caseId) =>
        CaseLevels.Where(known => known.Key != caseId).Select(known => known.Value.Level).DefaultIfEmpty(Level.Buffer).Max();

    /// <summary>CUS-4: which complaint of its kind a case is, counting those of <paramref name="within"/> before it; 1 for the first.</summary>
    public int LikeComplaints(Guid caseId, TimeSpan within)
    {
        var at = Cases.IndexOf(caseId);
        if (at < 0)
        {
            return 1;
        }

        var (type, complainedAt) = Complaints[at];
        return Complaints.Where((other, i) => other.Type == type && other.ComplainedAt > complainedAt - within &&
            (other.ComplainedAt, i).CompareTo((complainedAt, at)) <= 0).Count();
    }

    private DateTimeOffset? MergeDueAt => Merge is { State: CustomerMergeState.Begun or CustomerMergeState.Done } merge ? merge.At : null;

    private Decision<CustomerEvent> Tick(TickCustomer command, Context context)
    {
        var asked = DecliningRules.AskForReview(this, context).ToList();
        var after = asked.Aggregate(this, (folded, happened) => folded.Evolve(happened, context.Now, context.By.Id));
        return [.. asked, .. GreetingRules.Tick(after, command, context)];
    }

    private Customer OnLetter(int number, Func<CustomerLetter, CustomerLetter> change) =>
        this with { Letters = Letters.SetItem(number - 1, change(Letters[number - 1])) };

    /// <summary>What history reads like without anything personal; what waited has nobody to go to.</summary>
    private static CustomerLetter Nameless(CustomerLetter letter) => letter with
    {
        To = null,
        Subject = null,
        Body = null,
        Reason = null,
        State = letter.State == LetterState.Waiting ? LetterState.Failed : letter.State,
    };

    /// <summary>Every newer version is noted, also when its level is the same: what is older must never win by coming later.</summary>
    private IEnumerable<CustomerEvent> LevelNoted(NoteCaseLevel command) =>
        command.CaseVersion > CaseLevels.GetValueOrDefault(command.CaseId).CaseVersion
            ? [new CustomerCaseLevelNoted(command.CaseId, command.Level, command.CaseVersion)]
            : [];

    private IEnumerable<CustomerEvent> Contacted(CustomerContact contact)
    {
        if (!Exists)
        {
            yield return new CustomerRegistered(contact);
        }
        else if (Contact != contact)
        {
            yield return new CustomerContactChanged(contact);
        }
    }
}
