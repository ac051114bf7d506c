using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;

namespace Escalation.Grains.Desks;

/// <summary>
/// Every desk of this host, and the queue, kept by the tail of the log beside the board. A change costs the desks that it
/// concerns and no others, however many are watched. One writer, any number of readers.
/// </summary>
public sealed class DeskBook(Board.Board board, IPolicySource policies)
{
    private const int MostAsks = 100;

    private static readonly StringComparer People = StringComparer.OrdinalIgnoreCase;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, DeskKeys> _cases = [];
    private readonly Dictionary<string, SortedSet<HarmRank>> _owned = new(People);
    private readonly Dictionary<string, HashSet<Guid>> _offered = new(People);
    private readonly Dictionary<string, HashSet<Guid>> _apologies = new(People);
    private readonly SortedSet<HarmRank> _queue = [];
    private readonly SortedSet<(DateTimeOffset DecideBy, string Id, Guid Case)> _approvals = [];
    private readonly Dictionary<Guid, (TeamDesk State, int Version)> _teams = [];
    private readonly Dictionary<string, List<DeskWatch>> _watches = new(People);

    /// <summary>A case, or a team's desk (with its stream), has changed. Called by the writer: be quick, and throw nothing.</summary>
    public event Action<Guid>? Changed;

    public bool IsLoaded { get; private set; }

    /// <summary>How many cases wait in the queue.</summary>
    public int QueueLength
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Starts from the rows that the board was loaded with, and the teams' desks as they were then, or later.</summary>
    public void Load(DeskLoading loading, IEnumerable<(TeamDesk State, int Version)> teams)
    {
        ArgumentNullException.ThrowIfNull(loading);
        ArgumentNullException.ThrowIfNull(teams);
        lock (_lock)
        {
            _cases.Clear();
            _owned.Clear();
            _offered.Clear();
            _apologies.Clear();
            _queue.Clear();
            _approvals.Clear();
            _teams.Clear();
            foreach (var keys in loading.Cases)
            {
                _cases[keys.Rank.Id] = keys;
                Enter(keys);
            }

            foreach (var team in teams)
            {
                _teams[team.State.Id] = team;
            }

            IsLoaded = true;
            foreach (var watch in _watches.Values.SelectMany(some => some))
            {
                watch.Signal();
            }
        }
    }

    /// <summary>Takes a stretch of the feed that the board has taken already.</summary>
    /// <returns>Teams of whose desks something is missing here; give them by <see cref="Put"/>.</returns>
    public IReadOnlyList<Guid> Apply(TailBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var changed = new HashSet<Guid>();
        var missing = new HashSet<Guid>();
        lock (_lock)
        {
            var people = new HashSet<string>(People);
            foreach (var entry in batch.Entries)
            {
                if (entry.Category == Case.Category)
                {
                    if (changed.Add(entry.Stream))
                    {
                        Move(entry.Stream, people);
                    }
                }
                else if (entry.Category == TeamDesk.Category)
                {
                    changed.Add(entry.Stream);
                    if (!TryFold(entry, people))
                    {
                        missing.Add(entry.Stream);
                    }
                }
            }

            Signal(people);
        }

        foreach (var id in changed)
        {
            Changed?.Invoke(id);
        }

        return [.. missing];
    }

    /// <summary>A team's desk as its grain has it.</summary>
    public void Put(TeamDesk state, int version)
    {
        lock (_lock)
        {
            if (version > _teams.GetValueOrDefault(state.Id).Version)
            {
                _teams[state.Id] = (state, version);
                Signal(state.Ledger.Seats.Keys);
            }
        }
    }

    /// <summary>The row of an open case; null when it is not open, or not known here yet.</summary>
    public BoardRow? Find(Guid id) => board.Find(id);

    /// <summary>What a person owns, the most harmful first.</summary>
    public IReadOnlyList<BoardRow> OwnedBy(string person)
    {
        lock (_lock)
        {
            return OwnedRows(person);
        }
    }

    /// <summary>DSK-3: cases without owner and offer, the most harmful first, those after <paramref name="after"/>.</summary>
    public IReadOnlyList<BoardRow> Queue(HarmRank? after, int limit)
    {
        lock (_lock)
        {
            if (_queue.Count == 0)
            {
                return [];
            }

            var from = after is { } last ? _queue.GetViewBetween(last, _queue.Max < last ? last : _queue.Max) : _queue;
            return [.. from.Where(rank => rank != after).Take(limit).Select(rank => board.Find(rank.Id)).OfType<BoardRow>()];
        }
    }

