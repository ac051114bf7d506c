using System.Threading.Channels;
using Escalation.Grains;
using Escalation.Grains.Hosting;

namespace Escalation.Silo.Intake;

/// <summary>
/// Plays an incident log as live traffic: rows of all cases in order of their instants, mapped onto the clock and sped up,
/// as commands that happen now. A case's rows stay in order, for each case has its lane; lanes are short, so that a
/// database that cannot keep up slows the replay down instead of filling memory.
/// </summary>
internal sealed class IncidentReplay(IGrains grains, ICaseNumbers numbers, TimeProvider time)
{
    private const int LaneLength = 8;

    /// <summary>In whose name replayed commands are sent.</summary>
    public static Actor By { get; } = new("replay", Roles.System);

    /// <summary>Sends everything and answers how far behind its time the latest row was.</summary>
    /// <param name="log">What to play. All of it is held in memory, to be sorted by time.</param>
    /// <param name="salt">Another salt makes other cases of the same rows.</param>
    /// <param name="speed">How many times faster than it happened; null for as fast as possible.</param>
    /// <param name="lanes">How many commands at once.</param>
    /// <param name="tally">Counts and reports.</param>
    public async Task<TimeSpan> RunAsync(
        IncidentLog log, string salt, double? speed, int lanes, ImportTally tally, CancellationToken cancellationToken)
    {
        var timeline = await SortAsync(log, tally, cancellationToken);
        if (timeline.Count == 0)
        {
            return TimeSpan.Zero;
        }

        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feed = new IncidentFeed(grains, numbers, time, By, asHistory: false, tally);
        var open = Enumerable.Range(0, lanes).Select(_ => new Lane(feed, time, tally, salt, failure)).ToArray();
        var startedAt = time.GetUtcNow();
        try
        {
            foreach (var moment in timeline)
            {
                var dueAt = speed is { } times ? startedAt + ((moment.At - timeline[0].At) / times) : (DateTimeOffset?)null;
                if (dueAt - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, time, failure.Token);
                }

                await open[moment.Script.Place % lanes].Writer.WriteAsync(new Turn(moment, dueAt), failure.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A lane has failed; its exception is the one to tell, below.
        }
        finally
        {
            foreach (var lane in open)
            {
                lane.Writer.Complete();
            }

            await Task.WhenAll(open.Select(lane => lane.Done));
        }

        return open.Max(lane => lane.Latest);
    }

    private static async Task<List<Moment>> SortAsync(IncidentLog log, ImportTally tally, CancellationToken cancellationToken)
    {
        var timeline = new List<Moment>();
        var place = 0;
        await foreach (var incident in log.ReadAsync(tally.Fault, cancellationToken))
        {
            var script = new Script(place++, incident.Rows);
            var at = DateTimeOffset.MinValue;
            foreach (var row in incident.Rows)
            {
                at = row.At > at ? row.At : at;
                timeline.Add(new Moment(at, row, script));
            }
        }

        timeline.Sort(static (one, other) => one.At != other.At ? one.At.CompareTo(other.At) : one.Row.Line.CompareTo(other.Row.Line));
        return timeline;
    }

    /// <summary>One incident on its way.</summary>
    private sealed class Script(int place, IReadOnlyList<IncidentRow> rows)
    {
        public int Place { get; } = place;

        public IncidentRow First => rows[0];

        public bool Ends(IncidentRow row) => ReferenceEquals(row, rows[^1]);

        public IncidentPosition? Position { get; set; }
    }

    private sealed record Moment(DateTimeOffset At, IncidentRow Row, Script Script);

    private readonly record struct Turn(Moment Moment, DateTimeOffset? DueAt);

    /// <summary>Sends the rows of its cases one after another.</summary>
    private sealed class Lane
    {
        private readonly Channel<Turn> _turns = Channel.CreateBounded<Turn>(LaneLength);

        public Lane(IncidentFeed feed, TimeProvider time, ImportTally tally, string salt, CancellationTokenSource failure) =>
            Done = RunAsync(feed, time, tally, salt, failure);

        public ChannelWriter<Turn> Writer => _turns.Writer;

        public Task Done { get; }

        /// <summary>How late the latest row was.</summary>
        public TimeSpan Latest { get; private set; }

        private async Task RunAsync(IncidentFeed feed, TimeProvider time, ImportTally tally, string salt, CancellationTokenSource failure)
        {
            try
            {
                await foreach (var (moment, dueAt) in _turns.Reader.ReadAllAsync(failure.Token))
                {
                    await SendAsync(feed, moment, tally, salt, failure.Token);
                    if (time.GetUtcNow() - dueAt is { } late && late > Latest)
                    {
                        Latest = late;
                    }
                }
            }
            catch
            {
                // The other lanes and the clock must not wait for one that has stopped.
                await failure.CancelAsync();
                throw;
            }
        }

        private static async Task SendAsync(
            IncidentFeed feed, Moment moment, ImportTally tally, string salt, CancellationToken cancellationToken)
        {
            var (script, row) = (moment.Script, moment.Row);
            if (script.Position is null && !ReferenceEquals(row, script.First))
            {
                // It could not be opened, which was said.
                return;
            }

            script.Position = await feed.SendAsync(script.Position, row, new IncidentIds(script.First, salt), cancellationToken);
            if (script.Position is not null && script.Ends(row))
            {
                tally.CaseDone();
            }
        }
    }
}
