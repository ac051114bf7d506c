using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Desks;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Escalation.Silo.Cluster;

/// <summary>A grain of any kind, as Orleans calls it; the kind is in the grain's id.</summary>
[Alias("escalation.activation")]
internal interface IActivationGrain : IGrainWithGuidKey
{
    /// <summary>Takes an envelope, gives an answer.</summary>
    [Alias("tell")]
    Task<Parcel> Tell(Parcel envelope);

    /// <summary>Gives the state now, which is not older than <paramref name="version"/>.</summary>
    [Alias("getAtLeast")]
    Task<Parcel> GetAtLeast(int version);

    /// <summary>Gives the state as it was at <paramref name="version"/>.</summary>
    [Alias("getAt")]
    Task<Parcel> GetAt(int version);

    /// <summary>The log holds an event of <paramref name="version"/>.</summary>
    [Alias("catchUp"), OneWay]
    Task CatchUp(int version);
}

/// <summary>
/// An activation in Orleans' hands: one turn at a time, never two interleaved, placed where it is first asked for. Orleans
/// may keep two by mistake for a moment; the log lets one of them win.
/// </summary>
internal abstract class ActivationGrain<TState, TCommand, TEvent>(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : Grain, IActivationGrain, ISeat
    where TState : class, IAggregate<TState, TCommand, TEvent>
    where TEvent : class, IEvent
{
    private Activation<TState, TCommand, TEvent> _activation = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _activation = new(this.GetPrimaryKey(), log, time, policies);
        seats.Add(this.GetPrimaryKey(), this);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        seats.Remove(this.GetPrimaryKey(), this);
        return Task.CompletedTask;
    }

    // A turn that has begun runs to its end: a caller who hangs up must not leave it half done.
    public Task<Parcel> Tell(Parcel envelope) => PackAsync(async () =>
        Parcel.Of(await _activation.TellAsync(envelope.Open<Envelope<TCommand>>(), CancellationToken.None)), envelope);

    public Task<Parcel> GetAtLeast(int version) => PackAsync(async () =>
    {
        var (state, found) = await _activation.GetAtLeastAsync(version, CancellationToken.None);
        return Parcel.Of(new Seen<TState>(state, found));
    });

    public Task<Parcel> GetAt(int version) => PackAsync(async () => Parcel.Of(await _activation.GetAtAsync(version, CancellationToken.None)));

    public Task CatchUp(int version)
    {
        if (_activation.IsBehind(version))
        {
            _activation.Forget();
        }

        return Task.CompletedTask;
    }

    bool ISeat.IsBehind(int version) => _activation.IsBehind(version);

    Task ISeat.CatchUpAsync(int version) => this.AsReference<IActivationGrain>().CatchUp(version);

    private static async Task<Parcel> PackAsync(Func<Task<Parcel>> turn, Parcel? given = null)
    {
        if (given?.IsForeign == true)
        {
            // The caller sees by the build that it has to decide for itself.
            return new Parcel();
        }

        try
        {
            return await turn();
        }
        catch (LogUnavailableException e)
        {
            return new Parcel { Unavailable = e.Message };
        }
    }
}

/// <inheritdoc/>
[GrainType("case"), PreferLocalPlacement]
internal sealed class CaseActivation(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : ActivationGrain<Case, CaseCommand, CaseEvent>(log, time, policies, seats);

/// <inheritdoc/>
[GrainType("customer"), PreferLocalPlacement]
internal sealed class CustomerActivation(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : ActivationGrain<Customer, CustomerCommand, CustomerEvent>(log, time, policies, seats);

/// <inheritdoc/>
[GrainType("giftStock"), PreferLocalPlacement]
internal sealed class GiftStockActivation(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : ActivationGrain<GiftStock, GiftStockCommand, GiftStockEvent>(log, time, policies, seats);

/// <inheritdoc/>
[GrainType("teamDesk"), PreferLocalPlacement]
internal sealed class TeamDeskActivation(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : ActivationGrain<TeamDesk, TeamDeskCommand, TeamDeskEvent>(log, time, policies, seats);

/// <inheritdoc/>
[GrainType("review"), PreferLocalPlacement]
internal sealed class ReviewActivation(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : ActivationGrain<Review, ReviewCommand, ReviewEvent>(log, time, policies, seats);

/// <inheritdoc/>
[GrainType("source"), PreferLocalPlacement]
internal sealed class SourceActivation(IEventLog log, TimeProvider time, IPolicySource policies, Seats seats)
    : ActivationGrain<Source, SourceCommand, SourceEvent>(log, time, policies, seats);
