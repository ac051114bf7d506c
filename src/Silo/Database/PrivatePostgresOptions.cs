namespace Escalation.Silo.Database;

/// <summary>Where and how the private PostgreSQL of one data folder runs.</summary>
internal sealed record PrivatePostgresOptions
{
    /// <summary>The host's data folder; the cluster lives in its "postgres" folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The folder with bin, lib and share. Default: found beside the host.</summary>
    public string? BinariesFolder { get; init; }

    /// <summary>How many connections the server takes. Default: 200.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>The server's page cache in MB. Default: a sixteenth of the memory, between 32 and 256 MB.</summary>
    public int SharedBuffersMb { get; init; } =
        (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16 / 1024 / 1024, 32, 256);

    /// <summary>How long a start may wait for a former server to let go of the folder. Default: 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How large postgres.log may grow before it becomes postgres.log.1. Default: 16 MB.</summary>
    public long LogBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The clock of waits and of the watch over the server.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
