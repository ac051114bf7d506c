using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.TestKit;
using Npgsql;

namespace Escalation.Bench;

/// <summary>
/// A file of cases over HTTP, as a person would send it: shown, asked about, answered, taken to its end, and the same file a second time. An
/// agent works beside it all the while. Open cases take their place on the board whoever opened them: what an import needs besides is what its
/// host has more than one that was started on the same cases.
/// </summary>
internal static class ImportBench
{
    private const double BytesPerRow = 587;
    private const double GrowthLimit = 1.25;
    private const double TargetPerSecond = 2000;
    private const int MostGrains = 50_000;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan NoteEvery = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(BenchRun run)
    {
        using var folder = new TemporaryFolder();
        // Within a fortnight most clocks are long due when a case comes, and what they do is most of the work.
        var file = new ImportFile(run.Number("lines", run.Small ? 3_000 : 50_000), run.Number("hours", 14 * 24), TimeProvider.System.GetUtcNow());
        var path = Path.Combine(folder.Path, "cases.csv");
        await file.WriteAsync(path);
        run.Say($"{file.Lines:#,0} lines, {new FileInfo(path).Length / 1048576.0:0.0} MB");

        // What a host keeps of grains by its settings is full before the first measurement, as it is with a million lines and the default.
        var grains = Math.Min(MostGrains, file.Lines / 20);
        var data = Path.Combine(folder.Path, "data");
        var settings = new Dictionary<string, string> { ["Escalation__Grains__Capacity"] = $"{grains}" };
        if (run.Number("heapMb", 0) is var heap and > 0)
        {
            // As in a container of a third more: what the runtime may not use it has to collect.
            settings["DOTNET_GCHeapHardLimit"] = $"{heap * 1048576L:x}";
        }

        await using var host = await HostProcess.StartAsync(data, settings);
        using var client = host.ClientFor("intake");
        client.Timeout = TimeSpan.FromMinutes(10);
        using var supervisor = host.ClientFor("supervisor");
        var mine = (await CommitBench.OpenAsync(client, 8)).ToArray();

        var asked = Stopwatch.GetTimestamp();
        var mapping = await AskAsync(client, path);
        run.Report("previewSeconds", Stopwatch.GetElapsedTime(asked).TotalSeconds, "s");

        var agent = new Agent(host, mine);
        await agent.WorkAsync(TimeSpan.FromSeconds(run.Small ? 2 : 10));
        var alone = agent.Take();
        var first = await TakeAsync(run, host, client, path, mapping, agent);
        var beside = agent.Take();
        Check(first.End, file.Lines, file.Taken, file.Repeated, file.Refused);
        await CasesAsync(supervisor, file.Taken + mine.Length);
        await SettleAsync(run, host);
        var settled = host.WorkingSet;
        var size = await SizeAsync(host);
        var second = await TakeAsync(run, host, client, path, mapping, agent);
        var besideKnown = agent.Take();
        Check(second.End, file.Lines, 0, file.Taken + file.Repeated, file.Refused);
        await CasesAsync(supervisor, file.Taken + mine.Length);
        await host.StopAsync();
        var anew = await AnewAsync(data, settings, mine, file.Taken + mine.Length);

        run.Report("linesPerSecond", file.Lines / first.Seconds, "1/s", "target", TargetPerSecond);
        run.Report("againPerSecond", file.Lines / second.Seconds, "1/s", "first time", file.Lines / first.Seconds);
        var (begun, half, end) = (first.Memory[0], first.Memory[1], first.Memory[2]);
        run.Report("memory10PercentMb", Mb(begun.Bytes), "MB");
        run.Report("memory50PercentMb", Mb(half.Bytes), "MB");
        run.Report("memoryEndMb", Mb(end.Bytes), "MB");
        run.Report("memoryAfterMb", Mb(settled), "MB");
        run.Report("memoryAgainMb", Mb(second.Memory[2].Bytes), "MB");
        run.Report("boardRowsMb", Mb(end.Lines * BytesPerRow), "MB");
        run.Report("memoryMostMb", Mb(Math.Max(first.Most, second.Most)), "MB", "a host started anew with these cases, and a quarter more", Mb(anew) * GrowthLimit);
        run.Report("hostCores", first.Host.TotalSeconds / first.Seconds, "cores");
        run.Report("databaseCores", first.Database.TotalSeconds / first.Seconds, "cores");
        run.Report("databaseMb", Mb(size), "MB");
        run.Report("noteP50Ms", BenchRun.Percentile(beside, 0.5), "ms", "without import", BenchRun.Percentile(alone, 0.5));
        run.Report("noteP99Ms", BenchRun.Percentile(beside, 0.99), "ms", "without import", BenchRun.Percentile(alone, 0.99));
        run.Report("noteAgainP99Ms", BenchRun.Percentile(besideKnown, 0.99), "ms", "without import", BenchRun.Percentile(alone, 0.99));
    }

