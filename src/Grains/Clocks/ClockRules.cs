using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Policies;
using Escalation.Grains.Statutory;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Clocks;

/// <summary>When a case's clocks start, stand still, are counted anew, speak and stop (CLK-1 to CLK-4, CLK-8).</summary>
internal static class ClockRules
{
    private static readonly string[] Internal = [Clock.Acknowledge, Clock.Silence, Clock.Resolution, Clock.Stage];

    /// <summary>CASE-1: a case's clocks run from the moment the customer complained.</summary>
    public static void Open(CaseTurn turn, DateTimeOffset from)
    {
        StartAll(turn, from);
        if (turn.Case.Opening!.Channel == Channel.Review)
        {
            Start(turn, Clock.Reply, from);
        }

        var sla = turn.Sla;
        foreach (var clock in sla.Statutory.Where(clock => clock.When.Hold(turn.Case)))
        {
            Start(turn, clock.Id, ClockKind.Statutory, PlanOf(turn, clock.Id, clock.Target), from);
        }
    }

    /// <summary>REG-2: a clock of a pack runs from the instant that the law names.</summary>
    public static void StartByLaw(CaseTurn turn, StatutoryPack pack, PackClock clock, DateTimeOffset from)
    {
        var plan = new ClockPlan(turn.Context.Policy.Version, pack.Id, clock.Target.Calendar, clock.Target.Target, clock.Target.Warnings);
        Start(turn, pack.NameOf(clock.Id), ClockKind.Statutory, plan, from, clock.IsWindow);
    }

    /// <summary>REG-1: a letter was proven to be sent <paramref name="at"/> that instant; a clock that was due before was breached first.</summary>
    public static void MeetByLetter(CaseTurn turn, string name, DateTimeOffset at)
    {
        if (turn.Case.Clocks.FirstOrDefault(clock => clock.Name == name) is { IsRunning: true } clock)
        {
            if (at >= clock.DueAt)
            {
                BreachIfDue(turn, clock);
            }

            if (turn.Case.Clocks.First(c => c.Name == name).IsRunning)
            {
                turn.Emit(new ClockMet(name));
            }
        }
    }

    /// <summary>True for a clock whose aim was met, in time or late.</summary>
    public static bool IsMet(CaseTurn turn, string name) =>
        turn.Case.Clocks.FirstOrDefault(clock => clock.Name == name) is { IsRunning: false, State: ClockState.Met or ClockState.Breached };

    /// <summary>REG-2: what met it came to nothing. Due by now, it is breached at once, and not by a clock that would seem late.</summary>
    public static void Reopen(CaseTurn turn, string name)
    {
        turn.Emit(new ClockReopened(name));
        BreachIfDue(turn, turn.Case.Clocks.First(clock => clock.Name == name));
    }

    /// <summary>The internal clocks run from here on; those for which the policy has no target do not.</summary>
    public static void StartAll(CaseTurn turn, DateTimeOffset from)
    {
        foreach (var name in Internal)
        {
            Start(turn, name, from);
        }
    }

    /// <summary>
    /// CASE-9: by when the customer is told to hear from us. What was complained of long ago gets as much time from now on:
    /// the customer cannot be told a date that has passed.
    /// </summary>
    public static DateTimeOffset FirstContactBy(CaseTurn turn)
    {
        var clock = turn.Case.Clocks.First(clock => clock.Name == Clock.Acknowledge);
        return clock.DueAt > turn.Now
            ? clock.DueAt
            : clock.Plan.Schedule(CalendarOf(turn, clock.Plan), ClockProgress.From(turn.Now), turn.Now).DueAt;
    }

    /// <summary>Contact with the customer meets the first-contact clocks and starts the silence clock anew.</summary>
    public static void OnContact(CaseTurn turn)
    {
        Meet(turn, Clock.Acknowledge);
        MeetByLaw(turn, StatutoryAim.Contact);
        Meet(turn, Clock.Silence);
        Start(turn, Clock.Silence, turn.Now);
    }

    /// <summary>REV-2: our answer stands in public.</summary>
    public static void OnReply(CaseTurn turn) => Meet(turn, Clock.Reply);

    /// <summary>CLK-1: a stage that is left has met its target, and the next has its own.</summary>
    public static void OnStage(CaseTurn turn)
    {
        Meet(turn, Clock.Stage);
        Start(turn, Clock.Stage, turn.Now);
    }

    /// <summary>CLK-8: nothing runs on in a closed case. CLK-3: closing while paused is no breach.</summary>
    public static void StopAll(CaseTurn turn)
    {
        Meet(turn, Clock.Resolution);
        Meet(turn, Clock.Stage);
        MeetByLaw(turn, StatutoryAim.Close);
        foreach (var clock in turn.Case.Clocks.Where(clock => clock.IsRunning))
        {
            BreachIfDue(turn, clock);
            if (turn.Case.Clocks.First(c => c.Name == clock.Name).IsRunning)
            {
                turn.Emit(new ClockStopped(clock.Name));
            }
        }
    }

    /// <summary>CLK-3: internal clocks that the reason covers stand still, except those whose time was up.</summary>
    public static void Pause(CaseTurn turn, PauseReason reason)
    {
        foreach (var clock in turn.Case.Clocks.Where(clock => clock is { Kind: ClockKind.Internal, IsRunning: true }))
        {
            Pause(turn, clock, reason);
        }
    }

