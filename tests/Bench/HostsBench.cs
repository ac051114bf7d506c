using Escalation.TestKit;

namespace Escalation.Bench;

/// <summary>
/// Three hosts on one database under load for minutes; one of them at a time is killed with -9 and comes back. What is
/// acknowledged must be there, once, and what falls due meanwhile must not wait for the dead.
/// </summary>
internal static class HostsBench
{
    public static async Task RunAsync(BenchRun run)
    {
        var size = run.Small
            ? new HostStormSize(3, TimeSpan.FromSeconds(40), 2, Seed: 1)
            : new HostStormSize(3, TimeSpan.FromMinutes(4), 12, Seed: 1);
        await using var storm = new HostStorm(size, run.Say);
        var left = await storm.RunAsync();
        var late = left.Late.Select(one => one.TotalMilliseconds).ToArray();
        var takenOver = left.TakenOver.Select(one => one.TotalMilliseconds).ToArray();
        run.Report("acknowledged", left.Acknowledged, "");
        run.Report("kills", left.Kills, "");
        run.Report("faults", left.Faults.Count, "");
        run.Report("fired", late.Length, "");
        run.Report("p50Ms", BenchRun.Percentile(late, 0.5), "ms");
        run.Report("p99Ms", BenchRun.Percentile(late, 0.99), "ms");
        run.Report("takeOverFired", takenOver.Length, "");
        run.Report("takeOverP50Ms", BenchRun.Percentile(takenOver, 0.5), "ms");
        run.Report("takeOverP99Ms", BenchRun.Percentile(takenOver, 0.99), "ms");
        run.Report("takeOverMaxMs", takenOver.LastOrDefault(), "ms");
        foreach (var fault in left.Faults.Take(10))
        {
            run.Say(fault);
        }
    }
}
