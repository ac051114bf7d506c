using Escalation.Grains.Log;

namespace Escalation.Silo.Deadlines;

/// <summary>A grain's next due instant as the database keeps it.</summary>
internal readonly record struct DueGrain(Guid Id, string Category, Due Due);

/// <summary>The indexed table of due instants.</summary>
internal interface IDueInstants
{
    /// <summary>Every grain due at or before <paramref name="horizon"/>, overdue ones too.</summary>
    /// <exception cref="LogUnavailableException">The database is away.</exception>
    Task<IReadOnlyList<DueGrain>> ReadAsync(DateTimeOffset horizon, CancellationToken cancellationToken);
}
