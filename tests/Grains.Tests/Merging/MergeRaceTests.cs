using System.Collections.Concurrent;
using Escalation.Grains.Approvals;
using Escalation.Grains.Cases;
using Escalation.Grains.Claims;
using Escalation.Grains.Customers;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Notices;
using Escalation.Grains.Tests.Cases;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Grains.Tests.Merging;

/// <summary>Two hosts over one log, a thousand times each: whoever is first, exactly one wins, and nothing is lost.</summary>
public sealed class MergeRaceTests
{
    private const int Times = 1000;

    private static readonly Actor Ana = CaseStory.Ana;
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Actor Mihai = new("mihai", Roles.Agent);

    [Fact, Rule("CASE-8")]
    public async Task Of_two_opposite_merges_exactly_one_wins_and_every_promise_stands_once()
    {
        for (var i = 0; i < Times; i++)
        {
            var table = new Table();
            var customer = Guid.CreateVersion7(CaseStory.Noon);
            var a = await table.OpenAsync(customer);
            var b = await table.OpenAsync(customer);
            await table.Here.Case(a).TellAsync(new MakePromise("a's", table.Time.GetUtcNow().AddHours(9), null), Ana);
            await table.Here.Case(b).TellAsync(new MakePromise("b's", table.Time.GetUtcNow().AddHours(9), null), Ana);

            await Task.WhenAll(
                Task.Run(() => MergeAsync(table.Here, a, b), Token),
                Task.Run(() => MergeAsync(i % 2 == 0 ? table.There : table.Here, b, a), Token));
            var (one, other) = (await table.FreshAsync(a), await table.FreshAsync(b));

            Assert.True(one.MergedInto is null != other.MergedInto is null, $"round {i}: {one.MergedInto} and {other.MergedInto}");
            var survivor = one.MergedInto is null ? one : other;
            Assert.False(survivor.IsMerging || one.IsMerging || other.IsMerging);
            Assert.Equal(["a's", "b's"], survivor.Promises.Where(promise => promise.IsOpen).Select(promise => promise.Text).Order());
            Assert.Empty((one.MergedInto is null ? other : one).Promises.Where(promise => promise.IsOpen));
        }
    }

    [Fact, Rule("CLM-3")]
    public async Task Of_two_decisions_at_once_exactly_one_holds()
    {
        for (var i = 0; i < Times; i++)
        {
            var table = new Table();
            var id = await table.OpenAsync(Guid.CreateVersion7(CaseStory.Noon));
            await table.Here.Case(id).TellAsync(new ConcedeClaim(new Money(300, "EUR"), "our fault"), Ana);

            var answers = await Task.WhenAll(
                Task.Run(() => table.Here.Case(id).TellAsync(new DecideApproval(1, true, null), CaseStory.Irina), Token),
                Task.Run(() => table.There.Case(id).TellAsync(new DecideApproval(1, i % 3 == 0, "no"), CaseStory.Vlad), Token));
            await Errands.Errands.RunAsync(table.Here, id, Token);

            Assert.Equal(1, answers.Count(answer => answer is Answer.Done));
            var state = await table.FreshAsync(id);
            var approved = state.Approvals.Single().State == ApprovalState.Approved;
            Assert.Equal(approved ? ConcessionState.Made : ConcessionState.Refused, state.Concessions.Single().State);
        }
    }

    [Fact, Rule("CLM-4")]
    public async Task The_last_piece_goes_to_exactly_one_of_two_agents()
    {
        var policies = TestPolicy.With(("goodwill.yaml", "gifts: [{id: basket, name: Fruit basket, stock: 1}]"));
        for (var i = 0; i < Times; i++)
        {
            var table = new Table(policies);
            var (a, b) = (await table.OpenAsync(Guid.CreateVersion7(CaseStory.Noon)), await table.OpenAsync(Guid.CreateVersion7(CaseStory.Noon)));

            await Task.WhenAll(
                Task.Run(() => GiveAsync(table.Here, a, Ana), Token),
                Task.Run(() => GiveAsync(table.There, b, Mihai), Token),

                // The deadline clock runs the same errands at the same time.
                Task.Run(() => Errands.Errands.RunAsync(table.Here, a, Token), Token));
            var gifts = new[] { (await table.FreshAsync(a)).Gifts.Single(), (await table.FreshAsync(b)).Gifts.Single() };

            Assert.Equal([GiftState.Given, GiftState.Refused], gifts.Select(gift => gift.State).Order());
            Assert.Equal("gift.noneLeft", gifts.Single(gift => gift.State == GiftState.Refused).Refusal);
        }
    }

