namespace Escalation.Silo.Intake;

/// <summary>A case that an earlier line, file or run has opened.</summary>
/// <param name="Number">Its number for people.</param>
/// <param name="Customer">Whose it was when it was opened.</param>
/// <param name="IsTheirs">That customer knows of it by the command that was asked for.</param>
internal sealed record OpenedCase(long Number, Guid Customer, bool IsTheirs);

/// <summary>Which cases of a file are there already, found for many lines at once.</summary>
internal interface IOpenedCases
{
    /// <summary>Those of <paramref name="wanted"/> that are there. One that is opened at this moment may be missing.</summary>
    /// <param name="wanted">Cases, and the command by which each would be added to its customer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Grains.Log.LogUnavailableException">The database is away.</exception>
    Task<IReadOnlyDictionary<Guid, OpenedCase>> FindAsync(IReadOnlyList<(Guid Case, Guid Adding)> wanted, CancellationToken cancellationToken);
}
