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

namespace Escalation.Silo.Cluster;

/// <summary>
/// Grains on Orleans, one of each in the cluster. Where it lives is a matter of speed only: when the host that has it does
/// not answer, has another build, or is not there yet, the command is decided here, from the log. The log lets one of two
/// win, and knows every command by its id, so that one that the other host carried out after all gets its first answer.
/// </summary>
internal sealed partial class ClusterGrains(
    IGrainFactory grains, IEventLog log, TimeProvider time, IPolicySource policies, Seats seats, ILogger<ClusterGrains> logger)
    : IGrains, IGrainMemory, ILifecycleParticipant<ISiloLifecycle>
{
    private volatile bool _isActive;

    public ICaseGrain Case(Guid id) => new CaseGrain(new Remote<Case, CaseCommand, CaseEvent>(this, id));

    public ICustomerGrain Customer(Guid id) => new CustomerGrain(new Remote<Customer, CustomerCommand, CustomerEvent>(this, id));

    public IGiftStockGrain GiftStock(Guid id) => new GiftStockGrain(new Remote<GiftStock, GiftStockCommand, GiftStockEvent>(this, id));

    public ITeamDeskGrain TeamDesk(Guid id) => new TeamDeskGrain(new Remote<TeamDesk, TeamDeskCommand, TeamDeskEvent>(this, id));

    public IReviewGrain Review(Guid id) => new ReviewGrain(new Remote<Review, ReviewCommand, ReviewEvent>(this, id));

    public ISourceGrain Source(Guid id) => new SourceGrain(new Remote<Source, SourceCommand, SourceEvent>(this, id));

    /// <summary>How Orleans names a grain.</summary>
    internal static GrainId IdOf(string category, Guid id) => GrainId.Create(GrainType.Create(category), GrainIdKeyExtensions.CreateGuidKey(id));

    public Task OnFollowedAsync(Guid id, int version) => seats.CatchUpAsync(id, version);

    /// <summary>Before this host is a member, and when it has left, there is nobody to ask.</summary>
    void ILifecycleParticipant<ISiloLifecycle>.Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ClusterGrains), ServiceLifecycleStage.Active, _ => SetActive(true), _ => SetActive(false));

    private Task SetActive(bool isActive)
    {
        _isActive = isActive;
        return Task.CompletedTask;
    }

    [LoggerMessage(3120, LogLevel.Warning, "The host of {Category} {Id} does not answer; decided here: {Reason}")]
    private static partial void LogDecidedHere(ILogger logger, string category, Guid id, string reason);

    private sealed class CaseGrain(Remote<Case, CaseCommand, CaseEvent> remote) : ICaseGrain
    {
        public Task<Answer> Tell(Envelope<CaseCommand> envelope, CancellationToken cancellationToken = default) =>
            remote.TellAsync(envelope, cancellationToken);

        public Task<(Case State, int Version)> Get(CancellationToken cancellationToken = default) => remote.GetAtLeastAsync(0, cancellationToken);

        public Task<(Case State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken = default) =>
            remote.GetAtLeastAsync(version, cancellationToken);

        public Task<Case> GetAt(int version, CancellationToken cancellationToken = default) => remote.GetAtAsync(version, cancellationToken);
    }

    private sealed class CustomerGrain(Remote<Customer, CustomerCommand, CustomerEvent> remote) : ICustomerGrain
    {
        public Task<Answer> Tell(Envelope<CustomerCommand> envelope, CancellationToken cancellationToken = default) =>
            remote.TellAsync(envelope, cancellationToken);

        public Task<(Customer State, int Version)> Get(CancellationToken cancellationToken = default) => remote.GetAtLeastAsync(0, cancellationToken);

        public Task<(Customer State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken = default) =>
            remote.GetAtLeastAsync(version, cancellationToken);
    }

    private sealed class GiftStockGrain(Remote<GiftStock, GiftStockCommand, GiftStockEvent> remote) : IGiftStockGrain
    {
        public Task<Answer> Tell(Envelope<GiftStockCommand> envelope, CancellationToken cancellationToken = default) =>
            remote.TellAsync(envelope, cancellationToken);

        public Task<(GiftStock State, int Version)> Get(CancellationToken cancellationToken = default) => remote.GetAtLeastAsync(0, cancellationToken);
    }

    private sealed class TeamDeskGrain(Remote<TeamDesk, TeamDeskCommand, TeamDeskEvent> remote) : ITeamDeskGrain
    {
        public Task<Answer> Tell(Envelope<TeamDeskCommand> envelope, CancellationToken cancellationToken = default) =>
            remote.TellAsync(envelope, cancellationToken);

        public Task<(TeamDesk State, int Version)> Get(CancellationToken cancellationToken = default) => remote.GetAtLeastAsync(0, cancellationToken);
    }

    private sealed class ReviewGrain(Remote<Review, ReviewCommand, ReviewEvent> remote) : IReviewGrain
    {
        public Task<Answer> Tell(Envelope<ReviewCommand> envelope, CancellationToken cancellationToken = default) =>
            remote.TellAsync(envelope, cancellationToken);

        public Task<(Review State, int Version)> Get(CancellationToken cancellationToken = default) => remote.GetAtLeastAsync(0, cancellationToken);
    }

    private sealed class SourceGrain(Remote<Source, SourceCommand, SourceEvent> remote) : ISourceGrain
    {
        public Task<Answer> Tell(Envelope<SourceCommand> envelope, CancellationToken cancellationToken = default) =>
            remote.TellAsync(envelope, cancellationToken);

        public Task<(Source State, int Version)> Get(CancellationToken cancellationToken = default) => remote.GetAtLeastAsync(0, cancellationToken);
    }

    /// <summary>One grain, wherever it lives.</summary>
    private sealed class Remote<TState, TCommand, TEvent>(ClusterGrains host, Guid id)
        where TState : class, IAggregate<TState, TCommand, TEvent>
        where TEvent : class, IEvent
    {
        public Task<Answer> TellAsync(Envelope<TCommand> envelope, CancellationToken cancellationToken) => AskAsync<Answer>(
            grain => grain.Tell(Parcel.Of(envelope)), here => here.TellAsync(envelope, CancellationToken.None), cancellationToken);

        public async Task<(TState State, int Version)> GetAtLeastAsync(int version, CancellationToken cancellationToken)
        {
            var seen = await AskAsync(grain => grain.GetAtLeast(version), SeenHereAsync, cancellationToken);
            return (seen.State, seen.Version);
        }

        public Task<TState> GetAtAsync(int version, CancellationToken cancellationToken) => AskAsync(
            grain => grain.GetAt(version), here => here.GetAtAsync(version, CancellationToken.None), cancellationToken);

        private static async ValueTask<Seen<TState>> SeenHereAsync(Activation<TState, TCommand, TEvent> here)
        {
            var (state, version) = await here.GetAsync(CancellationToken.None);
            return new Seen<TState>(state, version);
        }

        private async Task<T> AskAsync<T>(
            Func<IActivationGrain, Task<Parcel>> there,
            Func<Activation<TState, TCommand, TEvent>, ValueTask<T>> here,
            CancellationToken cancellationToken)
            where T : class
        {
            if (host._isActive)
            {
                try
                {
                    var grain = host.GrainOf(TState.Category, id);
                    var answer = await there(grain).WaitAsync(cancellationToken);
                    if (answer.Unavailable is { } reason)
                    {
                        throw new LogUnavailableException(reason);
                    }

                    if (!answer.IsForeign)
                    {
                        return answer.Open<T>();
                    }
                }
                catch (Exception e) when (e is TimeoutException or OrleansException)
                {
                    LogDecidedHere(host.Logger, TState.Category, id, e.Message);
                }
            }

            return await here(host.Here<TState, TCommand, TEvent>(id)).AsTask().WaitAsync(cancellationToken);
        }
    }

    private ILogger Logger => logger;

    private IActivationGrain GrainOf(string category, Guid id) =>
        grains.GetGrain<IActivationGrain>(IdOf(category, id));

    private Activation<TState, TCommand, TEvent> Here<TState, TCommand, TEvent>(Guid id)
        where TState : class, IAggregate<TState, TCommand, TEvent>
        where TEvent : class, IEvent => new(id, log, time, policies);
}