    /// <summary>Every person of the policy who takes cases, team by team.</summary>
    public IReadOnlyList<(DeskMe Agent, DeskOffer? Offer)> Agents()
    {
        var book = policies.Current.People;
        lock (_lock)
        {
            return
            [
                .. book.Teams.SelectMany(team => book.People.Values.Where(person => person.Team == team.Id).OrderBy(person => person.Name, StringComparer.Ordinal))
                    .Select(person => (MeOf(person.Id), OffersOf(person.Id) is [var first, ..] ? first : null)),
            ];
        }
    }

    /// <summary>A person's desk now.</summary>
    /// <param name="person">The name they sign in with.</param>
    /// <param name="decides">True for who is asked for leave, too.</param>
    public DeskPage Read(string person, bool decides)
    {
        lock (_lock)
        {
            var cases = OwnedRows(person);
            var asks = cases.SelectMany(DeskAsk.OfOwner)
                .Concat(_apologies.GetValueOrDefault(person, []).Select(board.Find).Where(row => row?.Apology is not null).Select(row => DeskAsk.OfApology(row!)))
                .Concat(decides ? Approvals(person) : [])
                .OrderBy(ask => ask.Until ?? DateTimeOffset.MaxValue).ThenBy(ask => ask.Kind).ThenBy(ask => ask.Number).ThenBy(ask => ask.PromiseId, StringComparer.Ordinal)
                .Take(MostAsks).ToList();
            return new DeskPage(MeOf(person), OffersOf(person), cases, asks);
        }
    }

    /// <summary>Is told when the desk of a person has changed, until it is disposed.</summary>
    public DeskWatch Watch(string person, bool decides)
    {
        var watch = new DeskWatch(this, person, decides);
        lock (_lock)
        {
            if (!_watches.TryGetValue(person, out var some))
            {
                _watches[person] = some = [];
            }

            some.Add(watch);
        }

        return watch;
    }

