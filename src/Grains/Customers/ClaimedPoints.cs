using Escalation.Grains.Hosting;

namespace Escalation.Grains.Customers;

/// <summary>CUS-1: whose the contact points are after claims that came one after the other.</summary>
/// <param name="Customers">Who each claim is for, in the order of the claims.</param>
/// <param name="Points">Whose every point is, those that nobody claimed included.</param>
/// <param name="Touched">The points of claims that had anything to change.</param>
public sealed record ClaimedPoints(IReadOnlyList<Guid> Customers, IReadOnlyDictionary<string, Guid> Points, IReadOnlySet<string> Touched)
{
    /// <summary>
    /// Each claim is for the customer known by the first of its points that anybody else is known by, and from then on all its points are
    /// theirs; where nobody is known, for its candidate.
    /// </summary>
    /// <param name="known">Whose points are now.</param>
    /// <param name="claims">In their order; each finds what those before it have changed.</param>
    public static ClaimedPoints Of(IReadOnlyDictionary<string, Guid> known, IReadOnlyList<CustomerClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var points = new Dictionary<string, Guid>(known, StringComparer.Ordinal);
        var touched = new HashSet<string>(StringComparer.Ordinal);
        var customers = new List<Guid>(claims.Count);
        foreach (var (asked, candidate) in claims)
        {
            var theirs = asked.Where(points.ContainsKey).Select(point => points[point]).Where(customer => customer != candidate).Append(candidate).First();
            customers.Add(theirs);
            if (!asked.All(point => points.TryGetValue(point, out var customer) && customer == theirs))
            {
                touched.UnionWith(asked);
                foreach (var point in asked)
                {
                    points[point] = theirs;
                }
            }
        }

        return new ClaimedPoints(customers, points, touched);
    }
}
