namespace Escalation.TestKit;

/// <summary>Published data that lies beside the repository, where it is there at all.</summary>
public static class SharedData
{
    /// <summary>The file's path, or null.</summary>
    public static string? Find(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Escalation.Platform.sln")))
        {
            folder = folder.Parent;
        }

        var path = folder is null ? file : Path.Combine(folder.FullName, "..", "shared", "data", file);
        return File.Exists(path) ? path : null;
    }

    /// <summary>What a test says when it is skipped for want of the file.</summary>
    public static string Missing(string file) => $"../shared/data/{file} is not beside the repository; nothing was compared.";
}