    internal void Unwatch(DeskWatch watch)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(watch.Person, out var some) && some.Remove(watch) && some.Count == 0)
            {
                _watches.Remove(watch.Person);
            }
        }
    }

    private IEnumerable<DeskAsk> Approvals(string person) => _approvals
        .Select(at => (Row: board.Find(at.Case), at.Id))
        .Select(at => (at.Row, Approval: at.Row?.Approvals?.FirstOrDefault(approval => approval.Id == at.Id)))
        .Where(at => at.Approval is not null && !People.Equals(at.Approval.AskedBy, person))
        .Take(MostAsks).Select(at => DeskAsk.OfApproval(at.Row!, at.Approval!));

    /// <summary>The board may be a moment ahead: what it shows of a case then comes with the next change.</summary>
    private IReadOnlyList<BoardRow> OwnedRows(string person) => _owned.TryGetValue(person, out var ranks)
        ? [.. ranks.Select(rank => board.Find(rank.Id)).Where(row => row is not null && People.Equals(row.Owner, person)).Select(row => row!)]
        : [];

    private IReadOnlyList<DeskOffer> OffersOf(string person) => _offered.TryGetValue(person, out var cases)
        ?
        [
            .. cases.Select(board.Find).Where(row => row?.Offer is { } offer && People.Equals(offer.Agent, person))
                .Select(row => DeskOffer.Of(row!)).OrderBy(offer => offer.OfferedAt).ThenBy(offer => offer.Id, StringComparer.Ordinal),
        ]
        : [];

    private DeskMe MeOf(string id)
    {
        var policy = policies.Current;
        var load = OwnedRows(id).Sum(row => policy.Desk.WeightOf(row.Type));
        if (policy.People.Find(id) is not { } person)
        {
            return new DeskMe(id, policy.NameOf(id), null, Level.Buffer, _watches.ContainsKey(id) ? Presence.Available : Presence.Offline, load, 0, [], []);
        }

        var team = policy.People.TeamOf(id);
        var presence = team is null
            ? _watches.ContainsKey(id) ? Presence.Available : Presence.Offline
            : _teams.TryGetValue(team.Stream, out var desk) ? desk.State.Ledger.SeatOf(id).Presence : Presence.Offline;
        return new DeskMe(
            id, person.Name, team?.Id, person.Level, presence, load, team is null ? 0 : person.Capacity, person.Languages, person.Types);
    }

    private bool TryFold(Entry entry, HashSet<string> people)
    {
        var (state, version) = _teams.TryGetValue(entry.Stream, out var known) ? known : (TeamDesk.Empty(entry.Stream), 0);
        if (entry.Version <= version)
        {
            return true;
        }

        if (entry.Version > version + 1)
        {
            return false;
        }

        var after = state.Evolve((TeamDeskEvent)entry.Event, entry.At, entry.By);
        _teams[entry.Stream] = (after, entry.Version);
        people.UnionWith(entry.Event switch
        {
            TeamDeskEvent.PresenceNoted e => e.Came.Concat(e.Left),
            TeamDeskEvent.DeskHostLost e => state.Ledger.Seats.Values.Where(seat => seat.Hosts.Contains(e.Host)).Select(seat => seat.Agent),
            TeamDeskEvent.PresenceChosen e => [e.Agent],
            _ => [],
        });
        return true;
    }

    /// <summary>The board has the truth: what it shows of a case takes the place of what stands here.</summary>
    private void Move(Guid id, HashSet<string> people)
    {
        var had = _cases.Remove(id, out var before);
        if (had)
        {
            Leave(before);
            AddPeople(before, people);
        }

        DeskKeys after = default;
        if (board.Find(id) is { } row)
        {
            _cases[id] = after = DeskKeys.Of(row);
            Enter(after);
            AddPeople(after, people);
        }

        if (before.Approvals is not null || after.Approvals is not null)
        {
            people.UnionWith(_watches.Where(pair => pair.Value.Exists(watch => watch.Decides)).Select(pair => pair.Key));
        }
    }

    private static void AddPeople(in DeskKeys keys, HashSet<string> people)
    {
        foreach (var person in new[] { keys.Owner, keys.Offered, keys.Owes })
        {
            if (person is not null)
            {
                people.Add(person);
            }
        }
    }

    private void Enter(in DeskKeys keys)
    {
        if (keys.Owner is not null)
        {
            Of(_owned, keys.Owner).Add(keys.Rank);
        }

        if (keys.Offered is not null)
        {
            Of(_offered, keys.Offered).Add(keys.Rank.Id);
        }
        else if (keys.Owner is null)
        {
            _queue.Add(keys.Rank);
        }

        if (keys.Owes is not null)
        {
            Of(_apologies, keys.Owes).Add(keys.Rank.Id);
        }

        foreach (var (decideBy, id) in keys.Approvals ?? [])
        {
            _approvals.Add((decideBy, id, keys.Rank.Id));
        }
    }

    private void Leave(in DeskKeys keys)
    {
        if (keys.Owner is not null)
        {
            Remove(_owned, keys.Owner, keys.Rank);
        }

        if (keys.Offered is not null)
        {
            Remove(_offered, keys.Offered, keys.Rank.Id);
        }
        else if (keys.Owner is null)
        {
            _queue.Remove(keys.Rank);
        }

        if (keys.Owes is not null)
        {
            Remove(_apologies, keys.Owes, keys.Rank.Id);
        }

        foreach (var (decideBy, id) in keys.Approvals ?? [])
        {
            _approvals.Remove((decideBy, id, keys.Rank.Id));
        }
    }

    private static TSet Of<TSet>(Dictionary<string, TSet> sets, string person)
        where TSet : new()
    {
        if (!sets.TryGetValue(person, out var set))
        {
            sets[person] = set = new TSet();
        }

        return set;
    }

    private static void Remove<TSet, TItem>(Dictionary<string, TSet> sets, string person, TItem item)
        where TSet : ICollection<TItem>
    {
        if (sets.TryGetValue(person, out var set) && set.Remove(item) && set.Count == 0)
        {
            sets.Remove(person);
        }
    }

    private void Signal(IEnumerable<string> people)
    {
        foreach (var person in people)
        {
            foreach (var watch in _watches.GetValueOrDefault(person, []))
            {
                watch.Signal();
            }
        }
    }
}

/// <summary>A desk that someone looks at.</summary>
public sealed class DeskWatch : IDisposable
{
    private readonly DeskBook _desks;
    private volatile TaskCompletionSource _changed = NewSignal();

    internal DeskWatch(DeskBook desks, string person, bool decides) => (_desks, Person, Decides) = (desks, person, decides);

    public string Person { get; }

    /// <summary>True for who is asked for leave, too.</summary>
    public bool Decides { get; }

    /// <summary>Completes at the next change of the desk. Take it before reading, wait for it after.</summary>
    public Task Changed => _changed.Task;

    public DeskPage Read() => _desks.Read(Person, Decides);

    public void Dispose() => _desks.Unwatch(this);

    internal void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
