using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Policies;

namespace Escalation.Dashboard.Api;

/// <summary>A customer as now known, and what they went through with us.</summary>
/// <param name="Id">The customer.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="Name">Name; it and all that follows about the person is absent once it was erased (CUS-7).</param>
/// <param name="Email">Mail address.</param>
/// <param name="Phone">Phone number.</param>
/// <param name="Language">BCP 47.</param>
/// <param name="TimeZone">IANA zone.</param>
/// <param name="Prefers">The channel over which they want to be told first.</param>
/// <param name="Cases">Their cases, oldest first.</param>
/// <param name="Ledger">CUS-2: all their cases together.</param>
/// <param name="Experiences">CUS-2: case by case, those of which there is anything to say.</param>
/// <param name="ErasedAt">CUS-7: when what names them was erased; absent when it was not.</param>
/// <param name="Declined">CUS-5: how we decline to serve them now; absent when we serve them.</param>
/// <param name="Occasions">CUS-6: the days on which we are in touch.</param>
/// <param name="NextGreetingAt">CUS-6: when a greeting is decided next.</param>
/// <param name="Letters">CUS-5, CUS-6: letters that belong to no case, oldest first.</param>
/// <param name="Duplicates">CUS-1: who shares their telephone, and may be the same person.</param>
/// <param name="MergedFrom">CUS-1: those who were merged into them; asked for by these ids, they answer.</param>
public sealed record CustomerView(
    Guid Id,
    int Version,
    string? Name,
    string? Email,
    string? Phone,
    string? Language,
    string? TimeZone,
    Channel? Prefers,
    IReadOnlyList<Guid> Cases,
    LedgerView Ledger,
    IReadOnlyList<CaseExperience> Experiences,
    DateTimeOffset? ErasedAt,
    DeclinedView? Declined,
    IReadOnlyList<OccasionView> Occasions,
    DateTimeOffset? NextGreetingAt,
    IReadOnlyList<CustomerLetterView> Letters,
    IReadOnlyList<DuplicateView> Duplicates,
    IReadOnlyList<Guid> MergedFrom)
{
    internal static CustomerView Of(
        Customer customer, int version, IReadOnlyList<CaseExperience> experiences, IReadOnlyList<DuplicateView> duplicates, Policy policy, DateTimeOffset now) => new(
        customer.Id, version, customer.Contact?.Name, customer.Contact?.Email, customer.Contact?.Phone,
        customer.Contact?.Language, customer.Contact?.TimeZone, customer.Contact?.Prefers, customer.Cases,
        LedgerView.Of(customer, experiences), experiences, customer.ErasedAt,
        customer.DeclinedAt(now) is { } declined ? DeclinedView.Of(customer, declined, policy) : null,
        [.. customer.Occasions.Select(OccasionView.Of)], customer.Planned?.At, [.. customer.Letters.Select(CustomerLetterView.Of)], duplicates, [.. customer.Joined.Keys.Order()]);
}

/// <summary>CUS-1: a customer who may be the same person.</summary>
/// <param name="Id">Who.</param>
/// <param name="Name">Their name.</param>
/// <param name="SameName">They have the same name, too.</param>
/// <param name="Cases">How many cases they have.</param>
public sealed record DuplicateView(Guid Id, string Name, bool SameName, int Cases);

/// <summary>CUS-5: how we decline to serve a customer.</summary>
/// <param name="Since">Since when.</param>
/// <param name="By">Whose word it is.</param>
/// <param name="Reason">Why, as the customer is told.</param>
/// <param name="Until">It ends by itself then.</param>
/// <param name="ReviewAt">By then a supervisor looks whether it still has to be.</param>
/// <param name="Text">What the customer is told, in their language: for those who have no mail address, to be sent by post.</param>
public sealed record DeclinedView(DateTimeOffset Since, string By, string? Reason, DateTimeOffset Until, DateTimeOffset ReviewAt, string? Text)
{
    internal static DeclinedView Of(Customer customer, Declining declined, Policy policy) => new(
        declined.From, declined.By, declined.Reason, declined.Until, declined.ReviewAt,
        DecliningRules.TextFor(customer, policy) is var (_, body) ? body : null);
}