    [Fact, Rule("CLM-3")]
    public async Task Two_concessions_at_once_do_not_both_pass_the_customers_month()
    {
        for (var i = 0; i < Times; i++)
        {
            var table = new Table();
            var customer = Guid.CreateVersion7(CaseStory.Noon);
            var cases = new[] { await table.OpenAsync(customer), await table.OpenAsync(customer), await table.OpenAsync(customer) };
            await Task.WhenAll(cases.Select((id, at) => Task.Run(async () =>
            {
                var grains = at % 2 == 0 ? table.Here : table.There;
                await grains.Case(id).TellAsync(new ConcedeClaim(new Money(40, "EUR"), "it is little"), at % 2 == 0 ? Ana : Mihai);
                await Errands.Errands.RunAsync(grains, id, Token);
            }, Token)));
            var states = await Task.WhenAll(cases.Select(table.FreshAsync));

            // Three times 40 is above an agent's 100 a month.
            Assert.Equal(2, states.Count(state => state.Concessions.Single().State == ConcessionState.Made));
            Assert.Equal(Level.Head, states.Single(state => state.Concessions.Single().State == ConcessionState.Waiting).Approvals.Single().Level);
        }
    }

    [Fact, Rule("CASE-8"), Rule("CLM-3"), Rule("CLM-4")]
    public async Task Wherever_a_host_dies_in_the_middle_the_next_goes_on_and_nothing_happens_twice()
    {
        foreach (var dies in Enumerable.Range(1, 9))
        {
            var table = new Table();
            var customer = Guid.CreateVersion7(CaseStory.Noon);
            var (a, b) = (await table.OpenAsync(customer), await table.OpenAsync(customer));
            await table.Here.Case(a).TellAsync(new MakePromise("a's", table.Time.GetUtcNow().AddHours(9), null), Ana);
            var left = dies;
            table.Log.BeforeAppend = _ =>
            {
                if (--left == 0)
                {
                    throw new LogUnavailableException("The host died.");
                }
            };

            foreach (var command in new CaseCommand[] { new ConcedeClaim(new Money(40, "EUR"), null), new GiveGift("coffeeVoucher"), new MergeCase(b) })
            {
                // The caller repeats what got no answer, by the same id; what got one, the deadline clock finishes.
                var id = Guid.CreateVersion7(CaseStory.Noon);
                await RepeatAsync(() => table.Restarted().Case(a).Tell(new Envelope<CaseCommand>(id, Ana, command), Token));
                await RepeatAsync(() => Errands.Errands.RunAsync(table.Restarted(), a, Token));
            }

            var (gone, stays) = (await table.FreshAsync(a), await table.FreshAsync(b));
            Assert.Equal(b, gone.MergedInto);
            Assert.Equal(["a's"], stays.Promises.Select(promise => promise.Text));
            Assert.Equal((ConcessionState.Made, GiftState.Given), (stays.Concessions.Single().State, stays.Gifts.Single().State));
            Assert.Equal(40, (await table.Restarted().Customer(customer).Get(Token)).State.ConcededInMonthOf(table.Time.GetUtcNow(), "EUR"));
            Assert.Single((await table.Restarted().GiftStock(GiftStock.IdOf("coffeeVoucher", null)).Get(Token)).State.Taken);
        }
    }

    [Fact, Rule("CASE-8"), Rule("REG-2"), Rule("PRM-5")]
    public async Task What_comes_back_after_its_case_was_merged_is_owed_by_the_case_that_goes_on_whenever_a_host_dies()
    {
        for (var dies = 1; dies <= 8; dies++)
        {
            var table = new Table();
            var customer = Guid.CreateVersion7(CaseStory.Noon);
            var (a, b) = (await table.OpenAsync(customer, "london", "loan"), await table.OpenAsync(customer));
            await table.Here.Case(a).TellAsync(new MakePromise("a's", table.Time.GetUtcNow().AddHours(30), null), Ana);
            await table.Here.Case(a).TellAsync(new ExplainDelay(1, "The van broke down.", table.Time.GetUtcNow().AddHours(60)), Ana);
            var letter = (await table.FreshAsync(a)).Letters.Single().Notice!.Value;
            var explanation = (await table.FreshAsync(a)).Notices.Single(notice => notice.Kind == NoticeKind.Explanation).Number;
            foreach (var notice in new[] { letter, explanation })
            {
                await table.Here.Case(a).TellAsync(new RecordNoticeAccepted(notice, table.Time.GetUtcNow(), 1), Actor.Notifier);
            }

            await MergeAsync(table.Here, a, b);
            Assert.DoesNotContain((await table.FreshAsync(b)).Clocks, clock => clock.Name == "uk-disp.acknowledgement");
            var left = dies;
            table.Log.BeforeAppend = _ =>
            {
                if (--left == 0)
                {
                    throw new LogUnavailableException("The host died.");
                }
            };

            foreach (var notice in new[] { letter, explanation, letter })
            {
                var id = Guid.CreateVersion7(CaseStory.Noon);
                await RepeatAsync(() => table.Restarted().Case(a).Tell(new Envelope<CaseCommand>(id, Actor.Notifier, new RecordNoticeBounced(notice, "5.1.1")), Token));
                await RepeatAsync(() => Errands.Errands.RunAsync(table.Restarted(), a, Token));
            }

            var (gone, stays) = (await table.FreshAsync(a), await table.FreshAsync(b));
            Assert.Equal((false, null), (gone.HasErrands, gone.NextDue()));
            var clock = stays.Clocks.Single(clock => clock.Name == "uk-disp.acknowledgement");
            Assert.Equal((true, gone.Clocks.Single(was => was.Name == clock.Name).DueAt), (clock.IsRunning, clock.DueAt));
            Assert.Equal([null, 1], stays.CallTasks.Where(task => task.Reason == CallTask.NotAccepted).Select(task => task.Promise));
            Assert.DoesNotContain(gone.CallTasks, task => task.Reason == CallTask.NotAccepted);
        }
    }

