using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Cases;

public sealed class ClockTests
{
    [Fact, Rule("CLK-4")]
    public void A_clock_warns_once_and_breaches_once()
    {
        var story = Opened().After(TimeSpan.FromHours(5));

        Assert.Single(story.All<ClockWarned>(), e => e.Clock == Clock.Acknowledge && e.WarnAt == Noon.AddMinutes(45));
        Assert.Single(story.All<ClockBreached>(), e => e.Clock == Clock.Acknowledge && e.DueAt == Noon.AddHours(1));
    }

    [Fact, Rule("CLK-7")]
    public void A_tick_before_due_finds_nothing_to_do()
    {
        var story = Opened().DownFor(TimeSpan.FromMinutes(45) - TimeSpan.FromMicroseconds(1));

        Assert.Empty(story.Try(new Tick(), Actor.Clock).Events);
    }

    [Fact, Rule("CLK-7")]
    public void A_second_tick_at_the_same_instant_changes_nothing()
    {
        var story = Opened().DownFor(TimeSpan.FromHours(30)).Tell(new Tick(), Actor.Clock);

        Assert.Empty(story.Try(new Tick(), Actor.Clock).Events);
    }

    [Fact, Rule("CLK-7")]
    public void An_aim_met_after_due_was_breached_first_even_if_the_clock_had_no_chance_to_say_so()
    {
        var story = Opened().DownFor(TimeSpan.FromMinutes(61)).Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "late call"));

        var acknowledge = story.History.Where(e => e is ClockBreached { Clock: Clock.Acknowledge } or ClockMet { Clock: Clock.Acknowledge }).ToList();
        Assert.Equal(["ClockBreached", "ClockMet"], acknowledge.Select(e => e.GetType().Name));
    }

    [Fact, Rule("CLK-1")]
    public void Contact_meets_the_first_contact_clock_and_starts_the_silence_anew()
    {
        var story = Opened().After(TimeSpan.FromMinutes(30)).Tell(new LogContact(Direction.ToCustomer, Channel.Phone, "called"));

        Assert.Equal(ClockState.Met, story.Case.Clocks.Single(c => c.Name == Clock.Acknowledge).State);
        Assert.Equal(Noon.AddMinutes(30).AddHours(24), story.Case.Clocks.Single(c => c.Name == Clock.Silence).DueAt);
    }

    [Fact, Rule("CLK-1")]
    public void What_the_customer_says_is_no_contact_by_us()
    {
        var story = Opened().Tell(new LogContact(Direction.FromCustomer, Channel.Email, "any news?"));

        Assert.True(story.Case.Clocks.Single(c => c.Name == Clock.Acknowledge).IsRunning);
    }

    [Fact, Rule("CLK-8")]
    public void Nothing_fires_on_a_closed_case()
    {
        var story = Opened().Reached(Stage.FollowThrough).Tell(new CloseCase(Outcome.Agreed, "done"));
        var closed = story.History.Count;

        Assert.Null(story.Case.NextDue());
        story.After(TimeSpan.FromDays(30)).Tell(new Tick(), Actor.Clock);
        Assert.Equal(closed, story.History.Count);
        Assert.All(story.Case.Clocks, clock => Assert.False(clock.IsRunning));
    }

    [Fact, Rule("CLK-7")]
    public void The_harm_of_being_late_grows_with_heat_and_level()
    {
        var calm = Opened().Case.NextDue()!.Harm;
        var worse = Opened().Tell(new SetHeat(Heat.Public, null)).Tell(new Escalate("now", Level.Head)).Case.NextDue()!.Harm;

        Assert.True(worse > calm);
    }
}
