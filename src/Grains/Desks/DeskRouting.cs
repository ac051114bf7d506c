using System.Collections.Immutable;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Errands;
using Escalation.Grains.Hosting;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Grains.Promises;

namespace Escalation.Grains.Desks;

/// <summary>
/// DSK-2, DSK-3, DSK-5: carries between cases and teams' desks. What became of cases is told to the desks; offers of who has gone are
/// taken back; what waits is matched, and offered. Each step compares what is with what is known, and may be done again by anyone
/// at any time: the cases decide what is offered, the desks decide to whom, and two that do this at once do no harm.
/// </summary>
public sealed class DeskRouting(IGrains grains, DeskBook desks, IPolicySource policies, TimeProvider time)
{
    /// <summary>The router, in the log.</summary>
    public static readonly Actor By = new("desk", Roles.System);

    private const int MostAtOnce = 64;
    private const int Parallel = 16;

    /// <summary>How many earlier cases of a customer are looked at to find who knows them.</summary>
    private const int EarlierCases = 5;

    /// <summary>A case that someone takes by hand is theirs within this time, or never.</summary>
    private static readonly TimeSpan TakenWithin = TimeSpan.FromSeconds(5);

    /// <summary>An offer is known to its team's desk before it is made; who does not see it there after this time is not just behind.</summary>
    private static readonly TimeSpan KnownWithin = TimeSpan.FromSeconds(5);

    /// <summary>Carries on for every team.</summary>
    /// <param name="changed">Cases that changed since the last time; null to look at everything.</param>
    /// <exception cref="Log.LogUnavailableException">The database is away; the same again does the rest.</exception>
    public async Task RunAsync(IReadOnlyCollection<Guid>? changed, CancellationToken cancellationToken)
    {
        var policy = policies.Current;
        var skipped = new HashSet<Guid>();
        foreach (var team in policy.People.Teams)
        {
            await NoteAsync(policy, team, changed, cancellationToken);
            await TakeBackAsync(policy, team, changed, cancellationToken);
        }

        foreach (var team in policy.People.Teams)
        {
            skipped.UnionWith((await LedgerAsync(team, cancellationToken)).Ledger.Reserved.Values.Select(place => place.CaseId));
        }

        foreach (var team in policy.People.Teams)
        {
            await MatchAsync(policy, team, skipped, cancellationToken);
        }
    }

    /// <summary>Tells a team's desk what became of cases.</summary>
    private async Task NoteAsync(Policy policy, Team team, IReadOnlyCollection<Guid>? changed, CancellationToken cancellationToken)
    {
        var ledger = (await LedgerAsync(team, cancellationToken)).Ledger;
        var places = ledger.Reserved.Values.ToLookup(place => place.CaseId);
        var concerned = changed is null ? OwnedIn(policy, team).Concat(ledger.Held.Keys).Concat(ledger.CoolDowns.Keys) : changed;
        var notes = new List<CaseNote>();
        foreach (var id in concerned.Concat(places.Select(place => place.Key)).Distinct())
        {
            if (await NoteOfAsync(policy, team, ledger, id, places[id], cancellationToken) is { } note && ledger.IsNews(note))
            {
                notes.Add(note);
            }
        }

        await TellAsync(team, notes, cancellationToken);
    }

    private IEnumerable<Guid> OwnedIn(Policy policy, Team team) => policy.People.People.Values.Where(person => person.Team == team.Id)
        .SelectMany(person => desks.OwnedBy(person.Id)).Select(row => row.Id);

