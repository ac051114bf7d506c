namespace Escalation.Grains.Tests.Calendars;

/// <summary>Published data that lies beside the repository where it is there at all.</summary>
internal static class SharedData
{
    /// <summary>The file's path, or null, said in the test's output.</summary>
    public static string? Find(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Escalation.Platform.sln")))
        {
            folder = folder.Parent;
        }

        var path = folder is null ? file : Path.Combine(folder.FullName, "..", "shared", "data", file);
        if (File.Exists(path))
        {
            return path;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"../shared/data/{file} is not beside the repository; nothing was compared.");
        return null;
    }
}
