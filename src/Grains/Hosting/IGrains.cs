using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Desks;
using Escalation.Grains.Goodwill;
using Escalation.Grains.Reviews;

namespace Escalation.Grains.Hosting;

/// <summary>A case, wherever it lives.</summary>
public interface ICaseGrain
{
    /// <summary>Sends a command, one turn at a time.</summary>
    /// <exception cref="Log.LogUnavailableException">The database is away.</exception>
    Task<Answer> Tell(Envelope<CaseCommand> envelope, CancellationToken cancellationToken = default);

    /// <summary>The case now, and its version; version 0 when there is none.</summary>
    Task<(Case State, int Version)> Get(CancellationToken cancellationToken = default);

    /// <summary>
    /// The case now, and its version: at least <paramref name="version"/>, which the caller has seen in the log. Whoever acts on
    /// what another host wrote asks so: the memory of this one may not have heard of it yet.
    /// </summary>
    Task<(Case State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken = default);

    /// <summary>The case as it was at an earlier version.</summary>
    Task<Case> GetAt(int version, CancellationToken cancellationToken = default);
}

/// <summary>A customer, wherever they live.</summary>
public interface ICustomerGrain
{
    /// <inheritdoc cref="ICaseGrain.Tell"/>
    Task<Answer> Tell(Envelope<CustomerCommand> envelope, CancellationToken cancellationToken = default);

    /// <summary>The customer now, and their version; version 0 when there is none.</summary>
    Task<(Customer State, int Version)> Get(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ICaseGrain.GetAtLeast"/>
    Task<(Customer State, int Version)> GetAtLeast(int version, CancellationToken cancellationToken = default);
}

/// <summary>CLM-4: a stock of gifts, wherever it lives.</summary>
public interface IGiftStockGrain
{
    /// <inheritdoc cref="ICaseGrain.Tell"/>
    Task<Answer> Tell(Envelope<GiftStockCommand> envelope, CancellationToken cancellationToken = default);

    /// <summary>The stock now, and its version; version 0 when nothing was taken yet.</summary>
    Task<(GiftStock State, int Version)> Get(CancellationToken cancellationToken = default);
}

/// <summary>DSK-6: the desk of a team, wherever it lives.</summary>
public interface ITeamDeskGrain
{
    /// <inheritdoc cref="ICaseGrain.Tell"/>
    Task<Answer> Tell(Envelope<TeamDeskCommand> envelope, CancellationToken cancellationToken = default);

    /// <summary>The desk now, and its version; version 0 when nobody was there yet.</summary>
    Task<(TeamDesk State, int Version)> Get(CancellationToken cancellationToken = default);
}

/// <summary>REV-2: a review, wherever it lives.</summary>
public interface IReviewGrain
{
    /// <inheritdoc cref="ICaseGrain.Tell"/>
    Task<Answer> Tell(Envelope<ReviewCommand> envelope, CancellationToken cancellationToken = default);

    /// <summary>The review now, and its version; version 0 when there is none.</summary>
    Task<(Review State, int Version)> Get(CancellationToken cancellationToken = default);
}

/// <summary>REV-1: a public place, wherever its grain lives.</summary>
public interface ISourceGrain
{
    /// <inheritdoc cref="ICaseGrain.Tell"/>
    Task<Answer> Tell(Envelope<SourceCommand> envelope, CancellationToken cancellationToken = default);

    /// <summary>The place now, and its version; version 0 before it was registered.</summary>
    Task<(Source State, int Version)> Get(CancellationToken cancellationToken = default);
}

/// <summary>Finds grains. In the embedded stack they live in this process, in the cluster stack Orleans places them.</summary>
public interface IGrains
{
    ICaseGrain Case(Guid id);

    ICustomerGrain Customer(Guid id);

    IGiftStockGrain GiftStock(Guid id);

    ITeamDeskGrain TeamDesk(Guid id);

    IReviewGrain Review(Guid id);

    ISourceGrain Source(Guid id);
}
