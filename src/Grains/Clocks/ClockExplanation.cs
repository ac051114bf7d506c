using Escalation.Grains.Calendars;
using Escalation.Grains.Escalations;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Clocks;

/// <summary>A stretch of time that counted towards a clock's target.</summary>
/// <param name="Interval">From, to, and how much of it counted.</param>
/// <param name="Plan">What the clock ran by.</param>
public readonly record struct ClockStretch(CountedInterval Interval, ClockPlan Plan);

/// <summary>CLK-3: a stretch of time in which a clock stood still.</summary>
/// <param name="From">Since when.</param>
/// <param name="To">Until when; null while it still does.</param>
/// <param name="Reason">Why, in the policy's word.</param>
public readonly record struct ClockPause(DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>
/// CLK-6: why a clock is due when it is due. What the stretches count sums exactly to the target, unless the target was
/// made shorter than what had been consumed.
/// </summary>
/// <param name="Clock">The clock, as the case has it.</param>
/// <param name="Stretches">What counted, in order; of a paused clock as if it had gone on.</param>
/// <param name="GivenBack">Of a target in days: the time by which pauses moved it on, which does not count towards it.</param>
/// <param name="Pauses">What did not count.</param>
public sealed record ClockExplanation(
    Clock Clock, IReadOnlyList<ClockStretch> Stretches, IReadOnlyList<ClockStretch> GivenBack, IReadOnlyList<ClockPause> Pauses)
{
    /// <summary>What the time of an escalation is called until someone has it, and from then on.</summary>
    public const string EscalationAcknowledge = "escalation.acknowledge";

    /// <inheritdoc cref="EscalationAcknowledge"/>
    public const string EscalationHold = "escalation.hold";

    /// <summary>At most so many stretches of one run are listed one by one; more are put together by months, then years.</summary>
    private const int Limit = 500;

    /// <summary>Explains <paramref name="clock"/> from the history of its case.</summary>
    /// <param name="history">Every event of the case, oldest first.</param>
    /// <param name="policyOf">The policy as it was in a version.</param>
    public static ClockExplanation Of(Clock clock, IEnumerable<Entry> history, Func<string, Policy> policyOf)
    {
        var runs = new List<(DateTimeOffset From, DateTimeOffset To, ClockPlan Plan)>();
        var pauses = new List<ClockPause>();
        var (since, plan) = (clock.StartedAt, clock.Plan);
        foreach (var entry in history)
        {
            switch (entry.Event)
            {
                case ClockStarted e when e.Clock == clock.Name:
                    runs.Clear();
                    pauses.Clear();
                    (since, plan) = (e.StartedAt, e.Plan ?? ClockPlan.Plain(e.DueAt - e.StartedAt));
                    break;
                case ClockPaused e when e.Clock == clock.Name:
                    runs.Add((since, entry.At, plan));
                    since = entry.At;
                    pauses.Add(new ClockPause(entry.At, null, e.Reason));
                    break;
                case ClockResumed e when e.Clock == clock.Name:
                    since = entry.At;
                    pauses[^1] = pauses[^1] with { To = entry.At };
                    break;
                case ClockReplanned e when e.Clock == clock.Name:
                    if (pauses is not [.., { To: null }])
                    {
                        runs.Add((since, entry.At, plan));
                    }

                    (since, plan) = (entry.At, e.Plan);
                    break;
            }
        }

        runs.Add((since, clock.DueAt, plan));
        return Of(clock, runs, pauses, policyOf);
    }

    /// <summary>Explains by when <paramref name="escalation"/> has to be acknowledged, or, once it is, its hold (ESC-3, ESC-4).</summary>
    /// <inheritdoc cref="Of(Clock, IEnumerable{Entry}, Func{string, Policy})"/>
    public static ClockExplanation Of(CaseEscalation escalation, IEnumerable<Entry> history, Func<string, Policy> policyOf)
    {
        var clock = new Clock(
            escalation.AcknowledgedBy is null ? EscalationAcknowledge : EscalationHold, ClockKind.Internal, escalation.Plan, escalation.Progress,
            escalation.Since, [], escalation.DueAt, escalation.NextAt is null ? ClockState.Met : ClockState.Running);
        var runs = new List<(DateTimeOffset From, DateTimeOffset To, ClockPlan Plan)>();
        var (since, plan) = (clock.StartedAt, clock.Plan);
        foreach (var entry in history)
        {
            switch (entry.Event)
            {
                case EscalationRaised e when e.Escalation == escalation.Number:
                    Begin(entry.At, e.Plan);
                    break;
                case EscalationRisen e when e.Escalation == escalation.Number:
                    Begin(entry.At, e.Plan);
                    break;
                case EscalationRepeated e when e.Escalation == escalation.Number:
                    Begin(entry.At, e.Plan);
                    break;
                case EscalationAcknowledged e when e.Escalation == escalation.Number:
                    Begin(entry.At, e.Plan);
                    break;
                case EscalationReplanned e when e.Escalation == escalation.Number:
                    runs.Add((since, entry.At, plan));
                    (since, plan) = (entry.At, e.Plan);
                    break;
            }
        }

        runs.Add((since, clock.DueAt, plan));
        return Of(clock, runs, [], policyOf);

        void Begin(DateTimeOffset at, ClockPlan? by)
        {
            runs.Clear();
            (since, plan) = (at, by ?? clock.Plan);
        }
    }

    private static ClockExplanation Of(
        Clock clock, List<(DateTimeOffset From, DateTimeOffset To, ClockPlan Plan)> runs, List<ClockPause> pauses, Func<string, Policy> policyOf)
    {
        return clock.Plan.Target is Target.WorkingTime
            ? new ClockExplanation(clock, [.. runs.SelectMany(run => Counted(run.From, run.To, run.Plan))], [], pauses)
            : OfDays();

        IEnumerable<ClockStretch> Counted(DateTimeOffset from, DateTimeOffset to, ClockPlan by) =>
            ClockRules.CalendarOf(policyOf(by.Version), by).Intervals(from, to, Limit).Select(interval => new ClockStretch(interval, by));

        ClockExplanation OfDays()
        {
            var calendar = ClockRules.CalendarOf(policyOf(clock.Plan.Version), clock.Plan);
            var whole = calendar.Explain(clock.StartedAt, clock.Plan.Target, Limit);
            var unmoved = whole.Due.IsRefused ? clock.DueAt : whole.Due.At;
            return new ClockExplanation(
                clock,
                [.. whole.Intervals.Select(interval => new ClockStretch(interval, clock.Plan))],
                clock.DueAt <= unmoved ? [] : clock.Plan.Target is Target.CalendarDayCount
                    ? [new ClockStretch(new CountedInterval(unmoved, clock.DueAt, clock.DueAt - unmoved), clock.Plan)]
                    : [.. Counted(unmoved, clock.DueAt, clock.Plan)],
                pauses);
        }
    }
}
