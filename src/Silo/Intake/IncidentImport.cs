using Escalation.Grains;
using Escalation.Grains.Hosting;

namespace Escalation.Silo.Intake;

/// <summary>
/// Brings an incident log in as history: every row at its own instant, many cases at once so that group commit fills its
/// batches, the rows of one case in order. Interrupted, it goes on where it stopped when it is run again.
/// </summary>
internal sealed class IncidentImport(IGrains grains, ICaseNumbers numbers, TimeProvider time)
{
    /// <summary>In whose name imported commands are sent.</summary>
    public static Actor By { get; } = new("import", Roles.System);

    /// <param name="log">What to bring in.</param>
    /// <param name="salt">Another salt makes other cases of the same rows.</param>
    /// <param name="inFlight">How many cases at once.</param>
    /// <param name="tally">Counts and reports.</param>
    public Task RunAsync(IncidentLog log, string salt, int inFlight, ImportTally tally, CancellationToken cancellationToken)
    {
        var feed = new IncidentFeed(grains, numbers, time, By, asHistory: true, tally);
        return Parallel.ForEachAsync(
            log.ReadAsync(tally.Fault, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellationToken },
            async (incident, token) =>
            {
                var ids = new IncidentIds(incident.Rows[0], salt);
                IncidentPosition? position = null;
                foreach (var row in incident.Rows)
                {
                    position = await feed.SendAsync(position, row, ids, token);
                    if (position is null)
                    {
                        return;
                    }
                }

                tally.CaseDone();
            });
    }
}
