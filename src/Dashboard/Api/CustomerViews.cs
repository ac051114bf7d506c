using Escalation.Grains.Cases;
using Escalation.Grains.Customers;

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
    DateTimeOffset? ErasedAt)
{
    internal static CustomerView Of(Customer customer, int version, IReadOnlyList<CaseExperience> experiences) => new(
        customer.Id, version, customer.Contact?.Name, customer.Contact?.Email, customer.Contact?.Phone,
        customer.Contact?.Language, customer.Contact?.TimeZone, customer.Contact?.Prefers, customer.Cases,
        LedgerView.Of(customer, experiences), experiences, customer.ErasedAt);
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
