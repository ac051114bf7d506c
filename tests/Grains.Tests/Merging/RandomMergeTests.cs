using Escalation.Grains.Cases;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Log;
using Escalation.Grains.Proofs;
using Escalation.Grains.Tests.Cases;
using Escalation.Grains.Tests.Claims;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Grains.Tests.Merging;

/// <summary>Two cases lived through at random, merged and reopened: no promise, clock or claim is lost, and none lapses silently.</summary>
public sealed class RandomMergeTests
{
    private static readonly string[] Gifts = ["coffeeVoucher", "freeDelivery", "fruitBasket"];

    private static readonly Actor[] People = [CaseStory.Ana, CaseStory.Ana, CaseStory.Irina, CaseStory.Vlad];

    [Fact, Rule("CASE-8"), Rule("CASE-4"), Rule("PRM-8"), Rule("CLM-3"), Rule("CLM-4")]
    public void Merged_at_any_moment_nothing_is_lost()
    {
        var merged = 0;
        foreach (var seed in Enumerable.Range(1, 2000))
        {
            try
            {
                merged += Live(seed) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }

        Assert.True(merged > 1000, $"only {merged} were merged");
    }

    private static bool Live(int seed)
    {
        var random = new Random(seed);
        var from = new CaseStory(Guid.Parse("0197f3c0-0000-7000-8000-0000000000aa")).Tell(CaseStory.Opening());
        var into = new CaseStory(Guid.Parse("0197f3c0-0000-7000-8000-0000000000bb")).Tell(CaseStory.Opening());
        for (var step = 0; step < 25; step++)
        {
            if (random.Next(3) == 0)
            {
                var time = TimeSpan.FromMinutes(random.Next(1, 1500));
                from.After(time);
                into.After(time);
            }

            Act(random, random.Next(2) == 0 ? from : into);
            from.MailIsAccepted();
            into.MailIsAccepted();
        }

        var before = (From: from.Case, Into: into.Case);
        if (from.Try(new MergeCase(into.Case.Id)).IsRefused)
        {
            return false;
        }

        before.From = from.Case;
        into.Try(new TakeOverCase(from.Case.Merge!.Attempt, from.Case), Actor.Errands);
        var (refusal, taken) = into.Case.AnswerTo(from.Case.Id, from.Case.Merge.Attempt)!.Value;
        from.Tell(
            new SettleMerge(from.Case.Merge.Attempt, refusal, into.Case.Opening!.Number, taken?.Promises), Actor.Errands);
        if (refusal is not null)
        {
            Assert.True(from.Case.IsOpen, "a merge that was refused ended the case");
            Assert.Equal(before.From.Promises, from.Case.Promises);
            return false;
        }

        Check(before.From, before.Into, from.Case, into.Case);
        for (var day = 0; day < 12; day++)
        {
            into.After(TimeSpan.FromHours(12));
            into.MailIsAccepted();
        }

        Assert.DoesNotContain(into.All<CaseEvent.PromiseLapsed>(), lapsed => lapsed.Silently);
        Assert.Equal("case.merged", from.Refuse(new ReopenCase("back")).Code);
        foreach (var story in new[] { from, into })
        {
            var counts = new ProofCounts();
            Assert.Empty(StreamProof.Check([.. story.Entries.Select(Stored)], counts));
        }

        return true;
    }

    private static void Act(Random random, CaseStory story)
    {
        var promise = random.Next(1, story.Case.Promises.Length + 2);
        CaseCommand command = random.Next(15) switch
        {
            0 or 1 or 2 => new MakePromise($"promise {story.Case.Promises.Length + 1}", story.Now.AddMinutes(random.Next(60, 6000)), null),
            3 => new KeepPromise(promise, "done"),
            4 or 5 => new ExplainDelay(promise, "reason", story.Now.AddMinutes(random.Next(100, 9000))),
            6 => new ConcedeClaim(new Money(random.Next(1, 300), "EUR"), "because"),
            7 => new SetHeat((Heat)random.Next(5), null),
            8 => new NameCause("mihai"),
            9 => new PauseCase("waitingForCustomer"),
            10 => random.Next(2) == 0 ? new CloseCase(Outcome.Withdrawn, "bye") : new ReopenCase("back"),
            11 => new DecideApproval(random.Next(1, story.Case.Approvals.Length + 2), random.Next(3) > 0, "because"),
            12 => new GiveGift(Gifts[random.Next(Gifts.Length)]),
            13 => random.Next(2) == 0 ? new WithdrawPromise(promise, "not wanted") : new ConfirmPromise(promise),
            _ => new LogContact((Direction)random.Next(2), Channel.Phone, "said"),
        };
        story.Try(command, People[random.Next(People.Length)]);
        story.Counted();
        foreach (var gift in story.Case.Gifts.Where(gift => gift.State == GiftState.Taking).ToList())
        {
            // The stock has one, or none left.
            story.Tell(new SettleGift(gift.Number, random.Next(4) == 0 ? new Refused("gift.noneLeft", "None is left.") : null), Actor.Errands);
        }
    }

    private static void Check(Case from, Case into, Case gone, Case stays)
    {
        Assert.False(gone.IsOpen);
        Assert.Equal((stays.Id, Outcome.Merged), (gone.MergedInto, gone.Outcome));

        // Every promise that was open stands once, as it was, with its history.
        var open = from.Promises.Where(promise => promise.IsOpen).ToList();
        Assert.Equal(into.Promises.Length + open.Count, stays.Promises.Length);
        Assert.Equal(
            open.Select(promise => (promise.Text, promise.Owner, promise.DueAt, promise.SendBy, promise.Revision, promise.State)),
            stays.Promises.Skip(into.Promises.Length).Select(promise => (promise.Text, promise.Owner, promise.DueAt, promise.SendBy, promise.Revision, promise.State)));
        Assert.Equal(
            open.SelectMany(promise => promise.Moves.Select(move => (move.Revision, move.Reason, move.DueAt))),
            stays.Promises.Skip(into.Promises.Length).SelectMany(promise => promise.Moves.Select(move => (move.Revision, move.Reason, move.DueAt))));
        Assert.DoesNotContain(gone.Promises, promise => promise.IsOpen);

        // Every clock that could be met still can, by no later an instant. Heat or level may have replanned the internal ones.
        foreach (var clock in from.Clocks.Where(clock => clock.IsOpen))
        {
            Assert.Contains(stays.Clocks, own => own.Name == clock.Name && own.IsRunning);
        }

        Assert.True(from.Claim is null || stays.Claim is not null);
        Assert.Contains(stays.Merged, merged => merged.CaseId == gone.Id && merged.Claim == from.Claim);
        Assert.Equal(from.Conceded("EUR") + into.Conceded("EUR"), stays.Conceded("EUR"));
        Assert.Equal(
            from.Approvals.Concat(into.Approvals).Where(approval => approval.IsOpen).Select(approval => (approval.Kind, approval.AskedBy)).Order(),
            stays.Approvals.Where(approval => approval.IsOpen).Select(approval => (approval.Kind, approval.AskedBy)).Order());
        Assert.Equal(
            into.Gifts.Concat(from.Gifts.Where(gift => gift.State == GiftState.Given)).Select(gift => (gift.Item, gift.State)),
            stays.Gifts.Select(gift => (gift.Item, gift.State)));
        Assert.True(stays.Heat >= from.Heat, "it cooled down by being merged");
        foreach (var escalation in from.Escalations.Where(e => e.IsOpen && !e.Cause.Contains(':', StringComparison.Ordinal)))
        {
            Assert.Contains(stays.Escalations, own => own.IsOpen && own.Cause == escalation.Cause && own.Level >= escalation.Level);
        }
    }

    /// <summary>As it comes back from the log.</summary>
    private static Entry Stored(Entry entry) => entry with
    {
        Event = EventCodec.Read(EventCodec.KindOf(entry.Event), EventCodec.FactsOf(entry.Event), EventCodec.PersonalOf(entry.Event)),
    };
}
