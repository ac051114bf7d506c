using System.Collections.Immutable;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.TestKit;

namespace Escalation.Grains.Tests.Desks;

/// <summary>The desk of a team by itself: who is there, whom a case suits, and how its history is read.</summary>
public sealed class TeamDeskTests
{
    private const string People =
        """
        teams:
          front: {name: Front line}
        people:
          ana: {name: Ana, team: front, languages: [ro, en], capacity: 4}
          mihai: {name: Mihai, team: front, languages: [en], capacity: 4}
          irina: {name: Irina, team: front, level: head, capacity: 4}
        """;

    private static readonly DateTimeOffset Noon = new(2026, 11, 19, 12, 0, 0, TimeSpan.Zero);
    private static readonly TestPolicy Policies = TestPolicy.With((TestPolicy.LadderFile, TestPolicy.PatientLadder), ("people.yaml", People));

    private DateTimeOffset _now = Noon;
    private TeamDesk _desk = TeamDesk.Empty(TeamDesk.IdOf("front"));

    [Theory, Rule("DSK-2")]
    [InlineData(null, 30)]
    [InlineData(3600, 30)]
    [InlineData(200, 20)]
    [InlineData(60, 10)]
    [InlineData(-5, 10)]
    public void The_window_shrinks_as_the_next_due_instant_nears(int? dueInSeconds, int window) =>
        Assert.Equal(TimeSpan.FromSeconds(window), new DeskPolicy().WindowAt(Noon, dueInSeconds is { } due ? Noon.AddSeconds(due) : null));

    [Fact, Rule("DSK-7")]
    public void Harm_goes_by_law_then_promise_then_heat_and_level_then_age()
    {
        var (a, b) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        BoardRank[] ordered =
        [
            HarmOf(ClockKind.Statutory, Heat.Calm, Level.Buffer, Noon, a),
            HarmOf(ClockKind.Promise, Heat.Tense, Level.Buffer, Noon, a),
            HarmOf(ClockKind.Promise, Heat.Calm, Level.Buffer, Noon.AddHours(-9), a),
            HarmOf(ClockKind.Internal, Heat.Public, Level.Head, Noon, a),
            HarmOf(ClockKind.Internal, Heat.Calm, Level.Specialist, Noon, a),
            HarmOf(null, Heat.Calm, Level.Buffer, Noon.AddHours(-1), b),
            HarmOf(ClockKind.Internal, Heat.Calm, Level.Buffer, Noon, a),
            HarmOf(ClockKind.Internal, Heat.Calm, Level.Buffer, Noon, b),
        ];

        Assert.Equal(ordered, ordered.Reverse().Order());

        static BoardRank HarmOf(ClockKind? due, Heat heat, Level level, DateTimeOffset complainedAt, Guid id) => KeptRow.Of(new BoardRow(
            id, 1, 1, id, null, "quality", null, Stage.Contact, 1, heat, level, null, null, complainedAt,
            due is { } kind ? new RowDue(kind, "clock", null, complainedAt, null, null, Noon.AddDays(1), ClockState.Running) : null, [], [], 0)).Harm;
    }

    [Fact, Rule("DSK-2")]
    public void The_lowest_level_then_who_knows_the_customer_then_the_least_load_then_who_waited_longest()
    {
        Tell(new TeamDeskCommand.NotePresence("h", ["irina", "mihai"], []));
        _now += TimeSpan.FromMinutes(1);
        Tell(new TeamDeskCommand.NotePresence("h", ["ana"], []));

        Assert.Equal("mihai", Offered(1, "en"));
        Settle(1, "mihai");
        Assert.Equal("ana", Offered(2, "en"));
        Settle(2, "ana");
        Assert.Equal("ana", Offered(3, "en", "ana"));
        Settle(3, "ana");
        Assert.Equal("ana", Offered(4, "ro"));
        Assert.Equal("irina", Offered(5, "ru"));
        Assert.Null(Offered(6, "ru"));
    }

