using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Errands;
using static Escalation.Grains.Desks.TeamDeskCommand;
using static Escalation.Grains.Desks.TeamDeskEvent;

namespace Escalation.Grains.Desks;

/// <summary>What can happen at a team's desk.</summary>
public abstract record TeamDeskEvent : IEvent
{
    /// <summary>DSK-1: whose desks are open on a host, as far as that changed.</summary>
    public sealed record PresenceNoted(string Host, ImmutableArray<string> Came, ImmutableArray<string> Left) : TeamDeskEvent;

    /// <summary>DSK-5: a host is no more, and with it every desk that was open on it.</summary>
    public sealed record DeskHostLost(string Host) : TeamDeskEvent;

    /// <summary>DSK-1: by someone's word, or because offers were not answered (<c>missed</c>).</summary>
    public sealed record PresenceChosen(string Agent, Presence Presence, string Because) : TeamDeskEvent;

    /// <summary>DSK-2, DSK-6: places kept at agents' desks.</summary>
    public sealed record PlacesReserved(ImmutableArray<Reservation> Places) : TeamDeskEvent;

    /// <summary>What became of cases, as far as the desk did not know.</summary>
    public sealed record DeskCasesNoted(ImmutableArray<CaseNote> Cases) : TeamDeskEvent;

    /// <summary>The whole desk, so that nobody has to read what was before.</summary>
    public sealed record DeskCheckpointed(DeskLedger Ledger) : TeamDeskEvent;

    private TeamDeskEvent()
    {
    }
}

/// <summary>What can be asked of a team's desk. Each may be sent again: what it says is done, or noted, once.</summary>
public abstract record TeamDeskCommand
{
    /// <summary>Whose desks are open, and no more open, on a host.</summary>
    public sealed record NotePresence(string Host, ImmutableArray<string> Came, ImmutableArray<string> Left) : TeamDeskCommand;

    public sealed record LoseHost(string Host) : TeamDeskCommand;

    public sealed record ChoosePresence(string Agent, Presence Presence) : TeamDeskCommand;

    /// <summary>DSK-2: who gets which of the cases, the most harmful first.</summary>
    public sealed record Match(ImmutableArray<WaitingCase> Cases) : TeamDeskCommand;

    /// <summary>DSK-6: a place for a case that an agent takes by themselves.</summary>
    public sealed record TakePlace(Guid CaseId, string Agent, int Weight) : TeamDeskCommand;

    /// <summary>What became of cases. What is older than what the desk knows changes nothing.</summary>
    public sealed record NoteCases(ImmutableArray<CaseNote> Cases) : TeamDeskCommand;

    private TeamDeskCommand()
    {
    }
}

/// <summary>
/// DSK-1, DSK-6: who of a team is there, what each has, and the places kept for what was offered to them. One grain, so that an
/// agent's last place goes to exactly one case, whichever host asks.
/// </summary>
public sealed record TeamDesk : IAggregate<TeamDesk, TeamDeskCommand, TeamDeskEvent>
{
    /// <summary>Least events between two checkpoints; a large team has more, so that a checkpoint stays cheap beside them.</summary>
    private const int CheckpointAfter = 500;

    public static string Category => "teamDesk";

    public static string? Checkpoint => "deskCheckpointed";

    public required Guid Id { get; init; }

    public DeskLedger Ledger { get; init; } = new();

    /// <summary>Events since the latest checkpoint.</summary>
    public int SinceCheckpoint { get; init; }

    /// <summary>The stream of a team's desk.</summary>
    public static Guid IdOf(string team) => ErrandId.Of("teamDesk", team);

    public static TeamDesk Empty(Guid id) => new() { Id = id };

    public Decision<TeamDeskEvent> Decide(TeamDeskCommand command, Context context)
    {
        var decision = DecideOne(command, context);
        if (decision.Events.Count == 0 || SinceCheckpoint + decision.Events.Count < Math.Max(CheckpointAfter, 2 * Ledger.Seats.Count))
        {
            return decision;
        }

        var next = decision.Aggregate(this, (state, happened) => state.Evolve(happened, context.Now, context.By.Id));
        return [.. decision, new DeskCheckpointed(next.Ledger)];
    }

    public TeamDesk Evolve(TeamDeskEvent happened, DateTimeOffset at, string by) => happened is DeskCheckpointed checkpoint
        ? this with { Ledger = checkpoint.Ledger, SinceCheckpoint = 0 }
        : this with { Ledger = Fold(happened, at), SinceCheckpoint = SinceCheckpoint + 1 };

    public Effects EffectsOf(IReadOnlyList<TeamDeskEvent> events, int version) => Effects.None;

