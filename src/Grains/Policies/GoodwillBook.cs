using System.Collections.Immutable;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Policies;

/// <summary>CLM-4: what may be given for goodwill.</summary>
/// <param name="Items">In order: for a case, the first of an id whose sites fit.</param>
public sealed record GoodwillBook(ImmutableArray<CatalogueItem> Items)
{
    public static GoodwillBook Empty { get; } = new([]);

    /// <summary>What a case at <paramref name="site"/> may be given under that name; an item of the site goes before one of all sites.</summary>
    public CatalogueItem? Find(string id, string? site) => At(site).FirstOrDefault(item => item.Id == id);

    /// <summary>The catalogue of a site.</summary>
    public IEnumerable<CatalogueItem> At(string? site) => Items
        .Where(item => item.Site is null || item.Site.Equals(site, StringComparison.OrdinalIgnoreCase))
        .GroupBy(item => item.Id).Select(same => same.OrderBy(item => item.Site is null).First());
}

/// <summary>CLM-4: one kind of gift, kept in one stock.</summary>
/// <param name="Id">For instance <c>coffeeVoucher</c>.</param>
/// <param name="Site">Whose stock it is; null for one that all sites share.</param>
/// <param name="Name">For people.</param>
/// <param name="Value">What one is worth, if that is to be shown.</param>
/// <param name="Stock">How many there were in all, before what was added by hand.</param>
/// <param name="PerAgentAndMonth">How many one agent may give in a calendar month (UTC); null for any number.</param>
/// <param name="PerCustomerAndYear">How many one customer may be given within 365 days; null for any number.</param>
/// <param name="PerCase">How many may be given in one case.</param>
public sealed record CatalogueItem(
    string Id,
    string? Site,
    PolicyText Name,
    Money? Value,
    int Stock,
    int? PerAgentAndMonth,
    int? PerCustomerAndYear,
    int PerCase);
