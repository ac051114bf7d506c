namespace Escalation.Silo.Hosting;

/// <summary>Where and how one host runs. From flags, environment (<c>Escalation__…</c>) and <c>appsettings.json</c>.</summary>
internal sealed record PlatformSettings
{
    public const string Section = "Escalation";

    /// <summary>Where the host keeps its own files. Default: <c>data</c> beside the solution, else in the current folder.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The port to listen on; null for the first free one from 5080.</summary>
    public int? Port { get; init; }

    /// <summary>Whether an empty database is given a demo day. Default: in Development only.</summary>
    public bool Demo { get; init; }

    /// <summary>A PostgreSQL server to use instead of the private one; null for the private one.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Where customers reach the platform, for instance https://care.example.org; null for where the host listens.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>The folder with policy.yaml and texts. Default: as shipped, beside the host.</summary>
    public string PolicyFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "Policy");

    /// <summary>Reads the settings; flags win over the environment, the environment over files.</summary>
    public static PlatformSettings Read(IConfiguration configuration, bool isDevelopment, string? data, int? port, bool noDemo)
    {
        var section = configuration.GetSection(Section);
        return new PlatformSettings
        {
            DataFolder = Path.GetFullPath(data ?? section["Data"] ?? DefaultDataFolder()),
            Port = port ?? section.GetValue<int?>("Port"),
            Demo = !noDemo && section.GetValue("Demo", isDevelopment),
            ConnectionString = section["ConnectionString"] is { Length: > 0 } given ? given : null,
            PublicUrl = PublicUrlOf(section["PublicUrl"]),
            PolicyFolder = section["PolicyFolder"] is { Length: > 0 } folder
                ? Path.GetFullPath(folder)
                : Path.Combine(AppContext.BaseDirectory, "Policy"),
        };
    }

    private static string? PublicUrlOf(string? setting) => string.IsNullOrEmpty(setting) ? null
        : Uri.TryCreate(setting, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length + url.Fragment.Length == 0
            ? setting.TrimEnd('/')
            : throw new InvalidOperationException(
                $"{Section}:PublicUrl is '{setting}'; an address such as https://care.example.org is expected.");

    /// <summary>Beside the solution when started from within a checkout, so that every way of starting finds the same data.</summary>
    private static string DefaultDataFolder()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Escalation.Platform.sln")))
            {
                return Path.Combine(folder.FullName, "data");
            }
        }

        return Path.Combine(Environment.CurrentDirectory, "data");
    }
}