    /// <summary>What became of a case: by its row, and by the case itself where the row cannot say.</summary>
    private async Task<CaseNote?> NoteOfAsync(
        Policy policy, Team team, DeskLedger ledger, Guid id, IEnumerable<Reservation> places, CancellationToken cancellationToken)
    {
        var row = desks.Find(id);
        var kept = places.Where(place => !IsUnderWay(place, row)).ToList();
        if (row is not null && kept.Count == 0)
        {
            return Note(id, row.Version, row.Owner, row.Type, isOpen: true, []);
        }

        if (row is null && kept.Count == 0 && !ledger.Held.ContainsKey(id) && !ledger.CoolDowns.ContainsKey(id))
        {
            return null;
        }

        var (state, version) = await grains.Case(id).Get(cancellationToken);
        var ended = new List<EndedPlace>();
        foreach (var place in kept)
        {
            if (await EndOfAsync(place, team, state, cancellationToken) is { } end)
            {
                ended.Add(new EndedPlace(place.Id, end));
            }
        }

        return Note(id, version, state.IsOpen ? state.Owner : null, state.Opening?.Type ?? "", state.IsOpen, [.. ended]);

        CaseNote Note(Guid caseId, int at, string? owner, string type, bool isOpen, ImmutableArray<EndedPlace> places) => new(
            caseId, at, policy.People.TeamOf(owner)?.Id == team.Id ? owner : null, policy.Desk.WeightOf(type), isOpen, places);
    }

    /// <summary>True while the row says that the place is kept for something that is not decided yet.</summary>
    private bool IsUnderWay(Reservation place, KeptRow? row) => place.Offer is not null
        ? row?.Ringing?.Reservation == place.Id
        : row is not null && row.Owner != place.Agent && time.GetUtcNow() - place.At < TakenWithin;

    /// <summary>How a place ended; null while it is needed. An offer that never came about, because a host died, is made now.</summary>
    private async Task<OfferState?> EndOfAsync(Reservation place, Team team, Case state, CancellationToken cancellationToken)
    {
        if (place.Offer is null)
        {
            return state.Owner == place.Agent ? OfferState.Accepted
                : time.GetUtcNow() - place.At < TakenWithin ? null
                : OfferState.Withdrawn;
        }

        if (state.Offer?.Reservation != place.Id)
        {
            return await MakeAsync(team, place, cancellationToken) ? null : OfferState.Withdrawn;
        }

        return state.Offer switch
        {
            { IsOpen: true } => null,
            { State: OfferState.Accepted } accepted when accepted.EndedBy != place.Agent => OfferState.Withdrawn,
            var over => over.State,
        };
    }

    /// <summary>DSK-5: a busy or absent agent holds no offer, nor does one whose team does not know of it.</summary>
    private async Task TakeBackAsync(Policy policy, Team team, IReadOnlyCollection<Guid>? changed, CancellationToken cancellationToken)
    {
        var ledger = (await LedgerAsync(team, cancellationToken)).Ledger;
        var unknown = (changed ?? []).Select(desks.Find)
            .Where(row => row?.Ringing is { } offer && time.GetUtcNow().UtcTicks - offer.OfferedAt > KnownWithin.Ticks && !ledger.Reserved.ContainsKey(offer.Reservation) && policy.People.TeamOf(offer.Agent)?.Id == team.Id)
            .Select(row => (row!.Id, row.Ringing!.Reservation, Because: "unknown"));
        var idle = ledger.Reserved.Values.Where(place => place.Offer is not null)
            .Select(place => (place.CaseId, Reservation: place.Id, Because: BecauseOf(place)))
            .Where(place => place.Because is not null)
            .Select(place => (place.CaseId, place.Reservation, Because: place.Because!));
        var taken = unknown.Concat(idle).ToList();
        if (taken.Count == 0)
        {
            return;
        }

        await ForAllAsync(taken, async item =>
        {
            var id = ErrandId.Of("takeBack", item.Item2.ToString("N"));
            await grains.Case(item.Item1).Tell(new Envelope<CaseCommand>(id, By, new CaseCommand.WithdrawOffer(item.Item2, item.Because)), cancellationToken);
        }, cancellationToken);
        await NoteEndedAsync(policy, team, ledger, [.. taken.Select(item => item.Item2)], cancellationToken);

        string? BecauseOf(Reservation place) => ledger.SeatOf(place.Agent).Presence switch
        {
            _ when policy.People.TeamOf(place.Agent)?.Id != team.Id => "leftTeam",
            Presence.Offline => "agentGone",
            Presence.Busy or Presence.Away => "agentBusy",
            _ when place.Offer!.InsteadOf is { } owner && ledger.SeatOf(owner).Presence != Presence.Offline => "ownerBack",
            _ => null,
        };
    }

