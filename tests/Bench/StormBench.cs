using Escalation.TestKit;

namespace Escalation.Bench;

/// <summary>
/// 10,000 promises fall due within ten minutes of real time; the mail server refuses for a while, refuses for good, hangs
/// up, says nothing, is slow, and is away for a minute; the host is killed with -9 five times, PostgreSQL once.
/// </summary>
internal static class StormBench
{
    public static async Task RunAsync(BenchRun run)
    {
        var size = run.Small
            ? new StormSize(1000, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(75), TimeSpan.FromSeconds(60), 3, TimeSpan.FromSeconds(8))
            : new StormSize(10_000, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2), 5, TimeSpan.FromMinutes(1));
        var left = await new Storm(size, run.Say).RunAsync();
        run.Report("promises", left.Counts.Moved, "", "due", size.Promises);
        run.Report("silentlyLapsed", left.Counts.SilentlyLapsed, "");
        run.Report("afterDue", left.Counts.ExplainedAfterDue, "");
        run.Report("duplicates", left.Duplicates, "");
        run.Report("duplicatesOutside", left.DuplicatesOutside, "");
        run.Report("kills", left.Kills, "");
        run.Report("explained", left.Counts.Explained, "");
        run.Report("callTasks", left.Counts.CallTasks, "");
        run.Report("faults", left.Faults.Count, "");
        foreach (var fault in left.Faults.Take(10))
        {
            run.Say($"{fault.Rule} {fault.Stream} {fault.Detail}");
        }
    }
}