    private static async Task RepeatAsync(Func<Task> act)
    {
        for (var i = 0; i < 3; i++)
        {
            try
            {
                await act();
                return;
            }
            catch (LogUnavailableException)
            {
                // Away once; the next time it goes on.
            }
        }

        Assert.Fail("It never came back.");
    }

    private static async Task MergeAsync(IGrains grains, Guid from, Guid into)
    {
        await grains.Case(from).TellAsync(new MergeCase(into), Ana);
        await Errands.Errands.RunAsync(grains, from, Token);
    }

    private static async Task GiveAsync(IGrains grains, Guid id, Actor by)
    {
        Assert.IsType<Answer.Done>(await grains.Case(id).TellAsync(new GiveGift("basket"), by));
        await Errands.Errands.RunAsync(grains, id, Token);
    }

    /// <summary>Two hosts over one log.</summary>
    private sealed class Table
    {
        public Table(TestPolicy? policies = null)
        {
            (Here, There) = (GrainHost.Over(Log, Time, policies), GrainHost.Over(Log, Time, policies));
            Policies = policies;
        }

        public ManualTime Time { get; } = new();

        public RaceLog Log { get; } = new();

        public IGrains Here { get; }

        public IGrains There { get; }

        private TestPolicy? Policies { get; }

        public async Task<Guid> OpenAsync(Guid customer, string? site = null, string? product = null)
        {
            var id = Guid.CreateVersion7(Time.GetUtcNow());
            var opening = CaseStory.Opening() with { CustomerId = customer, Site = site, Product = product };
            await Here.Customer(customer).Tell(new Envelope<CustomerCommand>(Guid.CreateVersion7(CaseStory.Noon), Ana, new CustomerCommand.AddCase(opening.Customer, id, opening.Type)), Token);
            await Here.Case(id).TellAsync(opening, Ana);
            return id;
        }

        /// <summary>A host that has just been started and remembers nothing.</summary>
        public IGrains Restarted() => GrainHost.Over(Log, Time, Policies);

        /// <summary>What the log says, as a host that has just been started reads it.</summary>
        public async Task<Case> FreshAsync(Guid id) => (await Restarted().Case(id).Get(Token)).State;
    }

    /// <summary>The log's promise in memory, fast: versions without gaps, and one winner.</summary>
    private sealed class RaceLog : IEventLog
    {
        private readonly ConcurrentDictionary<Guid, List<Entry>> _streams = [];
        private long _position;

        public Action<Append>? BeforeAppend { get; set; }

        public ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
        {
            BeforeAppend?.Invoke(append);
            var entries = _streams.GetOrAdd(append.Stream, _ => []);
            lock (entries)
            {
                if (entries.Count != append.ExpectedVersion)
                {
                    return new(AppendResult.Conflict.Instance);
                }

                foreach (var happened in append.Events)
                {
                    entries.Add(new Entry(
                        append.Stream, append.Category, entries.Count + 1, Interlocked.Increment(ref _position), append.At, append.By, append.CommandId, happened));
                }

                return new(new AppendResult.Committed(_position));
            }
        }

        public Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken)
        {
            var entries = _streams.GetOrAdd(stream, _ => []);
            lock (entries)
            {
                return Task.FromResult<IReadOnlyList<Entry>>([.. entries.Skip(afterVersion)]);
            }
        }
    }
}

/// <summary>Commands with an id of their own.</summary>
internal static class CaseGrainTells
{
    public static Task<Answer> TellAsync(this ICaseGrain grain, CaseCommand command, Actor by) =>
        grain.Tell(new Envelope<CaseCommand>(Guid.CreateVersion7(CaseStory.Noon), by, command), TestContext.Current.CancellationToken);
}
