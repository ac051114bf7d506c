using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Escalation.Grains.Cases;

namespace Escalation.Grains.Desks;

/// <summary>DSK-1: whether someone can be offered a case.</summary>
public enum Presence
{
    Available,
    Busy,
    Away,
    Offline,
}

/// <summary>One agent as their team's desk knows them.</summary>
/// <param name="Agent">Who.</param>
/// <param name="Hosts">On which hosts their desk is open.</param>
/// <param name="Choice">What they last chose to be while their desk is open.</param>
/// <param name="IsChosenByPlatform">True when they did not answer, and were taken to be away.</param>
/// <param name="GoneAt">Since when no desk of theirs is open; null while one is, and for who never came.</param>
/// <param name="IdleSince">When they came, or were last offered a case: who has waited longest is asked first.</param>
/// <param name="Missed">Offers in a row that they did not answer.</param>
/// <param name="Held">The weight of the cases that they own.</param>
/// <param name="Kept">The weight of the places kept for them.</param>
public sealed record Seat(
    string Agent,
    ImmutableArray<string> Hosts,
    Presence Choice = Presence.Available,
    bool IsChosenByPlatform = false,
    DateTimeOffset? GoneAt = null,
    DateTimeOffset IdleSince = default,
    int Missed = 0,
    int Held = 0,
    int Kept = 0)
{
    [JsonIgnore]
    public Presence Presence => Hosts.IsEmpty ? Presence.Offline : Choice;

    /// <summary>DSK-6: how much of their capacity is used.</summary>
    [JsonIgnore]
    public int Taken => Held + Kept;
}

/// <summary>A place kept at an agent's desk, until the case says what became of it.</summary>
/// <param name="Id">Named by the offer that it is kept for.</param>
/// <param name="CaseId">For which case.</param>
/// <param name="Agent">For whom.</param>
/// <param name="Weight">How much of their capacity.</param>
/// <param name="Number">Counts all places that this desk ever kept.</param>
/// <param name="At">Since when.</param>
/// <param name="Offer">What is to be offered; null for a case that the agent takes by themselves.</param>
public sealed record Reservation(Guid Id, Guid CaseId, string Agent, int Weight, long Number, DateTimeOffset At, PlannedOffer? Offer);

/// <summary>What the case is to be told of an offer.</summary>
public sealed record PlannedOffer(TimeSpan Window, ImmutableArray<OfferReason> Why, string? NextName, string? InsteadOf);

/// <summary>A case that an agent of the team owns.</summary>
public sealed record HeldCase(string Agent, int Weight, int Version);

/// <summary>DSK-3: until when an agent is not offered a case again.</summary>
public sealed record CoolDown(string Agent, DateTimeOffset Until);

/// <summary>What became of a case, as its events say.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Version">Of which version this is true.</param>
/// <param name="Owner">The agent of this team who owns it; null when nobody of them does.</param>
/// <param name="Weight">How much of their capacity.</param>
/// <param name="IsOpen">False when it is closed, and all that was kept of it can go.</param>
/// <param name="Ended">Places that are not kept any more.</param>
public sealed record CaseNote(Guid CaseId, int Version, string? Owner, int Weight, bool IsOpen, ImmutableArray<EndedPlace> Ended);

/// <summary>A place that is not kept any more.</summary>
/// <param name="Reservation">Which.</param>
/// <param name="State">What became of the offer.</param>
/// <param name="NotBefore">DSK-3: the agent is not offered the case again before this.</param>
public sealed record EndedPlace(Guid Reservation, OfferState State, DateTimeOffset? NotBefore = null);

/// <summary>DSK-2: what is to be known of a case to find its agent.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Level">Who is asked.</param>
/// <param name="Type">Conflict type.</param>
/// <param name="Language">The customer's.</param>
/// <param name="Site">Where, if that is known.</param>
/// <param name="CausedBy">Who must not have it.</param>
/// <param name="DueAt">Its next due instant.</param>
/// <param name="InsteadOf">DSK-5: the owner who has gone; null for none.</param>
/// <param name="KnownTo">Agents who had this customer before, and it ended well.</param>
public sealed record WaitingCase(
    Guid CaseId, Level Level, string Type, string Language, string? Site, string? CausedBy, DateTimeOffset? DueAt, string? InsteadOf, ImmutableArray<string> KnownTo);

/// <summary>All that a team's desk keeps.</summary>
public sealed record DeskLedger
{
    public ImmutableDictionary<string, Seat> Seats { get; init; } = ImmutableDictionary<string, Seat>.Empty;

    /// <summary>Places kept, by their id.</summary>
    public ImmutableDictionary<Guid, Reservation> Reserved { get; init; } = ImmutableDictionary<Guid, Reservation>.Empty;

    /// <summary>Cases that agents own, by case.</summary>
    public ImmutableDictionary<Guid, HeldCase> Held { get; init; } = ImmutableDictionary<Guid, HeldCase>.Empty;

    /// <summary>By case.</summary>
    public ImmutableDictionary<Guid, ImmutableArray<CoolDown>> CoolDowns { get; init; } = ImmutableDictionary<Guid, ImmutableArray<CoolDown>>.Empty;

    /// <summary>How many places were ever kept.</summary>
    public long LastPlace { get; init; }

