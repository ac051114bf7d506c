using System.Collections.Immutable;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Escalations;

/// <summary>How escalations are raised, taken, go on up the ladder and end (ESC-1 to ESC-5).</summary>
internal static class EscalationRules
{
    private const string NotAcknowledged = "notAcknowledged";
    private const string NoContact = "noContact";
    private const string CauseGrew = "cause";

    /// <summary>ESC-1: someone's explicit word.</summary>
    public static Refused? Escalate(CaseTurn turn, Escalate command)
    {
        if (command.Level == Level.Buffer)
        {
            return new Refused("escalation.buffer", "The buffer is where a case starts: escalate to specialist, head or management.", "level");
        }

        Raise(turn, Causes.Word, command.Level ?? Above(turn.Case.Level), command.Reason);
        return null;
    }

    /// <summary>CUS-8, ESC-1, ESC-2: the customer wants someone higher; asked again while that is open, nothing more happens.</summary>
    public static void CustomerAsks(CaseTurn turn, string? words)
    {
        if (!turn.Case.Escalations.Any(e => e.IsOpen && e.Cause == Causes.Higher))
        {
            Raise(turn, Causes.Higher, turn.Ladder.Causes.Higher, words);
        }
    }

    /// <summary>ESC-1: as <see cref="Raise(CaseTurn, string, Level, string?, DateTimeOffset?)"/>, to the level that the policy asks for.</summary>
    public static void Raise(CaseTurn turn, string cause, AskedLevel asked, string? reason = null, DateTimeOffset? causeAt = null)
    {
        Level? level = asked switch
        {
            AskedLevel.None => null,
            AskedLevel.Next => Above(turn.Case.Level),
            AskedLevel.Specialist => Level.Specialist,
            AskedLevel.Head => Level.Head,
            AskedLevel.Management => Level.Management,
        };
        if (level is { } to)
        {
            Raise(turn, cause, to, reason, causeAt);
        }
    }

    /// <summary>
    /// ESC-2: a cause has one open escalation, and a due instant of it one ever. The same cause again lifts the open one when it
    /// asks for a higher level, and does nothing else.
    /// </summary>
    public static void Raise(CaseTurn turn, string cause, Level level, string? reason = null, DateTimeOffset? causeAt = null)
    {
        if (level == Level.Buffer || turn.Case.Escalations.Any(e => causeAt is not null && e.Cause == cause && e.CauseAt == causeAt))
        {
            return;
        }

        if (turn.Case.Escalations.FirstOrDefault(e => e.IsOpen && e.Cause == cause) is { } open)
        {
            Settle(turn, open.Number);
            if (turn.Case.Escalations[open.Number - 1].Level < level)
            {
                Rise(turn, open.Number, level, CauseGrew);
            }

            return;
        }

        var (plan, by) = TimeOn(turn, level, rung => rung.Acknowledge);
        var number = turn.Case.Escalations.Length + 1;
        turn.Emit(new EscalationRaised(number, cause, level, reason, causeAt, by, plan));
        Tell(turn, number);
    }

    /// <summary>
    /// ESC-3, ESC-4: one takes it, and holds it for as long as it takes to reach the customer. PEERS: a closed escalation stays
    /// closed however late an acknowledgement comes. One that was due to rise has risen first.
    /// </summary>
    public static Refused? Acknowledge(CaseTurn turn, AcknowledgeEscalation command)
    {
        var number = command.Escalation;
        if (number < 1 || number > turn.Case.Escalations.Length)
        {
            return new Refused("escalation.notFound", $"Case {turn.Case.Id} has no escalation {number}.");
        }

        switch (turn.Case.Escalations[number - 1])
        {
            case { IsOpen: false } closed:
                return new Refused("escalation.closed", $"The escalation was closed on {closed.ClosedAt:u}.")
                    .Naming(("at", CodedSentence.At(closed.ClosedAt ?? turn.Now)));
            case { AcknowledgedBy: { } who } taken when turn.Now < (taken.HoldUntil ?? DateTimeOffset.MaxValue):
                return who == turn.Context.By.Id
                    ? null
                    : new Refused("escalation.alreadyAcknowledged", $"{turn.Context.Policy.NameOf(who)} acknowledged it already.")
                        .Naming(("person", turn.Context.Policy.NameOf(who)));
        }

        Settle(turn, number);
        var (plan, holdUntil) = TimeOn(turn, turn.Case.Escalations[number - 1].Level, rung => rung.Hold);
        turn.Emit(new EscalationAcknowledged(number, holdUntil, plan));
        return null;
    }