    private Decision<TeamDeskEvent> DecideOne(TeamDeskCommand command, Context context) => command switch
    {
        NotePresence c => Note(c),
        LoseHost c => Ledger.Seats.Values.Any(seat => seat.Hosts.Contains(c.Host)) ? [new DeskHostLost(c.Host)] : [],
        ChoosePresence c => Choose(c, context),
        Match c => Matching.Of(this, context.Policy, context.Now).Match(c.Cases, Ledger.LastPlace) is { IsEmpty: false } places
            ? [new PlacesReserved(places)]
            : [],
        TakePlace c => Take(c, context),
        NoteCases c => Note(c, context),
        _ => throw new NotSupportedException($"A team's desk does not know how to decide {command.GetType().Name}."),
    };

    private Decision<TeamDeskEvent> Note(NotePresence c)
    {
        ImmutableArray<string> came = [.. c.Came.Distinct(StringComparer.Ordinal).Where(agent => !Ledger.SeatOf(agent).Hosts.Contains(c.Host))];
        ImmutableArray<string> left = [.. c.Left.Distinct(StringComparer.Ordinal).Where(agent => Ledger.SeatOf(agent).Hosts.Contains(c.Host))];
        return came.IsEmpty && left.IsEmpty ? [] : [new PresenceNoted(c.Host, came, left)];
    }

    private Decision<TeamDeskEvent> Choose(ChoosePresence c, Context context)
    {
        if (context.Policy.People.TeamOf(c.Agent)?.Stream != Id)
        {
            return new Refused("presence.noTeam", $"{c.Agent} is in no team whose cases are offered at a desk.");
        }

        var seat = Ledger.SeatOf(c.Agent);
        return seat.Choice == c.Presence && !seat.IsChosenByPlatform ? [] : [new PresenceChosen(c.Agent, c.Presence, "word")];
    }

    private Decision<TeamDeskEvent> Take(TakePlace c, Context context)
    {
        var person = context.Policy.People.Find(c.Agent);
        if (person is null || Ledger.Held.GetValueOrDefault(c.CaseId)?.Agent == c.Agent || Ledger.Reserved.Values.Any(place => place.CaseId == c.CaseId && place.Agent == c.Agent))
        {
            return [];
        }

        var load = Ledger.SeatOf(c.Agent).Taken;
        return load + c.Weight > person.Capacity
            ? new Refused(
                "desk.atCapacity",
                string.Create(CultureInfo.InvariantCulture, $"{person.Name} has {load} of {person.Capacity}, and this case takes {c.Weight}. Only a supervisor goes beyond (DSK-6)."))
            : [new PlacesReserved([new Reservation(
                ErrandId.Of("take", c.CaseId.ToString("N"), c.Agent, Ledger.LastPlace.ToString(CultureInfo.InvariantCulture)),
                c.CaseId, c.Agent, c.Weight, Ledger.LastPlace + 1, context.Now, null)])];
    }

    /// <summary>DSK-3: who declined, or did not answer, is asked again after the cool-down; who never answers is taken to be away.</summary>
    private Decision<TeamDeskEvent> Note(NoteCases c, Context context)
    {
        var notBefore = context.Now + context.Policy.Desk.CoolDown;
        ImmutableArray<CaseNote> news =
        [
            .. c.Cases.Where(Ledger.IsNews).Select(note => note with
            {
                Ended = [.. note.Ended.Where(ended => Ledger.Reserved.ContainsKey(ended.Reservation)).Select(ended => ended with
                {
                    NotBefore = ended.State is OfferState.Declined or OfferState.Expired ? notBefore : null,
                })],
            }),
        ];
        if (news.IsEmpty)
        {
            return [];
        }

        var after = Ledger.Noted(news, context.Now);
        return
        [
            new DeskCasesNoted(news),
            .. after.Seats.Values
                .Where(seat => seat.Missed >= context.Policy.Desk.MissedBeforeAway && seat.Presence == Presence.Available)
                .OrderBy(seat => seat.Agent, StringComparer.Ordinal)
                .Select(seat => new PresenceChosen(seat.Agent, Presence.Away, "missed")),
        ];
    }

    private DeskLedger Fold(TeamDeskEvent happened, DateTimeOffset at) => happened switch
    {
        PresenceNoted e => Ledger.Moved(e.Host, e.Came, e.Left, at),
        DeskHostLost e => Ledger.Moved(e.Host, [], [.. Ledger.Seats.Values.Where(seat => seat.Hosts.Contains(e.Host)).Select(seat => seat.Agent)], at),
        PresenceChosen e => Ledger.With(Ledger.SeatOf(e.Agent) with { Choice = e.Presence, IsChosenByPlatform = e.Because != "word", Missed = 0 }),
        PlacesReserved e => Ledger.Keeping(e.Places, at),
        DeskCasesNoted e => Ledger.Noted(e.Cases, at),
        _ => throw new NotSupportedException($"A team's desk does not know how to fold {happened.GetType().Name}."),
    };
}
