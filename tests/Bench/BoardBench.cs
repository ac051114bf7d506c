using System.Collections.Concurrent;
using System.Diagnostics;
using Escalation.TestKit;

namespace Escalation.Bench;

/// <summary>
/// Viewers with different views watch a board of many open cases over SignalR, while commands change a thousand cases a
/// second over HTTP; half of the changes go to cases that someone is looking at. Time is taken from a command's
/// acknowledgement to each viewer's client that shows its effect, and from its sending, which is more than the commit took.
/// </summary>
internal static class BoardBench
{
    private const int Senders = 48;
    private const string Note = "The customer asked again when the refund arrives; told them Thursday.";

    public static async Task RunAsync(BenchRun run)
    {
        var cases = run.Number("cases", run.Small ? 50_000 : 1_000_000);
        var viewers = run.Number("viewers", 200);
        var rate = run.Number("rate", 1000);
        var span = TimeSpan.FromSeconds(run.Number("seconds", run.Small ? 15 : 60));
        using var folder = new StockFolder(run);
        var ids = await BoardStock.FillAsync(run, folder.Path, cases);
        await using var host = await HostProcess.StartAsync(folder.Path);
        run.Say("the host serves");
        var key = host.KeyOf("supervisor");
        using var done = new CancellationTokenSource();
        var watching = Enumerable.Range(0, viewers).Select(i => new BoardViewer(new Uri(host.Url, "/hubs/board"), key, ViewOf(i))).ToList();
        var running = watching.ConvertAll(viewer => viewer.RunAsync(done.Token));
        var connecting = Stopwatch.GetTimestamp();
        var looked = (await Task.WhenAll(watching.Select(viewer => viewer.Snapshot.Task))).SelectMany(shown => shown).Distinct().ToArray();
        run.Say($"{viewers} viewers have their first picture after {Stopwatch.GetElapsedTime(connecting).TotalSeconds:0.0} s, {looked.Length:#,0} cases in it");

        // Compiling takes the first seconds; they are not what is measured.
        await ChangeAsync(host, ids, looked, rate, run.Small ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(10), []);
        var (bytes, messages) = (watching.Sum(viewer => viewer.Bytes), watching.Sum(viewer => viewer.Messages));
        var cpu = host.CpuTime;
        var database = BenchDatabase.CpuTime(folder.Path);
        var started = Stopwatch.GetTimestamp();
        var changes = new ConcurrentDictionary<(Guid, int), (long Sent, long Acknowledged)>();
        await ChangeAsync(host, ids, looked, rate, span, changes);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var spent = host.CpuTime - cpu;
        database = BenchDatabase.CpuTime(folder.Path) - database;
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        (bytes, messages) = (watching.Sum(viewer => viewer.Bytes) - bytes, watching.Sum(viewer => viewer.Messages) - messages);
        var memory = host.WorkingSet;
        await done.CancelAsync();
        await Task.WhenAll(running);
        watching.ForEach(viewer => viewer.Dispose());

        var seen = watching.SelectMany(viewer => viewer.Seen)
            .Select(one => (one.At, Change: changes.GetValueOrDefault((one.Case, one.Version)))).Where(one => one.Change.Sent > 0).ToList();
        var committed = seen.Select(one => Math.Max(0, Milliseconds(one.At - one.Change.Acknowledged))).Order().ToArray();
        var sent = seen.Select(one => Milliseconds(one.At - one.Change.Sent)).Order().ToArray();
        run.Say($"{changes.Count / seconds:0} changes/s, seen {seen.Count:#,0} times by viewers");
        run.Report("p50Ms", BenchRun.Percentile(committed, 0.50), "ms");
        run.Report("p99Ms", BenchRun.Percentile(committed, 0.99), "ms", "target", 150);
        run.Report("cpuCores", spent.TotalSeconds / seconds, "cores");
        run.Report("memoryMb", memory / 1024.0 / 1024.0, "MB", "target", 1536);
        run.Report("bytesPerViewerSecond", bytes / seconds / viewers, "B/s");
        run.Report("fromSendingP50Ms", BenchRun.Percentile(sent, 0.50), "ms");
        run.Report("fromSendingP99Ms", BenchRun.Percentile(sent, 0.99), "ms");
        run.Report("maxMs", committed.Length == 0 ? 0 : committed[^1], "ms");
        run.Report("messagesPerViewerSecond", messages / seconds / viewers, "1/s");
        run.Report("changesPerSecond", changes.Count / seconds, "1/s", "asked for", rate);
        run.Report("databaseCpuCores", database.TotalSeconds / seconds, "cores");
    }

    /// <summary>Two hundred filters and orders, each different; more viewers share them.</summary>
    private static object ViewOf(int number)
    {
        var i = number % 200;
        var type = BoardStock.Types[i / 5 % BoardStock.Types.Length];
        return (i % 5) switch
        {
            0 => new { owner = BoardStock.Owner(i) },
            1 => new { type, heat = i % 2 == 0 ? "calm" : "tense", sort = i % 3 == 0 ? "newest" : "urgency", limit = 50 },
            2 => new { level = i % 2 == 0 ? "head,management" : "specialist", type, sort = i % 3 == 0 ? "waiting" : "heat" },
            3 => new { q = BoardStock.Surnames[i / 5 % BoardStock.Surnames.Length], sort = i % 2 == 0 ? "urgency" : "newest" },
            _ => new { stage = "contact", type = i < 100 ? type : null, q = i < 50 ? "refund" : null, limit = 50 + (i / 5) },
        };
    }

    private static async Task ChangeAsync(
        HostProcess host, IReadOnlyList<Guid> ids, Guid[] looked, int rate, TimeSpan span,
        ConcurrentDictionary<(Guid, int), (long, long)> changes)
    {
        var key = host.KeyOf("agent");
        var count = (int)(rate * span.TotalSeconds);
        var started = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            using var http = new RawHttp(host.Url, key);
            var random = new Random(sender + count);
            int number;
            while ((number = Interlocked.Increment(ref next)) < count)
            {
                var wait = TimeSpan.FromSeconds(number / (double)rate) - Stopwatch.GetElapsedTime(started);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, TimeProvider.System);
                }

                var id = random.Next(2) == 0 ? looked[random.Next(looked.Length)] : ids[random.Next(ids.Count)];
                var request = random.Next(4) > 0
                    ? http.Post($"/api/cases/{id}/note", $$"""{"note":"{{Note}}"}""")
                    : http.Post($"/api/cases/{id}/heat", $$"""{"heat":"{{(random.Next(2) == 0 ? "calm" : "tense")}}"}""");
                var sent = Stopwatch.GetTimestamp();
                var status = await http.SendAsync(request);
                if (status != 200)
                {
                    throw new InvalidOperationException($"A command was answered with {status}.");
                }

                changes.TryAdd((id, http.Version), (sent, Stopwatch.GetTimestamp()));
            }
        })));
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}

/// <summary>Where the cases are: a folder of the bench's own, or the one named by <c>--data</c>, which is kept for the next run.</summary>
internal sealed class StockFolder(BenchRun run) : IDisposable
{
    private readonly TemporaryFolder? _own = run.Text("data") is null ? new TemporaryFolder() : null;

    public string Path => _own?.Path ?? Directory.CreateDirectory(run.Text("data")!).FullName;

    public void Dispose() => _own?.Dispose();
}
