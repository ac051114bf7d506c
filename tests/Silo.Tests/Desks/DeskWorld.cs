using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Silo.Embedded;
using Escalation.Silo.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Tests.Desks;

/// <summary>Two hosts over one log in memory: what each of them knows comes when the test lets it come.</summary>
internal sealed class DeskWorld
{
    public static readonly DateTimeOffset Start = new(2026, 11, 19, 9, 0, 0, TimeSpan.Zero);

    private readonly Host[] _hosts;
    private int _named;

    public DeskWorld(TestPolicy policies)
    {
        Policies = policies;
        _hosts = [new Host(this), new Host(this)];
    }

    public TestPolicy Policies { get; }

    public ManualTime Time { get; } = new(Start);

    public FeedLog Log { get; } = new();

    public List<Guid> Cases { get; } = [];

    public Host this[int host] => _hosts[host];

    /// <summary>The host dies in whatever it was doing; another starts in its place, and knows what the log says.</summary>
    public void Crash(int host)
    {
        Log.FailAfter = null;
        _hosts[host] = new Host(this);
    }

    /// <summary>The case as the log has it.</summary>
    public Case Case(Guid id) => Log.EntriesOf(id).Aggregate(
        Grains.Cases.Case.Empty(id), (state, entry) => state.Evolve((CaseEvent)entry.Event, entry.At, entry.By));

    /// <summary>The team's desk as the log has it.</summary>
    public TeamDesk Desk(Team team) => Log.EntriesOf(team.Stream).Aggregate(
        TeamDesk.Empty(team.Stream), (state, entry) => state.Evolve((TeamDeskEvent)entry.Event, entry.At, entry.By));

    /// <summary>One host: its grains, its read models, and its router.</summary>
    internal sealed class Host
    {
        private readonly DeskWorld _world;
        private readonly EmbeddedGrains _grains;
        private int _followed;
        private HashSet<Guid> _changed = [];

        public Host(DeskWorld world)
        {
            _world = world;
            _grains = new EmbeddedGrains(world.Log, world.Time, world.Policies, Options.Create(new EmbeddedGrainsOptions()));
            Board = new Board();
            Book = new DeskBook(Board, world.Policies);
            Board.Load([], 0);
            Book.Load([]);
            Book.Changed += id => _changed.Add(id);
            Routing = new DeskRouting(_grains, Book, world.Policies, world.Time);
            Name = $"host-{++world._named}";
            Follow(int.MaxValue);
        }

        public string Name { get; }

        public Board Board { get; }

        public DeskBook Book { get; }

        public DeskRouting Routing { get; }

        public IGrains Grains => _grains;

        /// <summary>Hears of so many more events.</summary>
        public void Follow(int events)
        {
            if (_world.Log.BatchAfter(_followed, events) is { } batch)
            {
                _followed += batch.Entries.Count;
                foreach (var entry in batch.Entries)
                {
                    ((IGrainMemory)_grains).OnFollowedAsync(entry.Stream, entry.Version).GetAwaiter().GetResult();
                }

                Board.Apply(batch);
                foreach (var missing in Book.Apply(batch))
                {
                    var (state, version) = _grains.TeamDesk(missing).Get().GetAwaiter().GetResult();
                    Book.Put(state, version);
                }
            }
        }

        /// <summary>The router's pass; all of it, or for what changed since the last.</summary>
        public async Task RouteAsync(bool everything)
        {
            var changed = Interlocked.Exchange(ref _changed, []);
            await Routing.RunAsync(everything ? null : changed, CancellationToken.None);
        }
    }
}

/// <summary>A log in memory that keeps board rows, and can fail as a host that dies would see it.</summary>
internal sealed class FeedLog : IEventLog
{
    private readonly KitLog _inner = new();
    private readonly Dictionary<Guid, BoardRow?> _rows = [];
    private readonly Lock _lock = new();
    private readonly List<Entry> _feed = [];

    /// <summary>After so many more appends every one fails; null for never.</summary>
    public int? FailAfter { get; set; }

    public async ValueTask<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (FailAfter is { } left)
            {
                FailAfter = left - 1;
                if (left <= 0)
                {
                    throw new LogUnavailableException("The host has died.");
                }
            }
        }

        var result = await _inner.AppendAsync(append, cancellationToken);
        if (result is AppendResult.Committed)
        {
            lock (_lock)
            {
                _rows[append.Stream] = append.Effects.Row;
                for (var i = 0; i < append.Events.Count; i++)
                {
                    _feed.Add(new Entry(
                        append.Stream, append.Category, append.ExpectedVersion + i + 1, _feed.Count + 1, append.At, append.By, append.CommandId, append.Events[i]));
                }
            }
        }

        return result;
    }

    public Task<IReadOnlyList<Entry>> ReadAsync(Guid stream, int afterVersion, CancellationToken cancellationToken) =>
        _inner.ReadAsync(stream, afterVersion, cancellationToken);

    public IReadOnlyList<Entry> EntriesOf(Guid stream) => _inner.ReadAsync(stream, 0, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The feed from there on, with the rows as they are by now.</summary>
    public TailBatch? BatchAfter(int position, int most)
    {
        lock (_lock)
        {
            Entry[] entries = [.. _feed.Skip(position).Take(most)];
            return entries.Length == 0
                ? null
                : new TailBatch(
                    entries,
                    entries.Select(entry => entry.Stream).Distinct().Select(stream => _rows[stream]).OfType<BoardRow>().ToDictionary(row => row.Id),
                    new TailCursor(1, entries[^1].Position));
        }
    }
}
