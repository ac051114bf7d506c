using Escalation.Grains.Cases;
using Escalation.Grains.Policies;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>goodwill.yaml</c>: the catalogue of gifts. See <c>docs/CLAIMS.md</c>.</summary>
internal static class GoodwillYaml
{
    public static GoodwillBook Read(YamlPart file)
    {
        var items = new List<CatalogueItem>();
        foreach (var part in file.Get("gifts")?.Items() ?? [])
        {
            var item = ReadItem(part);
            if (items.Any(other => other.Id == item.Id && other.Site == item.Site))
            {
                part.Fault($"is {item.Id}, which is there already{(item.Site is null ? "" : $" for {item.Site}")}.", "id");
            }

            items.Add(item);
        }

        file.Close();
        return new GoodwillBook([.. items]);
    }

    private static CatalogueItem ReadItem(YamlPart part)
    {
        var limits = part.Find("limits");
        int? perAgent = limits?.Find("agentPerMonth") is null ? null : limits.Number("agentPerMonth");
        int? perCustomer = limits?.Find("customerPerYear") is null ? null : limits.Number("customerPerYear");
        var perCase = limits?.Find("case") is null ? 1 : limits.Number("case");
        limits?.Close();
        Money? value = null;
        if (part.Find("value") is { } money)
        {
            value = new Money(money.Amount("amount"), AuthorityYaml.Currency(money, money.Text("currency"), "currency"));
            money.Close();
        }

        var item = new CatalogueItem(
            part.Text("id"), part.Find("site")?.Word(), part.Localized("name"), value, part.Number("stock", 0), perAgent, perCustomer, perCase);
        part.Close();
        return item;
    }
}
