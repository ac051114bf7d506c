namespace Escalation.Grains.Customers;

/// <summary>CUS-5: customers whom we may be declining to serve, and whose review is due.</summary>
public interface IDeclinedCustomers
{
    /// <summary>
    /// Every customer of whom it was ever said that declining ends after <paramref name="now"/> and is reviewed by then; their grains know
    /// what holds.
    /// </summary>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    Task<IReadOnlyList<Guid>> ReviewDueAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
