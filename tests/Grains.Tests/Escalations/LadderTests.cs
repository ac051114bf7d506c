using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Log;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Escalations;

/// <summary>How an escalation goes up, is held, falls and ends.</summary>
public sealed class LadderTests
{
    private static readonly Actor Sorin = new("sorin", Roles.Agent);

    [Fact, Rule("ESC-3")]
    public void Nobody_answers_so_it_rises_level_by_level_and_the_top_is_told_again_until_someone_does()
    {
        var story = Called().Tell(new Escalate("They threaten to sue.", null));
        Assert.Equal((Level.Specialist, CaseStory.Noon.AddMinutes(10)), (story.Case.Level, Only(story).AcknowledgeBy));

        story.After(Minutes(10));
        Assert.Equal((Level.Head, Level.Specialist, CaseStory.Noon.AddMinutes(30)), (story.Case.Level, Only(story).RisenFrom, Only(story).AcknowledgeBy));
        story.After(Minutes(20));
        Assert.Equal(Level.Management, story.Case.Level);
        story.After(Minutes(95));
        Assert.Equal([2, 3, 4], story.All<EscalationRepeated>().Select(e => e.Round));

        story.Tell(new AcknowledgeEscalation(1), CaseStory.Vlad).Tell(Call).After(TimeSpan.FromHours(12));
        Assert.Equal(3, story.All<EscalationRepeated>().Count());
        Assert.Equal(("vlad", 1), (Only(story).AcknowledgedBy, Only(story).Number));
    }

    [Fact, Rule("ESC-3")]
    public void Who_is_on_duty_is_told_once_for_each_level_and_once_for_each_time_the_top_is_asked()
    {
        var story = Called().Tell(new Escalate("They threaten to sue.", null)).After(Minutes(95));

        Assert.Equal(
            ["specialist 1: sorin board, sorin email", "head 1: irina board, irina email", "management 1: vlad board", "management 2: vlad board", "management 3: vlad board"],
            story.All<EscalationTold>().Select(e =>
                $"{e.Level.ToString().ToLowerInvariant()} {e.Round}: {string.Join(", ", e.Told.Select(to => $"{to.Person} {to.Channel.ToString().ToLowerInvariant()}"))}"));
        Assert.Equal(Enumerable.Range(1, 7), Only(story).Told.Select(telling => telling.Number));
        Assert.All(Only(story).Told, telling => Assert.Equal(telling.Channel == DutyChannel.Board ? TellingState.Told : TellingState.Planned, telling.State));
    }

    [Fact, Rule("ESC-3")]
    public void A_site_with_a_roster_of_its_own_asks_its_own_people()
    {
        var story = new CaseStory { Policies = LadderPolicy.Peopled };
        story.Tell(CaseStory.Opening() with { Site = "North" }).Tell(new Escalate("They threaten to sue.", null));

        Assert.Equal(["nina"], Only(story).Told.Select(telling => telling.Person).Distinct());
    }

