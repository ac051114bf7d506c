using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;

namespace Escalation.Silo.Intake;

/// <summary>
/// CASE-1: opens the case of a line, as <c>POST /api/cases</c> would: now, with clocks that run from <c>complainedAt</c>, and the
/// customer told.
/// </summary>
internal sealed class CaseImport(IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, TimeProvider time)
{
    private const string Source = "cases";

    /// <summary>The same <paramref name="key"/> under the same salt again is the same case.</summary>
    public async Task<LineAnswer> TakeAsync(int line, CaseFields fields, string key, string salt, CancellationToken cancellationToken)
    {
        var id = DeterministicId.Of(Source, salt, "case", key);
        var grain = grains.Case(id);
        var (state, version) = await Patience.AskAsync(token => grain.Get(token), time, cancellationToken);
        if (version > 0)
        {
            // An earlier run may have stopped between the case and its customer.
            await AddToCustomerAsync(state.Opening!.CustomerId, ContactOf(fields.Customer), id, fields.Type!, fields.ComplainedAt, salt, key, cancellationToken);
            return new LineAnswer(line, id, state.Opening.Number, Known: true, []);
        }

        var contact = ContactOf(fields.Customer);
        var found = fields.Customer.Id ?? await CustomerOfAsync(contact, salt, key, cancellationToken);
        var (customer, _, _) = await Patience.AskAsync(token => grains.SurvivingCustomerAsync(found, token), time, cancellationToken);
        var open = new CaseCommand.OpenCase(
            await Patience.AskAsync(token => numbers.NextAsync(token).AsTask(), time, cancellationToken),
            customer, contact, fields.Type!, fields.Summary!, fields.Channel ?? Channel.Import, fields.Heat ?? Heat.Calm,
            fields.Claim, fields.Product, fields.Site, fields.ComplainedAt);
        var command = new Envelope<CaseCommand>(DeterministicId.Of(Source, salt, "open", key), IncidentImport.By, open);
        if (await Patience.AskAsync(token => grain.Tell(command, token), time, cancellationToken) is Answer.No no)
        {
            return LineAnswer.No(line, no.Refusal);
        }

        await AddToCustomerAsync(customer, contact, id, open.Type, fields.ComplainedAt, salt, key, cancellationToken);
        return new LineAnswer(line, id, open.Number, Known: false, []);
    }

    private Task<(Guid Id, Answer Answer)> AddToCustomerAsync(
        Guid customer, CustomerContact contact, Guid id, string type, DateTimeOffset? complainedAt, string salt, string key, CancellationToken cancellationToken)
    {
        var adding = new Envelope<CustomerCommand>(
            DeterministicId.Of(Source, salt, "customer", key), IncidentImport.By, new CustomerCommand.AddCase(contact, id, type, complainedAt, IsOwed: true));
        return Patience.AskAsync(token => grains.TellCustomerAsync(customer, adding, token), time, cancellationToken);
    }

    /// <summary>Someone who can be reached is known by how; someone who cannot is new with each case.</summary>
    private async Task<Guid> CustomerOfAsync(CustomerContact contact, string salt, string key, CancellationToken cancellationToken)
    {
        var points = ContactPoints.Of(contact.Name, contact.Email, contact.Phone);
        var candidate = DeterministicId.Of(Source, salt, "customer of", key);
        return points.Count == 0
            ? candidate
            : await Patience.AskAsync(token => directory.FindOrClaimAsync(points, candidate, token).AsTask(), time, cancellationToken);
    }

    private static CustomerContact ContactOf(CustomerFields customer) => new(
        customer.Name!.Trim(), customer.Email?.Trim(), customer.Phone?.Trim(), customer.Language ?? "en", customer.TimeZone ?? "UTC");
}