    /// <summary>ESC-5: whoever has it, or a supervisor, says that nothing is left to do.</summary>
    public static Refused? Close(CaseTurn turn, CloseEscalation command)
    {
        var number = command.Escalation;
        if (number < 1 || number > turn.Case.Escalations.Length)
        {
            return new Refused("escalation.notFound", $"Case {turn.Case.Id} has no escalation {number}.");
        }

        var escalation = turn.Case.Escalations[number - 1];
        if (!escalation.IsOpen)
        {
            return null;
        }

        if (escalation.AcknowledgedBy != turn.Context.By.Id && !turn.Context.By.IsSupervisor)
        {
            return new Refused("escalation.notYours", "Whoever acknowledged the escalation closes it, or a supervisor.");
        }

        turn.Emit(new EscalationClosed(number, CloseEscalation.Because, command.Reason));
        return null;
    }

    public static void CloseAll(CaseTurn turn, string reason)
    {
        foreach (var escalation in turn.Case.Escalations.Where(e => e.IsOpen))
        {
            turn.Emit(new EscalationClosed(escalation.Number, reason));
        }
    }

    /// <summary>ESC-3, ESC-4: every escalation whose time is up goes on, once.</summary>
    public static void Fire(CaseTurn turn)
    {
        foreach (var escalation in turn.Case.Escalations)
        {
            Settle(turn, escalation.Number);
        }
    }

    /// <summary>ESC-6, CUS-4: what is known of the customer as the case opens.</summary>
    public static void Open(CaseTurn turn, OpenCase command)
    {
        Heat(turn);
        Customer(turn, command.CustomerLevel ?? Level.Buffer, command.LikeComplaints ?? 1);
    }

    /// <summary>
    /// ESC-6, CUS-4: what the customer's own grain knows. It is where a case starts, so it lifts once; when the customer's other
    /// cases have come down, so does this one.
    /// </summary>
    public static void Customer(CaseTurn turn, Level level, int likeComplaints)
    {
        if (level > Level.Buffer)
        {
            if (turn.Case.Escalations.All(e => e.Cause != Causes.CustomerLevel))
            {
                Raise(turn, Causes.CustomerLevel, level);
            }
        }
        else
        {
            CloseCause(turn, Causes.CustomerLevel, "customer.level");
        }

        var causes = turn.Ladder.Causes;
        if (likeComplaints >= causes.LikeComplaints && turn.Case.Escalations.All(e => e.Cause != Causes.LikeComplaint))
        {
            Raise(turn, Causes.LikeComplaint, causes.LikeComplaint);
        }
    }

    /// <summary>
    /// ESC-1, ESC-5: what happened in this turn raises escalations, and takes away the causes of others. Looks at events only,
    /// so that no rule has to remember the ladder.
    /// </summary>
    /// <param name="from">The first of the turn's events that was not looked at yet.</param>
    /// <returns>The first that happened after all that were looked at.</returns>
    public static int Follow(CaseTurn turn, int from)
    {
        for (; from < turn.Events.Count; from++)
        {
            if (turn.Case.IsOpen)
            {
                Follow(turn, turn.Events[from]);
            }
        }

        return from;
    }

    /// <summary>CLK-2: another policy may give other times; what was consumed stays consumed.</summary>
    public static void Replan(CaseTurn turn)
    {
        foreach (var escalation in turn.Case.Escalations.Where(e => e.NextAt > turn.Now))
        {
            var rung = turn.Ladder.RungOf(escalation.Level);
            var plan = PlanOf(turn, rung, escalation.AcknowledgedBy is null ? rung.Acknowledge : rung.Hold);
            var progress = escalation.Progress.Ran(ClockRules.CalendarOf(turn, escalation.Plan), escalation.Since, turn.Now);
            var (dueAt, _) = plan.Schedule(ClockRules.CalendarOf(turn, plan), progress, turn.Now);
            if (dueAt != escalation.DueAt || !plan.SaysTheSameAs(escalation.Plan))
            {
                turn.Emit(new EscalationReplanned(escalation.Number, plan, progress, dueAt));
            }
        }
    }

