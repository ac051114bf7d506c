using Escalation.Grains.Cases;
using Escalation.Grains.Imports;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>The customer of a new case, as <c>POST /api/cases</c> has them.</summary>
internal sealed record CustomerFields(Guid? Id, string? Name, string? Email, string? Phone, string? Language, string? TimeZone);

/// <summary>A new case, as <c>POST /api/cases</c> has it, and <paramref name="Key"/>: the same key again is the same case.</summary>
internal sealed record CaseFields(
    CustomerFields Customer,
    string? Type,
    string? Summary,
    Channel? Channel,
    Heat? Heat,
    Money? Claim,
    string? Product,
    string? Site,
    DateTimeOffset? ComplainedAt,
    string? Key) : LineFields
{
    private const int LongText = 4000;

    public static CaseFields Of(MappedLine line) => new(
        new CustomerFields(
            line.Id("customer.id"), line.Text("customer.name"), line.Text("customer.email"), line.Text("customer.phone"),
            line.Text("customer.language"), line.Text("customer.timeZone")),
        line.Text("type"), line.Text("summary"), line.Word<Channel>("channel"), line.Word<Heat>("heat"),
        line.Claim("claim.amount", "claim.currency"), line.Text("product"), line.Text("site"), line.Instant("complainedAt"), line.Text("key"));

    public override List<ImportFault> Faults()
    {
        var faults = new List<ImportFault>();
        faults.Text(Customer.Name, "customer.name", FieldChecks.Line, required: true);
        faults.Text(Type, "type", 100, required: true);
        faults.Text(Summary, "summary", LongText, required: true, lines: true);
        faults.Text(Customer.Email, "customer.email", 254);
        faults.Text(Customer.Phone, "customer.phone", 40);
        faults.Text(Customer.Language, "customer.language", 35);
        faults.Text(Product, "product", FieldChecks.Line);
        faults.Text(Site, "site", FieldChecks.Line);
        if (Customer.TimeZone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
        {
            faults.Add(new ImportFault("customer.timeZone", $"customer.timeZone '{zone}' is no IANA zone."));
        }

        if (Customer.Email is { } email && email.IndexOf('@') is var at && (at < 1 || at == email.Length - 1))
        {
            faults.Add(new ImportFault("customer.email", "customer.email is no mail address."));
        }

        if (Claim is { } claim && (claim.Amount < 0 || decimal.Round(claim.Amount, 4) != claim.Amount ||
            claim.Currency is not { Length: 3 } currency || !currency.All(char.IsAsciiLetterUpper)))
        {
            faults.Add(new ImportFault("claim", "claim needs an amount from 0, with at most four decimals, and a currency like EUR."));
        }

        return faults;
    }
}
