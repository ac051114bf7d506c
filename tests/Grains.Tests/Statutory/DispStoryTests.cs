using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Notices;
using Escalation.Grains.Tests.Cases;
using Escalation.Grains.Tests.Clocks;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Statutory.LawStory;

namespace Escalation.Grains.Tests.Statutory;

/// <summary>United Kingdom: complaints to financial firms, from the complaint to the final response, with every clock.</summary>
public sealed class DispStoryTests
{
    private static readonly (string, string) TimeLimits = ("timeLimits", "You must do so within six months of the date of this letter.");

    [Fact, Rule("REG-1"), Rule("CASE-10")]
    public void A_complaint_is_acknowledged_at_once_held_in_time_and_answered_for_good()
    {
        var story = OpenedAt("london", "loan");
        Assert.Equal(
            [("uk-disp.acknowledgement", Utc(2026, 11, 20)), ("uk-disp.summaryResolution", Utc(2026, 11, 24)), ("uk-disp.finalResponse", Utc(2027, 1, 14))],
            story.Running());
        var acknowledged = Assert.Single(story.Case.Notices);
        Assert.Equal(NoticeKind.Letter, acknowledged.Kind);
        Assert.Contains("within eight weeks of your complaint, by 14 January 2027", acknowledged.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("business days", acknowledged.Body, StringComparison.Ordinal);
        Assert.True(story.Clock("uk-disp.acknowledgement").IsRunning);
        story.MailIsAccepted();
        Assert.Equal(ClockState.Met, story.Clock("uk-disp.acknowledgement").State);

        story.Until(Utc(2027, 1, 11)).Tell(Letter("uk-disp", "holding", ("reasons", "The lender's files have not come."), ("expected", "2027-02-10"), TimeLimits));
        Assert.True(story.Clock("uk-disp.finalResponse").IsRunning);
        story.MailIsAccepted();
        Assert.Equal(ClockState.Met, story.Clock("uk-disp.finalResponse").State);
        var promise = Assert.Single(story.Case.Promises);
        Assert.Equal(("Our final response to your complaint", new DateTimeOffset(2027, 2, 10, 23, 59, 0, TimeSpan.Zero)), (promise.Text, promise.DueAt));
        Assert.Contains("by 10 February 2027", story.Case.Notices[^1].Body, StringComparison.Ordinal);

        story.Until(Utc(2027, 2, 1)).Tell(Letter("uk-disp", "finalResponse", ("decision", "We accept your complaint and pay 300 GBP."), TimeLimits)).MailIsAccepted();
        story.Tell(new KeepPromise(1, "letter 3")).Tell(new CloseCase(Outcome.Withdrawn, "Paid."), CaseStory.Irina);

        Assert.Equal(["acknowledgement", "holding", "finalResponse"], story.Case.Letters.Select(letter => letter.Letter));
        Assert.All(story.Case.Letters, letter => Assert.NotNull(letter.SentAt(story.Case)));
        Assert.DoesNotContain(story.All<ClockBreached>(), breached => breached.ClockKind == ClockKind.Statutory);
    }

    [Fact, Rule("REG-1"), Rule("CLK-2")]
    public void A_payment_is_answered_within_15_business_days_or_held_until_35_at_most()
    {
        // Christmas, the day that makes up for Boxing Day, and New Year are no business days.
        var story = OpenedAt("london", "payment").MailIsAccepted();
        Assert.Equal(
            [("uk-disp.summaryResolution", Utc(2026, 11, 24)), ("uk-disp.paymentResponse", Utc(2026, 12, 10)), ("uk-disp.paymentFinal", Utc(2027, 1, 12))],
            story.Running());
        Assert.Contains("by 10 December 2026. Should exceptional circumstances", story.Case.Notices[0].Body, StringComparison.Ordinal);
        story.Until(Utc(2026, 12, 9));

        var tooLate = story.Refuse(Letter("uk-disp", "paymentHolding", ("reasons", "The card scheme is down."), ("expected", "2027-01-13")));
        Assert.Equal(("letter.incomplete", "fields.expected"), (tooLate.Code, tooLate.Field));
        Assert.Contains("later than 2027-01-12", tooLate.Detail, StringComparison.Ordinal);

        story.Tell(Letter("uk-disp", "paymentHolding", ("reasons", "The card scheme is down."), ("expected", "2027-01-12"))).MailIsAccepted();
        Assert.Equal([("uk-disp.paymentFinal", Utc(2027, 1, 12))], story.Running());
        story.Until(Utc(2027, 1, 13));
        Assert.Single(story.All<ClockBreached>(), breached => breached.Clock == "uk-disp.paymentFinal");
        Assert.Equal("case.lawOpen", story.Tell(new WithdrawPromise(1, "x")).Refuse(new CloseCase(Outcome.Withdrawn, "x"), CaseStory.Irina).Code);
    }

    [Fact, Rule("REG-1"), Rule("CLK-2")]
    public void A_complaint_of_a_Sunday_counts_from_Monday_and_the_letter_names_the_laws_last_day()
    {
        var story = new CaseStory().After(TimeSpan.FromDays(3)).Tell(
            CaseStory.Opening(Nora with { TimeZone = "Europe/Chisinau" }) with { Site = "london", Product = "payment" });

        Assert.Contains(("uk-disp.summaryResolution", Utc(2026, 11, 26, 0)), story.Running());
        Assert.Contains("within 15 business days of your complaint, by 11 December 2026", story.Case.Notices[0].Body, StringComparison.Ordinal);
        Assert.Equal("letter.incomplete", story.Refuse(Letter("uk-disp", "paymentHolding", ("reasons", "x"), ("expected", "2027-01-14"))).Code);
        story.Tell(Letter("uk-disp", "paymentHolding", ("reasons", "x"), ("expected", "2027-01-13")));
    }

    [Fact, Rule("REG-2"), Rule("REG-1")]
    public void A_letter_that_comes_back_meets_nothing_and_its_clock_runs_on_to_the_date_that_it_had()
    {
        var story = OpenedAt("london", "loan").MailIsAccepted().Until(Utc(2027, 1, 4))
            .Tell(Letter("uk-disp", "finalResponse", ("decision", "We accept your complaint."), TimeLimits)).MailIsAccepted();
        Assert.Empty(story.Running());
        var (number, due) = (story.Case.Notices.Length, story.Clock("uk-disp.finalResponse").DueAt);

        story.Until(Utc(2027, 1, 5)).Tell(new RecordNoticeBounced(number, "5.1.1"), Actor.Notifier);
        Assert.Equal([("uk-disp.finalResponse", due)], story.Running());
        Assert.Null(story.Case.Letters[^1].SentAt(story.Case));
        Assert.Contains(story.Case.CallTasks, task => task.Reason == CallTask.NotAccepted && task.DoneAt is null);
        Assert.Equal("case.lawOpen", story.Refuse(new CloseCase(Outcome.Withdrawn, "x"), CaseStory.Irina).Code);

        // Word of it again changes nothing; another letter, by post, meets it.
        story.Tell(new RecordNoticeBounced(number, "5.1.1"), Actor.Notifier);
        Assert.Single(story.All<ClockReopened>());
        story.Tell(Letter("uk-disp", "finalResponse", ("decision", "We accept your complaint."), TimeLimits) with { Evidence = "Royal Mail AB 123" });
        Assert.Empty(story.Running());
        Assert.DoesNotContain(story.All<ClockBreached>(), breached => breached.ClockKind == ClockKind.Statutory);
    }

    [Fact, Rule("REG-2"), Rule("ESC-1")]
    public void Past_its_date_the_clock_of_a_letter_that_comes_back_is_breached_and_the_closed_case_is_open_again()
    {
        var story = OpenedAt("london", "loan").MailIsAccepted().Until(Utc(2027, 1, 13))
            .Tell(Letter("uk-disp", "finalResponse", ("decision", "We accept your complaint."), TimeLimits)).MailIsAccepted()
            .Tell(new CloseCase(Outcome.Withdrawn, "Paid."), CaseStory.Irina);
        var number = story.Case.Letters[^1].Notice!.Value;

        story.Until(Utc(2027, 1, 15)).Tell(new RecordNoticeBounced(number, "5.1.1"), Actor.Notifier);

        Assert.True(story.Case.IsOpen);
        Assert.Equal(ClockState.Breached, story.Clock("uk-disp.finalResponse").State);
        Assert.Equal(Utc(2027, 1, 14), Assert.Single(story.All<ClockBreached>(), breached => breached.ClockKind == ClockKind.Statutory).DueAt);
    }

    [Fact, Rule("REG-1")]
    public void What_is_settled_by_the_third_business_day_needs_a_short_letter_only()
    {
        var settled = OpenedAt("london", "loan").MailIsAccepted().Until(Utc(2026, 11, 24, 11));
        var letter = Letter("uk-disp", "summaryResolution", ("resolution", "we paid your fee back."), TimeLimits);
        Assert.Equal("letter.needsAgreement", settled.Refuse(letter).Code);
        settled.Tell(new OfferOption("fee back", null)).Tell(new ReachAgreement("fine", [1], true)).Tell(letter).MailIsAccepted();
        Assert.Empty(settled.Running());

        var late = OpenedAt("london", "loan").MailIsAccepted().Tell(new OfferOption("fee back", null)).Tell(new ReachAgreement("fine", [1], true)).Until(Utc(2026, 11, 24));
        Assert.Equal("letter.tooLate", late.Refuse(letter).Code);
        Assert.Contains(new ClockStopped("uk-disp.summaryResolution"), late.All<ClockStopped>());
        Assert.DoesNotContain(late.All<ClockBreached>(), breached => breached.ClockKind == ClockKind.Statutory);
    }

    [Fact, Rule("REG-2")]
    public void A_letter_that_lacks_what_the_law_asks_for_is_not_sent_and_all_of_it_is_named()
    {
        var story = OpenedAt("london", "loan").MailIsAccepted();
        var before = story.Case;

        var fields = story.Refuse(Letter("uk-disp", "finalResponse"));
        Assert.Equal(("letter.incomplete", "fields.decision"), (fields.Code, fields.Field));
        Assert.Contains("fields.timeLimits is missing", fields.Detail, StringComparison.Ordinal);
        Assert.Contains("(DISP 1.6.2R(1)(f))", fields.Detail, StringComparison.Ordinal);

        var own = Letter("uk-disp", "finalResponse", ("decision", "No."), TimeLimits) with { Body = "Dear {name}, this is our final response. {decision} You may ask the  Financial\nOmbudsman Service now." };
        var paragraphs = story.Refuse(own);
        Assert.Equal("paragraphs.timeLimits", paragraphs.Field);
        Assert.Contains("paragraphs.leaflet does not say 'leaflet' and does not say 'www.financial-ombudsman.org.uk' (DISP 1.6.2R(1)(d), (da))", paragraphs.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("paragraphs.ombudsman", paragraphs.Detail, StringComparison.Ordinal);
        Assert.Equal(before, story.Case);

        story.Tell(own with { Body = own.Body + " {timeLimits} A leaflet is here: www.financial-ombudsman.org.uk" });
        Assert.EndsWith("www.financial-ombudsman.org.uk", story.Case.Notices[^1].Body, StringComparison.Ordinal);
        Assert.Equal("pack.notCovering", story.Refuse(Letter("us-ftc", "refund")).Code);
        Assert.Equal("letter.unknown", story.Refuse(Letter("uk-disp", "apology")).Code);
    }

    [Fact, Rule("REG-2"), Rule("CLK-3")]
    public void Clocks_of_the_law_are_not_paused_moved_or_closed_early()
    {
        var story = OpenedAt("london", "loan").MailIsAccepted();
        story.Tell(new PauseCase("waitingForCustomer")).After(TimeSpan.FromDays(2)).Tell(new SetHeat(Heat.Public, null)).Tell(new ResumeCase());
        Assert.Equal((Utc(2027, 1, 14), (string?)null), (story.Clock("uk-disp.finalResponse").DueAt, story.Clock("uk-disp.finalResponse").PausedFor));

        var refused = story.Refuse(new CloseCase(Outcome.Withdrawn, "They gave up."), CaseStory.Irina);
        Assert.Equal("case.lawOpen", refused.Code);
        Assert.Contains("send summaryResolution or holding or finalResponse", refused.Detail, StringComparison.Ordinal);
        story.Tell(Letter("uk-disp", "finalResponse", ("decision", "We reject it: the fee is in the contract."), TimeLimits));
        Assert.Contains("is on its way", story.Refuse(new CloseCase(Outcome.Withdrawn, "x"), CaseStory.Irina).Detail, StringComparison.Ordinal);
        story.MailIsAccepted().Tell(new CloseCase(Outcome.Withdrawn, "x"), CaseStory.Irina);
        Assert.Empty(story.Running());
    }

    [Fact, Rule("REG-1"), Rule("PRM-5")]
    public void A_letter_never_goes_by_text_message_and_by_post_it_counts_with_evidence()
    {
        var story = new CaseStory { Policies = TestPolicy.Reaching(Channel.Email, Channel.Sms) }.Tell(
            CaseStory.Opening(Nora with { Email = null }) with { Site = "london", Product = "loan" });
        Assert.Equal(NoticeKind.Acknowledgement, Assert.Single(story.Case.Notices).Kind);
        Assert.True(story.Clock("uk-disp.acknowledgement").IsRunning);

        var letter = Letter("uk-disp", "finalResponse", ("decision", "We accept."), TimeLimits);
        Assert.Equal(("letter.noWay", "evidence"), (story.Refuse(letter).Code, story.Refuse(letter).Field));
        story.Tell(letter with { Evidence = "Registered post RR123" });
        Assert.Equal([("uk-disp.summaryResolution", Utc(2026, 11, 24))], story.Running());

        var bounced = new CaseStory { Policies = TestPolicy.Reaching(Channel.Email, Channel.Sms) }.Tell(CaseStory.Opening(Nora) with { Site = "london", Product = "loan" });
        bounced.Tell(new RecordNoticeFailed(1, "no such mailbox", 1), Actor.Notifier);
        Assert.Single(bounced.Case.Notices);
        Assert.Equal(CallTask.NotAccepted, Assert.Single(bounced.Case.CallTasks).Reason);
    }

    [Fact, Rule("CASE-10")]
    public void What_no_law_covers_as_it_opens_can_be_put_under_one_and_counts_from_the_complaint()
    {
        var story = OpenedAt("chisinau", "loan");
        Assert.Empty(story.Case.Laws);
        Assert.Equal("pack.unknown", story.Refuse(new ApplyPack("uk-disq")).Code);

        story.After(TimeSpan.FromDays(1)).Tell(new ApplyPack("uk-disp"));
        Assert.Equal(Utc(2027, 1, 14), story.Clock("uk-disp.finalResponse").DueAt);
        Assert.Single(story.Case.Letters);
        Assert.Empty(story.Try(new ApplyPack("uk-disp")).Events);
    }

    [Fact, Rule("CASE-8"), Rule("REG-1")]
    public void A_case_that_is_merged_brings_its_law_and_its_clocks()
    {
        var from = OpenedAt("london", "loan").MailIsAccepted();
        var into = new CaseStory(Guid.Parse("0197f3c0-0000-7000-8000-000000000002")).Tell(CaseStory.Opening(Nora));
        from.Tell(new MergeCase(into.Case.Id));
        into.Tell(new TakeOverCase(1, from.Case), Actor.Errands);

        Assert.Equal("uk-disp", Assert.Single(into.Case.Laws).Pack);
        Assert.Contains(("uk-disp.finalResponse", Utc(2027, 1, 14)), into.Running());
        into.Tell(Letter("uk-disp", "finalResponse", ("decision", "We accept."), TimeLimits)).MailIsAccepted();
        Assert.DoesNotContain(into.Running(), running => running.Item1 == "uk-disp.finalResponse");
    }
}
