using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;

namespace Escalation.Grains.Reviews;

/// <summary>
/// REV-2: a place's letter that nothing understood opens a case, so that a person reads it in time and it is lost nowhere. Who wrote the
/// review that it may tell of is not known: a new customer, named as the place is. Every id follows from the letter, so that the same letter
/// again changes nothing, and finishes what a crash has left.
/// </summary>
public sealed class UnreadLetters(IGrains grains, ICaseNumbers numbers)
{
    private const int LongestSummary = 300;

    private static readonly Actor By = new("reviews", Roles.System);

    /// <param name="key">The letter's own id.</param>
    /// <param name="subject">Its subject.</param>
    /// <param name="whole">All of it.</param>
    /// <returns>The case, and the answer to the last step.</returns>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    public async Task<(Guid CaseId, Answer Answer)> KeepAsync(
        PublicPlace place, string key, string subject, string whole, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(subject);
        Guid Id(string step) => ErrandId.Of("place letter", step, place.Id, key);
        var (caseId, customerId) = (Id("case"), Id("customer"));
        var contact = new CustomerContact(place.Name, null, null, place.Language, place.TimeZone);
        var added = await grains.Customer(customerId).Tell(
            new Envelope<CustomerCommand>(Id("add"), By, new CustomerCommand.AddCase(contact, caseId, place.Type, IsOwed: true)), cancellationToken);
        if (added is Answer.No)
        {
            return (caseId, added);
        }

        var grain = grains.Case(caseId);
        if (!(await grain.Get(cancellationToken)).State.Exists)
        {
            var opened = await grain.Tell(
                new Envelope<CaseCommand>(Id("open"), By, new CaseCommand.OpenCase(
                    await numbers.NextAsync(cancellationToken), customerId, contact, place.Type, SummaryOf(place, subject), Channel.Email, Heat.Calm,
                    null, null, place.Site, null)),
                cancellationToken);
            if (opened is Answer.No)
            {
                return (caseId, opened);
            }
        }

        return (caseId, await grain.Tell(
            new Envelope<CaseCommand>(Id("letter"), By, new CaseCommand.ReceiveMail(whole, whole, Automatic: true)), cancellationToken));
    }

    private static string SummaryOf(PublicPlace place, string subject)
    {
        var summary = $"A letter from {place.Name} that no pattern fits. Does it tell of a review? {subject}".Trim();
        return summary.Length <= LongestSummary ? summary : summary[..LongestSummary];
    }
}
