using System.Collections.Concurrent;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Desks;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Escalation.Silo.Hosting;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Embedded;

/// <summary>How many grains stay in memory.</summary>
internal sealed class EmbeddedGrainsOptions
{
    public const string Section = "Escalation:Grains";

    /// <summary>Most grains of one kind held in memory; the longest unused leave first. Default: 50,000.</summary>
    public int Capacity { get; set; } = 50_000;

    /// <summary>A grain unused for this long leaves memory. Default: 10 minutes.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>The in-process grain host: one turn at a time per grain, idle ones passivated, memory bounded.</summary>
internal sealed class EmbeddedGrains(
    IEventLog log, TimeProvider time, IPolicySource policies, IOptions<EmbeddedGrainsOptions> options) : IGrains, IGrainMemory
{
    private readonly Directory<Case, CaseCommand, CaseEvent> _cases =
        new(id => new(id, log, time, policies), time, options.Value);

    private readonly Directory<Customer, CustomerCommand, CustomerEvent> _customers =
        new(id => new(id, log, time, policies), time, options.Value);

    private readonly Directory<GiftStock, GiftStockCommand, GiftStockEvent> _stocks =
        new(id => new(id, log, time, policies), time, options.Value);

    private readonly Directory<TeamDesk, TeamDeskCommand, TeamDeskEvent> _desks =
        new(id => new(id, log, time, policies), time, options.Value);

    private readonly Directory<Review, ReviewCommand, ReviewEvent> _reviews =
        new(id => new(id, log, time, policies), time, options.Value);

    private readonly Directory<Source, SourceCommand, SourceEvent> _sources =
        new(id => new(id, log, time, policies), time, options.Value);

    /// <summary>How many grains are in memory now.</summary>
    public int Count => _cases.Count + _customers.Count + _stocks.Count + _desks.Count + _reviews.Count + _sources.Count;

    public ICaseGrain Case(Guid id) => new CaseGrain(_cases, id);

    public ICustomerGrain Customer(Guid id) => new CustomerGrain(_customers, id);

    public IGiftStockGrain GiftStock(Guid id) => new GiftStockGrain(_stocks, id);

    public ITeamDeskGrain TeamDesk(Guid id) => new TeamDeskGrain(_desks, id);

    public IReviewGrain Review(Guid id) => new ReviewGrain(_reviews, id);

    public ISourceGrain Source(Guid id) => new SourceGrain(_sources, id);

    public Task OnFollowedAsync(Guid id, int version) =>
        Task.WhenAll(
            _cases.CatchUpAsync(id, version), _customers.CatchUpAsync(id, version), _stocks.CatchUpAsync(id, version), _desks.CatchUpAsync(id, version),
            _reviews.CatchUpAsync(id, version), _sources.CatchUpAsync(id, version));

    /// <summary>Lets idle grains go; a job calls this now and then.</summary>
    public void Passivate()
    {
        _cases.Passivate();
        _customers.Passivate();
        _stocks.Passivate();
        _desks.Passivate();
        _reviews.Passivate();
        _sources.Passivate();
    }

    private sealed class CaseGrain(Directory<Case, CaseCommand, CaseEvent> cases, Guid id) : ICaseGrain
    {
        public Task<Answer> Tell(Envelope<CaseCommand> envelope, CancellationToken cancellationToken = default) =>
            cases.TurnAsync(id, envelope, static (activation, envelope, token) => activation.TellAsync(envelope, token), cancellationToken);

        public Task<(Case State, int Version)> Get(CancellationToken cancellationToken = default) =>
            cases.TurnAsync(id, 0, static (activation, _, token) => activation.GetAsync(token), cancellationToken);

        public Task<(Case State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken = default) =>
            cases.TurnAsync(id, version, static (activation, version, token) => activation.GetAtLeastAsync(version, token), cancellationToken);

        public Task<Case> GetAt(int version, CancellationToken cancellationToken = default) =>
            cases.TurnAsync(id, version, static (activation, version, token) => activation.GetAtAsync(version, token), cancellationToken);
    }

    private sealed class CustomerGrain(Directory<Customer, CustomerCommand, CustomerEvent> customers, Guid id) : ICustomerGrain
    {
        public Task<Answer> Tell(Envelope<CustomerCommand> envelope, CancellationToken cancellationToken = default) =>
            customers.TurnAsync(id, envelope, static (activation, envelope, token) => activation.TellAsync(envelope, token), cancellationToken);

        public Task<(Customer State, int Version)> Get(CancellationToken cancellationToken = default) =>
            customers.TurnAsync(id, 0, static (activation, _, token) => activation.GetAsync(token), cancellationToken);

        public Task<(Customer State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken = default) =>
            customers.TurnAsync(id, version, static (activation, version, token) => activation.GetAtLeastAsync(version, token), cancellationToken);
    }

    private sealed class GiftStockGrain(Directory<GiftStock, GiftStockCommand, GiftStockEvent> stocks, Guid id) : IGiftStockGrain
    {
        public Task<Answer> Tell(Envelope<GiftStockCommand> envelope, CancellationToken cancellationToken = default) =>
            stocks.TurnAsync(id, envelope, static (activation, envelope, token) => activation.TellAsync(envelope, token), cancellationToken);

        public Task<(GiftStock State, int Version)> Get(CancellationToken cancellationToken = default) =>
            stocks.TurnAsync(id, 0, static (activation, _, token) => activation.GetAsync(token), cancellationToken);
    }

    private sealed class TeamDeskGrain(Directory<TeamDesk, TeamDeskCommand, TeamDeskEvent> desks, Guid id) : ITeamDeskGrain
    {
        public Task<Answer> Tell(Envelope<TeamDeskCommand> envelope, CancellationToken cancellationToken = default) =>
            desks.TurnAsync(id, envelope, static (activation, envelope, token) => activation.TellAsync(envelope, token), cancellationToken);

        public Task<(TeamDesk State, int Version)> Get(CancellationToken cancellationToken = default) =>
            desks.TurnAsync(id, 0, static (activation, _, token) => activation.GetAsync(token), cancellationToken);
    }

    private sealed class ReviewGrain(Directory<Review, ReviewCommand, ReviewEvent> reviews, Guid id) : IReviewGrain
    {
        public Task<Answer> Tell(Envelope<ReviewCommand> envelope, CancellationToken cancellationToken = default) =>
            reviews.TurnAsync(id, envelope, static (activation, envelope, token) => activation.TellAsync(envelope, token), cancellationToken);

        public Task<(Review State, int Version)> Get(CancellationToken cancellationToken = default) =>
            reviews.TurnAsync(id, 0, static (activation, _, token) => activation.GetAsync(token), cancellationToken);
    }

    private sealed class SourceGrain(Directory<Source, SourceCommand, SourceEvent> sources, Guid id) : ISourceGrain
    {
        public Task<Answer> Tell(Envelope<SourceCommand> envelope, CancellationToken cancellationToken = default) =>
            sources.TurnAsync(id, envelope, static (activation, envelope, token) => activation.TellAsync(envelope, token), cancellationToken);

        public Task<(Source State, int Version)> Get(CancellationToken cancellationToken = default) =>
            sources.TurnAsync(id, 0, static (activation, _, token) => activation.GetAsync(token), cancellationToken);
    }

    /// <summary>The grains of one kind that are in memory.</summary>
    private sealed class Directory<TState, TCommand, TEvent>(
        Func<Guid, Activation<TState, TCommand, TEvent>> activate, TimeProvider time, EmbeddedGrainsOptions options)
        where TState : class, IAggregate<TState, TCommand, TEvent>
        where TEvent : class, IEvent
    {
        private readonly ConcurrentDictionary<Guid, Seat> _seats = [];
        private int _sweeping;
        private int _count;

        /// <summary>Counted here: to ask the dictionary locks all of it, which is too dear for every turn.</summary>
        public int Count => Volatile.Read(ref _count);

        /// <summary>Runs one turn; turns of one grain queue up in order of arrival.</summary>
        public async Task<TResult> TurnAsync<TArgument, TResult>(
            Guid id,
            TArgument argument,
            Func<Activation<TState, TCommand, TEvent>, TArgument, CancellationToken, ValueTask<TResult>> turn,
            CancellationToken cancellationToken)
        {
            while (true)
            {
                var seat = _seats.TryGetValue(id, out var known) ? known : AddSeat(id);
                await seat.Turn.WaitAsync(cancellationToken);
                try
                {
                    // A seat may have been cleared between finding it and getting the turn: then sit down again.
                    if (seat.Cleared)
                    {
                        continue;
                    }

                    seat.LastUsed = time.GetTimestamp();
                    // A turn that has begun runs to its end: a caller who hangs up must not leave it half done.
                    return await turn(seat.Activation, argument, CancellationToken.None);
                }
                finally
                {
                    seat.Turn.Release();
                    if (Count > options.Capacity)
                    {
                        Passivate();
                    }
                }
            }
        }

        /// <summary>Costs a look at a number where nothing is behind, as after every commit of this host itself.</summary>
        public Task CatchUpAsync(Guid id, int version) =>
            _seats.TryGetValue(id, out var seat) && seat.Activation.IsBehind(version)
                ? TurnAsync(
                    id,
                    version,
                    static (activation, version, _) =>
                    {
                        // Asked again within a turn: a commit of this host may just have been on its way.
                        if (activation.IsBehind(version))
                        {
                            activation.Forget();
                        }

                        return ValueTask.FromResult(true);
                    },
                    CancellationToken.None)
                : Task.CompletedTask;

        public void Passivate()
        {
            if (Interlocked.Exchange(ref _sweeping, 1) == 1)
            {
                return;
            }

            try
            {
                var idleAfter = options.IdleAfter;
                foreach (var pair in _seats.Where(pair => time.GetElapsedTime(pair.Value.LastUsed) > idleAfter))
                {
                    Clear(pair.Key, pair.Value);
                }

                if (Count > options.Capacity)
                {
                    // A tenth at once, so that the sort is paid for by many activations.
                    var leaving = Count - (options.Capacity * 9 / 10);
                    foreach (var pair in _seats.ToArray().OrderBy(pair => pair.Value.LastUsed).Take(leaving))
                    {
                        Clear(pair.Key, pair.Value);
                    }
                }
            }
            finally
            {
                Volatile.Write(ref _sweeping, 0);
            }
        }

        /// <summary>Clears the seat unless a turn is running or waiting on it.</summary>
        private void Clear(Guid id, Seat seat)
        {
            if (seat.Turn.Wait(0))
            {
                if (_seats.TryRemove(new KeyValuePair<Guid, Seat>(id, seat)))
                {
                    Interlocked.Decrement(ref _count);
                }

                seat.Cleared = true;
                seat.Turn.Release();
            }
        }

        private Seat AddSeat(Guid id)
        {
            var seat = new Seat(activate(id));
            if (_seats.TryAdd(id, seat))
            {
                Interlocked.Increment(ref _count);
                return seat;
            }

            return _seats.TryGetValue(id, out var other) ? other : AddSeat(id);
        }

        private sealed class Seat(Activation<TState, TCommand, TEvent> activation)
        {
            public Activation<TState, TCommand, TEvent> Activation { get; } = activation;

            public SemaphoreSlim Turn { get; } = new(1, 1);

            public long LastUsed { get; set; }

            public bool Cleared { get; set; }
        }
    }
}
