using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Silo.Intake.Demo;

/// <summary>
/// A day at "Lumina Home", a home-goods shop in Chișinău that does not exist: some forty cases with a past, then live
/// traffic for as long as the host runs. For an empty database. The same seed gives the same day.
/// </summary>
internal sealed partial class DemoDay(IGrains grains, ICaseNumbers numbers, TimeProvider time, ILogger<DemoDay> logger, int seed = 2026)
{
    private static readonly TimeSpan ServerTakes = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MostLate = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(5);

    private DemoScript? _script;

    /// <summary>Told of every answer; for tests.</summary>
    internal Action<DemoStep, Answer>? OnAnswer { get; init; }

    /// <summary>The past, then the day. Runs until cancelled.</summary>
    /// <seealso cref="SeedAsync"/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SeedAsync(cancellationToken);
        await LiveAsync(cancellationToken);
    }

    /// <summary>
    /// Writes the past of the cases, with what the deadline clock and the mail server would have done at the time. Best
    /// before the host's own deadline clock starts: it would see due instants of an hour ago between two steps.
    /// </summary>
    public async Task SeedAsync(CancellationToken cancellationToken)
    {
        _script = new DemoScript(seed, Second(time.GetUtcNow()));
        var cases = new List<(IReadOnlyList<DemoStep> Steps, long Number)>();
        foreach (var steps in _script.History)
        {
            cases.Add((steps, await numbers.NextAsync(cancellationToken)));
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(cases, options, async (one, token) =>
        {
            var past = new Past(grains.Case(one.Steps[0].Case));
            foreach (var step in one.Steps)
            {
                await past.SettleAsync(step.At, token);
                var answer = await TellAsync(step with { Command = Numbered(step.Command, one.Number) }, step.At, token);
                await past.TakeNoticesAsync(answer, step.At, _script.Start, token);
            }

            await past.SettleAsync(_script.Start, token);
        });
        foreach (var (steps, _) in cases)
        {
            // One after another, so that a customer of several cases meets them in the order of time.
            await AddToCustomerAsync(steps[0], steps[0].At, cancellationToken);
        }

        LogSeeded(logger, cases.Count);
    }

    /// <summary>The day itself, after its past. Runs until cancelled; waits while the database is away.</summary>
    public async Task LiveAsync(CancellationToken cancellationToken)
    {
        var script = _script ?? throw new InvalidOperationException("The demo day has no past yet: seed it first.");

        // A machine that slept wakes to the day where it left it, not to an hour of it at once.
        var shift = TimeSpan.Zero;
        foreach (var step in script.Live())
        {
            var wait = step.At + shift - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
            else if (-wait > MostLate)
            {
                shift -= wait;
            }

            await PlayAsync(step with { Command = Shifted(step.Command, shift) }, cancellationToken);
        }
    }

    /// <summary>Does one step, now.</summary>
    internal async Task PlayAsync(DemoStep step, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var command = step.Command is OpenCase
                    ? Numbered(step.Command, await numbers.NextAsync(cancellationToken))
                    : step.Command;
                if (await TellAsync(step with { Command = command }, null, cancellationToken) is Answer.No no)
                {
                    // Visitors may work on the demo's cases too; the day goes on without the step.
                    LogRefused(logger, step.Case, step.Command.GetType().Name, no.Refusal.Code);
                    return;
                }

                await AddToCustomerAsync(step, null, cancellationToken);
                return;
            }
            catch (LogUnavailableException)
            {
                await Task.Delay(WhileAway, time, cancellationToken);
            }
        }
    }

    /// <summary>Null when there was nothing to acknowledge.</summary>
    private async Task<Answer?> TellAsync(DemoStep step, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var grain = grains.Case(step.Case);
        var command = step.Command;
        if (command is AcknowledgeEscalation)
        {
            var (state, _) = await grain.Get(cancellationToken);
            if (state.Escalations.FirstOrDefault(escalation => escalation is { IsOpen: true, AcknowledgedBy: null }) is not { } open)
            {
                return null;
            }

            command = new AcknowledgeEscalation(open.Number);
        }

        var answer = await grain.Tell(new Envelope<CaseCommand>(step.CommandId, step.By, command, At: at), cancellationToken);
        OnAnswer?.Invoke(step, answer);
        return answer;
    }

    private async Task AddToCustomerAsync(DemoStep step, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (step.Command is OpenCase opened)
        {
            await grains.Customer(opened.CustomerId).Tell(
                new Envelope<CustomerCommand>(
                    DeterministicId.Of("demo", "customer", step.CommandId.ToString("N")), step.By,
                    new CustomerCommand.AddCase(opened.Customer, step.Case, opened.Type), At: at),
                cancellationToken);
        }
    }

    private static CaseCommand Numbered(CaseCommand command, long number) =>
        command is OpenCase open ? open with { Number = number } : command;

    private static CaseCommand Shifted(CaseCommand command, TimeSpan by) => command switch
    {
        MakePromise promise => promise with { DueAt = promise.DueAt + by },
        ExplainDelay delay => delay with { NewDueAt = delay.NewDueAt + by },
        _ => command,
    };

    private static DateTimeOffset Second(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    /// <summary>What the platform itself would have done in a case's past.</summary>
    private sealed class Past(ICaseGrain grain)
    {
        private int _told;

        /// <summary>CLK-7: what fell due until <paramref name="until"/> took effect at its own instant.</summary>
        public async Task SettleAsync(DateTimeOffset until, CancellationToken cancellationToken)
        {
            while (true)
            {
                var (state, version) = await grain.Get(cancellationToken);
                if (version == 0 || state.NextDue() is not { } due || due.At > until)
                {
                    return;
                }

                var answer = await TellAsync(Actor.Clock, new Tick(), due.At, cancellationToken);
                if (answer is not Answer.Done { Events.Count: > 0 })
                {
                    return;
                }

                await TakeNoticesAsync(answer, due.At, until, cancellationToken);
            }
        }

        /// <summary>PRM-5: the customer's mail server took what was sent.</summary>
        public async Task TakeNoticesAsync(Answer? answer, DateTimeOffset at, DateTimeOffset until, CancellationToken cancellationToken)
        {
            if (answer is not Answer.Done done || at + ServerTakes > until)
            {
                return;
            }

            foreach (var notice in done.Events.OfType<CaseEvent.NoticeDecided>())
            {
                var accepted = new RecordNoticeAccepted(notice.Notice, at + (ServerTakes / 2), Attempts: 1);
                await TellAsync(Actor.Notifier, accepted, at + ServerTakes, cancellationToken);
            }
        }

        private async Task<Answer> TellAsync(Actor by, CaseCommand command, DateTimeOffset at, CancellationToken cancellationToken)
        {
            var (state, _) = await grain.Get(cancellationToken);
            var id = DeterministicId.Of("demo", "platform", state.Id.ToString("N"), (_told++).ToString(System.Globalization.CultureInfo.InvariantCulture));
            return await grain.Tell(new Envelope<CaseCommand>(id, by, command, At: at), cancellationToken);
        }
    }
}
