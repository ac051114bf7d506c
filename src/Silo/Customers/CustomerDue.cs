using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Silo.Deadlines;
using Escalation.Silo.Links;
using Escalation.Silo.Notices;
using Escalation.Silo.Policy;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Customers;

/// <summary>
/// CUS-1, CUS-5, CUS-6: carries merges to their end, decides a customer's greetings, asks for the review of declining them, and sends the letters that belong to no case. Of several hosts one takes a letter; a
/// letter that a host took and did not come to speak of again is not sent a second time.
/// </summary>
internal sealed class CustomerDue(
    IGrains grains, IEnumerable<INoticeChannel> channels, CustomerMerging merging, IPolicySource policies, IOptions<NoticeOptions> options,
    PublicAddress address, TimeProvider time) : IDueErrand
{
    /// <summary>A customer's latest cases; whoever had more than so many is not asked about the others.</summary>
    private const int MostAsked = 50;

    private static readonly Actor By = new("letters", Roles.System);

    private readonly INoticeChannel _mail = channels.First(channel => channel.Channel == Channel.Email);

    public string Category => Customer.Category;

    public async Task RunAsync(Guid id, CancellationToken cancellationToken)
    {
        var grain = grains.Customer(id);
        var customer = await merging.RunAsync(id, cancellationToken);
        if (customer.Planned?.At <= time.GetUtcNow() || customer.ReviewDueAt <= time.GetUtcNow())
        {
            var (isOpen, closedAt) = await CasesAsync(customer, cancellationToken);
            await TellAsync(grain, new CustomerCommand.TickCustomer(isOpen, closedAt), cancellationToken);
            (customer, _) = await grain.Get(cancellationToken);
        }

        foreach (var letter in customer.Letters.Where(letter => letter.State == LetterState.Waiting && letter.TryAt <= time.GetUtcNow()))
        {
            await SendAsync(grain, customer, letter, cancellationToken);
        }
    }

    private async Task<(bool IsOpen, DateTimeOffset? ClosedAt)> CasesAsync(Customer customer, CancellationToken cancellationToken)
    {
        var (isOpen, closedAt) = (false, (DateTimeOffset?)null);
        foreach (var id in customer.Cases.Reverse().Take(MostAsked))
        {
            var (state, _) = await grains.Case(id).Get(cancellationToken);
            isOpen |= state.IsOpen;
            closedAt = state.ClosedAt is { } at && !(closedAt > at) ? at : closedAt;
        }

        return (isOpen, closedAt);
    }

    private async Task SendAsync(ICustomerGrain grain, Customer customer, CustomerLetter letter, CancellationToken cancellationToken)
    {
        // The append decides which host takes it: whoever caused no event did not.
        if (await TellAsync(grain, new CustomerCommand.TakeLetter(letter.Number), cancellationToken)
            is not Answer.Done { Events: [CustomerEvent.CustomerLetterTaken] })
        {
            return;
        }

        var (subject, body, language) = TextOf(letter, customer);
        var message = new OutgoingMessage(
            $"{customer.Id:N}-letter-{letter.Number}@{options.Value.MessageIdDomain}", customer.Id, letter.To!, subject, body, language);
        var delivery = await _mail.SendAsync(message, cancellationToken);
        _mail.Rest();
        var state = delivery.Accepted ? LetterState.Sent : delivery.MayRetry ? LetterState.Waiting : LetterState.Failed;
        await TellAsync(
            grain, new CustomerCommand.SettleLetter(letter.Number, state, delivery.Accepted ? null : delivery.Detail), CancellationToken.None);
    }

    /// <summary>LNG-1: whoever is asked to look reads it in their language, and finds the customer beside their latest case.</summary>
    private (string Subject, string Body, string Language) TextOf(CustomerLetter letter, Customer customer)
    {
        if (letter.Kind != LetterKind.DecliningReview)
        {
            return (letter.Subject ?? "", letter.Body ?? "", letter.Language);
        }

        var policy = policies.Current;
        var link = customer.Cases is [.., var latest] ? $"\n\n{address.Url}/case/{latest}" : "";
        if (customer.Declined is not { } declined || policy.Ladder.People.Values.FirstOrDefault(person => person.Email == letter.To) is not { } person)
        {
            return (letter.Subject ?? "", $"{letter.Body}{link}", letter.Language);
        }

        var texts = StaffTexts.For(person.Language);
        var dates = policy.Texts.For(texts.Language);
        var zone = policy.Promises.Calendar.TimeZone;
        return (
            texts.Say("duty.reviewSubject", ("customer", $"{customer.Id}")),
            $"{texts.Say("duty.onDuty", ("name", person.Name))}\n\n" + texts.Say(
                "duty.review", ("customer", $"{customer.Id}"), ("since", dates.Day(declined.From, zone)), ("until", dates.Due(declined.Until, zone))) + link,
            texts.Language);
    }

    private Task<Answer> TellAsync(ICustomerGrain grain, CustomerCommand command, CancellationToken cancellationToken) =>
        grain.Tell(new Envelope<CustomerCommand>(Guid.CreateVersion7(time.GetUtcNow()), By, command), cancellationToken);
}
