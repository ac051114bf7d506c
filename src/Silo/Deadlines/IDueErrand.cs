namespace Escalation.Silo.Deadlines;

/// <summary>What a grain that is no case does at its due instant.</summary>
internal interface IDueErrand
{
    /// <summary>The kind of grain.</summary>
    string Category { get; }

    /// <summary>Does what is due by now; done again it changes nothing.</summary>
    /// <exception cref="Grains.Log.LogUnavailableException">The database is away; it is tried again.</exception>
    Task RunAsync(Guid id, CancellationToken cancellationToken);
}
