using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;

namespace Escalation.Dashboard.Api;

/// <summary>CUS-5: a customer of whom somebody has to look whether we still have to decline.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="Name">Their name; absent once it was erased.</param>
/// <param name="Since">Since when we decline.</param>
/// <param name="Until">It ends by itself then.</param>
/// <param name="ReviewAt">By when somebody was to look.</param>
/// <param name="CaseId">Their latest case, beside which the customer is shown; absent without one.</param>
public sealed record RailDeclined(Guid Customer, string? Name, DateTimeOffset Since, DateTimeOffset Until, DateTimeOffset ReviewAt, Guid? CaseId);

/// <summary>CUS-5: reads whose declining waits to be looked at: until somebody serves them again or declines anew, or it ends.</summary>
internal sealed class DecliningReviews(IGrains grains, IDeclinedCustomers declined)
{
    /// <summary>The longest first.</summary>
    public async Task<IReadOnlyList<RailDeclined>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = new List<RailDeclined>();
        foreach (var id in await declined.ReviewDueAsync(now, cancellationToken))
        {
            var (customer, _) = await grains.Customer(id).Get(cancellationToken);
            if (customer.DeclinedAt(now) is { } word && word.ReviewAt <= now)
            {
                waiting.Add(new RailDeclined(id, customer.Contact?.Name, word.From, word.Until, word.ReviewAt, customer.Cases is [.., var latest] ? latest : null));
            }
        }

        return [.. waiting.OrderBy(one => one.ReviewAt)];
    }
}
