using System.Runtime.CompilerServices;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Imports;
using Channels = System.Threading.Channels;

namespace Escalation.Silo.Intake;

/// <summary>What became of one line: a case, or why not.</summary>
internal sealed record LineAnswer(int Line, Guid? CaseId, long? Number, bool Known, IReadOnlyList<ImportFault> Faults)
{
    /// <summary>Why it was not taken; null when it was.</summary>
    public string? Refusal => Faults.Count == 0 ? null : string.Join(" ", Faults.Select(fault => fault.Reason));

    public override string ToString() => Refusal is null
        ? $"line {Line}: case {Number}{(Known ? ", there already" : "")}"
        : $"line {Line}: not taken: {Refusal}";
}

/// <summary>
/// Opens a case for each line, as <c>POST /api/cases</c> would: now, with clocks that run from <c>complainedAt</c>, and the
/// customer told. Good lines are taken whatever the bad ones say; the same line, or the same key, again is the same case.
/// </summary>
internal sealed class CaseImport(IGrains grains, ICaseNumbers numbers, ICustomerDirectory directory, TimeProvider time)
{
    private const string Source = "cases";

    /// <summary>One answer for each line, in the order of the file; up to <paramref name="inFlight"/> lines on their way at once.</summary>
    public async IAsyncEnumerable<LineAnswer> RunAsync(
        IAsyncEnumerable<CaseLine> lines, string salt, int inFlight, ImportTally tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answers = Channels.Channel.CreateBounded<Task<LineAnswer>>(inFlight);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = StartAsync(lines, salt, tally, answers.Writer, stopping.Token);
        try
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(cancellationToken))
            {
                yield return await answer;
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await reading;
        }
    }

    private async Task StartAsync(
        IAsyncEnumerable<CaseLine> lines, string salt, ImportTally tally, Channels.ChannelWriter<Task<LineAnswer>> answers, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                await answers.WriteAsync(TakeAsync(line, salt, tally, cancellationToken), cancellationToken);
            }
        }
        // Whatever ended the reading ends the answers, for those who wait for them.
        catch (Exception e)
        {
            failure = e;
        }

        answers.Complete(failure);
    }

    private async Task<LineAnswer> TakeAsync(CaseLine line, string salt, ImportTally tally, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImportFault> faults = line.Case is { } fields ? [.. line.Faults, .. CaseChecks.FaultsOf(fields)] : line.Faults;
        if (faults.Count > 0)
        {
            tally.RefuseQuietly();
            return new LineAnswer(line.Line, null, null, Known: false, faults);
        }

        var answer = await OpenAsync(line.Line, line.Case!, line.Case!.Key ?? line.Identity, salt, cancellationToken);
        if (answer.Refusal is not null)
        {
            tally.RefuseQuietly();
            return answer;
        }

        tally.CaseDone();
        tally.RowDone(answer.Known ? 0 : 1);
        return answer;
    }

    private async Task<LineAnswer> OpenAsync(int line, CaseFields fields, string key, string salt, CancellationToken cancellationToken)
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
        var customer = fields.Customer.Id ?? await CustomerOfAsync(contact, salt, key, cancellationToken);
        var open = new CaseCommand.OpenCase(
            await Patience.AskAsync(token => numbers.NextAsync(token).AsTask(), time, cancellationToken),
            customer, contact, fields.Type!, fields.Summary!, fields.Channel ?? Channel.Import, fields.Heat ?? Heat.Calm,
            fields.Claim, fields.Product, fields.Site, fields.ComplainedAt);
        var command = new Envelope<CaseCommand>(DeterministicId.Of(Source, salt, "open", key), IncidentImport.By, open);
        if (await Patience.AskAsync(token => grain.Tell(command, token), time, cancellationToken) is Answer.No no)
        {
            return new LineAnswer(line, null, null, Known: false, [new ImportFault(no.Refusal.Field ?? "", no.Refusal.Detail)]);
        }

        await AddToCustomerAsync(customer, contact, id, open.Type, fields.ComplainedAt, salt, key, cancellationToken);
        return new LineAnswer(line, id, open.Number, Known: false, []);
    }

    private Task<Answer> AddToCustomerAsync(
        Guid customer, CustomerContact contact, Guid id, string type, DateTimeOffset? complainedAt, string salt, string key, CancellationToken cancellationToken)
    {
        var adding = new Envelope<CustomerCommand>(
            DeterministicId.Of(Source, salt, "customer", key), IncidentImport.By, new CustomerCommand.AddCase(contact, id, type, complainedAt, IsOwed: true));
        return Patience.AskAsync(token => grains.Customer(customer).Tell(adding, token), time, cancellationToken);
    }

    /// <summary>Someone who can be reached is known by how; someone who cannot is new with each case.</summary>
    private async Task<Guid> CustomerOfAsync(CustomerContact contact, string salt, string key, CancellationToken cancellationToken)
    {
        var points = new List<string>();
        if (contact.Email is { } email)
        {
            points.Add($"mailto:{email.ToLowerInvariant()}");
        }

        if (contact.Phone is { } phone)
        {
            points.Add($"tel:{string.Concat(phone.Where(sign => char.IsAsciiDigit(sign) || sign == '+'))}");
        }

        var candidate = DeterministicId.Of(Source, salt, "customer of", key);
        return points.Count == 0
            ? candidate
            : await Patience.AskAsync(token => directory.FindOrClaimAsync(points, candidate, token).AsTask(), time, cancellationToken);
    }

    private static CustomerContact ContactOf(CustomerFields customer) => new(
        customer.Name!.Trim(), customer.Email?.Trim(), customer.Phone?.Trim(), customer.Language ?? "en", customer.TimeZone ?? "UTC");
}
