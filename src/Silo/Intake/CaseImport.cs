using System.Runtime.CompilerServices;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using NodaTime;
using Channels = System.Threading.Channels;

namespace Escalation.Silo.Intake;

/// <summary>What became of one line: a case, or why not.</summary>
internal sealed record LineAnswer(int Line, Guid? CaseId, long? Number, bool Known, string? Refusal)
{
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
        CaseFile file, string salt, int inFlight, ImportTally tally, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answers = Channels.Channel.CreateBounded<Task<LineAnswer>>(inFlight);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = StartAsync(file, salt, tally, answers.Writer, stopping.Token);
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
        CaseFile file, string salt, ImportTally tally, Channels.ChannelWriter<Task<LineAnswer>> answers, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (var line in file.ReadAsync(cancellationToken))
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
        var refusals = line.Case is { } fields ? Faults(fields) : [line.Fault!];
        if (refusals.Count > 0)
        {
            tally.RefuseQuietly();
            return new LineAnswer(line.Line, null, null, Known: false, string.Join(" ", refusals));
        }

        var answer = await OpenAsync(line.Line, line.Case!, salt, cancellationToken);
        if (answer.Refusal is not null)
        {
            tally.RefuseQuietly();
            return answer;
        }

        tally.CaseDone();
        tally.RowDone(answer.Known ? 0 : 1);
        return answer;
    }

    private async Task<LineAnswer> OpenAsync(int line, CaseFields fields, string salt, CancellationToken cancellationToken)
    {
        var key = fields.Key ?? JsonSerializer.Serialize(fields, Wire.Json);
        var id = DeterministicId.Of(Source, salt, "case", key);
        var grain = grains.Case(id);
        var (state, version) = await Patience.AskAsync(token => grain.Get(token), time, cancellationToken);
        if (version > 0)
        {
            // An earlier run may have stopped between the case and its customer.
            await AddToCustomerAsync(state.Opening!.CustomerId, ContactOf(fields.Customer!), id, fields.Type!, fields.ComplainedAt, salt, key, cancellationToken);
            return new LineAnswer(line, id, state.Opening.Number, Known: true, null);
        }

        var contact = ContactOf(fields.Customer!);
        var customer = fields.Customer!.Id ?? await CustomerOfAsync(contact, salt, key, cancellationToken);
        var open = new CaseCommand.OpenCase(
            await Patience.AskAsync(token => numbers.NextAsync(token).AsTask(), time, cancellationToken),
            customer, contact, fields.Type!, fields.Summary!, fields.Channel ?? Channel.Import, fields.Heat ?? Heat.Calm,
            fields.Claim, fields.Product, fields.Site, fields.ComplainedAt);
        var command = new Envelope<CaseCommand>(DeterministicId.Of(Source, salt, "open", key), IncidentImport.By, open);
        if (await Patience.AskAsync(token => grain.Tell(command, token), time, cancellationToken) is Answer.No no)
        {
            return new LineAnswer(line, null, null, Known: false, no.Refusal.Detail);
        }

        await AddToCustomerAsync(customer, contact, id, open.Type, fields.ComplainedAt, salt, key, cancellationToken);
        return new LineAnswer(line, id, open.Number, Known: false, null);
    }

    private Task<Answer> AddToCustomerAsync(
        Guid customer, CustomerContact contact, Guid id, string type, DateTimeOffset? complainedAt, string salt, string key, CancellationToken cancellationToken)
    {
        var adding = new Envelope<CustomerCommand>(
            DeterministicId.Of(Source, salt, "customer", key), IncidentImport.By, new CustomerCommand.AddCase(contact, id, type, complainedAt));
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

    private static List<string> Faults(CaseFields fields)
    {
        var faults = new List<string>();
        Require(fields.Customer?.Name, "customer.name");
        Require(fields.Type, "type");
        Require(fields.Summary, "summary");
        if (fields.Customer?.TimeZone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
        {
            faults.Add($"customer.timeZone '{zone}' is no IANA zone.");
        }

        if (fields.Customer?.Email is { } email && (email.Length > 254 || email.IndexOf('@') is var at && (at < 1 || at == email.Length - 1)))
        {
            faults.Add($"customer.email '{email}' is no mail address.");
        }

        if (fields.Claim is { } claim && (claim.Amount < 0 || decimal.Round(claim.Amount, 4) != claim.Amount ||
            claim.Currency is not { Length: 3 } currency || !currency.All(char.IsAsciiLetterUpper)))
        {
            faults.Add("claim needs an amount from 0, with at most four decimals, and a currency like EUR.");
        }

        return faults;

        void Require(string? value, string name)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                faults.Add($"{name} is missing.");
            }
        }
    }
}
