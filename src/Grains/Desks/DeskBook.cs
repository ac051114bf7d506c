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

    /// <summary>Of more nobody could tell what comes next.</summary>
    private const int MostCases = 500;

    private static readonly StringComparer People = StringComparer.OrdinalIgnoreCase;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, KeptRow> _cases = [];
    private readonly Dictionary<string, Owned> _owned = new(People);
    private readonly Dictionary<string, HashSet<Guid>> _offered = new(People);
    private readonly Dictionary<string, HashSet<Guid>> _apologies = new(People);
    private readonly SortedSet<(DateTimeOffset DecideBy, string Id, Guid Case)> _approvals = [];
    private readonly Dictionary<Guid, (TeamDesk State, int Version)> _teams = [];
    private readonly Dictionary<string, List<DeskWatch>> _watches = new(People);
    private BoardIndex _queue = BoardIndex.Empty(null, RowOrder.Harm);

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
                return _queue.Rows.Count;
            }
        }
    }

    /// <summary>Starts from the board, which was loaded just now, and the teams' desks as they were then, or later.</summary>
    public void Load(IEnumerable<(TeamDesk State, int Version)> teams)
    {
        ArgumentNullException.ThrowIfNull(teams);
        var rows = board.AllRows();
        var queue = BoardIndex.Of(null, RowOrder.Harm, [.. rows.Where(IsQueued)]);
        var owned = rows.Where(row => row.Owner is not null).GroupBy(row => row.Owner!, People)
            .Select(some => KeyValuePair.Create(some.Key, Owned.Of([.. some]))).ToList();
        lock (_lock)
        {
            _cases.Clear();
            _owned.Clear();
            _offered.Clear();
            _apologies.Clear();
            _approvals.Clear();
            _teams.Clear();
            _queue = queue;
            _cases.EnsureCapacity(rows.Length);
            foreach (var (person, cases) in owned)
            {
                _owned[person] = cases;
            }

            foreach (var row in rows)
            {
                _cases[row.Id] = row;
                EnterWaiting(row);
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

    /// <summary>An open case; null when it is not open, or not known here yet.</summary>
    public KeptRow? Find(Guid id) => board.FindKept(id);

    /// <summary>What a person owns, the most harmful first.</summary>
    public IReadOnlyList<KeptRow> OwnedBy(string person)
    {
        lock (_lock)
        {
            return OwnedRows(person, int.MaxValue);
        }
    }

    /// <summary>PRM-1: when each open promise in a person's cases is due.</summary>
    public IReadOnlyList<DateTimeOffset> PromisedIn(string person)
    {
        var rows = OwnedBy(person);
        return [.. rows.SelectMany(row => (row.Keys.Promises ?? []).Chunk(2)).Select(promise => new DateTimeOffset(promise[1], TimeSpan.Zero))];
    }

    /// <summary>DSK-3: cases without owner and offer, the most harmful first, those after <paramref name="after"/>.</summary>
    public IReadOnlyList<KeptRow> Queue(BoardRank? after, int limit)
    {
        lock (_lock)
        {
            return _queue.Rows.Window(after is { } last ? _queue.CountThrough(last) : 0, limit);
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
            var cases = Unpack(OwnedRows(person, MostCases));
            var asks = cases.SelectMany(DeskAsk.OfOwner)
                .Concat(Unpack(_apologies.GetValueOrDefault(person, []).Select(id => _cases[id])).Select(DeskAsk.OfApology))
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
        .Select(at => (Row: _cases[at.Case].ToRow(), at.Id))
        .Select(at => (at.Row, Approval: at.Row.Approvals!.First(approval => approval.Id == at.Id)))
        .Where(at => !People.Equals(at.Approval.AskedBy, person))
        .Take(MostAsks).Select(at => DeskAsk.OfApproval(at.Row, at.Approval));

    private KeptRow[] OwnedRows(string person, int limit) => _owned.TryGetValue(person, out var owned) ? owned.Rows.Window(0, limit) : [];

    private IReadOnlyList<DeskOffer> OffersOf(string person) =>
        [.. Unpack(_offered.GetValueOrDefault(person, []).Select(id => _cases[id])).Select(DeskOffer.Of).OrderBy(offer => offer.OfferedAt).ThenBy(offer => offer.Id, StringComparer.Ordinal)];

    private static IReadOnlyList<BoardRow> Unpack(IEnumerable<KeptRow> rows) => [.. rows.Select(row => row.ToRow())];

    private DeskMe MeOf(string id)
    {
        var policy = policies.Current;
        var load = _owned.TryGetValue(id, out var owned) ? owned.Types.Sum(type => type.Value * policy.Desk.WeightOf(type.Key)) : 0;
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
        var after = board.FindKept(id);
        _cases.TryGetValue(id, out var before);
        if (ReferenceEquals(before, after))
        {
            return;
        }

        if (before is not null)
        {
            _cases.Remove(id);
            Leave(before);
            AddPeople(before, people);
        }

        if (after is not null)
        {
            _cases[id] = after;
            Enter(after);
            AddPeople(after, people);
        }

        if (before?.Keys.Waiting?.Approvals > 0 || after?.Keys.Waiting?.Approvals > 0)
        {
            people.UnionWith(_watches.Where(pair => pair.Value.Exists(watch => watch.Decides)).Select(pair => pair.Key));
        }
    }

    private static bool IsQueued(KeptRow row) => row.Owner is null && row.Ringing is null;

    private static void AddPeople(KeptRow row, HashSet<string> people)
    {
        Add(row.Owner);
        Add(row.Ringing?.Agent);
        Add(row.Keys.Waiting?.Owes);

        void Add(string? person)
        {
            if (person is not null)
            {
                people.Add(person);
            }
        }
    }

    private void Enter(KeptRow row)
    {
        if (row.Owner is { } owner)
        {
            Of(_owned, owner).Add(row);
        }
        else if (IsQueued(row))
        {
            _queue = _queue.With(_queue.Rows.Add(row));
        }

        EnterWaiting(row);
    }

    private void EnterWaiting(KeptRow row)
    {
        if (row.Keys.Waiting is not { } waiting)
        {
            return;
        }

        if (waiting.Ringing is { } ringing)
        {
            Of(_offered, ringing.Agent).Add(row.Id);
        }

        if (waiting.Owes is { } owes)
        {
            Of(_apologies, owes).Add(row.Id);
        }

        foreach (var approval in ApprovalsOf(row))
        {
            _approvals.Add((approval.DecideBy, approval.Id, row.Id));
        }
    }

    private void Leave(KeptRow row)
    {
        if (row.Owner is { } owner)
        {
            if (_owned.TryGetValue(owner, out var owned) && owned.Remove(row))
            {
                _owned.Remove(owner);
            }
        }
        else if (IsQueued(row))
        {
            _queue = _queue.With(_queue.Rows.Remove(row));
        }

        if (row.Keys.Waiting is not { } waiting)
        {
            return;
        }

        if (waiting.Ringing is { } ringing)
        {
            Remove(_offered, ringing.Agent, row.Id);
        }

        if (waiting.Owes is { } owes)
        {
            Remove(_apologies, owes, row.Id);
        }

        foreach (var approval in ApprovalsOf(row))
        {
            _approvals.Remove((approval.DecideBy, approval.Id, row.Id));
        }
    }

    private static IEnumerable<RowApproval> ApprovalsOf(KeptRow row) => row.Keys.Waiting?.Approvals > 0 ? row.ToRow().Approvals! : [];

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

    /// <summary>What one person owns, in order of harm, and how much of each type.</summary>
    private sealed class Owned
    {
        public SortedTree<KeptRow, ByRank> Rows { get; private set; } = SortedTree<KeptRow, ByRank>.Empty(new ByRank(RowOrder.Harm));

        public Dictionary<string, int> Types { get; } = new(StringComparer.Ordinal);

        public static Owned Of(KeptRow[] rows)
        {
            var owned = new Owned { Rows = BoardIndex.Of(null, RowOrder.Harm, rows).Rows };
            foreach (var row in rows)
            {
                owned.Count(row, 1);
            }

            return owned;
        }

        public void Add(KeptRow row)
        {
            Rows = Rows.Add(row);
            Count(row, 1);
        }

        /// <summary>True when nothing is left.</summary>
        public bool Remove(KeptRow row)
        {
            Rows = Rows.Remove(row);
            Count(row, -1);
            return Rows.Count == 0;
        }

        private void Count(KeptRow row, int by) => Types[row.Type] = Types.GetValueOrDefault(row.Type) + by;
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
