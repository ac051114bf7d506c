using System.Globalization;
using Escalation.Grains.Escalations;
using Escalation.TestKit;
using NodaTime;

namespace Escalation.Grains.Tests.Escalations;

/// <summary>Who is on duty, at instants that are hard.</summary>
public sealed class DutyRosterTests
{
    /// <summary>In 2026 Chisinau puts its clocks forward on 29 March and back on 25 October, both Sundays.</summary>
    private static readonly DutyRoster Chisinau = Roster("Europe/Chisinau", IsoDayOfWeek.Monday, "09:00");

    [Theory, Rule("ESC-3")]
    [InlineData("2026-01-05T06:59:59Z", "zoe", "2026-01-05T07:00:00Z")] // before the first turn: the fallback
    [InlineData("2026-01-05T07:00:00Z", "ana", "2026-01-12T07:00:00Z")]
    [InlineData("2026-01-12T06:59:59Z", "ana", "2026-01-12T07:00:00Z")]
    [InlineData("2026-01-12T07:00:00Z", "bogdan", "2026-01-19T07:00:00Z")]
    [InlineData("2026-01-26T07:00:00Z", "ana", "2026-02-02T07:00:00Z")]
    [InlineData("2026-03-29T12:00:00Z", "carmen", "2026-03-30T06:00:00Z")] // clocks went forward: 09:00 local is an hour earlier
    [InlineData("2026-03-30T05:59:59Z", "carmen", "2026-03-30T06:00:00Z")]
    [InlineData("2026-03-30T06:00:00Z", "ana", "2026-04-06T06:00:00Z")]
    [InlineData("2026-10-26T06:59:59Z", "carmen", "2026-10-26T07:00:00Z")] // clocks went back: an hour later
    [InlineData("2026-10-26T07:00:00Z", "ana", "2026-11-02T07:00:00Z")]
    [InlineData("2030-06-12T00:00:00Z", "ana", "2030-06-17T06:00:00Z")]
    public void Turns_change_at_the_same_local_time_all_year(string at, string person, string until) =>
        Expect(Chisinau, at, person, until);

    [Theory, Rule("ESC-3")]
    [InlineData("2026-03-29T00:59:59Z", "carmen", "2026-03-29T01:30:00Z")]
    [InlineData("2026-03-29T01:29:59Z", "carmen", "2026-03-29T01:30:00Z")]
    [InlineData("2026-03-29T01:30:00Z", "ana", "2026-04-05T00:30:00Z")] // 02:30 did not exist: 03:30 is as much later
    public void A_hand_over_that_the_clocks_skip_comes_as_much_later(string at, string person, string until) =>
        Expect(Roster("Europe/Berlin", IsoDayOfWeek.Sunday, "02:30"), at, person, until);

