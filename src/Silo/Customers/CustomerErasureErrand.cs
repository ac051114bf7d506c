using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Reviews;
using Escalation.Silo.Intake;
using Escalation.Silo.Log;
using Npgsql;

namespace Escalation.Silo.Customers;

/// <summary>
/// CUS-7: carries an erasure from the customer to all that names them. Each case forgets with an append of its own; the id of
/// that follows from the erasure, so that it happens once.
/// </summary>
internal sealed class CustomerErasureErrand(IGrains grains, NpgsqlDataSource dataSource, PostgresCustomerDirectory directory) : ICustomerErasure
{
    private const string WithTheCustomer = "customer.erased";

    private static readonly Actor By = new("erasure", Roles.System);

    public async Task<int> CarryOutAsync(Guid customer, CancellationToken cancellationToken)
    {
        var (state, _) = await grains.Customer(customer).Get(cancellationToken);
        if (state.Erasures == 0)
        {
            return 0;
        }

        await directory.ForgetAsync(customer, cancellationToken);
        foreach (var joined in state.Joined.Keys)
        {
            await grains.Customer(joined).Tell(
                new Envelope<CustomerCommand>(
                    DeterministicId.Of("customer", "erase joined", $"{customer:N}", $"{state.Erasures}", $"{joined:N}"), By,
                    new CustomerCommand.EraseCustomer(WithTheCustomer)),
                cancellationToken);
        }

        // The cases of one who was merged are the other's.
        var cases = state.MergedInto is not null ? [] : state.Cases.Union(state.CaseLevels.Keys).Union(state.Experiences.Keys).ToArray();
        var erased = 0;
        foreach (var id in cases)
        {
            var command = new Envelope<CaseCommand>(
                DeterministicId.Of("customer", "erase", $"{customer:N}", $"{state.Erasures}", $"{id:N}"), By, new CaseCommand.EraseCase());
            if ((await grains.Case(id).Get(cancellationToken)).State.Opening?.Review is { } review)
            {
                await grains.Review(review).Tell(
                    new Envelope<ReviewCommand>(
                        DeterministicId.Of("review", "erase", $"{customer:N}", $"{state.Erasures}", $"{review:N}"), By,
                        new ReviewCommand.EraseReview(WithTheCustomer)),
                    cancellationToken);
            }

            erased += await grains.Case(id).Tell(command, cancellationToken) is Answer.Done ? 1 : 0;
        }

        // After the cases: nothing is sent for them any more.
        await dataSource.ReadAsync(
            async (connection, token) =>
            {
                await using var command = new NpgsqlCommand("delete from outbox where case_id = any($1)", connection)
                {
                    Parameters = { new() { Value = cases.Append(customer).ToArray() } },
                };
                return await command.ExecuteNonQueryAsync(token);
            },
            cancellationToken);
        return erased;
    }
}
