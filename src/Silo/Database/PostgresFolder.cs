namespace Escalation.Silo.Database;

/// <summary>What the private PostgreSQL keeps in the data folder, by name.</summary>
internal sealed record PostgresFolder
{
    /// <summary>The data folder with its full path, which the running server's own account of itself is compared with.</summary>
    public PostgresFolder(string dataFolder)
    {
        Data = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder));
    }

    public string Data { get; }

    public string Cluster => Path.Combine(Data, "postgres");

    public string Settings => Path.Combine(Cluster, "postgresql.conf");

    public string Postmaster => Path.Combine(Cluster, "postmaster.pid");

    public string Log => Path.Combine(Data, "postgres.log");

    public string Keys => Path.Combine(Data, "postgres.json");

    /// <summary>A cluster in the making is called so until it is complete.</summary>
    public const string DraftPattern = "postgres.new-*";

    public string Draft(string name) => Path.Combine(Data, DraftPattern.Replace("*", name, StringComparison.Ordinal));
}
