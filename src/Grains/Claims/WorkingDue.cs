using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;

namespace Escalation.Grains.Claims;

/// <summary>When something of the case is due that was begun now and counts on one of the policy's calendars.</summary>
internal static class WorkingDue
{
    public static DateTimeOffset Of(CaseTurn turn, string calendar, TimeSpan within)
    {
        var plan = new ClockPlan(turn.Context.Policy.Version, "", calendar, Target.Working(within), []);
        return plan.Schedule(ClockRules.CalendarOf(turn.Context.Policy, plan), ClockProgress.From(turn.Now), turn.Now).DueAt;
    }
}