    [Fact, Rule("ESC-3")]
    public void A_telling_that_was_overtaken_is_not_needed_any_more()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null));
        var mail = Only(story).Told.Single(telling => telling.Channel == DutyChannel.Email);
        Assert.Null(Only(story).NeedlessBecause(mail));

        story.After(Minutes(10));
        Assert.Equal("escalation.wentOn", Only(story).NeedlessBecause(mail));
        mail = Only(story).Told[^1];
        story.Tell(new AcknowledgeEscalation(1), CaseStory.Irina);
        Assert.Equal("escalation.acknowledged", Only(story).NeedlessBecause(mail));

        story.Tell(new RecordTelling(mail.Number, TellingState.Dropped, "escalation.acknowledged"), Actor.Clock);
        story.Tell(new RecordTelling(mail.Number, TellingState.Told, null), Actor.Clock);
        Assert.Equal(TellingState.Dropped, Only(story).Told[^1].State);
        Assert.Equal("telling.notFound", story.Refuse(new RecordTelling(9, TellingState.Told, null)).Code);
    }

    [Fact, Rule("ESC-4")]
    public void An_acknowledgement_without_contact_falls_and_the_ladder_goes_on()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).Tell(new AcknowledgeEscalation(1), Sorin);
        Assert.Equal((CaseStory.Noon.AddMinutes(30), null), (Only(story).HoldUntil, Only(story).AcknowledgeBy));

        story.After(Minutes(30));
        Assert.Equal(new AcknowledgementFell(1, "sorin", CaseStory.Noon.AddMinutes(30)), story.All<AcknowledgementFell>().Single());
        Assert.Equal(("noContact", Level.Head), (story.All<EscalationRisen>().Single().Because, story.Case.Level));
        Assert.Null(Only(story).AcknowledgedBy);
    }

    [Fact, Rule("ESC-4")]
    public void Contact_within_the_hold_makes_the_acknowledgement_last()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).Tell(new AcknowledgeEscalation(1), Sorin)
            .After(Minutes(29)).Tell(Call).After(TimeSpan.FromHours(20));

        Assert.Empty(story.All<AcknowledgementFell>());
        Assert.Equal(("sorin", Level.Specialist, true), (Only(story).AcknowledgedBy, story.Case.Level, Only(story).IsOpen));
    }

    [Fact, Rule("ESC-4")]
    public void A_customers_own_message_is_no_evidence_that_we_were_in_touch()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).Tell(new AcknowledgeEscalation(1), Sorin)
            .Tell(new LogContact(Direction.FromCustomer, Channel.Email, "Hello?")).After(Minutes(30));

        Assert.Single(story.All<AcknowledgementFell>());
    }

    [Fact, Rule("ESC-4")]
    public void Contact_after_the_hold_comes_after_the_acknowledgement_fell_even_if_nothing_woke_the_case()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).Tell(new AcknowledgeEscalation(1), Sorin)
            .DownFor(Minutes(31)).Tell(Call);

        Assert.Single(story.All<AcknowledgementFell>());
        Assert.Null(Only(story).ContactAt);
    }

    [Fact, Rule("ESC-3")]
    public void An_acknowledgement_after_its_time_finds_it_risen_even_if_nothing_woke_the_case()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).DownFor(Minutes(11)).Tell(new AcknowledgeEscalation(1), Sorin);

        Assert.Equal((Level.Head, "sorin"), (story.Case.Level, Only(story).AcknowledgedBy));
    }

    [Fact, Rule("ESC-3")]
    public void After_hours_without_power_it_rises_one_level_and_those_get_their_whole_time()
    {
        var story = Called().Tell(new Escalate("They threaten to sue.", null)).DownFor(TimeSpan.FromHours(8)).Tell(new Tick(), Actor.Clock);

        Assert.Equal((Level.Head, story.Now.AddMinutes(20)), (story.Case.Level, Only(story).AcknowledgeBy));
    }

    [Fact, Rule("ESC-5")]
    public void A_late_acknowledgement_never_brings_back_what_was_settled()
    {
        var story = Opened().After(TimeSpan.FromHours(1));
        Assert.Equal("clock.breached:acknowledge", Only(story).Cause);
        story.Tell(Call);

        Assert.Equal("escalation.closed", story.Refuse(new AcknowledgeEscalation(1), Sorin).Code);
        Assert.Equal((Level.Buffer, "clock.met"), (story.Case.Level, Only(story).ClosedBecause));
    }

    [Fact, Rule("ESC-2")]
    public void The_same_cause_asks_higher_and_the_same_escalation_rises()
    {
        var story = Opened().Tell(new SetHeat(Heat.Aggressive, null)).Tell(new SetHeat(Heat.Public, null)).Tell(new SetHeat(Heat.Aggressive, null));

        Assert.Equal((1, Level.Head, "cause"), (Only(story).Number, Only(story).Level, story.All<EscalationRisen>().Single().Because));
    }

    [Fact, Rule("ESC-2")]
    public void One_due_instant_raises_one_escalation_even_after_it_was_closed()
    {
        var story = Opened().After(TimeSpan.FromHours(1)).Tell(new AcknowledgeEscalation(1), Sorin).Tell(new CloseEscalation(1, "Called them from my own phone."), Sorin);
        story.After(TimeSpan.FromHours(20));

        Assert.Single(story.All<EscalationRaised>(), e => e.Cause == "clock.breached:acknowledge");
    }

    [Theory, Rule("ESC-1"), Rule("ESC-5")]
    [InlineData(Heat.Aggressive, Level.Specialist)]
    [InlineData(Heat.Public, Level.Head)]
    public void Heat_lifts_a_case_and_cooling_down_ends_it(Heat heat, Level level)
    {
        var story = Opened().Tell(new SetHeat(heat, null));
        Assert.Equal(level, story.Case.Level);

        story.Tell(new SetHeat(Heat.Heated, null));
        Assert.Equal((Level.Buffer, "heat.down"), (story.Case.Level, Only(story).ClosedBecause));
    }

    [Fact, Rule("ESC-1")]
    public void A_case_that_opens_in_public_starts_at_head()
    {
        var story = new CaseStory { Policies = LadderPolicy.Peopled };
        Assert.Equal(Level.Head, story.Tell(CaseStory.Opening() with { Heat = Heat.Public }).Case.Level);
    }

    [Fact, Rule("ESC-1"), Rule("ESC-5")]
    public void The_second_round_lifts_and_the_third_lifts_higher_until_there_is_agreement()
    {
        var story = Opened().Reached(Stage.Clarify).Tell(new MoveToStage(Stage.Contact, "No agreement.")).Reached(Stage.Clarify)
            .Tell(new MoveToStage(Stage.Contact, "Still none."));
        Assert.Equal(("round", Level.Head), (Only(story).Cause, Only(story).Level));

        story.Tell(new ReachAgreement("Yes.", [], RemedyGiven: true));
        Assert.Equal((Level.Buffer, "agreement"), (story.Case.Level, Only(story).ClosedBecause));
    }

    [Fact, Rule("ESC-1"), Rule("ESC-5")]
    public void A_clocks_warning_gives_way_to_its_breach_and_both_to_its_aim()
    {
        var story = Opened().Tell(new SetHeat(Heat.Calm, null));
        for (var hour = 0; hour < 60; hour += 12)
        {
            story.Tell(Call).After(TimeSpan.FromHours(12));
        }

        var warned = story.Case.Escalations.Single(e => e.IsOpen);
        Assert.Equal("clock.warned:resolution", warned.Cause);
        for (var hour = 0; hour < 24; hour += 12)
        {
            story.Tell(Call).After(TimeSpan.FromHours(12));
        }

        Assert.Equal(Causes.ClockBreached, story.Case.Escalations[warned.Number - 1].ClosedBecause);
        var breached = story.Case.Escalations.Single(e => e.IsOpen);
        Assert.Equal("clock.breached:resolution", breached.Cause);
        Assert.Equal(story.Case.Clocks.Single(clock => clock.Name == Clock.Resolution).DueAt, breached.CauseAt);
    }

    [Fact, Rule("ESC-1"), Rule("ESC-5")]
    public void Silence_lifts_a_case_and_contact_ends_it()
    {
        var story = Opened().Tell(Call).After(TimeSpan.FromHours(25));
        Assert.Contains(story.Case.Escalations, e => e is { IsOpen: true, Cause: "clock.breached:silence" });

        story.Tell(Call);
        Assert.Equal(Level.Buffer, story.Case.Level);
    }

    [Fact, Rule("ESC-1"), Rule("ESC-5")]
    public void Call_me_lifts_a_case_until_somebody_calls()
    {
        var story = Opened().Tell(new HearCustomer("Ring me.", CustomerWish.Call), CaseStory.Customer);
        Assert.Equal((Causes.CallMe, Level.Specialist), (Only(story).Cause, story.Case.Level));

        story.Tell(new LogContact(Direction.ToCustomer, Channel.Email, "wrote"));
        Assert.Equal(Level.Specialist, story.Case.Level);
        story.Tell(Call);
        Assert.Equal("contact", Only(story).ClosedBecause);
    }

    [Fact, Rule("ESC-1"), Rule("ESC-5")]
    public void Who_asked_for_someone_higher_has_to_hear_from_them()
    {
        var story = Opened().Tell(new HearCustomer("Your boss, please.", CustomerWish.Higher), CaseStory.Customer).Tell(Call);
        Assert.True(Only(story).IsOpen, "an agent's call is not someone higher");

        story.Tell(new AcknowledgeEscalation(1), Sorin).Tell(Call, Sorin);
        Assert.Equal("contact", Only(story).ClosedBecause);
    }

    [Fact, Rule("ESC-1"), Rule("CUS-4")]
    public void The_third_like_complaint_starts_at_the_specialist()
    {
        var story = new CaseStory { Policies = LadderPolicy.Peopled };
        story.Tell(CaseStory.Opening() with { LikeComplaints = 3 });

        Assert.Equal((Causes.LikeComplaint, Level.Specialist), (Only(story).Cause, story.Case.Level));
        story.Tell(new HearOfCustomer(Level.Buffer, 3), Actor.Clock);
        Assert.Single(story.Case.Escalations);
    }

    [Fact, Rule("ESC-6")]
    public void A_new_case_starts_on_its_customers_level_and_comes_down_with_it()
    {
        var story = new CaseStory { Policies = LadderPolicy.Peopled };
        story.Tell(CaseStory.Opening() with { CustomerLevel = Level.Head });
        Assert.Equal((Causes.CustomerLevel, Level.Head, Level.Buffer), (Only(story).Cause, story.Case.Level, story.Case.OwnLevel));

        story.Tell(new HearOfCustomer(Level.Head, 1), Actor.Clock).Tell(new HearOfCustomer(Level.Buffer, 1), Actor.Clock);
        Assert.Equal((Level.Buffer, "customer.level"), (story.Case.Level, Only(story).ClosedBecause));
    }

    [Fact, Rule("ESC-5")]
    public void Whoever_has_it_closes_it_and_others_do_not()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null));
        Assert.Equal("escalation.notYours", story.Refuse(new CloseEscalation(1, "Settled."), Sorin).Code);
        story.Tell(new AcknowledgeEscalation(1), Sorin).Tell(new CloseEscalation(1, "Settled."), Sorin).Tell(new CloseEscalation(1, "Settled."), Sorin);

        Assert.Equal((Level.Buffer, "word"), (story.Case.Level, story.All<EscalationClosed>().Single().Reason));
    }

    [Fact, Rule("ESC-5"), Rule("CLK-8")]
    public void A_closed_case_has_nobody_to_tell()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).Tell(new CloseCase(Outcome.Withdrawn, "They withdrew it."));
        var told = story.All<EscalationTold>().Count();
        story.After(TimeSpan.FromDays(3));

        Assert.Equal((told, "case.closed"), (story.All<EscalationTold>().Count(), Only(story).ClosedBecause));
    }

    [Fact, Rule("ESC-3"), Rule("CLK-2")]
    public void Its_time_counts_on_its_levels_calendar()
    {
        var story = new CaseStory { Policies = LadderPolicy.With("{calendar: always, acknowledge: PT10M", "{calendar: office, acknowledge: PT10M") };
        story.Tell(CaseStory.Opening()).After(TimeSpan.FromHours(3) + Minutes(55)).Tell(new Escalate("At five to six in Chisinau.", Level.Specialist));

        Assert.Equal(new DateTimeOffset(2026, 11, 20, 7, 5, 0, TimeSpan.Zero), story.Case.Escalations[^1].AcknowledgeBy);
    }

    [Fact, Rule("ESC-3"), Rule("CLK-2")]
    public void Another_policy_gives_another_time_and_what_was_used_stays_used()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).After(Minutes(6));
        story.Policies.Change((LadderPolicy.File, LadderPolicy.Text.Replace("acknowledge: PT10M", "acknowledge: PT16M", StringComparison.Ordinal)), (LadderPolicy.PeopleFile, LadderPolicy.People));
        story.Tell(new ApplyPolicy(), CaseStory.Vlad);

        Assert.Equal(CaseStory.Noon.AddMinutes(16), Only(story).AcknowledgeBy);
        Assert.Equal(Level.Specialist, story.After(Minutes(9)).Case.Level);
        Assert.Equal(Level.Head, story.After(Minutes(1)).Case.Level);
    }

    [Fact, Rule("CLK-6"), Rule("ESC-3"), Rule("ESC-4")]
    public void Its_time_explains_itself_through_a_rise_a_hold_and_another_policy()
    {
        var story = Opened().Tell(new Escalate("They threaten to sue.", null)).After(Minutes(6));
        story.Policies.Change((LadderPolicy.File, LadderPolicy.Text.Replace("acknowledge: PT10M", "acknowledge: PT16M", StringComparison.Ordinal)), (LadderPolicy.PeopleFile, LadderPolicy.People));
        story.Tell(new ApplyPolicy(), CaseStory.Vlad);
        Assert.Equal([Minutes(6), Minutes(10)], Counted(story, ClockExplanation.EscalationAcknowledge));
        Assert.Equal(2, Why(story).Stretches.Select(stretch => stretch.Plan.Version).Distinct().Count());

        story.After(Minutes(10));
        Assert.Equal(Level.Head, story.Case.Level);
        Assert.Equal([Minutes(20)], Counted(story, ClockExplanation.EscalationAcknowledge));

        story.Tell(new AcknowledgeEscalation(1), CaseStory.Irina);
        Assert.Equal(Only(story).HoldUntil - story.Now, Counted(story, ClockExplanation.EscalationHold).Single());

        static IEnumerable<TimeSpan> Counted(CaseStory story, string name)
        {
            var why = Why(story);
            Assert.Equal((name, Only(story).NextAt), (why.Clock.Name, why.Stretches[^1].Interval.To));
            return why.Stretches.Select(stretch => stretch.Interval.Counted);
        }
    }

    [Fact, Rule("ESC-3")]
    public void An_escalation_from_before_the_ladder_had_times_does_not_wait_for_ever()
    {
        var old = Case.Empty(Guid.Empty).Evolve(new EscalationRaised(1, "word", Level.Head, null), CaseStory.Noon, "ana").Escalations[0];

        Assert.Equal(CaseStory.Noon.AddMinutes(15), old.AcknowledgeBy);
    }

    private static LogContact Call => new(Direction.ToCustomer, Channel.Phone, "called");

    private static CaseStory Opened() => new CaseStory { Policies = LadderPolicy.Peopled }.Tell(CaseStory.Opening());

    /// <summary>So that no clock of first contact speaks for a day.</summary>
    private static CaseStory Called() => Opened().Tell(Call);

    private static CaseEscalation Only(CaseStory story) => story.Case.Escalations.Single();

    private static ClockExplanation Why(CaseStory story) => ClockExplanation.Of(
        Only(story),
        story.History.Zip(story.Instants, (happened, at) => new Entry(story.Case.Id, Case.Category, 1, 1, at, "", Guid.Empty, happened)),
        version => story.Policies.Find(version) ?? story.Policies.Current);

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);
}