    public Seat SeatOf(string agent) => Seats.GetValueOrDefault(agent) ?? new Seat(agent, []);

    /// <summary>DSK-3: whether the agent may be offered the case again.</summary>
    public bool IsCool(Guid caseId, string agent, DateTimeOffset now) =>
        !CoolDowns.TryGetValue(caseId, out var some) || !some.Any(down => down.Agent == agent && down.Until > now);

    /// <summary>Whether the desk would know more after the note.</summary>
    internal bool IsNews(CaseNote note) =>
        note.Ended.Any(ended => Reserved.ContainsKey(ended.Reservation)) ||
        (Held.GetValueOrDefault(note.CaseId) is { } held
            ? note.Version >= held.Version && (note.Owner != held.Agent || note.Weight != held.Weight)
            : note.Owner is not null) ||
        (!note.IsOpen && CoolDowns.ContainsKey(note.CaseId));

    internal DeskLedger With(Seat seat) => this with { Seats = Seats.SetItem(seat.Agent, seat) };

    /// <summary>DSK-5: a first desk makes its agent what they last chose to be, and what the platform took them to be is forgotten.</summary>
    internal DeskLedger Moved(string host, ImmutableArray<string> came, ImmutableArray<string> left, DateTimeOffset at)
    {
        var seats = Seats.ToBuilder();
        foreach (var agent in came)
        {
            var seat = seats.GetValueOrDefault(agent) ?? new Seat(agent, []);
            var first = seat.Hosts.IsEmpty;
            var anew = first && (seat.IsChosenByPlatform || seat.Choice == Presence.Offline);
            seats[agent] = seat with
            {
                Hosts = seat.Hosts.Add(host),
                Choice = anew ? Presence.Available : seat.Choice,
                IsChosenByPlatform = !anew && seat.IsChosenByPlatform,
                GoneAt = null,
                Missed = first ? 0 : seat.Missed,
                IdleSince = first && (seat.GoneAt is null || seat.IdleSince == default) ? at : seat.IdleSince,
            };
        }

        foreach (var agent in left)
        {
            var seat = seats[agent];
            var hosts = seat.Hosts.Remove(host);
            seats[agent] = seat with { Hosts = hosts, GoneAt = hosts.IsEmpty ? at : null };
        }

        return this with { Seats = seats.ToImmutable() };
    }

    internal DeskLedger Keeping(ImmutableArray<Reservation> places, DateTimeOffset at)
    {
        var seats = Seats.ToBuilder();
        var reserved = Reserved.ToBuilder();
        foreach (var place in places)
        {
            var seat = seats.GetValueOrDefault(place.Agent) ?? new Seat(place.Agent, []);
            seats[place.Agent] = seat with { Kept = seat.Kept + place.Weight, IdleSince = at };
            reserved[place.Id] = place;
        }

        return this with { Seats = seats.ToImmutable(), Reserved = reserved.ToImmutable(), LastPlace = Math.Max(LastPlace, places[^1].Number) };
    }

    internal DeskLedger Noted(ImmutableArray<CaseNote> notes, DateTimeOffset at)
    {
        var seats = Seats.ToBuilder();
        var reserved = Reserved.ToBuilder();
        var held = Held.ToBuilder();
        var coolDowns = CoolDowns.ToBuilder();
        foreach (var note in notes)
        {
            foreach (var ended in note.Ended)
            {
                if (!reserved.Remove(ended.Reservation, out var place))
                {
                    continue;
                }

                var seat = seats[place.Agent];
                seats[place.Agent] = seat with
                {
                    Kept = seat.Kept - place.Weight,
                    Missed = ended.State switch
                    {
                        OfferState.Accepted or OfferState.Declined => 0,
                        OfferState.Expired => seat.Missed + 1,
                        OfferState.Open or OfferState.Withdrawn => seat.Missed,
                    },
                };
                if (ended.NotBefore is { } until)
                {
                    coolDowns[note.CaseId] =
                    [
                        .. coolDowns.GetValueOrDefault(note.CaseId, []).Where(down => down.Agent != place.Agent && down.Until > at),
                        new CoolDown(place.Agent, until),
                    ];
                }
            }

            if (held.TryGetValue(note.CaseId, out var was))
            {
                if (note.Version >= was.Version)
                {
                    held.Remove(note.CaseId);
                    seats[was.Agent] = seats[was.Agent] with { Held = seats[was.Agent].Held - was.Weight };
                    Hold(note);
                }
            }
            else
            {
                Hold(note);
            }

            if (!note.IsOpen || note.Owner is not null)
            {
                coolDowns.Remove(note.CaseId);
            }
        }

        return this with
        {
            Seats = seats.ToImmutable(),
            Reserved = reserved.ToImmutable(),
            Held = held.ToImmutable(),
            CoolDowns = coolDowns.ToImmutable(),
        };

        void Hold(CaseNote note)
        {
            if (note.Owner is { } owner)
            {
                var seat = seats.GetValueOrDefault(owner) ?? new Seat(owner, []);
                seats[owner] = seat with { Held = seat.Held + note.Weight };
                held[note.CaseId] = new HeldCase(owner, note.Weight, note.Version);
            }
        }
    }
}
