namespace Escalation.Silo.Database;

/// <summary>The folder with PostgreSQL's bin, lib and share.</summary>
internal sealed record PostgresBinaries(string Folder)
{
    public const int Major = 18;

    public string Server => Tool("postgres");

    public string Tool(string name) =>
        Path.Combine(Folder, "bin", OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>The named folder; or "postgres" beside the host; or, in development, where "postgres.path" says.</summary>
    public static PostgresBinaries Find(string? named)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "postgres");
        var pointer = Path.Combine(AppContext.BaseDirectory, "postgres.path");
        string[] places = named is not null ? [named]
            : File.Exists(pointer) ? [beside, File.ReadAllText(pointer).Trim()]
            : [beside];

        return places.Select(place => new PostgresBinaries(Path.GetFullPath(place)))
            .FirstOrDefault(binaries => File.Exists(binaries.Server))
            ?? throw new PrivatePostgresException(
                $"There are no PostgreSQL binaries in {string.Join(" or ", places)}. "
                + "Build the host again (without -p:PrivatePostgres=false), or give it a database with Escalation__ConnectionString.");
    }
}
