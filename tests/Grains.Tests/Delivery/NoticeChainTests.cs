using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Delivery;

/// <summary>PRM-5: one channel after another, then a person, all before due.</summary>
public sealed class NoticeChainTests
{
    private static readonly DateTimeOffset Due = Noon.AddHours(5);

    /// <summary>PRM-2: a fifth of five hours before due.</summary>
    private static readonly DateTimeOffset SendBy = Noon.AddHours(4);

    [Fact, Rule("PRM-5")]
    public void Not_accepted_in_time_it_goes_over_each_channel_in_turn_and_then_to_a_person_all_before_due()
    {
        var story = AtSendBy(Ioana).After(TimeSpan.FromMinutes(59));

        // An hour is left: a quarter is kept for the person, and three channels share the rest.
        Assert.Equal(
            [(Channel.Email, SendBy), (Channel.Sms, SendBy.AddMinutes(15)), (Channel.Webhook, SendBy.AddMinutes(30))],
            Explanations(story).Select(notice => (notice.Channel, notice.DecidedAt)));
        Assert.Equal((CallTask.NotAccepted, SendBy.AddMinutes(45)), Asked(story));
        Assert.Equal(["ioana@example.org", "+37369000001", $"customer:{story.Case.Opening!.CustomerId}"], Explanations(story).Select(n => n.To));
    }

    [Fact, Rule("PRM-5")]
    public void Refused_for_good_it_goes_over_the_next_channel_at_once_which_has_the_time_that_is_left()
    {
        var story = AtSendBy(Ioana).Tell(new RecordNoticeFailed(2, "no such mailbox", 1), Actor.Notifier);

        var sms = Explanations(story)[1];
        Assert.Equal((Channel.Sms, SendBy, SendBy.AddMinutes(22.5)), (sms.Channel, sms.DecidedAt, sms.FallbackAt));
        Assert.Empty(story.Case.CallTasks);
    }

    [Fact, Rule("PRM-5")]
    public void The_last_channel_refused_for_good_a_person_is_asked_at_once_and_only_once()
    {
        var story = AtSendBy(Ioana);
        foreach (var number in new[] { 2, 3, 4 })
        {
            story.Tell(new RecordNoticeFailed(number, "no", 1), Actor.Notifier);
        }

        story.After(TimeSpan.FromMinutes(59));

        Assert.Equal((CallTask.NotAccepted, SendBy), Asked(story));
        Assert.Equal(3, Explanations(story).Count);
    }

    [Fact, Rule("PRM-5")]
    public void Accepted_on_one_channel_nothing_goes_over_the_next()
    {
        var story = AtSendBy(Ioana).MailIsAccepted().After(TimeSpan.FromMinutes(59));

        Assert.Single(Explanations(story));
        Assert.Empty(story.Case.CallTasks);
    }

    [Fact, Rule("PRM-5")]
    public void A_server_that_took_it_late_is_recorded_and_the_next_channel_says_nothing_more()
    {
        var story = AtSendBy(Ioana).After(TimeSpan.FromMinutes(20));

        story.Tell(new RecordNoticeAccepted(2, SendBy, 3), Actor.Notifier).Tell(new RecheckNotice(3), Actor.Notifier)
            .After(TimeSpan.FromMinutes(39));

        Assert.Equal(
            [(Channel.Email, NoticeState.Accepted, null), (Channel.Sms, NoticeState.Dropped, "notice.acceptedElsewhere")],
            Explanations(story).Select(n => (n.Channel, n.State, n.Reason)));
        Assert.Equal(SendBy.AddMinutes(20), Explanations(story)[0].AcceptedAt);
        Assert.Empty(story.Case.CallTasks);
    }

    [Fact, Rule("PRM-5")]
    public void Once_the_next_channel_is_taken_the_one_before_is_not_tried_again()
    {
        var story = AtSendBy(Ioana).After(TimeSpan.FromMinutes(20)).Tell(new RecheckNotice(2), Actor.Notifier);

        Assert.Equal((NoticeState.Dropped, "notice.nextChannel"), (story.Case.Notices[1].State, story.Case.Notices[1].Reason));
    }

    [Fact, Rule("PRM-5")]
    public void After_the_old_date_an_explanation_is_not_sent_any_more()
    {
        var story = AtSendBy(Ioana with { Phone = null }, Channel.Phone, Channel.Email).After(TimeSpan.FromHours(2)).Tell(new RecheckNotice(2), Actor.Notifier);

        Assert.Equal((NoticeState.Dropped, "notice.tooLate"), (story.Case.Notices[1].State, story.Case.Notices[1].Reason));
        Assert.Equal(SendBy.AddMinutes(45), Asked(story).At);
    }

