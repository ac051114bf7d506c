using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Silo.Intake;

/// <summary>A line that may open a case, and what is known about it before it is taken.</summary>
/// <param name="Line">Where it begins in the file, from 1.</param>
/// <param name="Fields">What it says.</param>
/// <param name="Id">Its case: the same key under the same salt is the same case.</param>
/// <param name="Opening">The command that opens it.</param>
/// <param name="Adding">The command that tells its customer.</param>
/// <param name="Customer">Whose it is, or will be.</param>
/// <param name="IsNewCustomer">Nobody was known by anything that the line says.</param>
/// <param name="Opened">What is there already; null when nothing seems to be.</param>
internal sealed record CaseLine(
    int Line, CaseFields Fields, Guid Id, Guid Opening, Guid Adding, Guid Customer, bool IsNewCustomer, OpenedCase? Opened)
{
    public CustomerContact Contact { get; } = ContactOf(Fields.Customer);

    public static CustomerContact ContactOf(CustomerFields customer) => new(
        customer.Name!.Trim(), customer.Email?.Trim(), customer.Phone?.Trim(), customer.Language ?? "en", customer.TimeZone ?? "UTC");
}

/// <summary>
/// CASE-1: opens the case of a line, as <c>POST /api/cases</c> would: now, with clocks that run from <c>complainedAt</c>, and the
/// customer told. What has to be looked up or claimed is so for many lines at once.
/// </summary>
internal sealed class CaseImport(IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, IOpenedCases cases, TimeProvider time)
{
    private const string Source = "cases";

    /// <summary>Finds out what is there already, and whose the others are; someone who can be reached by nothing is new with each case.</summary>
    /// <param name="lines">Lines without faults, with their keys, in the order of the file.</param>
    /// <param name="salt">The same key under another salt is another case.</param>
    public async Task<IReadOnlyList<CaseLine>> PrepareAsync(
        IReadOnlyList<(int Line, CaseFields Fields, string Key)> lines, string salt, CancellationToken cancellationToken)
    {
        var asked = lines.Select(line => (
            Case: DeterministicId.Of(Source, salt, "case", line.Key),
            Adding: DeterministicId.Of(Source, salt, "customer", line.Key))).ToList();
        if (asked.Count == 0)
        {
            return [];
        }

        var opened = await Patience.AskAsync(token => cases.FindAsync(asked, token), time, cancellationToken);
        var claims = new List<CustomerClaim>();
        var claimOf = new int?[lines.Count];
        for (var i = 0; i < lines.Count; i++)
        {
            var customer = lines[i].Fields.Customer;
            if (customer.Id is null && !opened.ContainsKey(asked[i].Case) &&
                ContactPoints.Of(customer.Name!.Trim(), customer.Email?.Trim(), customer.Phone?.Trim()) is { Count: > 0 } points)
            {
                claimOf[i] = claims.Count;
                claims.Add(new CustomerClaim(points, CandidateOf(lines[i].Key)));
            }
        }

        var owners = claims.Count == 0
            ? []
            : await Patience.AskAsync(token => directory.FindOrClaimAllAsync(claims, token).AsTask(), time, cancellationToken);
        return [.. lines.Select((line, i) =>
        {
            var there = opened.GetValueOrDefault(asked[i].Case);
            var customer = there?.Customer ?? line.Fields.Customer.Id ?? (claimOf[i] is { } claim ? owners[claim] : CandidateOf(line.Key));
            return new CaseLine(
                line.Line, line.Fields, asked[i].Case, DeterministicId.Of(Source, salt, "open", line.Key), asked[i].Adding, customer,
                there is null && line.Fields.Customer.Id is null && customer == CandidateOf(line.Key), there);
        })];

        Guid CandidateOf(string key) => DeterministicId.Of(Source, salt, "customer of", key);
    }

    /// <summary>The same line again is the same case, also when both are taken at this moment.</summary>
    public async Task<LineAnswer> TakeAsync(CaseLine line, CancellationToken cancellationToken)
    {
        if (line.Opened is { } there)
        {
            // An earlier run may have stopped between the case and its customer.
            return there.IsTheirs
                ? new LineAnswer(line.Line, line.Id, there.Number, Known: true, [])
                : await AddedAsync(line, there.Customer, there.Number, isKnown: true, cancellationToken);
        }

        var customer = line.IsNewCustomer
            ? line.Customer
            : (await Patience.AskAsync(token => grains.SurvivingCustomerAsync(line.Customer, token), time, cancellationToken)).Id;
        var (fields, grain) = (line.Fields, grains.Case(line.Id));
        var open = new CaseCommand.OpenCase(
            await Patience.AskAsync(token => numbers.NextAsync(token).AsTask(), time, cancellationToken),
            customer, line.Contact, fields.Type!, fields.Summary!, fields.Channel ?? Channel.Import, fields.Heat ?? Heat.Calm,
            fields.Claim, fields.Product, fields.Site, fields.ComplainedAt);
        var command = new Envelope<CaseCommand>(line.Opening, IncidentImport.By, open, ExpectedVersion: 0);
        switch (await Patience.AskAsync(token => grain.Tell(command, token), time, cancellationToken))
        {
            case Answer.No no:
                return LineAnswer.No(line.Line, no.Refusal);
            case Answer.Done { Position: > 0 }:
                return await AddedAsync(line, customer, open.Number, isKnown: false, cancellationToken);
            case Answer.Done { Events: [CaseOpened opening, ..] }:
                return await AddedAsync(line, opening.CustomerId, opening.Number, isKnown: true, cancellationToken);
            default:
                var (state, _) = await Patience.AskAsync(token => grain.Get(token), time, cancellationToken);
                return await AddedAsync(line, state.Opening!.CustomerId, state.Opening.Number, isKnown: true, cancellationToken);
        }
    }

    private async Task<LineAnswer> AddedAsync(CaseLine line, Guid customer, long number, bool isKnown, CancellationToken cancellationToken)
    {
        var adding = new Envelope<CustomerCommand>(
            line.Adding, IncidentImport.By, new CustomerCommand.AddCase(line.Contact, line.Id, line.Fields.Type!, line.Fields.ComplainedAt, IsOwed: true));
        if (!line.IsNewCustomer || isKnown ||
            await Patience.AskAsync(token => grains.Customer(customer).Tell(adding with { ExpectedVersion = 0 }, token), time, cancellationToken) is not Answer.Done)
        {
            await Patience.AskAsync(token => grains.TellCustomerAsync(customer, adding, token), time, cancellationToken);
        }

        return new LineAnswer(line.Line, line.Id, number, isKnown, []);
    }
}
