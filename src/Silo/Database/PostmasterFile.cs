using System.Globalization;

namespace Escalation.Silo.Database;

/// <summary>
/// PostgreSQL's postmaster.pid: who serves a cluster, and on which port. It outlives a server that was killed, and its
/// process number may since belong to somebody else, so it is believed only as far as the process bears it out.
/// </summary>
internal sealed record PostmasterFile(int Process, long StartedAt, int Port)
{
    /// <summary>The file's content; null when there is no file. A file cut short names no process (0).</summary>
    public static PostmasterFile? Read(PostgresFolder folder)
    {
        try
        {
            using var file = new StreamReader(new FileStream(
                folder.Postmaster, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            var lines = file.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
            return new PostmasterFile(ProcessOrPort(lines, 0), Number(lines, 2), ProcessOrPort(lines, 3));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether the process lives and is the server of this cluster. A dead one nobody has reaped is dead.</summary>
    public bool IsServing(PostgresFolder folder)
    {
        if (Process <= 0)
        {
            return false;
        }

        try
        {
            if (OperatingSystem.IsLinux())
            {
                // A postmaster keeps the command line it was started with; the dead have none, its children another.
                return File.ReadAllText($"/proc/{Process}/cmdline").Split('\0').Contains(folder.Cluster);
            }

            using var process = System.Diagnostics.Process.GetProcessById(Process);
            return process is { HasExited: false, ProcessName: "postgres" }
                && Math.Abs(new DateTimeOffset(process.StartTime).ToUnixTimeSeconds() - StartedAt) < 60;
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static int ProcessOrPort(string[] lines, int index) =>
        Number(lines, index) is > 0 and <= int.MaxValue and var number ? (int)number : 0;

    private static long Number(string[] lines, int index) =>
        index < lines.Length && long.TryParse(lines[index], CultureInfo.InvariantCulture, out var number) ? number : 0;
}