    [Fact, Rule("PRM-5")]
    public void A_bounce_takes_back_the_acceptance_and_the_next_channel_is_taken()
    {
        var story = AtSendBy(Ioana).MailIsAccepted().After(TimeSpan.FromMinutes(10));

        story.Tell(new RecordNoticeBounced(2, "5.1.1 unknown mailbox"), Actor.Notifier);
        story.Tell(new RecordNoticeBounced(2, "5.1.1 unknown mailbox"), Actor.Notifier);

        Assert.Equal([(Channel.Email, NoticeState.Failed), (Channel.Sms, NoticeState.Decided)], Explanations(story).Select(n => (n.Channel, n.State)));
        Assert.Equal("5.1.1 unknown mailbox", Explanations(story)[0].Reason);
        Assert.Single(story.All<NoticeBounced>());
    }

    [Fact, Rule("PRM-5")]
    public void A_bounce_after_the_old_date_goes_to_a_person()
    {
        var story = AtSendBy(Ioana).MailIsAccepted().After(TimeSpan.FromHours(3));

        story.Tell(new RecordNoticeBounced(2, "5.2.2 mailbox full"), Actor.Notifier);

        Assert.Equal((CallTask.NotAccepted, SendBy.AddHours(3)), Asked(story));
        Assert.Single(Explanations(story));
    }

    [Fact, Rule("PRM-5")]
    public void A_bounce_of_what_is_settled_by_now_bothers_nobody()
    {
        var story = AtSendBy(Ioana).MailIsAccepted().Tell(new KeepPromise(1, "delivered"));

        story.Tell(new RecordNoticeBounced(2, "5.1.1"), Actor.Notifier);

        Assert.Single(Explanations(story));
        Assert.Empty(story.Case.CallTasks);
    }

    [Theory, Rule("PRM-5")]
    [InlineData(null, null, new[] { Channel.Webhook })]
    [InlineData("a@b.example", null, new[] { Channel.Email, Channel.Webhook })]
    [InlineData(null, "+373", new[] { Channel.Sms, Channel.Webhook })]
    public void A_channel_that_does_not_reach_the_customer_is_passed_over(string? email, string? phone, Channel[] expected)
    {
        var story = AtSendBy(Ioana with { Email = email, Phone = phone }).After(TimeSpan.FromMinutes(59));

        Assert.Equal(expected, Explanations(story).Select(notice => notice.Channel));
        Assert.Single(story.Case.CallTasks);
    }

    [Fact, Rule("CASE-9")]
    public void What_the_customer_prefers_goes_first_then_the_way_they_came_by()
    {
        Assert.Equal(Channel.Sms, AtSendBy(Ioana with { Prefers = Channel.Sms }).Case.Notices[0].Channel);
        Assert.Equal(Channel.Email, AtSendBy(Ioana with { Prefers = Channel.Visit }).Case.Notices[0].Channel);
        Assert.Equal(Channel.Sms, AtSendBy(Ioana, cameBy: Channel.Sms).Case.Notices[0].Channel);
    }

    [Fact, Rule("PRM-5")]
    public void An_acknowledgement_refused_for_good_goes_over_the_next_channel_and_waits_for_no_instant()
    {
        var story = AtSendBy(Ioana).Tell(new RecordNoticeFailed(1, "no", 1), Actor.Notifier);

        var next = story.Case.Notices[^1];
        Assert.Equal((NoticeKind.Acknowledgement, Channel.Sms, (DateTimeOffset?)null), (next.Kind, next.Channel, next.FallbackAt));
    }

    [Fact, Rule("PRM-5")]
    public void However_little_time_is_left_every_channel_and_the_person_come_before_due()
    {
        var story = Story(Channel.Email, Channel.Sms, Channel.Webhook);
        story.Tell(Opening(Ioana)).Tell(new MakePromise("call back", Noon.AddSeconds(16), null)).After(TimeSpan.FromSeconds(15.99));

        Assert.Equal([Channel.Email, Channel.Sms, Channel.Webhook], Explanations(story).Select(notice => notice.Channel));
        Assert.True(Asked(story).At < Noon.AddSeconds(16));
    }

    private static CaseStory AtSendBy(CustomerContact customer, Channel cameBy = Channel.Phone, params Channel[] available)
    {
        var story = Story(available.Length > 0 ? available : [Channel.Email, Channel.Sms, Channel.Webhook]);
        return story.Tell(Opening(customer) with { Channel = cameBy }).Tell(new MakePromise("deliver", Due, null)).After(SendBy - Noon);
    }

    private static CaseStory Story(params Channel[] available) => new() { Policies = TestPolicy.Reaching(available) };

    private static List<Notice> Explanations(CaseStory story) =>
        [.. story.Case.Notices.Where(notice => notice.Kind == NoticeKind.Explanation)];

    private static (string Reason, DateTimeOffset At) Asked(CaseStory story)
    {
        var task = Assert.Single(story.Case.CallTasks);
        return (task.Reason, task.RaisedAt);
    }
}