    /// <summary>CLK-2, CLK-3: what was consumed stays consumed, and what was paused is given back, to the second.</summary>
    public static void Resume(CaseTurn turn)
    {
        foreach (var clock in turn.Case.Clocks.Where(clock => clock.IsPaused))
        {
            var calendar = CalendarOf(turn, clock.Plan);
            var progress = clock.ProgressAt(turn.Now, calendar);
            var (dueAt, warnings) = clock.Plan.Schedule(calendar, progress, turn.Now);
            turn.Emit(new ClockResumed(clock.Name, progress, warnings, dueAt));
        }
    }

    /// <summary>
    /// CLK-2: a change of heat, level or policy asks which targets hold now. Clocks whose plan changed are counted anew from
    /// what they have consumed; a breach stays a breach.
    /// </summary>
    /// <param name="whole">True when the policy itself changed: calendars may differ where plans say the same.</param>
    public static void Replan(CaseTurn turn, bool whole)
    {
        var sla = turn.Sla.For(turn.Case);
        foreach (var name in Internal.Append(Clock.Reply))
        {
            var clock = turn.Case.Clocks.FirstOrDefault(clock => clock.Name == name);
            if (clock is { IsOpen: false } || (clock is null && name == Clock.Reply))
            {
                continue;
            }

            var plan = TargetOf(turn, sla, name) is { } target ? PlanOf(turn, sla.Id, target) : null;
            switch (clock, plan)
            {
                case (null, { }):
                    Start(turn, name, ClockKind.Internal, plan, turn.Now);
                    break;
                case ({ }, null):
                    BreachIfDue(turn, clock);
                    turn.Emit(new ClockStopped(name));
                    break;
                case ({ }, { }) when whole || !plan.SaysTheSameAs(clock.Plan):
                    Replan(turn, clock, plan);
                    break;
            }
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

    /// <summary>The calendar that a plan names, as it was in the plan's version.</summary>
    public static WorkCalendar CalendarOf(CaseTurn turn, ClockPlan plan) => CalendarOf(turn.Context.PolicyOf(plan.Version), plan);

    /// <summary>The calendar that a plan names, in <paramref name="policy"/>; 24/7 where that knows no such calendar.</summary>
    public static WorkCalendar CalendarOf(Policy policy, ClockPlan plan) =>
        policy.Sla.Calendars.GetValueOrDefault(plan.Calendar, WorkCalendar.Always);

    private static void Start(CaseTurn turn, string name, DateTimeOffset from)
    {
        var sla = turn.Sla.For(turn.Case);
        if (TargetOf(turn, sla, name) is { } target)
        {
            Start(turn, name, ClockKind.Internal, PlanOf(turn, sla.Id, target), from);
        }
    }

    private static void Start(CaseTurn turn, string name, ClockKind kind, ClockPlan plan, DateTimeOffset from, bool lapses = false)
    {
        var (dueAt, warnings) = plan.Schedule(CalendarOf(turn, plan), ClockProgress.From(from), from);
        turn.Emit(new ClockStarted(name, kind, from, warnings.IsEmpty ? null : warnings[0], dueAt, plan, warnings, lapses));
        if (kind == ClockKind.Internal && turn.Case.PausedFor is { } paused && turn.Sla.PauseReasons.TryGetValue(paused, out var reason))
        {
            Pause(turn, turn.Case.Clocks.First(clock => clock.Name == name), reason);
        }
    }

    private static void Pause(CaseTurn turn, Clock clock, PauseReason reason)
    {
        if (!reason.Covers(clock.Name) || clock.IsPaused)
        {
            return;
        }

        BreachIfDue(turn, clock);
        clock = turn.Case.Clocks.First(c => c.Name == clock.Name);
        if (clock.IsOpen)
        {
            turn.Emit(new ClockPaused(clock.Name, reason.Id, clock.ProgressAt(turn.Now, CalendarOf(turn, clock.Plan))));
        }
    }

    private static void Replan(CaseTurn turn, Clock clock, ClockPlan plan)
    {
        BreachIfDue(turn, clock);
        if (turn.Case.Clocks.First(c => c.Name == clock.Name).IsOpen)
        {
            var progress = clock.ProgressAt(turn.Now, CalendarOf(turn, clock.Plan));
            var (dueAt, warnings) = plan.Schedule(CalendarOf(turn, plan), progress, turn.Now);
            turn.Emit(new ClockReplanned(clock.Name, plan, progress, warnings, dueAt));
        }
    }

    private static SlaTarget? TargetOf(CaseTurn turn, SlaPolicy sla, string name) =>
        sla.Targets.GetValueOrDefault(name == Clock.Stage ? Clock.StageTarget(turn.Case.Stage) : name);

    private static ClockPlan PlanOf(CaseTurn turn, string sla, SlaTarget target) =>
        new(turn.Case.PolicyVersion, sla, target.Calendar, target.Target, target.Warnings);

    private static void MeetByLaw(CaseTurn turn, StatutoryAim aim)
    {
        foreach (var law in turn.Context.PolicyOf(turn.Case.Opening!.Policy).Sla.Statutory.Where(law => law.MetBy == aim))
        {
            Meet(turn, law.Id);
        }
    }

    private static void Meet(CaseTurn turn, string name)
    {
        if (turn.Case.Clocks.FirstOrDefault(clock => clock.Name == name) is { IsRunning: true } clock)
        {
            BreachIfDue(turn, clock);
            turn.Emit(new ClockMet(name));
        }
    }

    /// <summary>An aim met after due was breached first, however late the deadline clock is to say so. A paused clock is not due.</summary>
    private static void BreachIfDue(CaseTurn turn, Clock clock)
    {
        if (turn.Now >= clock.DueAt && clock.FireAt(turn.Now) is { } breached)
        {
            turn.Emit(breached);
        }
    }
}
