using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Escalation.TestKit;

namespace Escalation.Bench;

/// <summary>The shared incident log replayed as fast as it goes; rows per second and the verb's peak memory.</summary>
internal static partial class ReplayBench
{
    private const string File = "../shared/data/incident_event_log.2016-03-04.csv.gz";

    public static async Task RunAsync(BenchRun run)
    {
        if (!System.IO.File.Exists(File))
        {
            run.Say($"{File} is not here; nothing was measured.");
            return;
        }

        using var folder = new TemporaryFolder();
        var started = Stopwatch.GetTimestamp();
        var (exitCode, output) = await HostProcess.RunAsync("replay", File, "--speed", "max", "--data", folder.Path);
        if (exitCode != 0)
        {
            throw new InvalidOperationException(output);
        }

        run.Say(output);
        run.Report("rowsPerSecond", Number(Rows().Matches(output)[^1]) / Stopwatch.GetElapsedTime(started).TotalSeconds, "1/s");
        run.Report("memoryMb", Number(Memory().Match(output)), "MB");
    }

    private static double Number(Match match) =>
        double.Parse(match.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"([\d,]+) rows, ")]
    private static partial Regex Rows();

    [GeneratedRegex(@"peak memory ([\d,.]+) MB")]
    private static partial Regex Memory();
}