    /// <summary>Places whose offers were just taken back are free at once.</summary>
    private async Task NoteEndedAsync(Policy policy, Team team, DeskLedger ledger, ImmutableArray<Guid> reservations, CancellationToken cancellationToken)
    {
        var notes = new List<CaseNote>();
        foreach (var place in reservations.Select(id => ledger.Reserved.GetValueOrDefault(id)).OfType<Reservation>())
        {
            var (state, version) = await grains.Case(place.CaseId).Get(cancellationToken);
            if (state.Offer is { IsOpen: false } over && over.Reservation == place.Id)
            {
                var end = over.State == OfferState.Accepted && over.EndedBy != place.Agent ? OfferState.Withdrawn : over.State;
                var owner = state.IsOpen && policy.People.TeamOf(state.Owner)?.Id == team.Id ? state.Owner : null;
                notes.Add(new CaseNote(
                    place.CaseId, version, owner, policy.Desk.WeightOf(state.Opening!.Type), state.IsOpen, [new EndedPlace(place.Id, end)]));
            }
        }

        await TellAsync(team, notes, cancellationToken);
    }

    /// <summary>DSK-2: what waits, the most harmful first, to whom it suits best. Nothing that waits is passed over for what came later.</summary>
    private async Task MatchAsync(Policy policy, Team team, HashSet<Guid> skipped, CancellationToken cancellationToken)
    {
        while (true)
        {
            var desk = await LedgerAsync(team, cancellationToken);
            var matching = Matching.Of(desk, policy, time.GetUtcNow());
            if (matching.IsExhausted)
            {
                return;
            }

            var waiting = Waiting(policy, team, desk.Ledger)
                .Where(item => !skipped.Contains(item.Row.Id) && matching.Take(Facts(item.Row, item.InsteadOf, [])) is not null)
                .Take(MostAtOnce).ToList();
            if (waiting.Count == 0)
            {
                return;
            }

            var cases = ImmutableArray.CreateBuilder<WaitingCase>();
            foreach (var (row, insteadOf) in waiting)
            {
                skipped.Add(row.Id);
                cases.Add(Facts(row, insteadOf, await KnownToAsync(row, cancellationToken)));
            }

            var command = new TeamDeskCommand.Match(cases.ToImmutable());
            var answer = await grains.TeamDesk(team.Stream).Tell(
                new Envelope<TeamDeskCommand>(Guid.CreateVersion7(time.GetUtcNow()), By, command), cancellationToken);
            var places = answer is Answer.Done done
                ? done.Events.OfType<TeamDeskEvent.PlacesReserved>().SelectMany(reserved => reserved.Places).ToList()
                : [];
            var refused = new System.Collections.Concurrent.ConcurrentBag<Reservation>();
            await ForAllAsync(places, async place =>
            {
                if (!await MakeAsync(team, place, cancellationToken))
                {
                    refused.Add(place);
                }
            }, cancellationToken);
            await TellAsync(
                team,
                [.. refused.Select(place => new CaseNote(place.CaseId, 0, null, 0, true, [new EndedPlace(place.Id, OfferState.Withdrawn)]))],
                cancellationToken);
            if (waiting.Count < MostAtOnce)
            {
                return;
            }
        }
    }