    [Fact, Rule("DSK-3")]
    public void Who_never_answers_is_taken_to_be_away_until_they_come_again()
    {
        Tell(new TeamDeskCommand.NotePresence("h", ["ana"], []));
        for (var missed = 1; missed <= 3; missed++)
        {
            Assert.Equal("ana", Offered(missed, "ro"));
            Settle(missed, null, OfferState.Expired);
        }

        Assert.Equal(Presence.Away, _desk.Ledger.SeatOf("ana").Presence);
        Tell(new TeamDeskCommand.NotePresence("h", [], ["ana"]));
        Tell(new TeamDeskCommand.NotePresence("h", ["ana"], []));
        Assert.Equal(Presence.Available, _desk.Ledger.SeatOf("ana").Presence);
        Assert.Null(Offered(1, "ro"));
        _now += new DeskPolicy().CoolDown;
        Assert.Equal("ana", Offered(1, "ro"));
    }

    [Fact, Rule("DSK-1")]
    public void A_second_page_changes_nothing_and_the_last_one_that_closes_does()
    {
        Tell(new TeamDeskCommand.NotePresence("one", ["ana"], []));
        Tell(new TeamDeskCommand.ChoosePresence("ana", Presence.Busy));
        Tell(new TeamDeskCommand.NotePresence("two", ["ana"], []));
        Tell(new TeamDeskCommand.LoseHost("one"));
        Assert.Equal(Presence.Busy, _desk.Ledger.SeatOf("ana").Presence);
        Tell(new TeamDeskCommand.LoseHost("two"));
        Assert.Equal(Presence.Offline, _desk.Ledger.SeatOf("ana").Presence);
        Tell(new TeamDeskCommand.NotePresence("one", ["ana"], []));
        Assert.Equal(Presence.Busy, _desk.Ledger.SeatOf("ana").Presence);
    }

    [Fact, Rule("DSK-6")]
    public async Task Read_from_its_latest_checkpoint_it_is_what_its_whole_history_makes_it()
    {
        var log = new MemoryLog();
        var time = new ManualTime(Noon);
        var grain = GrainHost.Over(log, time, Policies).TeamDesk(_desk.Id);
        for (var n = 0; n < 1_200; n++)
        {
            var (came, left) = n % 2 == 0 ? (ImmutableArray.Create("ana"), ImmutableArray<string>.Empty) : ([], ["ana"]);
            var answer = await grain.Tell(Of(new TeamDeskCommand.NotePresence("h", came, left)), TestContext.Current.CancellationToken);
            Assert.IsType<Answer.Done>(answer);
        }

        var whole = await log.ReadAsync(_desk.Id, 0, TestContext.Current.CancellationToken);
        var fromLatest = await ((Escalation.Grains.Log.IEventLog)log).ReadFromLatestAsync(_desk.Id, TeamDesk.Checkpoint!, TestContext.Current.CancellationToken);
        var (state, version) = await GrainHost.Over(log, time, Policies).TeamDesk(_desk.Id).Get(TestContext.Current.CancellationToken);

        Assert.True(fromLatest.Count < 500, $"{fromLatest.Count} of {whole.Count} events are read.");
        Assert.Equal(whole[^1].Version, version);
        var folded = whole.Aggregate(TeamDesk.Empty(_desk.Id), (desk, entry) => desk.Evolve((TeamDeskEvent)entry.Event, entry.At, entry.By));
        Assert.Equal(GrainWire.Write(folded), GrainWire.Write(state));
    }

    private static Guid CaseOf(int n) => new(n, 0, 0, new byte[8]);

    private static Envelope<TeamDeskCommand> Of(TeamDeskCommand command) => new(Guid.CreateVersion7(), DeskRouting.By, command);

    private void Tell(TeamDeskCommand command)
    {
        foreach (var happened in _desk.Decide(command, new Context(_now, DeskRouting.By, Policies.Current)))
        {
            _desk = _desk.Evolve(happened, _now, "desk");
        }
    }

    /// <summary>Who is offered the case.</summary>
    private string? Offered(int n, string language, params string[] knownTo)
    {
        var before = _desk.Ledger.Reserved;
        Tell(new TeamDeskCommand.Match([new WaitingCase(CaseOf(n), Level.Buffer, "longWait", language, null, null, null, null, [.. knownTo])]));
        return _desk.Ledger.Reserved.Values.FirstOrDefault(place => !before.ContainsKey(place.Id))?.Agent;
    }

    private void Settle(int n, string? owner, OfferState state = OfferState.Accepted)
    {
        var place = _desk.Ledger.Reserved.Values.First(place => place.CaseId == CaseOf(n));
        Tell(new TeamDeskCommand.NoteCases([new CaseNote(CaseOf(n), n + 10, owner, 1, true, [new EndedPlace(place.Id, state)])]));
    }
}
