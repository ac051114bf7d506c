using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Policies;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>authority.yaml</c>: limits, people, substitutes, the clocks of approvals and apologies, remedies. See <c>docs/CLAIMS.md</c>.</summary>
internal sealed class AuthorityYaml(IReadOnlySet<string> calendars)
{
    private static readonly (string Word, Level Level)[] Levels =
        [("agent", Level.Buffer), ("specialist", Level.Specialist), ("head", Level.Head), ("management", Level.Management)];

    public (AuthorityBook Authority, RemedyBook Remedies) Read(YamlPart file)
    {
        var rules = (file.Get("limits")?.Items() ?? []).Select(ReadRule).ToImmutableArray();
        var people = ReadPeople(file.Find("people"));
        var authority = new AuthorityBook
        {
            Rules = rules,
            People = people,
            Substitutes = [.. (file.Find("substitutes")?.Items() ?? []).Select(item => ReadSubstitute(item, people))],
        };
        if (file.Get("approvals") is { } approvals)
        {
            authority = authority with
            {
                ApprovalCalendar = Calendar(approvals),
                DecideWithin = Levels[1..].Where(level => approvals.Find(level.Word) is not null || level.Level != Level.Specialist)
                    .ToDictionary(level => level.Level, level => approvals.Duration(level.Word)),
            };
            approvals.Close();
        }

        if (file.Get("apology") is { } apology)
        {
            authority = authority with { ApologyCalendar = Calendar(apology), ApologizeWithin = apology.Duration("within") };
            apology.Close();
        }

        if (file.Find("abuse") is { } abuse)
        {
            authority = authority with { Abuse = new AbusePolicy { Within = abuse.Duration("within"), Claims = abuse.Number("claims") } };
            abuse.Close();
        }

        var remedies = file.Find("remedies") is { } part ? ReadRemedies(part) : new RemedyBook();
        file.Close();
        return (authority, remedies);
    }

    private static AuthorityRule ReadRule(YamlPart part)
    {
        var currency = Currency(part, part.Text("currency"), "currency");
        var limits = ReadLimits(part);
        foreach (var (word, level) in Levels.Where(level => level.Level is Level.Buffer or Level.Head && !limits.ContainsKey(level.Level)))
        {
            part.Fault($"is missing: up to it the {word} decides alone; 0 lets them decide about nothing.", word);
        }

        var monthly = part.Find("perCustomerAndMonth");
        var rule = new AuthorityRule(currency, [.. part.Words("sites")], limits, monthly is null ? ImmutableDictionary<Level, decimal>.Empty : ReadLimits(monthly));
        monthly?.Close();
        part.Close();
        return rule;
    }

    /// <summary>Limits by level; a higher level never has a lower one.</summary>
    private static Dictionary<Level, decimal> ReadLimits(YamlPart part)
    {
        var limits = new Dictionary<Level, decimal>();
        foreach (var (word, level) in Levels.Where(level => part.Find(level.Word) is not null))
        {
            var limit = part.Amount(word);
            if (limits.Values.Any(lower => lower > limit))
            {
                part.Fault($"is {limit.ToString(CultureInfo.InvariantCulture)}, less than the limit of a lower level.", word);
            }

            limits[level] = limit;
        }

        return limits;
    }

    private static Dictionary<string, Level> ReadPeople(YamlPart? part)
    {
        var people = new Dictionary<string, Level>(StringComparer.Ordinal);
        if (part is null)
        {
            return people;
        }

        foreach (var (word, level) in Levels)
        {
            foreach (var person in part.Words(word))
            {
                if (!people.TryAdd(person, level))
                {
                    part.Fault($"names {person}, who is named for another level already.", word);
                }
            }
        }

        part.Close();
        return people;
    }

    private static Substitution ReadSubstitute(YamlPart part, Dictionary<string, Level> people)
    {
        var (person, by) = (part.Text("person"), part.Text("by"));
        if (person.Length > 0 && !people.ContainsKey(person))
        {
            part.Fault($"is {person}, who is not among people: name their level there, so that it can be taken over.", "person");
        }

        if (person == by && by.Length > 0)
        {
            part.Fault($"is {by}: nobody stands in for themselves.", "by");
        }

        var (from, until) = (Instant(part, "from"), Instant(part, "until"));
        if (from >= until)
        {
            part.Fault("is not after from.", "until");
        }

        part.Close();
        return new Substitution(person, by, from, until);
    }

    private static RemedyBook ReadRemedies(YamlPart part)
    {
        var inexpensive = new Dictionary<string, decimal>(StringComparer.Ordinal);
        if (part.Get("inexpensive") is { } prices)
        {
            foreach (var (currency, _) in prices.Entries())
            {
                inexpensive[Currency(prices, currency, currency)] = prices.Amount(currency);
            }
        }

        var (good, thin) = (part.Share("goodMargin"), part.Share("thinMargin"));
        if (thin >= good)
        {
            part.Fault("must be less than goodMargin.", "thinMargin");
        }

        var products = new Dictionary<string, ProductFacts>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, product) in part.Find("products")?.Entries() ?? [])
        {
            var complexity = product.Enums<Complexity>("complexity").ToList();
            if (complexity.Count != 1)
            {
                product.Fault("must be simple or complex.", "complexity");
            }

            var facts = new ProductFacts(
                id, new Money(product.Amount("price"), Currency(product, product.Text("currency"), "currency")), product.Share("margin"), complexity.FirstOrDefault());
            product.Close();
            if (!products.TryAdd(id, facts))
            {
                product.Fault("is there twice, in other letters.");
            }
        }

        part.Close();
        return new RemedyBook { Inexpensive = inexpensive, GoodMargin = good, ThinMargin = thin, Products = products };
    }

    /// <summary>A currency as it is written there; a fault when it is none.</summary>
    internal static string Currency(YamlPart part, string currency, string key)
    {
        if (currency.Length > 0 && !(currency.Length == 3 && currency.All(char.IsAsciiLetterUpper)))
        {
            part.Fault($"is '{currency}'; a currency of ISO 4217 such as EUR is expected.", key);
        }

        return currency;
    }

    private static DateTimeOffset? Instant(YamlPart part, string key)
    {
        var text = part.Find(key)?.Word();
        if (text is null)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) && text.Contains('T', StringComparison.Ordinal))
        {
            return instant.ToUniversalTime();
        }

        part.Fault($"is '{text}'; an instant such as 2026-12-21T00:00:00Z is expected.", key);
        return null;
    }

    private string Calendar(YamlPart part)
    {
        var id = part.Text("calendar");
        if (id.Length > 0 && !calendars.Contains(id))
        {
            part.Fault($"is '{id}'; known are {string.Join(", ", calendars.Order(StringComparer.Ordinal))}.", "calendar");
        }

        return id;
    }
}
