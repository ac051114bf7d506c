using Escalation.Grains.Log;
using Escalation.Silo.Deadlines;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Deadlines;

public sealed class DeadlineQueueTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Horizon = Noon.AddMinutes(1);
    private readonly DeadlineQueue _queue = new();

    [Fact, Rule("CLK-7")]
    public void Nothing_is_taken_before_it_is_due()
    {
        _queue.Put(Id(1), At(Noon.AddSeconds(5)), Horizon, Noon);

        Assert.False(_queue.TryTake(Noon.AddSeconds(5).AddTicks(-1), out _, out _));
        Assert.True(_queue.TryTake(Noon.AddSeconds(5), out var id, out _));
        Assert.Equal(Id(1), id);
        Assert.False(_queue.TryTake(Noon.AddHours(1), out _, out _));
    }

    [Fact, Rule("CLK-7")]
    public void After_downtime_the_order_is_statutory_then_promise_then_heat_and_level_then_age()
    {
        var past = Noon.AddHours(-2);
        _queue.Offer(Id(1), new Due(past, null, null, 0));
        _queue.Offer(Id(2), new Due(past.AddMinutes(30), null, null, 0));
        _queue.Offer(Id(3), new Due(past.AddMinutes(60), null, null, 15));
        _queue.Offer(Id(4), new Due(past.AddMinutes(70), past.AddMinutes(70), null, 0));
        _queue.Offer(Id(5), new Due(past.AddMinutes(80), null, past.AddMinutes(80), 0));
        _queue.Offer(Id(6), new Due(past.AddMinutes(90), Noon.AddDays(1), Noon.AddDays(30), 0));

        Assert.Equal([5, 4, 3, 1, 2, 6], TakeAll(Noon));
    }

    [Fact, Rule("CLK-7")]
    public void Lateness_counts_from_due_also_after_downtime_but_not_from_before_the_case_was_told_of()
    {
        _queue.Offer(Id(1), At(Noon.AddHours(-2)));
        _queue.Put(Id(2), At(Noon.AddYears(-10)), Horizon, Noon);

        Assert.True(_queue.TryTake(Noon, out _, out var told));
        Assert.True(_queue.TryTake(Noon, out _, out var waited));
        Assert.Equal((Noon, Noon.AddHours(-2)), (told, waited));
    }

    [Fact]
    public void A_commit_replaces_what_was_known_and_the_table_only_adds_what_comes_earlier()
    {
        _queue.Put(Id(1), At(Noon.AddSeconds(5)), Horizon, Noon);
        _queue.Offer(Id(1), At(Noon.AddSeconds(9)));
        Assert.Equal(Noon.AddSeconds(5), _queue.NextAt);
        _queue.Put(Id(1), At(Noon.AddSeconds(30)), Horizon, Noon);
        Assert.Equal(Noon.AddSeconds(30), _queue.NextAt);
        _queue.Offer(Id(1), At(Noon.AddSeconds(7)));
        Assert.Equal(Noon.AddSeconds(7), _queue.NextAt);
        _queue.Put(Id(1), null, Horizon, Noon);
        Assert.Null(_queue.NextAt);
        Assert.Empty(TakeAll(Noon.AddDays(1)));
    }

    [Fact]
    public void What_is_due_beyond_the_horizon_stays_in_the_table()
    {
        _queue.Put(Id(1), At(Horizon.AddTicks(1)), Horizon, Noon);

        Assert.Equal(0, _queue.Count);
    }

    private IEnumerable<int> TakeAll(DateTimeOffset now)
    {
        while (_queue.TryTake(now, out var id, out _))
        {
            yield return id.ToByteArray()[0];
        }
    }

    private static Due At(DateTimeOffset at) => new(at, null, null, 0);

    private static Guid Id(byte number) => new([number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
}
