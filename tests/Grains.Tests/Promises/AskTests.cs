using Escalation.Grains.Calendars;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Cases.CaseStory;

namespace Escalation.Grains.Tests.Promises;

/// <summary>PRM-3: ahead of send-by a promise's owner is asked.</summary>
public sealed class AskTests
{
    private static readonly PromisePolicy Policy = TestPolicy.Shipped.Current.Promises;

    /// <summary>Two days on, at 15:00 in Chisinau: send-by is 05:24 there, so it is moved to 21:00 the evening before.</summary>
    private static readonly DateTimeOffset Due = Noon.AddHours(49);

    [Fact, Rule("PRM-3")]
    public void The_owner_is_asked_four_working_hours_before_send_by()
    {
        var story = Promised();
        var promise = story.Case.Promises.Single();

        // The office closes at 18:00, three hours before send-by: asked at 14:00.
        Assert.Equal(promise.SendBy.AddHours(-7), promise.AskAt);

        story.After(promise.AskAt!.Value - Noon);

        Assert.Equal(("ana", AskState.Asked), (story.All<PromiseOwnerAsked>().Single().Owner, story.Case.Promises.Single().Ask));
    }

    [Fact, Rule("PRM-3")]
    public void Without_office_hours_the_customers_night_is_left_out()
    {
        // Send-by at 10:00 in Chisinau: two hours of the morning, the other two of the evening before.
        var sendBy = new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

        Assert.Equal(
            new DateTimeOffset(2026, 11, 20, 17, 0, 0, TimeSpan.Zero),
            SendBy.AskAt(Noon.AddDays(-5), sendBy, "Europe/Chisinau", Policy with { Calendar = WorkCalendar.Always }));
    }

    [Fact, Rule("PRM-3")]
    public void Working_time_leaves_out_the_weekend()
    {
        // Send-by on Monday at 11:00 in Chisinau: two hours of Monday, two of Friday.
        var sendBy = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

        Assert.Equal(
            new DateTimeOffset(2026, 11, 20, 14, 0, 0, TimeSpan.Zero),
            SendBy.AskAt(Noon.AddDays(-5), sendBy, "Europe/Chisinau", Policy));
    }

    [Fact, Rule("PRM-3")]
    public void Nobody_is_asked_about_a_short_promise_before_half_of_the_time_has_passed() =>
        Assert.Equal(Noon.AddHours(1), SendBy.AskAt(Noon, Noon.AddHours(2), "Europe/Chisinau", Policy));

    [Fact, Rule("PRM-3")]
    public void An_owner_who_does_not_react_in_half_of_the_time_left_shows_to_supervisors()
    {
        var story = Promised();
        var promise = story.Case.Promises.Single();

        story.After(promise.AskAt!.Value + ((promise.SendBy - promise.AskAt.Value) / 2) - Noon);

        Assert.Equal(AskState.Unanswered, story.Case.Promises.Single().Ask);
        Assert.Single(story.All<PromiseOwnerSilent>());
        story.After(TimeSpan.FromMinutes(1));
        Assert.Single(story.All<PromiseOwnerSilent>());
    }

    [Fact, Rule("PRM-3")]
    public void Reason_and_new_date_in_one_step_end_the_asking()
    {
        var story = Promised();
        story.After(story.Case.Promises.Single().AskAt!.Value - Noon).Tell(new ExplainDelay(1, "the van broke down", Due.AddDays(2)));

        Assert.Equal((AskState.Ahead, 1), (story.Case.Promises.Single().Ask, story.Case.Promises.Single().Revision));
        Assert.False(story.All<PromiseExplained>().Single().Automatic);
    }

    [Fact, Rule("PRM-3")]
    public void A_confirmed_promise_is_not_explained_before_the_last_call_and_then_it_is()
    {
        var story = Promised().Tell(new ConfirmPromise(1));
        var promise = story.Case.Promises.Single();
        Assert.Equal((AskState.Answered, Due.AddMinutes(-30)), (promise.Ask, promise.SendBy));

        story.After(promise.SendBy.AddSeconds(-1) - Noon);
        Assert.Empty(story.All<PromiseOwnerAsked>());
        Assert.Empty(story.All<PromiseExplained>());

        story.After(TimeSpan.FromSeconds(1));
        Assert.True(story.All<PromiseExplained>().Single().Automatic);
        Assert.True(story.Now < Due);
    }

    [Fact, Rule("PRM-3")]
    public void A_second_confirmation_changes_nothing_and_holds_nothing_back_longer()
    {
        var story = Promised().Tell(new ConfirmPromise(1));

        Assert.Empty(story.Try(new ConfirmPromise(1)).Events);
    }

    [Fact, Rule("PRM-3")]
    public void What_a_person_has_to_call_about_can_no_longer_be_confirmed()
    {
        var story = Promised().After(TimeSpan.FromDays(2));
        var second = story.Case.Promises.Single();

        story.After(second.SendBy - story.Now);

        Assert.Equal("promise.personCalls", story.Refuse(new ConfirmPromise(1)).Code);
    }

    [Fact, Rule("PRM-8")]
    public void With_every_promise_confirmed_and_nobody_keeping_it_nothing_lapses_silently()
    {
        var story = Promised();
        while (story.Case.Promises.Single().IsOpen)
        {
            story.Try(new ConfirmPromise(1));
            story.After(TimeSpan.FromHours(1));
        }

        Assert.False(story.All<PromiseLapsed>().Single().Silently);
        Assert.Contains(story.Case.CallTasks, task => task.Reason == CallTask.SecondDelay && task.RaisedAt < story.Case.Promises.Single().DueAt);
    }

    private static CaseStory Promised() => Opened().Tell(new MakePromise("The dishwasher is delivered and fitted", Due, null));
}
