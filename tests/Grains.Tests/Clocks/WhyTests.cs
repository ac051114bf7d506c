using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Grains.Tests.Clocks;

/// <summary>CLK-6: every due instant explains itself, and its explanation adds up.</summary>
public sealed class WhyTests
{
    [Fact, Rule("CLK-6")]
    public void Stretches_sum_exactly_to_the_target_through_pauses_nights_and_holidays()
    {
        var story = SlaStory.Opened(SlaStory.OnOffice).After(TimeSpan.FromHours(1)).Tell(new PauseCase("waitingForSupplier"))
            .After(TimeSpan.FromHours(30.5)).Tell(new ResumeCase()).After(TimeSpan.FromMinutes(7)).Tell(new PauseCase("waitingForCustomer"))
            .After(TimeSpan.FromDays(4)).Tell(new ResumeCase());

        var why = story.Why(Clock.Resolution);

        Assert.Equal(TimeSpan.FromHours(40), Sum(why.Stretches));
        Assert.Equal(["waitingForSupplier", "waitingForCustomer"], why.Pauses.Select(pause => pause.Reason));
        Assert.Equal(story.Clock(Clock.Resolution).DueAt, why.Stretches[^1].Interval.To);
        Assert.All(why.Stretches.Zip(why.Stretches.Skip(1)), pair => Assert.True(pair.First.Interval.To <= pair.Second.Interval.From));
    }

    [Fact, Rule("CLK-6")]
    public void Each_stretch_names_the_policy_and_calendar_that_it_was_counted_by()
    {
        var policies = SlaStory.OnOffice;
        var story = SlaStory.Opened(policies).After(TimeSpan.FromHours(3));
        var first = policies.Current.Version;
        policies.Change((SlaStory.SlaFile, SlaStory.Sla(
            """
              - id: roundTheClock
                calendar: always
                targets: {acknowledge: PT2H, silence: PT24H, resolution: PT50H}
            """)));

        var why = story.Tell(new ApplyPolicy(), CaseStory.Irina).Why(Clock.Resolution);

        Assert.Equal(TimeSpan.FromHours(50), Sum(why.Stretches));
        Assert.Equal(
            [(first, "office", TimeSpan.FromHours(3)), (policies.Current.Version, "always", TimeSpan.FromHours(47))],
            why.Stretches.Select(stretch => (stretch.Plan.Version, stretch.Plan.Calendar, stretch.Interval.Counted)));
    }

    [Fact, Rule("CLK-6")]
    public void A_target_in_working_days_counts_its_days_and_shows_what_pauses_gave_back()
    {
        var story = SlaStory.Opened(SlaStory.Policy(
            """
              - id: days
                calendar: office
                targets: {acknowledge: PT1H, silence: PT24H, resolution: {workingDays: 3}}
            """)).Tell(new PauseCase("waitingForSupplier")).After(TimeSpan.FromHours(2)).Tell(new ResumeCase());

        var why = story.Why(Clock.Resolution);

        Assert.Equal(TimeSpan.FromDays(3), Sum(why.Stretches));
        Assert.Equal(TimeSpan.FromHours(2), Sum(why.GivenBack));
        Assert.Equal(story.Clock(Clock.Resolution).DueAt, why.GivenBack[^1].Interval.To);
    }

    [Fact, Rule("CLK-6")]
    public void A_clock_that_stands_still_says_since_when_and_adds_up_as_if_it_went_on()
    {
        var story = SlaStory.Opened().After(TimeSpan.FromHours(10)).Tell(new PauseCase("waitingForSupplier")).After(TimeSpan.FromHours(5));

        var why = story.Why(Clock.Resolution);

        Assert.Equal(TimeSpan.FromHours(72), Sum(why.Stretches));
        Assert.Equal((CaseStory.Noon.AddHours(10), null), (why.Pauses.Single().From, why.Pauses.Single().To));
    }

    /// <summary>Any mixture of pauses, changes of heat and of policy, over months with holidays and daylight saving.</summary>
    [Fact, Rule("CLK-2"), Rule("CLK-3"), Rule("CLK-6")]
    public void Whatever_happens_consumed_paused_and_left_add_up()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var policies = SlaStory.Policy(
                """
                  - id: hot
                    when: {heat: [aggressive, public]}
                    calendar: office
                    targets: {acknowledge: PT1H, silence: PT24H, resolution: PT450H}
                  - id: mild
                    calendar: always
                    targets: {acknowledge: PT1H, silence: PT24H, resolution: PT2000H}
                """);
            var story = SlaStory.Opened(policies);
            for (var step = 0; step < 25 && story.Clock(Clock.Resolution).IsOpen; step++)
            {
                story.After(TimeSpan.FromSeconds(random.Next(0, 200_000)));
                CaseCommand command = random.Next(5) switch
                {
                    0 => new PauseCase("waitingForSupplier"),
                    1 => new PauseCase("waitingForCustomer"),
                    2 => new ResumeCase(),
                    3 => new SetHeat(random.Next(2) == 0 ? Heat.Public : Heat.Calm, null),
                    _ => new LogContact(Direction.FromCustomer, Channel.Email, "hello"),
                };
                story.Tell(command);
            }

            var clock = story.Clock(Clock.Resolution);
            if (clock.IsOpen && clock.DueAt > story.Now)
            {
                var why = story.Why(Clock.Resolution);
                Assert.True(Sum(why.Stretches) == ((Target.WorkingTime)clock.Plan.Target).Length, $"seed {seed}: {Sum(why.Stretches)} of {clock.Plan.Target}");
                var calendar = policies.Current.Sla.Calendars[clock.Plan.Calendar];
                Assert.True(
                    clock.Progress.Consumed + calendar.Worked(clock.Since, clock.DueAt) == Sum(why.Stretches) || clock.IsPaused, $"seed {seed}");
            }
        }
    }

    private static TimeSpan Sum(IEnumerable<ClockStretch> stretches) =>
        stretches.Aggregate(TimeSpan.Zero, (sum, stretch) => sum + stretch.Interval.Counted);
}
