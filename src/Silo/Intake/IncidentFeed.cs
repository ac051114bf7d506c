using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Silo.Intake;

/// <summary>Sends what incident rows mean to their cases, one row after another for each case.</summary>
/// <param name="grains">The cases.</param>
/// <param name="numbers">Numbers for new cases.</param>
/// <param name="time">For waiting while the database is away.</param>
/// <param name="by">In whose name.</param>
/// <param name="asHistory">True: each row happened at its own instant. False: it happens now.</param>
/// <param name="tally">Counts and reports.</param>
internal sealed class IncidentFeed(
    IGrains grains, ICaseNumbers numbers, TimeProvider time, Actor by, bool asHistory, ImportTally tally)
{
    /// <summary>Sends one row; answers where the case stands then, or null when the case could not be opened.</summary>
    public async Task<IncidentPosition?> SendAsync(
        IncidentPosition? before, IncidentRow row, IncidentIds ids, CancellationToken cancellationToken)
    {
        var (after, commands) = IncidentMapping.Map(before, row, ids);
        var at = asHistory ? after.At : (DateTimeOffset?)null;
        var events = 0;
        for (var place = 0; place < commands.Length; place++)
        {
            var command = commands[place] is OpenCase open
                ? open with { Number = await NumberAsync(ids.Case, cancellationToken) }
                : commands[place];
            var envelope = new Envelope<CaseCommand>(ids.Command(after.Index, place), by, command, At: at);
            switch (await Patience.AskAsync(token => grains.Case(ids.Case).Tell(envelope, token), time, cancellationToken))
            {
                case Answer.Done done:
                    events += done.Position > 0 ? done.Events.Count : 0;
                    break;
                case Answer.No no:
                    tally.Refuse(row.Line, no.Refusal.Detail);
                    if (command is OpenCase)
                    {
                        return null;
                    }

                    break;
            }

            if (command is OpenCase opened)
            {
                await AddToCustomerAsync(opened, ids, at, cancellationToken);
            }
        }

        tally.RowDone(events);
        return after;
    }

    /// <summary>A case that is there already keeps its number: an import that is repeated uses up none.</summary>
    private async Task<long> NumberAsync(Guid id, CancellationToken cancellationToken)
    {
        var (state, version) = await Patience.AskAsync(token => grains.Case(id).Get(token), time, cancellationToken);
        return version > 0
            ? state.Opening!.Number
            : await Patience.AskAsync(token => numbers.NextAsync(token).AsTask(), time, cancellationToken);
    }

    private Task<Answer> AddToCustomerAsync(OpenCase opened, IncidentIds ids, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var envelope = new Envelope<CustomerCommand>(
            ids.CustomerCommand, by, new CustomerCommand.AddCase(opened.Customer, ids.Case, opened.Type, IsOwed: true), At: at);
        return Patience.AskAsync(token => grains.Customer(ids.Customer).Tell(envelope, token), time, cancellationToken);
    }
}
