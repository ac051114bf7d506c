using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using static Escalation.Grains.Customers.CustomerCommand;

namespace Escalation.Grains.Customers;

/// <summary>
/// CUS-1: carries a merge of two customers to its end. Whoever asked for it runs it, and the deadline clock after a crash; each step
/// changes nothing where it was done.
/// </summary>
public sealed class CustomerMerging(IGrains grains, ICustomerDirectory directory)
{
    /// <summary>Runs what the customer waits for, if anything; the customer after that.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away; nothing is lost, and the same again does the rest.</exception>
    public async Task<Customer> RunAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var grain = grains.Customer(id);
        while (true)
        {
            var (state, version) = await grain.Get(cancellationToken);
            switch (state.Merge)
            {
                case { State: CustomerMergeState.Begun } merge:
                    var refusal = await HandOverAsync(state, version, merge, cancellationToken);

                    // What came to be known meanwhile is handed over, too.
                    await grain.Tell(
                        Of<CustomerCommand>(state, "settle", version, new SettleCustomerMerge(merge.Attempt, refusal)) with { ExpectedVersion = version },
                        cancellationToken);
                    break;
                case { State: CustomerMergeState.Done } merge:
                    await CarryAsync(state, merge, cancellationToken);
                    await grain.Tell(Of<CustomerCommand>(state, "carried", merge.Attempt, new CarryCustomerMerge(merge.Attempt)), cancellationToken);
                    return (await grain.Get(cancellationToken)).State;
                default:
                    return state;
            }
        }
    }

    /// <summary>Null when the other has everything, and so has whoever the other was merged into since.</summary>
    private async Task<Refused?> HandOverAsync(Customer state, int version, CustomerMerge merge, CancellationToken cancellationToken)
    {
        if (state.Erasures > 0)
        {
            return new Refused("customer.erased", $"Customer {state.Id} was erased meanwhile.");
        }

        var command = new TakeOverCustomer(JoinedCustomer.Of(state, version), JoinedWords.Of(state));
        for (var to = merge.Into; ;)
        {
            var answer = await grains.Customer(to).Tell(Of<CustomerCommand>(state, $"take over {to:N}", version, command), cancellationToken);
            if (answer is Answer.No no && to == merge.Into)
            {
                return no.Refusal;
            }

            if ((await grains.Customer(to).Get(cancellationToken)).State.MergedInto is not { } next)
            {
                return null;
            }

            to = next;
        }
    }

    private async Task CarryAsync(Customer state, CustomerMerge merge, CancellationToken cancellationToken)
    {
        var (into, _, _) = await grains.SurvivingCustomerAsync(merge.Into, cancellationToken);
        await directory.UniteAsync(state.Id, into, cancellationToken);
        foreach (var caseId in state.Cases.Union(state.CaseLevels.Keys).Union(state.Experiences.Keys))
        {
            await grains.Case(caseId).Tell(
                Of<CaseCommand>(state, $"case {caseId:N} {into:N}", merge.Attempt, new CaseCommand.ChangeCustomer(into)), cancellationToken);
        }
    }

    private static Envelope<TCommand> Of<TCommand>(Customer state, string step, int number, TCommand command) => new(
        ErrandId.Of("customer merge", state.Id.ToString("N"), step, number.ToString(CultureInfo.InvariantCulture)), Actor.Errands, command);
}