    /// <summary>A channel's word on a telling; it is settled once.</summary>
    public static Refused? Told(CaseTurn turn, RecordTelling command)
    {
        var telling = turn.Case.Escalations.SelectMany(e => e.Told).FirstOrDefault(telling => telling.Number == command.Telling);
        if (telling is null)
        {
            return new Refused("telling.notFound", $"Case {turn.Case.Id} has told nobody under number {command.Telling}.");
        }

        if (telling.State == TellingState.Planned)
        {
            turn.Emit(new EscalationTellingSettled(command.Telling, command.State, command.Reason));
        }

        return null;
    }

    private static void Follow(CaseTurn turn, CaseEvent happened)
    {
        switch (happened)
        {
            case HeatSet:
                Heat(turn);
                break;
            case RoundStarted:
                Raise(turn, Causes.Round, turn.Ladder.Causes.InRound(turn.Case.Round));
                break;
            case AgreementReached:
                CloseCause(turn, Causes.Round, "agreement");
                CloseCause(turn, Causes.LikeComplaint, "agreement");
                break;
            case ClockWarned e:
                Raise(turn, Of(Causes.ClockWarned, e.Clock), Asked(turn, e.Clock, e.ClockKind, breached: false), null, e.DueAt);
                break;
            case ClockBreached e:
                Raise(turn, Of(Causes.ClockBreached, e.Clock), Asked(turn, e.Clock, e.ClockKind, breached: true), null, e.DueAt);
                CloseCause(turn, Of(Causes.ClockWarned, e.Clock), Causes.ClockBreached);
                break;
            case ClockMet e:
                CloseClock(turn, e.Clock, "clock.met");
                break;
            case ClockReopened e when turn.Case.Clocks.Any(clock => clock.Name == e.Clock && clock.IsRunning):
                Raise(turn, Of(Causes.LetterCameBack, e.Clock), Asked(turn, e.Clock, ClockKind.Statutory, breached: false), null, turn.Now);
                break;
            case ClockStopped e:
                CloseClock(turn, e.Clock, "clock.stopped");
                break;
            case ClockReplanned e:
                CloseMoved(turn, e.Clock, e.DueAt);
                break;
            case ClockResumed e:
                CloseMoved(turn, e.Clock, e.DueAt);
                break;
            case CallTaskRaised { Reason: Notices.CallTask.CallMe }:
                Raise(turn, Causes.CallMe, turn.Ladder.Causes.CallMe);
                break;
            case ContactLogged { Direction: Direction.ToCustomer }:
                OnContact(turn);
                break;
        }
    }

    /// <summary>ESC-5: whom the customer asked for has been in touch. The other causes stay; an acknowledgement of them lasts (ESC-4).</summary>
    private static void OnContact(CaseTurn turn)
    {
        if (turn.Case.CallTasks.All(task => task.DoneAt is not null || task.Reason != Notices.CallTask.CallMe))
        {
            CloseCause(turn, Causes.CallMe, "contact");
        }

        if (turn.Case.Escalations.Any(e => e is { IsOpen: true, Cause: Causes.Higher, ContactAt: not null }))
        {
            CloseCause(turn, Causes.Higher, "contact");
        }
    }

    private static void Heat(CaseTurn turn)
    {
        var asked = turn.Ladder.Causes.Heat.GetValueOrDefault(turn.Case.Heat);
        if (asked == AskedLevel.None)
        {
            CloseCause(turn, Causes.Heat, "heat.down");
        }
        else if (asked != AskedLevel.Next || turn.Case.Escalations.All(e => !e.IsOpen || e.Cause != Causes.Heat))
        {
            Raise(turn, Causes.Heat, asked);
        }
    }

    private static AskedLevel Asked(CaseTurn turn, string clock, ClockKind kind, bool breached)
    {
        var causes = turn.Ladder.Causes;
        return kind == ClockKind.Statutory
            ? breached ? causes.StatutoryBreached : causes.StatutoryWarned
            : (breached ? causes.ClockBreached : causes.ClockWarned).GetValueOrDefault(clock);
    }

