using Escalation.Grains.Imports;
using NodaTime;

namespace Escalation.Silo.Intake;

/// <summary>What <c>POST /api/cases</c> would say of a case's fields.</summary>
internal static class CaseChecks
{
    private const int LongText = 4000;
    private const int Line = 200;

    /// <summary>Everything that is wrong with it; the rules of opening may find more.</summary>
    public static List<ImportFault> FaultsOf(CaseFields fields)
    {
        var faults = new List<ImportFault>();
        var customer = fields.Customer;
        Text(customer.Name, "customer.name", Line, required: true);
        Text(fields.Type, "type", 100, required: true);
        Text(fields.Summary, "summary", LongText, required: true, lines: true);
        Text(customer.Email, "customer.email", 254);
        Text(customer.Phone, "customer.phone", 40);
        Text(customer.Language, "customer.language", 35);
        Text(fields.Product, "product", Line);
        Text(fields.Site, "site", Line);
        if (customer.TimeZone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null)
        {
            faults.Add(new ImportFault("customer.timeZone", $"customer.timeZone '{zone}' is no IANA zone."));
        }

        if (customer.Email is { } email && email.IndexOf('@') is var at && (at < 1 || at == email.Length - 1))
        {
            faults.Add(new ImportFault("customer.email", "customer.email is no mail address."));
        }

        if (fields.Claim is { } claim && (claim.Amount < 0 || decimal.Round(claim.Amount, 4) != claim.Amount ||
            claim.Currency is not { Length: 3 } currency || !currency.All(char.IsAsciiLetterUpper)))
        {
            faults.Add(new ImportFault("claim", "claim needs an amount from 0, with at most four decimals, and a currency like EUR."));
        }

        return faults;

        void Text(string? value, string name, int longest, bool required = false, bool lines = false)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                if (required)
                {
                    faults.Add(new ImportFault(name, $"{name} is missing."));
                }
            }
            else if (value.Length > longest)
            {
                faults.Add(new ImportFault(name, $"{name} has {value.Length} characters, at most {longest} are taken."));
            }
            else if (value.Any(letter => letter == '\0' || (!lines && char.IsControl(letter))))
            {
                faults.Add(new ImportFault(name, $"{name} holds a control character."));
            }
        }
    }
}
