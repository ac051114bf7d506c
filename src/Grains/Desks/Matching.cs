using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Errands;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Desks;

/// <summary>
/// DSK-2: finds the agent for a case among those of one team who are free. Pure: the same desk, policy and cases give the same
/// answer. Of those who may have it goes first: the lowest level that may; who knew this customer and it ended well; who has least,
/// measured by their capacity; who has waited longest.
/// </summary>
public sealed class Matching
{
    private readonly DeskLedger _ledger;
    private readonly DeskPolicy _desk;
    private readonly DateTimeOffset _now;
    private readonly List<Free> _free = [];
    private readonly HashSet<Guid> _busy;
    private readonly Dictionary<(Level, string, string, string?), bool> _hopes = [];

    private Matching(TeamDesk desk, Policy policy, DateTimeOffset now)
    {
        (_ledger, _desk, _now) = (desk.Ledger, policy.Desk, now);
        _busy = [.. desk.Ledger.Reserved.Values.Select(place => place.CaseId)];
        if (policy.People.Teams.FirstOrDefault(team => team.Stream == desk.Id) is not { } team || !IsAtWork(team, policy, now))
        {
            return;
        }

        // One offer at a time rings at a desk.
        HashSet<string> ringing = [.. desk.Ledger.Reserved.Values.Where(place => place.Offer is not null).Select(place => place.Agent)];
        foreach (var seat in desk.Ledger.Seats.Values)
        {
            if (seat.Presence == Presence.Available && policy.People.Find(seat.Agent) is { } person && person.Team == team.Id &&
                seat.Taken < person.Capacity && !ringing.Contains(seat.Agent))
            {
                _free.Add(new Free(person, seat));
            }
        }
    }

    /// <summary>True when nobody is left who could be offered anything.</summary>
    public bool IsExhausted => _free.Count == 0;

    public static Matching Of(TeamDesk desk, Policy policy, DateTimeOffset now) => new(desk, policy, now);

    /// <summary>Gives each case to its best agent, the most harmful first.</summary>
    public ImmutableArray<Reservation> Match(ImmutableArray<WaitingCase> cases, long lastPlace)
    {
        var places = ImmutableArray.CreateBuilder<Reservation>();
        foreach (var waiting in cases)
        {
            if (Take(waiting) is { } choice)
            {
                var number = ++lastPlace;
                places.Add(new Reservation(
                    ErrandId.Of("offer", waiting.CaseId.ToString("N"), choice.Agent, number.ToString(CultureInfo.InvariantCulture)),
                    waiting.CaseId, choice.Agent, _desk.WeightOf(waiting.Type), number, _now, choice.Offer));
            }
        }

        return places.ToImmutable();
    }

    /// <summary>The best agent for the case, who is free no more from then on; null when nobody may have it.</summary>
    public (string Agent, PlannedOffer Offer)? Take(WaitingCase waiting)
    {
        if (_busy.Contains(waiting.CaseId) || !IsThereHope(waiting))
        {
            return null;
        }

        var weight = _desk.WeightOf(waiting.Type);
        Free? best = null, next = null;
        foreach (var free in _free)
        {
            if (!MayHave(free, waiting, weight))
            {
                continue;
            }

            if (best is null || Compare(free, best, waiting) < 0)
            {
                (best, next) = (free, best);
            }
            else if (next is null || Compare(free, next, waiting) < 0)
            {
                next = free;
            }
        }

        if (best is null)
        {
            return null;
        }

        _free.Remove(best);
        _busy.Add(waiting.CaseId);
        return (best.Person.Id, new PlannedOffer(
            _desk.WindowAt(_now, waiting.DueAt), Why(best, next, waiting), next?.Person.Name, waiting.InsteadOf));
    }

    private static bool IsAtWork(Team team, Policy policy, DateTimeOffset now) =>
        team.Calendar is null || policy.Sla.Calendars.GetValueOrDefault(team.Calendar, WorkCalendar.Always).IsWorking(now);

    /// <summary>Whether anyone who is free has the skills; asked once for all cases alike, so that a long queue costs little.</summary>
    private bool IsThereHope(WaitingCase waiting)
    {
        var kind = (waiting.Level, waiting.Type, waiting.Language, waiting.Site);
        if (!_hopes.TryGetValue(kind, out var hope) || hope)
        {
            _hopes[kind] = hope = _free.Exists(free => IsQualified(free.Person, waiting));
        }

        return hope;
    }

    private static bool IsQualified(Person person, WaitingCase waiting) =>
        person.Level >= waiting.Level && person.Knows(waiting.Type) && person.Speaks(waiting.Language) && person.WorksFor(waiting.Site);

    private bool MayHave(Free free, WaitingCase waiting, int weight) =>
        IsQualified(free.Person, waiting) &&
        free.Seat.Taken + weight <= free.Person.Capacity &&
        free.Person.Id != waiting.CausedBy &&
        free.Person.Id != waiting.InsteadOf &&
        _ledger.IsCool(waiting.CaseId, free.Person.Id, _now);

    private static int Compare(Free left, Free right, WaitingCase waiting)
    {
        var order = left.Person.Level.CompareTo(right.Person.Level);
        order = order != 0 ? order : IsKnownTo(right, waiting).CompareTo(IsKnownTo(left, waiting));
        order = order != 0 ? order : CompareLoad(left, right);
        order = order != 0 ? order : left.Seat.IdleSince.CompareTo(right.Seat.IdleSince);
        return order != 0 ? order : string.CompareOrdinal(left.Person.Id, right.Person.Id);
    }

    private static bool IsKnownTo(Free free, WaitingCase waiting) => waiting.KnownTo.Contains(free.Person.Id);

    private static int CompareLoad(Free left, Free right) =>
        ((long)left.Seat.Taken * right.Person.Capacity).CompareTo((long)right.Seat.Taken * left.Person.Capacity);

    private static ImmutableArray<OfferReason> Why(Free best, Free? next, WaitingCase waiting)
    {
        var why = ImmutableArray.CreateBuilder<OfferReason>();
        if (IsKnownTo(best, waiting))
        {
            why.Add(new OfferReason("continuity", "knows this customer, ended well"));
        }

        if (!best.Person.Languages.IsEmpty)
        {
            why.Add(new OfferReason("language", $"speaks {LanguageOf(waiting.Language)}"));
        }

        if (!best.Person.Types.IsEmpty)
        {
            why.Add(new OfferReason("skill", $"knows {waiting.Type}"));
        }

        if (waiting.Site is { } site && !best.Person.Sites.IsEmpty)
        {
            why.Add(new OfferReason("site", $"works for {site}"));
        }

        if (waiting.Level > Level.Buffer)
        {
            why.Add(new OfferReason("level", $"may decide as {waiting.Level.ToString().ToLowerInvariant()}"));
        }

        why.Add(new OfferReason("load", string.Create(CultureInfo.InvariantCulture, $"{best.Seat.Taken} of {best.Person.Capacity} cases")));
        if (next is null || (next.Person.Level == best.Person.Level && IsKnownTo(next, waiting) == IsKnownTo(best, waiting) && CompareLoad(best, next) == 0))
        {
            why.Add(new OfferReason("longestFree", next is null ? "the only one free" : "free longest"));
        }

        return why.ToImmutable();
    }

    private static string LanguageOf(string language) => Person.Primary(language).ToLowerInvariant() switch
    {
        "en" => "English",
        "ro" => "Romanian",
        "ru" => "Russian",
        "de" => "German",
        "fr" => "French",
        "uk" => "Ukrainian",
        _ => language,
    };

    private sealed record Free(Person Person, Seat Seat);
}