    /// <summary>The file is not taken before its questions are answered; the preview's own mapping answers them.</summary>
    private static async Task<string> AskAsync(HttpClient client, string path)
    {
        var (refused, problem) = await PostAsync(client, "/api/imports", path);
        if (refused != HttpStatusCode.Conflict || problem.GetProperty("code").GetString() != "import.asks")
        {
            throw new InvalidOperationException($"The file was not asked about: {refused} {problem}");
        }

        var (_, preview) = await PostAsync(client, "/api/imports?preview=true", path);
        var mapping = JsonSerializer.Deserialize<Dictionary<string, object>>(preview.GetProperty("mapping"))!;
        mapping["ignore"] = new[] { "*" };
        return JsonSerializer.Serialize(mapping);
    }

    private static async Task<Taking> TakeAsync(BenchRun run, HostProcess host, HttpClient client, string path, string mapping, Agent agent)
    {
        var (status, started) = await PostAsync(client, "/api/imports", path, mapping);
        if (status != HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException($"The file was answered with {status}: {started}");
        }

        using var ended = new CancellationTokenSource();
        var working = agent.WorkAsync(Timeout.InfiniteTimeSpan, ended.Token);
        var place = new Uri($"/api/imports/{started.GetProperty("id").GetString()}", UriKind.Relative);
        var total = started.GetProperty("total").GetInt64();
        var begun = Stopwatch.GetTimestamp();
        var (cpu, database) = (host.CpuTime, BenchDatabase.CpuTime(host.DataFolder));
        var memory = new List<(double Share, long Bytes, long Lines)>();
        var (told, most) = (Stopwatch.GetTimestamp(), 0L);
        JsonElement now;
        do
        {
            await Task.Delay(Glance, TimeProvider.System);
            now = await client.GetFromJsonAsync<JsonElement>(place);
            var done = now.GetProperty("done").GetInt64();
            most = Math.Max(most, host.WorkingSet);
            foreach (var share in new[] { 0.1, 0.5, 1 }.Where(share => done >= share * total && memory.TrueForAll(one => one.Share < share)).ToList())
            {
                memory.Add((share, host.WorkingSet, now.GetProperty("taken").GetInt64()));
            }

            if (Stopwatch.GetElapsedTime(told) > TimeSpan.FromSeconds(10))
            {
                told = Stopwatch.GetTimestamp();
                run.Say($"{done:#,0} lines, {done / Stopwatch.GetElapsedTime(begun).TotalSeconds:0} a second, {Mb(host.WorkingSet):0} MB");
            }
        }
        while (now.GetProperty("state").GetString() == "running");
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var spent = (host.CpuTime - cpu, BenchDatabase.CpuTime(host.DataFolder) - database);
        await ended.CancelAsync();
        await working;
        run.Say($"taken in {seconds:0.0} s: {now}");
        return new Taking(now, seconds, memory, most, spent.Item1, spent.Item2);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(HttpClient client, string path, string file, string? mapping = null)
    {
        using var form = new MultipartFormDataContent();
        if (mapping is not null)
        {
            form.Add(new StringContent(mapping), "mapping");
        }

        form.Add(new StreamContent(File.OpenRead(file)), "file", Path.GetFileName(file));
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), form);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static void Check(JsonElement end, int lines, int taken, int known, int refused)
    {
        var found = (
            end.GetProperty("state").GetString(), end.GetProperty("done").GetInt32(), end.GetProperty("taken").GetInt32(),
            end.GetProperty("known").GetInt32(), end.GetProperty("refused").GetInt32());
        if (found != ("done", lines, taken, known, refused))
        {
            throw new InvalidOperationException($"The report does not add up: {end}; expected {lines} lines, {taken} taken, {known} known, {refused} refused.");
        }
    }

