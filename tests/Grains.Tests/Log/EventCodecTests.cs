using System.Text;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Log;
using Escalation.TestKit;
using static Escalation.Grains.Cases.CaseEvent;

namespace Escalation.Grains.Tests.Log;

public sealed class EventCodecTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 19, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact, Rule("CUS-7")]
    public void Facts_hold_nothing_personal_and_an_erased_event_still_tells_what_happened()
    {
        var opened = new CaseOpened(
            7, Guid.Empty, CaseStoryContact, "quality", "It leaks.", Channel.Web, Heat.Calm, new Money(12.5m, "EUR"), null, null, At, "1");
        var facts = EventCodec.FactsOf(opened);

        Assert.DoesNotContain("Viktor", Encoding.UTF8.GetString(facts), StringComparison.Ordinal);
        Assert.DoesNotContain("leaks", Encoding.UTF8.GetString(facts), StringComparison.Ordinal);
        Assert.Equal(opened, EventCodec.Read("caseOpened", facts, EventCodec.PersonalOf(opened)));
        Assert.Equal(opened with { Customer = null, Summary = null }, EventCodec.Read("caseOpened", facts, default));
    }

    [Fact]
    public void Instants_are_written_in_utc_with_a_z()
    {
        var started = new ClockStarted(Clock.Silence, ClockKind.Internal, At, null, At.AddHours(24));

        Assert.Contains("\"startedAt\":\"2026-11-19T12:00:00.123Z\"", Encoding.UTF8.GetString(EventCodec.FactsOf(started)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_from_the_future_is_named() =>
        Assert.Contains("moonRose", Assert.Throws<NotSupportedException>(() => EventCodec.Read("moonRose", "{}"u8, default)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_event_has_a_name_in_the_log()
    {
        foreach (var type in typeof(CaseEvent).GetNestedTypes())
        {
            Assert.Contains(type, EventCodec.Kinds.Values);
        }
    }

    private static CustomerContact CaseStoryContact => new("Viktor", "viktor@example.org", null, "ru", "Europe/Chisinau");
}