    private static void CloseClock(CaseTurn turn, string clock, string reason)
    {
        CloseCause(turn, Of(Causes.ClockWarned, clock), reason);
        CloseCause(turn, Of(Causes.ClockBreached, clock), reason);
        CloseCause(turn, Of(Causes.LetterCameBack, clock), reason);
    }

    private static void CloseMoved(CaseTurn turn, string clock, DateTimeOffset dueAt)
    {
        if (turn.Case.Escalations.Any(e => e.IsOpen && e.Cause == Of(Causes.ClockWarned, clock) && e.CauseAt != dueAt))
        {
            CloseCause(turn, Of(Causes.ClockWarned, clock), "clock.moved");
        }
    }

    /// <summary>ESC-5: a cause is gone.</summary>
    public static void CloseCause(CaseTurn turn, string cause, string reason)
    {
        if (turn.Case.Escalations.FirstOrDefault(e => e.IsOpen && e.Cause == cause) is { } open)
        {
            turn.Emit(new EscalationClosed(open.Number, reason));
        }
    }

    /// <summary>What was due by now takes effect: an acknowledgement without contact falls, and who was not heard is passed over.</summary>
    private static void Settle(CaseTurn turn, int number)
    {
        var escalation = turn.Case.Escalations[number - 1];
        if (escalation.NextAt is not { } at || turn.Now < at)
        {
            return;
        }

        var because = NotAcknowledged;
        if (escalation.AcknowledgedBy is { } who)
        {
            turn.Emit(new AcknowledgementFell(number, who, at));
            because = NoContact;
        }

        if (escalation.Level < Level.Management)
        {
            Rise(turn, number, escalation.Level + 1, because);
        }
        else
        {
            var (plan, by) = TimeOn(turn, escalation.Level, rung => rung.Acknowledge);
            turn.Emit(new EscalationRepeated(number, escalation.Level, escalation.Round + 1, because, by, plan));
            Tell(turn, number);
        }
    }

    private static void Rise(CaseTurn turn, int number, Level to, string because)
    {
        var (plan, by) = TimeOn(turn, to, rung => rung.Acknowledge);
        turn.Emit(new EscalationRisen(number, turn.Case.Escalations[number - 1].Level, to, because, by, plan));
        Tell(turn, number);
    }

    /// <summary>ESC-3: who is on duty is told, each over the channels that they chose, and on the board always.</summary>
    private static void Tell(CaseTurn turn, int number)
    {
        var escalation = turn.Case.Escalations[number - 1];
        var next = turn.Case.Escalations.Sum(e => e.Told.Length) + 1;
        var told = turn.Ladder.OnDuty(escalation.Level, turn.Case.Opening!.Site, turn.Now)
            .Where(duty => duty.Shift.Person is not null)
            .Select(duty => turn.Ladder.People[duty.Shift.Person!])
            .SelectMany(person => person.Channels.Prepend(DutyChannel.Board).Distinct(), (person, channel) => (person.Id, channel))
            .Select((to, i) => new ToldPerson(next + i, to.Id, to.channel)).ToImmutableArray();
        if (!told.IsEmpty)
        {
            turn.Emit(new EscalationTold(number, escalation.Level, escalation.Round, told));
        }
    }

    private static (ClockPlan Plan, DateTimeOffset DueAt) TimeOn(CaseTurn turn, Level level, Func<LadderRung, TimeSpan> time)
    {
        var rung = turn.Ladder.RungOf(level);
        var plan = PlanOf(turn, rung, time(rung));
        return (plan, plan.Schedule(ClockRules.CalendarOf(turn, plan), ClockProgress.From(turn.Now), turn.Now).DueAt);
    }

    private static ClockPlan PlanOf(CaseTurn turn, LadderRung rung, TimeSpan time) =>
        new(turn.Case.PolicyVersion, $"ladder.{rung.Level.ToString().ToLowerInvariant()}", rung.Calendar, Target.Working(time), []);

    private static string Of(string cause, string about) => $"{cause}:{about}";

    private static Level Above(Level level) => level == Level.Management ? level : level + 1;
}
