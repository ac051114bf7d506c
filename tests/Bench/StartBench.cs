using System.Diagnostics;
using Escalation.TestKit;

namespace Escalation.Bench;

/// <summary>From starting the built host on existing data to the first page answered; and its memory then.</summary>
internal static class StartBench
{
    public static async Task RunAsync(BenchRun run)
    {
        using var folder = new TemporaryFolder();
        await (await HostProcess.StartAsync(folder.Path)).DisposeAsync();
        var seconds = new List<double>();
        var memory = new List<double>();
        for (var i = 0; i < (run.Small ? 1 : 5); i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var host = await HostProcess.StartAsync(folder.Path);
            using var client = new HttpClient { BaseAddress = host.Url };
            await client.GetStringAsync(new Uri("/", UriKind.Relative));
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            memory.Add(host.WorkingSet / 1024.0 / 1024.0);
        }

        run.Report("seconds", seconds.Order().ElementAt(seconds.Count / 2), "s");
        run.Report("memoryMb", memory.Order().ElementAt(memory.Count / 2), "MB");
    }
}
