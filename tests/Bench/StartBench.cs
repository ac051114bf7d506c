using System.Diagnostics;
using Escalation.TestKit;

namespace Escalation.Bench;

/// <summary>
/// From starting the built host on existing data to the first page answered, and its memory then; with <c>--cases</c>,
/// on a database with so many open cases, to the first picture and the first change at a viewer of the board.
/// </summary>
internal static class StartBench
{
    private const string Note = """{"note":"Is the board there?"}""";

    public static async Task RunAsync(BenchRun run)
    {
        var cases = run.Number("cases", 0);
        using var folder = new StockFolder(run);
        var ids = cases > 0 ? await BoardStock.FillAsync(run, folder.Path, cases) : [];
        await (await HostProcess.StartAsync(folder.Path)).DisposeAsync();
        var seconds = new List<double>();
        var memory = new List<double>();
        for (var i = 0; i < (run.Small ? 1 : cases > 0 ? 3 : 5); i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using var host = await HostProcess.StartAsync(folder.Path);
            if (ids.Count > 0)
            {
                await FirstPatchAsync(host);
            }
            else
            {
                using var client = new HttpClient { BaseAddress = host.Url };
                await client.GetStringAsync(new Uri("/", UriKind.Relative));
            }

            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            memory.Add(host.WorkingSet / 1024.0 / 1024.0);
            run.Say($"{seconds[^1]:0.0} s, {memory[^1]:0} MB");
        }

        run.Report("seconds", seconds.Order().ElementAt(seconds.Count / 2), "s", ids.Count > 0 ? "target" : null, ids.Count > 0 ? 15 : null);
        run.Report("memoryMb", memory.Order().ElementAt(memory.Count / 2), "MB", ids.Count > 0 ? "target" : null, ids.Count > 0 ? 1536 : null);
    }

    private static async Task FirstPatchAsync(HostProcess host)
    {
        using var done = new CancellationTokenSource();
        using var viewer = new BoardViewer(new Uri(host.Url, "/hubs/board"), host.KeyOf("supervisor"), new { });
        var running = viewer.RunAsync(done.Token);
        var shown = (await viewer.Snapshot.Task)[0];
        using var http = new RawHttp(host.Url, host.KeyOf("agent"));
        await http.SendAsync(http.Post($"/api/cases/{shown}/note", Note));
        while (viewer.Seen.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        await done.CancelAsync();
        await running;
    }
}
