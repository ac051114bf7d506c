using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Promises;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Cases;

/// <summary>Thousands of cases lived through at random, with the invariants checked after every step.</summary>
public sealed class RandomCaseTests
{
    [Fact]
    [Rule("PRM-3"), Rule("PRM-4"), Rule("PRM-6"), Rule("PRM-8"), Rule("CASE-9"), Rule("CLK-4"), Rule("CLK-7"), Rule("CLK-8"), Rule("CASE-2"), Rule("CASE-3")]
    public void Invariants_hold_for_any_sequence_of_commands_and_any_passing_of_time()
    {
        foreach (var seed in Enumerable.Range(1, 3000))
        {
            try
            {
                Live(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    /// <summary>Lives one case through; calls <paramref name="afterStep"/> after every step.</summary>
    internal static void Live(int seed, Action<Case>? afterStep = null)
    {
        var random = new Random(seed);
        var story = new CaseStory();
        story.Tell(CaseStory.Opening(
            random.Next(4) == 0 ? CaseStory.Ioana with { Email = null } : null, CaseStory.Noon.AddMinutes(-random.Next(0, 300))));
        for (var step = 0; step < 40; step++)
        {
            var before = story.Case;
            if (random.Next(3) == 0)
            {
                story.After(TimeSpan.FromMinutes(random.Next(1, 2000)));
                Assert.True(story.Case.NextDue() is not { } due || due.At > story.Now, "something due was left lying");
            }
            else
            {
                var by = random.Next(5) switch { 0 => CaseStory.Irina, 1 => CaseStory.Vlad, _ => CaseStory.Ana };
                var command = Command(random, story);
                var decided = story.Try(command, by);
                Assert.True(!decided.IsRefused || decided.Events.Count == 0, "a refusal changed something");
            }

            Check(story, before);
            afterStep?.Invoke(story.Case);
        }

        CheckHistory(story);
    }

    private static CaseCommand Command(Random random, CaseStory story)
    {
        var promise = random.Next(1, Math.Max(2, story.Case.Promises.Length + 1));
        return random.Next(28) switch
        {
            0 or 1 => new LogContact((Direction)random.Next(2), (Channel)random.Next(10), "note"),
            2 => new RecordFacts("facts", "expectation"),
            3 or 4 => new OfferOption("option", random.Next(2) == 0 ? null : new Money(random.Next(500), "EUR")),
            5 => new ReachAgreement("yes", [], random.Next(2) == 0),
            6 or 7 or 8 => new MoveToStage((Stage)random.Next(6), "because"),
            9 => new SetHeat((Heat)random.Next(5), null),
            10 or 11 or 12 => new MakePromise("promise", story.Now.AddMinutes(random.Next(-5, 5000)), null),
            13 => new ExplainDelay(promise, "reason", story.Now.AddMinutes(random.Next(-5, 9000))),
            14 => new KeepPromise(promise, "evidence"),
            15 => new WithdrawPromise(promise, "reason"),
            16 => new CloseCase((Outcome)random.Next(6), "summary"),
            17 => new ReopenCase("back"),
            18 or 19 => new ExplainDelay(promise, "reason", story.Now.AddMinutes(random.Next(100, 9000))),
            20 or 21 => new AnswerDelay(promise, random.Next(3) == 0 ? random.Next(3) : null, (CustomerAnswer)random.Next(3), Channel.Web),
            22 => new ConfirmPromise(promise),
            23 or 24 => new DecideApproval(random.Next(1, story.Case.Approvals.Length + 2), random.Next(3) > 0, random.Next(3) > 0 ? "because" : null),
            25 => new HearCustomer("Where is it?", (CustomerWish)random.Next(3)),
            26 => random.Next(8) == 0 ? new RevokeLinks() : new RecheckNotice(random.Next(1, story.Case.Notices.Length + 2)),
            27 => random.Next(2) == 0
                ? new RecordNoticeAccepted(random.Next(1, story.Case.Notices.Length + 2), story.Now, 1)
                : new RecordNoticeFailed(random.Next(1, story.Case.Notices.Length + 2), "refused", 3),
            _ => new RecheckNotice(random.Next(1, story.Case.Notices.Length + 2)),
        };
    }

    private static void Check(CaseStory story, Case before)
    {
        var now = story.Case;
        Assert.True(now.Round - before.Round is 0 or 1, "rounds come one at a time");
        Assert.True(now.IsOpen || now.Clocks.All(clock => !clock.IsRunning), "a clock runs on in a closed case");
        Assert.True(now.IsOpen || now.Promises.All(promise => !promise.IsOpen), "a case was closed over an open promise");
        Assert.True(now.IsOpen || now.NextDue() is null, "a closed case waits for something");
        Assert.True(now.Promises.All(promise => promise.SendBy < promise.DueAt), "an explanation would come after due");
        Assert.True(now.IsOpen || now.Approvals.All(approval => !approval.IsOpen), "an approval waits in a closed case");
        Assert.True(
            now.Approvals.Where(approval => approval.IsOpen).GroupBy(approval => approval.Promise).All(group => group.Count() == 1),
            "two approvals wait for one promise");
        Assert.True(
            now.Approvals.All(approval => !approval.IsOpen || now.Promises[approval.Promise!.Value - 1].IsOpen),
            "an approval waits for a promise that is over");
        Assert.True(now.Promises.All(promise => promise.Revision <= TestPolicy.Shipped.Current.Promises.MoveLimit), "moved too often");
    }

    private static void CheckHistory(CaseStory story)
    {
        // What is folded from the stored form is what is in memory.
        var stored = story.History.Select(happened => EventCodec.Read(
            EventCodec.KindOf(happened), EventCodec.FactsOf(happened), EventCodec.PersonalOf(happened)));
        Assert.Equal(
            story.History.Select(EventCodec.ToJson).Select(json => json.GetRawText()),
            stored.Select(EventCodec.ToJson).Select(json => json.GetRawText()));

        // PRM-8: the platform was never down, so nobody was left in the dark.
        Assert.DoesNotContain(story.All<PromiseLapsed>(), lapsed => lapsed.Silently);

        // CLK-4, CLK-7: one warning and one breach for each due instant of each clock.
        Assert.Equal(
            story.All<ClockWarned>().Select(e => (e.Clock, e.DueAt)).Distinct().Count(), story.All<ClockWarned>().Count());
        Assert.Equal(
            story.All<ClockBreached>().Select(e => (e.Clock, e.DueAt)).Distinct().Count(), story.All<ClockBreached>().Count());

        // PRM-3: every move told the customer, or asked a person to.
        foreach (var moved in story.All<PromiseExplained>())
        {
            Assert.True(
                story.All<NoticeDecided>().Any(e => e.NoticeKind == NoticeKind.Explanation && e.Promise == moved.Promise && e.Revision == moved.Revision) ||
                story.All<CallTaskRaised>().Any(e => e.Promise == moved.Promise),
                $"nobody was told that p{moved.Promise} moved");
        }

        // PRM-3: the owner is asked, and found silent, at most once for each date that they were not denied to move.
        Assert.True(story.All<PromiseOwnerSilent>().Count() <= story.All<PromiseOwnerAsked>().Count());
        Assert.True(story.All<PromiseOwnerAsked>().Count() <= story.All<PromiseOwnerAsked>().Select(e => (e.Promise, e.Revision)).Distinct().Count() + story.All<ApprovalDecided>().Count(e => !e.Approved));

        // PRM-4: nobody decides what they asked for, and each approval is decided once.
        Assert.Equal(story.All<ApprovalDecided>().Count(), story.All<ApprovalDecided>().Select(e => e.Approval).Distinct().Count());
        Assert.All(story.Case.Approvals, approval => Assert.NotEqual(approval.AskedBy, approval.DecidedBy));

        // PRM-6: silence is never a yes, and is noted once; a second delay that nobody answered has a person calling.
        Assert.Equal(story.All<DelayUnanswered>().Count(), story.All<DelayUnanswered>().Distinct().Count());
        Assert.All(
            story.All<DelayUnanswered>().Where(e => e.Revision >= 2),
            e => Assert.Contains(story.Case.CallTasks, task => task.Promise == e.Promise && task.Reason == CallTask.NoAnswer));
        Assert.All(
            story.All<DelayAnswered>().Where(e => e.Answer == CustomerAnswer.CallMe),
            e => Assert.Contains(story.Case.CallTasks, task => task.Promise == e.Promise && task.Reason == CallTask.CallMe));

        // CASE-9: each thing is told once.
        Assert.Equal(
            story.All<PromiseMade>().Count() - story.All<NoticeDecided>().Count(e => e.NoticeKind == NoticeKind.Promise),
            story.Case.Opening!.Customer!.Email is null ? story.All<PromiseMade>().Count() : 0);
        Assert.Distinct(story.All<NoticeDecided>().Where(e => e.Promise is not null).Select(e => (e.NoticeKind, e.Promise, e.Revision)));

        // CASE-2: stages went one step forward at a time.
        Assert.All(story.All<StageEntered>(), entered => Assert.Equal(entered.Was + 1, entered.Stage));

        // PRM-7, PRM-8: a promise lapses, is kept and is withdrawn at most once each.
        Assert.All(story.Case.Promises, promise =>
        {
            Assert.True(story.All<PromiseLapsed>().Count(e => e.Promise == promise.Number) <= 1, "lapsed twice");
            Assert.True(story.All<PromiseKept>().Count(e => e.Promise == promise.Number) <= 1, "kept twice");
            Assert.True(story.All<PromiseWithdrawn>().Count(e => e.Promise == promise.Number) <= 1, "withdrawn twice");
        });
    }
}
