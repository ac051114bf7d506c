using System.Diagnostics;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Log;

namespace Escalation.Bench;

/// <summary>
/// The board's memory alone, without database and viewers: what a row costs, how long loading takes, a first look by a
/// filter or by words that nobody watches, a first watch, and a change while two hundred filters are watched.
/// </summary>
internal static class LookBench
{
    public static async Task RunAsync(BenchRun run)
    {
        var cases = run.Number("cases", run.Small ? 50_000 : 1_000_000);
        var now = TimeProvider.System.GetUtcNow();
        var board = new Board();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var loading = board.NewLoading();
        long bytes = 0;
        var started = Stopwatch.GetTimestamp();
        var making = TimeSpan.Zero;
        foreach (var numbers in Enumerable.Range(0, cases).Chunk(4096))
        {
            var from = Stopwatch.GetTimestamp();
            var rows = numbers.AsParallel().Select(number => BoardStock.Row(number, now)).ToArray();
            bytes += rows.Sum(row => (long)row.Json.Length);
            making += Stopwatch.GetElapsedTime(from);
            await loading.AddAsync(new StoredRowBatch(rows));
        }

        await board.LoadAsync(loading, 1);
        run.Report("loadSeconds", (Stopwatch.GetElapsedTime(started) - making).TotalSeconds, "s");
        run.Report("bytesPerRow", (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)cases, "B", "row's text", bytes / (double)cases);

        (string Name, BoardView View)[] looks =
        [
            ("all", BoardView.Default),
            ("owner", BoardView.Default with { Owner = BoardStock.Owner(7) }),
            ("heat", BoardView.Default with { Heats = [Heat.Tense], Sort = BoardSort.Newest }),
            ("wordsRare", BoardView.Default with { Text = "1000123" }),
            ("wordsCommon", BoardView.Default with { Text = "refund" }),
            ("wordsTwo", BoardView.Default with { Text = "munteanu refund" }),
            ("wordsNone", BoardView.Default with { Text = "xyzzyq" }),
        ];
        foreach (var (name, view) in looks)
        {
            run.Report($"look.{name}", Median(() => board.Read(view, now)), "ms", "target", 50);
        }

        var watches = new List<BoardWatch>();
        var watching = Stopwatch.GetTimestamp();
        for (var i = 0; i < 200; i++)
        {
            watches.Add(await board.WatchAsync(BoardView.Default with { Owner = BoardStock.Owner(i), Sort = (BoardSort)(i % 4) }));
        }

        run.Report("watchMs", Stopwatch.GetElapsedTime(watching).TotalMilliseconds / 200, "ms");
        var page = board.Read(BoardView.Default with { Limit = 500 }, now).Rows.Select(row => row.ToRow()).ToArray();
        var version = 100;
        var changes = Stopwatch.GetTimestamp();
        const int Batches = 200;
        for (var i = 0; i < Batches; i++)
        {
            version++;
            var rows = page.Skip(i % 50 * 10).Take(10).Select(row => row with { Version = version, Heat = (Heat)(i % 5) }).ToDictionary(row => row.Id);
            board.Apply(new TailBatch([], rows, default));
        }

        run.Report("applyMicroseconds", Stopwatch.GetElapsedTime(changes).TotalMicroseconds / Batches / 10, "µs/change");
        var reading = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10_000; i++)
        {
            watches[i % 200].Read(now);
        }

        run.Report("readMicroseconds", Stopwatch.GetElapsedTime(reading).TotalMicroseconds / 10_000, "µs");
        watches.ForEach(watch => watch.Dispose());
    }

    private static double Median(Func<object> look)
    {
        var times = new double[9];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            look();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return times.Order().ElementAt(times.Length / 2);
    }
}
