using System.Globalization;
using Escalation.Silo.Database;
using Npgsql;

namespace Escalation.Bench;

/// <summary>The private database of a running host.</summary>
internal static class BenchDatabase
{
    public static async Task<string> ConnectionStringAsync(string dataFolder, int connections) =>
        new NpgsqlConnectionStringBuilder(
            await PrivatePostgres.FindRunningAsync(dataFolder, CancellationToken.None) ??
            throw new InvalidOperationException($"No database runs on {dataFolder}."))
        {
            MaxPoolSize = connections,
        }.ConnectionString;

    /// <summary>Processor time of the server and of all its processes; zero where there is no /proc to ask.</summary>
    public static TimeSpan CpuTime(string dataFolder)
    {
        var pidFile = Directory.EnumerateFiles(dataFolder, "postmaster.pid", SearchOption.AllDirectories).FirstOrDefault();
        if (pidFile is null || !OperatingSystem.IsLinux())
        {
            return TimeSpan.Zero;
        }

        var server = int.Parse(File.ReadLines(pidFile).First(), CultureInfo.InvariantCulture);
        var ticks = Directory.EnumerateDirectories("/proc", "?*").Select(folder => Path.GetFileName(folder))
            .Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => TicksIfOf(server, int.Parse(name, CultureInfo.InvariantCulture))).Sum();
        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    /// <summary>proc(5): after the name, which may hold anything, come state and parent, and user and system time as 12th and 13th.</summary>
    private static long TicksIfOf(int server, int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            var words = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            var numbers = Array.ConvertAll([words[1], words[11], words[12]], word => long.Parse(word, CultureInfo.InvariantCulture));
            return process == server || numbers[0] == server ? numbers[1] + numbers[2] : 0;
        }
        catch (IOException)
        {
            // It has ended in between.
            return 0;
        }
    }
}