/// <summary>CUS-6: a day on which we are in touch with a customer.</summary>
/// <param name="Kind">What kind of day.</param>
/// <param name="Date">Month and day: <c>03-14</c>.</param>
/// <param name="Name">What they call it, of a day of their own.</param>
public sealed record OccasionView(OccasionKind Kind, string Date, string? Name)
{
    internal static OccasionView Of(Occasion occasion) =>
        new(occasion.Kind, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{occasion.Month:00}-{occasion.Day:00}"), occasion.Name);
}

/// <summary>CUS-5, CUS-6: a letter that belongs to no case, and what became of it.</summary>
public sealed record CustomerLetterView(
    int Number, LetterKind Kind, string? Occasion, LetterState State, DateTimeOffset DecidedAt, string? Subject, string? Body, string? Reason)
{
    internal static CustomerLetterView Of(CustomerLetter letter) =>
        new(letter.Number, letter.Kind, letter.Occasion, letter.State, letter.DecidedAt, letter.Subject, letter.Body, letter.Reason);
}

/// <summary>CUS-2: the ledger of a customer's experience.</summary>
/// <param name="Cases">How many cases they had.</param>
/// <param name="Open">How many of them are worked on.</param>
/// <param name="Rounds">How often one was begun, in all.</param>
/// <param name="PromisesKept">Promises kept in time, by the date that held.</param>
/// <param name="PromisesMoved">How often promises were moved.</param>
/// <param name="PromisesLapsed">Promises not kept by the date that held, whether kept later or not.</param>
/// <param name="Expected">What they expected, 1 to 5, on average over those cases of which they said so; absent without any.</param>
/// <param name="Got">What they got, likewise.</param>
public sealed record LedgerView(
    int Cases, int Open, int Rounds, int PromisesKept, int PromisesMoved, int PromisesLapsed, double? Expected, double? Got)
{
    internal static LedgerView Of(Customer customer, IReadOnlyList<CaseExperience> all) => new(
        customer.Cases.Length,
        all.Count(one => one.ClosedAt is null),
        Math.Max(customer.Cases.Length - all.Count, 0) + all.Sum(one => one.Rounds),
        all.Sum(one => one.Kept),
        all.Sum(one => one.Moved),
        all.Sum(one => one.Lapsed),
        Average(all.Select(one => one.Expected)),
        Average(all.Select(one => one.Got)));

    private static double? Average(IEnumerable<int?> points) => points.Average() is { } average ? Math.Round(average, 2) : null;
}

/// <summary>CUS-3: what a customer is likely to do, what that rests on, and what to do about it.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="Outcome">Absent while they have not said what they expected and what they got.</param>
/// <param name="Gap">What they got less what they expected, in points of 1 to 5.</param>
/// <param name="RatedCases">How many answered cases count; the latest three at most.</param>
/// <param name="Reasons">What it rests on, with figures.</param>
/// <param name="FollowUp">What to do about it.</param>
/// <param name="Ledger">All their cases together.</param>
public sealed record OutlookView(
    Guid Customer, OutlookOutcome? Outcome, double? Gap, int RatedCases, IReadOnlyList<OutlookReason> Reasons, string FollowUp, LedgerView Ledger)
{
    internal static OutlookView Of(Customer customer, IReadOnlyList<CaseExperience> experiences)
    {
        var outlook = Outlook.Of(experiences);
        return new(
            customer.Id, outlook.Outcome, outlook.Gap, outlook.Rated, outlook.Reasons, outlook.FollowUp, LedgerView.Of(customer, experiences));
    }
}

/// <summary>CUS-7: a customer who is no longer named anywhere.</summary>
/// <param name="Customer">The id, which names nobody.</param>
/// <param name="ErasedAt">When.</param>
/// <param name="Cases">In how many cases.</param>
public sealed record ErasureView(Guid Customer, DateTimeOffset ErasedAt, int Cases);
