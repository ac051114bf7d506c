using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Silo.Hosting;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseCommand;

namespace Escalation.Silo.Tests.Hosting;

/// <summary>What every grain host promises, whichever stack it is of.</summary>
public abstract class GrainHostContract : IAsyncLifetime
{
    private static readonly Actor Ana = new("ana", Roles.Agent);
    private static readonly CustomerContact Ioana = new("Ioana Munteanu", null, null, "ro", "Europe/Chisinau");

    private readonly Guid _id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private protected KitLog Log { get; } = new();

    /// <summary>The grains as each host sees them; one host is enough.</summary>
    private protected abstract IReadOnlyList<IGrains> Hosts { get; }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact, Rule("CASE-5")]
    public async Task A_command_is_answered_and_the_same_again_gets_the_same_answer()
    {
        var envelope = Say(Open());
        var first = Assert.IsType<Answer.Done>(await Hosts[0].Case(_id).Tell(envelope, Token));
        var again = Assert.IsType<Answer.Done>(await Hosts[^1].Case(_id).Tell(envelope, Token));

        Assert.Equal(first.Version, again.Version);
        Assert.Equal(first.Events.Select(EventCodec.KindOf), again.Events.Select(EventCodec.KindOf));
        Assert.Equal(first.Version, Log.Count);
    }

    [Fact]
    public async Task Commands_from_everywhere_take_their_turns()
    {
        await Hosts[0].Case(_id).Tell(Say(Open()), Token);
        var before = Log.Count;
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            Hosts[i % Hosts.Count].Case(_id).Tell(Say(new AddNote($"note {i}")), Token)));

        Assert.Equal(before + 60, Log.Count);
        Assert.Equal(Enumerable.Range(1, (int)Log.Count), Log.All.Select(entry => entry.Version));
    }

    [Fact]
    public async Task A_state_is_the_same_from_everywhere_now_and_as_it_was()
    {
        await Hosts[0].Case(_id).Tell(Say(Open()), Token);
        var opened = (int)Log.Count;
        await Hosts[0].Case(_id).Tell(Say(new SetHeat(Heat.Tense, null)), Token);
        foreach (var host in Hosts)
        {
            var (state, version) = await host.Case(_id).Get(Token);
            Assert.Equal((Log.Count, Heat.Tense), (version, state.Heat));
            Assert.Equal(Heat.Calm, (await host.Case(_id).GetAt(opened, Token)).Heat);
            Assert.Equal(0, (await host.Customer(Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).Get(Token)).Version);
        }
    }

    [Fact, Rule("CASE-5")]
    public async Task A_refusal_and_a_version_that_is_not_expected_come_back_as_such()
    {
        await Hosts[0].Case(_id).Tell(Say(Open()), Token);
        foreach (var host in Hosts)
        {
            Assert.IsType<Answer.No>(await host.Case(_id).Tell(Say(new KeepPromise(7, "none")), Token));
            Assert.Equal(new Answer.Stale(99, (int)Log.Count), await host.Case(_id).Tell(Say(new AddNote("late")) with { ExpectedVersion = 99 }, Token));
            var foreign = Assert.IsType<Answer.No>(await host.GiftStock(_id).Tell(
                new Envelope<Escalation.Grains.Goodwill.GiftStockCommand>(_id, Ana, null!), Token));
            Assert.Equal("giftStock.notFound", foreign.Refusal.Code);
        }
    }

    [Fact, Rule("CASE-5")]
    public async Task Whoever_expects_that_nothing_happened_yet_needs_no_look_at_the_log_and_is_told_otherwise_by_it()
    {
        var first = Say(Open()) with { ExpectedVersion = 0 };
        Assert.Equal("case.unknownType", Assert.IsType<Answer.No>(await Hosts[0].Case(_id).Tell(Say(Open() with { Type = "rain" }) with { ExpectedVersion = 0 }, Token)).Refusal.Code);
        var other = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var reads = Log.Reads;
        await Hosts[0].Case(other).Tell(Say(Open()) with { ExpectedVersion = 0 }, Token);
        Assert.Equal(reads, Log.Reads);

        var elsewhere = GrainHost.Over(Log, TimeProvider.System);
        var opened = Assert.IsType<Answer.Done>(await elsewhere.Case(_id).Tell(first, Token));
        foreach (var host in Hosts)
        {
            var same = Assert.IsType<Answer.Done>(await host.Case(_id).Tell(first, Token));
            Assert.Equal((opened.Version, 0), (same.Version, same.Position));
            Assert.Equal(new Answer.Stale(0, opened.Version), await host.Case(_id).Tell(Say(Open()) with { ExpectedVersion = 0 }, Token));
            Assert.Equal(new Answer.Stale(0, opened.Version), await host.Case(_id).Tell(Say(new AddNote("none")) with { ExpectedVersion = 0 }, Token));
        }
    }

    [Fact]
    public async Task A_log_that_is_away_is_said_so_and_the_command_may_be_sent_again()
    {
        await Hosts[0].Case(_id).Tell(Say(Open()), Token);
        var before = Log.Count;
        var note = Say(new AddNote("once"));
        Log.BeforeAppend = _ => throw new LogUnavailableException("The database is away.");
        foreach (var host in Hosts)
        {
            await Assert.ThrowsAsync<LogUnavailableException>(() => host.Case(_id).Tell(note, Token));
        }

        Log.BeforeAppend = null;
        foreach (var host in Hosts)
        {
            Assert.IsType<Answer.Done>(await host.Case(_id).Tell(note, Token));
        }

        Assert.Equal(before + 1, Log.Count);
    }

    [Fact]
    public async Task A_grain_that_is_behind_the_log_looks_again()
    {
        await Hosts[0].Case(_id).Tell(Say(Open()), Token);
        var elsewhere = GrainHost.Over(Log, TimeProvider.System);
        await elsewhere.Case(_id).Tell(Say(new SetHeat(Heat.Tense, null)), Token);
        await Task.WhenAll(Hosts.Select(host => ((IGrainMemory)host).OnFollowedAsync(_id, (int)Log.Count)));

        // In a turn before the next: what is asked after it knows better.
        Assert.Equal(Heat.Tense, (await Hosts[0].Case(_id).Get(Token)).State.Heat);
    }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected static Envelope<CaseCommand> Say(CaseCommand command) =>
        new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), Ana, command);

    private protected static OpenCase Open() => new(
        20418, Guid.Empty, Ioana, "brokenPromise", "The dishwasher did not come.", Channel.Phone, Heat.Calm, null, null, null, null);
}