    /// <summary>The queue, and among it what its owner has left behind and is due within the grace (DSK-5).</summary>
    private IEnumerable<(KeptRow Row, string? InsteadOf)> Waiting(Policy policy, Team team, DeskLedger ledger)
    {
        var now = time.GetUtcNow();
        var left = ledger.Seats.Values
            .Where(seat => seat.Presence == Presence.Offline && seat.GoneAt + policy.Desk.ReturnWithin <= now && policy.People.TeamOf(seat.Agent)?.Id == team.Id)
            .SelectMany(seat => desks.OwnedBy(seat.Agent).Where(row => row.Ringing is null && row.DueAt <= now + policy.Desk.Grace), (seat, row) => (Row: row, InsteadOf: (string?)seat.Agent))
            .OrderBy(item => item.Row.Harm).ToList();
        var next = 0;
        BoardRank? after = null;
        while (true)
        {
            var page = desks.Queue(after, MostAtOnce * 4);
            foreach (var row in page)
            {
                var rank = row.Harm;
                for (; next < left.Count && left[next].Row.Harm < rank; next++)
                {
                    yield return left[next];
                }

                yield return (row, null);
                after = rank;
            }

            if (page.Count == 0)
            {
                break;
            }
        }

        for (; next < left.Count; next++)
        {
            yield return left[next];
        }
    }

    private static WaitingCase Facts(KeptRow row, string? insteadOf, ImmutableArray<string> knownTo)
    {
        var origin = row.Keys.Origin;
        return new WaitingCase(
            row.Id, row.Level, row.Type, origin?.Language ?? NoticeTexts.Fallback, origin?.Site, origin?.CausedBy, row.DueAt, insteadOf, knownTo);
    }

    /// <summary>DSK-2: who had earlier cases of this customer, and brought them to a good end.</summary>
    private async Task<ImmutableArray<string>> KnownToAsync(KeptRow row, CancellationToken cancellationToken)
    {
        var (_, customer, _) = await grains.SurvivingCustomerAsync(row.ToRow().CustomerId, cancellationToken);
        var known = ImmutableArray.CreateBuilder<string>();
        foreach (var earlier in customer.Cases.Where(id => id != row.Id).TakeLast(EarlierCases))
        {
            var (state, _) = await grains.Case(earlier).Get(cancellationToken);
            if (state is { Exists: true, IsOpen: false, Outcome: Outcome.Agreed or Outcome.Conceded, Owner: { } owner } &&
                state.Promises.All(promise => promise.State != PromiseState.Lapsed))
            {
                known.Add(owner);
            }
        }

        return known.ToImmutable();
    }

    /// <summary>Makes the offer that a place is kept for; false when the case says no, or it is over already.</summary>
    private async Task<bool> MakeAsync(Team team, Reservation place, CancellationToken cancellationToken)
    {
        var offer = place.Offer!;
        var make = new CaseCommand.MakeOffer(
            place.Id, place.Agent, policies.Current.NameOf(place.Agent), team.Id, offer.Window, offer.Why, offer.NextName, offer.InsteadOf);
        var answer = await grains.Case(place.CaseId).Tell(new Envelope<CaseCommand>(place.Id, By, make), cancellationToken);
        if (answer is Answer.Done { Position: 0 })
        {
            // It was made before: only the case knows what has become of it.
            var (state, _) = await grains.Case(place.CaseId).Get(cancellationToken);
            return state.Offer is { IsOpen: true } open && open.Reservation == place.Id;
        }

        return answer is Answer.Done;
    }

    private async Task<TeamDesk> LedgerAsync(Team team, CancellationToken cancellationToken) =>
        (await grains.TeamDesk(team.Stream).Get(cancellationToken)).State;

    private async Task TellAsync(Team team, List<CaseNote> notes, CancellationToken cancellationToken)
    {
        if (notes.Count > 0)
        {
            await grains.TeamDesk(team.Stream).Tell(
                new Envelope<TeamDeskCommand>(Guid.CreateVersion7(time.GetUtcNow()), By, new TeamDeskCommand.NoteCases([.. notes])), cancellationToken);
        }
    }

    private static Task ForAllAsync<T>(IReadOnlyCollection<T> items, Func<T, Task> act, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Parallel.ForEachAsync(
            items, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken }, async (item, _) => await act(item));
}
