using Escalation.Grains.Cases;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Clocks;

/// <summary>When a case's clocks start, speak and stop (CLK-1, CLK-4, CLK-8).</summary>
internal static class ClockRules
{
    /// <summary>CASE-1: the three internal clocks run from the moment the customer complained.</summary>
    public static void StartAll(CaseTurn turn, DateTimeOffset from)
    {
        var targets = turn.Context.Policy.Targets;
        Start(turn, Clock.Acknowledge, from, targets.Acknowledge);
        Start(turn, Clock.Silence, from, targets.Silence);
        Start(turn, Clock.Resolution, from, targets.Resolution);
    }

    /// <summary>Contact with the customer meets the first-contact clock and starts the silence clock anew.</summary>
    public static void OnContact(CaseTurn turn)
    {
        Meet(turn, Clock.Acknowledge);
        Meet(turn, Clock.Silence);
        Start(turn, Clock.Silence, turn.Now, turn.Context.Policy.Targets.Silence);
    }

    /// <summary>CLK-8: nothing runs on in a closed case.</summary>
    public static void StopAll(CaseTurn turn)
    {
        Meet(turn, Clock.Resolution);
        foreach (var clock in turn.Case.Clocks.Where(clock => clock.IsRunning))
        {
            BreachIfDue(turn, clock);
            turn.Emit(new ClockStopped(clock.Name));
        }
    }

    /// <summary>Says what the clocks have to say by now, the most harmful kind first.</summary>
    public static void Fire(CaseTurn turn)
    {
        foreach (var clock in turn.Case.Clocks.OrderByDescending(clock => clock.Kind).ThenBy(clock => clock.DueAt))
        {
            if (clock.FireAt(turn.Now) is { } fired)
            {
                turn.Emit(fired);
            }
        }
    }

    private static void Start(CaseTurn turn, string name, DateTimeOffset from, TimeSpan target)
    {
        var warnAt = (from + (target * turn.Context.Policy.Targets.WarnShare)).ToMicroseconds();
        turn.Emit(new ClockStarted(name, ClockKind.Internal, from, warnAt, from + target));
    }

    private static void Meet(CaseTurn turn, string name)
    {
        if (turn.Case.Clocks.FirstOrDefault(clock => clock.Name == name) is { IsRunning: true } clock)
        {
            BreachIfDue(turn, clock);
            turn.Emit(new ClockMet(name));
        }
    }

    /// <summary>An aim met after due was breached first, however late the deadline clock is to say so.</summary>
    private static void BreachIfDue(CaseTurn turn, Clock clock)
    {
        if (turn.Now >= clock.DueAt && clock.FireAt(turn.Now) is { } breached)
        {
            turn.Emit(breached);
        }
    }
}