    [Theory, Rule("ESC-3")]
    [InlineData("2026-10-25T00:29:59Z", "carmen", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25T00:30:00Z", "ana", "2026-11-01T01:30:00Z")] // the first 02:30, and not again at the second
    [InlineData("2026-10-25T01:30:00Z", "ana", "2026-11-01T01:30:00Z")]
    public void A_hand_over_that_the_clocks_show_twice_is_the_first(string at, string person, string until) =>
        Expect(Roster("Europe/Berlin", IsoDayOfWeek.Sunday, "02:30"), at, person, until);

    [Theory, Rule("ESC-3")]
    [InlineData("2026-01-06T21:59:59Z", "ana", "2026-01-06T22:00:00Z")]
    [InlineData("2026-01-06T22:00:00Z", "carmen", "2026-01-07T22:00:00Z")]
    [InlineData("2026-01-07T22:00:00Z", "ana", "2026-01-11T22:00:00Z")]
    [InlineData("2026-01-11T22:00:00Z", "bogdan", "2026-01-19T07:00:00Z")] // stands in until his own turn begins, and stays
    public void Somebody_stands_in_for_a_time(string at, string person, string until)
    {
        var roster = Chisinau with { Overrides = [Over("2026-01-07T00:00", "2026-01-08T00:00", "carmen"), Over("2026-01-12T00:00", "2026-01-12T12:00", "bogdan")] };
        Expect(roster, at, person, until);
    }

    [Fact, Rule("ESC-3")]
    public void Of_two_who_stand_in_at_one_time_the_last_that_is_written_does()
    {
        var roster = Chisinau with { Overrides = [Over("2026-01-06T00:00", "2026-01-09T00:00", "bogdan"), Over("2026-01-07T00:00", "2026-01-08T00:00", "carmen")] };

        Expect(roster, "2026-01-06T12:00:00Z", "bogdan", "2026-01-06T22:00:00Z");
        Expect(roster, "2026-01-07T12:00:00Z", "carmen", "2026-01-07T22:00:00Z");
        Expect(roster, "2026-01-08T12:00:00Z", "bogdan", "2026-01-08T22:00:00Z");
    }

    [Fact, Rule("ESC-3")]
    public void A_roster_of_one_has_no_end()
    {
        Assert.Equal(new DutyShift("ana", DutySource.Rotation, null), (Chisinau with { Rotation = ["ana"] }).At(At("2026-05-01T00:00:00Z")));
        Assert.Equal(new DutyShift("zoe", DutySource.Fallback, null), (Chisinau with { Rotation = [] }).At(At("2026-05-01T00:00:00Z")));
        Assert.Equal(new DutyShift(null, DutySource.Fallback, null), (Chisinau with { Rotation = [], Fallback = null }).At(At("2026-05-01T00:00:00Z")));
    }

    [Fact, Rule("ESC-3")]
    public void Every_minute_of_two_years_has_one_answer_and_until_is_where_it_changes()
    {
        var random = new Random(4);
        foreach (var zone in new[] { "Europe/Chisinau", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo" })
        {
            var roster = Roster(zone, (IsoDayOfWeek)random.Next(1, 8), $"{random.Next(24):00}:{random.Next(60):00}") with
            {
                Overrides = [.. Enumerable.Range(0, 20).Select(_ => RandomOverride(random))],
            };
            var at = At("2025-12-20T00:00:00Z");
            var end = at.AddDays(760);
            while (at < end)
            {
                var shift = roster.At(at);
                Assert.True(shift.Until > at, $"{zone} {at:u}");
                var within = at + ((shift.Until!.Value - at) * random.NextDouble());
                Assert.Equal((shift.Person, shift.Until), (roster.At(within).Person, roster.At(within).Until));
                Assert.NotEqual(shift.Person, roster.At(shift.Until.Value).Person);
                at = shift.Until.Value;
            }
        }
    }

    private static void Expect(DutyRoster roster, string at, string person, string until)
    {
        var shift = roster.At(At(at));
        Assert.Equal((person, At(until)), (shift.Person, shift.Until));
    }

    private static DutyRoster Roster(string zone, IsoDayOfWeek day, string at) => new(
        "team", DateTimeZoneProviders.Tzdb[zone], new LocalDate(2026, 1, 4), day,
        LocalTime.FromTimeOnly(TimeOnly.ParseExact(at, "HH:mm", CultureInfo.InvariantCulture)), ["ana", "bogdan", "carmen"], [], "zoe", []);

    private static DutyOverride RandomOverride(Random random)
    {
        var from = new LocalDateTime(2026, 1, 1, 0, 0).PlusMinutes(random.Next(600_000));
        return new DutyOverride(from, from.PlusMinutes(random.Next(1, 30_000)), new[] { "ana", "bogdan", "carmen", "zoe" }[random.Next(4)]);
    }

    private static DutyOverride Over(string from, string to, string person) => new(Local(from), Local(to), person);

    private static LocalDateTime Local(string text) =>
        LocalDateTime.FromDateTime(DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
