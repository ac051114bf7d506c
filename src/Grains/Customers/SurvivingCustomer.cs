using Escalation.Grains.Hosting;

namespace Escalation.Grains.Customers;

/// <summary>CUS-1: a customer who was merged answers as the one that they were merged into.</summary>
public static class SurvivingCustomer
{
    /// <summary>The customer who answers for <paramref name="id"/>.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    public static async Task<(Guid Id, Customer State, int Version)> SurvivingCustomerAsync(
        this IGrains grains, Guid id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        while (true)
        {
            var (state, version) = await grains.Customer(id).Get(cancellationToken);
            if (state.MergedInto is not { } into)
            {
                return (id, state, version);
            }

            id = into;
        }
    }

    /// <summary>Everybody who was merged into that customer, also by way of others.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    public static async Task<IReadOnlyList<Guid>> JoinedCustomersAsync(this IGrains grains, Guid id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        var (state, _) = await grains.Customer(id).Get(cancellationToken);
        var joined = new List<Guid>();
        var known = new Queue<(Guid Id, int Version)>(state.Joined.Select(one => (one.Key, one.Value)));
        while (known.TryDequeue(out var next))
        {
            joined.Add(next.Id);
            var (before, _) = await grains.Customer(next.Id).GetAtLeast(next.Version, cancellationToken);
            foreach (var (earlier, version) in before.Joined)
            {
                known.Enqueue((earlier, version));
            }
        }

        return joined;
    }

    /// <summary>Tells the customer who answers for <paramref name="id"/>, also when they are merged at the same moment; who that was, and the answer.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    public static async Task<(Guid Id, Answer Answer)> TellCustomerAsync(
        this IGrains grains, Guid id, Envelope<CustomerCommand> command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        while (true)
        {
            var answer = await grains.Customer(id).Tell(command, cancellationToken);
            if (answer is not Answer.No { Refusal.Code: CustomerMergeRules.Merged })
            {
                return (id, answer);
            }

            (id, _, _) = await grains.SurvivingCustomerAsync(id, cancellationToken);
        }
    }
}
