using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.Grains.Statutory;
using Escalation.Grains.Tests.Cases;
using Escalation.Grains.Tests.Clocks;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;
using static Escalation.Grains.Tests.Statutory.LawStory;

namespace Escalation.Grains.Tests.Statutory;

/// <summary>United States: an order that is not shipped in time, from the first delay to the refund.</summary>
public sealed class FtcStoryTests
{
    private static readonly DateTimeOffset First = CaseStory.Noon.AddDays(10);

    [Fact, Rule("REG-1"), Rule("PRM-6")]
    public void Silence_consents_to_a_first_delay_and_cancels_at_the_second_and_the_refund_has_its_clock()
    {
        var story = Promised().Tell(new ExplainDelay(1, "the mill burnt down.", First.AddDays(30)));
        var notice = story.Explanations().Last();
        Assert.Contains("we take it that you agree to the new date", notice.Body, StringComparison.Ordinal);
        Assert.Contains("{answerCancel}", notice.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("we do not take it for a yes", notice.Body, StringComparison.Ordinal);

        story.MailIsAccepted().Until(First.AddMinutes(1));
        Assert.Contains(new DelayUnanswered(1, 1, Silence.Consents), story.All<DelayUnanswered>());
        Assert.Equal(PromiseState.Explained, story.Case.Promises[0].State);
        Assert.Empty(story.Running());

        story.Tell(new ExplainDelay(1, "and the yarn is late.", First.AddDays(40)), CaseStory.Irina);
        Assert.Contains("your order is cancelled by itself", story.Explanations().Last().Body, StringComparison.Ordinal);
        story.MailIsAccepted().Until(First.AddDays(30).AddMinutes(1));
        Assert.Contains(new DelayUnanswered(1, 2, Silence.Cancels), story.All<DelayUnanswered>());
        Assert.True(Assert.Single(story.All<PromiseWithdrawn>()).ByLaw);
        Assert.Equal([CallTask.CancelledBySilence], story.Case.CallTasks.Select(task => task.Reason));

        // Cancelled on Tuesday, 29 December, at noon; New Year is no working day.
        Assert.Equal([("us-ftc.refund", Utc(2027, 1, 8))], story.Running());
        Assert.Equal("case.lawOpen", story.Refuse(new CloseCase(Outcome.Withdrawn, "x"), CaseStory.Irina).Code);
        story.Tell(Letter("us-ftc", "refund", ("amount", "89.00 USD"), ("means", "to your card, on 4 January"))).MailIsAccepted();
        Assert.Equal(ClockState.Met, story.Clock("us-ftc.refund").State);
        story.Tell(new CloseCase(Outcome.Withdrawn, "Refunded."), CaseStory.Irina);
    }

    [Fact, Rule("REG-1"), Rule("PRM-6")]
    public void A_first_delay_of_more_than_30_days_needs_a_yes_within_30()
    {
        var story = Promised().Tell(new ExplainDelay(1, "no wool.", First.AddDays(31))).MailIsAccepted();
        Assert.Equal(First.AddDays(30), story.Case.Promises[0].AnswerDueAt);

        // To be called is no yes.
        story.Tell(new AnswerDelay(1, null, CustomerAnswer.CallMe, Channel.Web), CaseStory.Customer).Until(First.AddDays(29));
        Assert.Empty(story.All<PromiseWithdrawn>());
        story.Until(First.AddDays(30));
        Assert.True(Assert.Single(story.All<PromiseWithdrawn>()).ByLaw);

        var agreed = Promised().Tell(new ExplainDelay(1, "no wool.", First.AddDays(31))).MailIsAccepted()
            .Tell(new AnswerDelay(1, null, CustomerAnswer.Fine, Channel.Web), CaseStory.Customer).Until(First.AddDays(30));
        Assert.Empty(agreed.All<PromiseWithdrawn>());
        Assert.Empty(agreed.Running());
    }

    [Fact, Rule("REG-1")]
    public void To_cancel_or_to_be_forgotten_starts_the_refund_as_well()
    {
        var cancelled = Promised().Tell(new ExplainDelay(1, "no wool.", First.AddDays(3))).MailIsAccepted()
            .Tell(new AnswerDelay(1, null, CustomerAnswer.Cancel, Channel.Web), CaseStory.Customer);
        Assert.Equal("us-ftc.refund", Assert.Single(cancelled.Running()).Item1);

        var forgotten = Promised().DownFor(TimeSpan.FromDays(11)).Tell(new Tick(), Actor.Clock);
        Assert.Equal(PromiseState.Lapsed, forgotten.Case.Promises[0].State);
        Assert.Equal("us-ftc.refund", Assert.Single(forgotten.Running()).Item1);
    }

    [Fact, Rule("PRM-6")]
    public void What_the_law_is_not_about_and_whom_it_does_not_cover_keep_our_own_rule()
    {
        var aside = OpenedAt("newark").Tell(new MakePromise("We call you.", First, null, OutsideLaw: true)).Tell(new ExplainDelay(1, "ill", First.AddDays(1)));
        Assert.Contains("we do not take it for a yes", aside.Explanations().Last().Body, StringComparison.Ordinal);
        aside.MailIsAccepted().Until(First);
        Assert.Equal(new DelayUnanswered(1, 1), Assert.Single(aside.All<DelayUnanswered>()));
        Assert.Empty(OpenedAt("london").Case.Laws);
    }

    [Fact, Rule("REG-2"), Rule("PRM-5")]
    public void A_delay_that_the_law_has_words_for_is_not_told_by_text_message()
    {
        var story = new CaseStory { Policies = TestPolicy.Reaching(Channel.Email, Channel.Sms) }.Tell(
            CaseStory.Opening(Nora with { Email = null }) with { Site = "newark" });
        story.Tell(new MakePromise("The blanket is shipped.", First, null)).Tell(new ExplainDelay(1, "no wool.", First.AddDays(3)));

        Assert.Empty(story.Explanations());
        Assert.Equal(CallTask.NoChannel, Assert.Single(story.Case.CallTasks).Reason);
        Assert.Null(story.Case.Promises[0].AnswerDueAt);
    }

    [Fact, Rule("REG-1")]
    public void The_customer_reads_of_it_in_their_language()
    {
        var story = OpenedAt("newark", customer: Nora with { Language = "ru-MD", TimeZone = "America/New_York" })
            .Tell(new MakePromise("Плед отправлен.", First, null)).Tell(new ExplainDelay(1, "нет шерсти.", First.AddDays(3)));

        var notice = story.Explanations().Single();
        Assert.Equal("ru", notice.Language);
        Assert.Contains("будем считать, что вы согласны с новой датой", notice.Body, StringComparison.Ordinal);
        Assert.Contains("2 декабря 2026", notice.Body, StringComparison.Ordinal);
    }

    private static CaseStory Promised() =>
        OpenedAt("newark").Tell(new MakePromise("The blanket is shipped.", First, null)).MailIsAccepted();
}