    /// <summary>The board follows what was committed by some milliseconds, and under load by more.</summary>
    private static async Task CasesAsync(HttpClient supervisor, int cases)
    {
        var patience = Stopwatch.GetTimestamp();
        int open;
        do
        {
            await Task.Delay(Glance, TimeProvider.System);
            open = (await supervisor.GetFromJsonAsync<JsonElement>(new Uri("/api/status", UriKind.Relative))).GetProperty("openCases").GetInt32();
        }
        while (open < cases && Stopwatch.GetElapsedTime(patience) < TimeSpan.FromMinutes(2));
        if (open != cases)
        {
            throw new InvalidOperationException($"{open} cases stand on the board, expected {cases}.");
        }
    }

    /// <summary>What the cases caused besides (clocks long due, customers' ledgers) is done when the log stands still.</summary>
    private static async Task SettleAsync(BenchRun run, HostProcess host)
    {
        await using var database = NpgsqlDataSource.Create(await BenchDatabase.ConnectionStringAsync(host.DataFolder, 2));
        var (begun, before) = (Stopwatch.GetTimestamp(), -1L);
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(2))
        {
            await using var events = database.CreateCommand("select max(position) from event where tx >= (select max(tx) from event)");
            var now = (long)(await events.ExecuteScalarAsync())!;
            if (now == before)
            {
                break;
            }

            before = now;
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        }

        run.Say($"{before:#,0} events; waited for what follows for {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");
    }

    /// <summary>Memory of a host that found all these cases there, and where somebody has worked since.</summary>
    private static async Task<long> AnewAsync(string data, IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> mine, int cases)
    {
        await using var host = await HostProcess.StartAsync(data, settings);
        using var supervisor = host.ClientFor("supervisor");
        await CasesAsync(supervisor, cases);
        var agent = new Agent(host, mine);
        await agent.WorkAsync(Rest);
        return host.WorkingSet;
    }

    private static async Task<long> SizeAsync(HostProcess host)
    {
        await using var database = NpgsqlDataSource.Create(await BenchDatabase.ConnectionStringAsync(host.DataFolder, 2));
        await using var size = database.CreateCommand("select pg_database_size(current_database())");
        return (long)(await size.ExecuteScalarAsync())!;
    }

    private static double Mb(double bytes) => bytes / 1048576.0;

    private sealed record Taking(
        JsonElement End, double Seconds, IReadOnlyList<(double Share, long Bytes, long Lines)> Memory, long Most, TimeSpan Host, TimeSpan Database);

    /// <summary>Somebody at the desk who writes a note twenty times a second, and how long each took.</summary>
    private sealed class Agent(HostProcess host, IReadOnlyList<string> cases)
    {
        private readonly List<double> _waits = [];

        public async Task WorkAsync(TimeSpan span, CancellationToken cancellationToken = default)
        {
            var begun = Stopwatch.GetTimestamp();
            using var http = new RawHttp(host.Url, host.KeyOf("agent"));
            for (var note = 0; !cancellationToken.IsCancellationRequested && (span < TimeSpan.Zero || Stopwatch.GetElapsedTime(begun) < span); note++)
            {
                var sent = Stopwatch.GetTimestamp();
                var status = await http.SendAsync(http.Post($"/api/cases/{cases[note % cases.Count]}/note", """{"note":"The customer asked again."}"""));
                if (status != 200)
                {
                    throw new InvalidOperationException($"A note was answered with {status}.");
                }

                _waits.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                await Task.Delay(NoteEvery, TimeProvider.System, CancellationToken.None);
            }
        }

        /// <summary>In milliseconds, in order; the next ones are counted anew.</summary>
        public double[] Take()
        {
            var sorted = _waits.Order().ToArray();
            _waits.Clear();
            return sorted;
        }
    }
}
