using System.Diagnostics;
using System.Globalization;
using Escalation.Grains.Board;
using Escalation.Silo.Database;
using Escalation.Silo.History;
using Escalation.Silo.Hosting;
using Escalation.Silo.Jobs;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.Bench;

/// <summary>
/// BRD-6: a history over the last weeks, stored by the job, then the board of instants anywhere in it over HTTP, each far from
/// the one before, and then a minute further, as a slider goes.
/// </summary>
internal static class PastBench
{
    public static async Task RunAsync(BenchRun run)
    {
        using var folder = new StockFolder(run);
        await BoardStock.FillAsync(run, folder.Path, run.Number("cases", run.Small ? 20_000 : 1_000_000));
        var (made, seconds) = await CheckpointsAsync(run, folder.Path);
        run.Report("stretches", made, "");
        run.Report("stretchSeconds", seconds / Math.Max(1, made), "s");
        await using var host = await HostProcess.StartAsync(folder.Path);
        using var client = host.ClientFor("supervisor");
        var now = TimeProvider.System.GetUtcNow();
        while (!(await client.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode)
        {
            // The live board is loaded meanwhile.
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await client.GetStringAsync(Address(now.AddDays(-1), ""));
        var random = new Random(1);
        List<double> far = [];
        List<double> near = [];
        List<double> filtered = [];
        List<double> searched = [];
        for (var i = 0; i < (run.Small ? 5 : 20); i++)
        {
            var at = now.AddMinutes(-random.Next(10, 19 * 24 * 60));
            far.Add(await TimeAsync(client, Address(at, "")));
            near.Add(await TimeAsync(client, Address(at.AddMinutes(1), "")));
            filtered.Add(await TimeAsync(client, Address(at.AddMinutes(1), "&heat=tense&sort=newest")));
            searched.Add(await TimeAsync(client, Address(at.AddMinutes(1), "&q=ioana%20rotaru")));
        }

        foreach (var times in new[] { far, near, filtered, searched })
        {
            times.Sort();
        }

        run.Report("p50Ms", BenchRun.Percentile([.. far], 0.5), "ms");
        run.Report("maxMs", far[^1], "ms", "target", 1000);
        run.Report("nearP50Ms", BenchRun.Percentile([.. near], 0.5), "ms");
        run.Report("nearMaxMs", near[^1], "ms");
        run.Report("otherViewP50Ms", BenchRun.Percentile([.. filtered], 0.5), "ms");
        run.Report("searchP50Ms", BenchRun.Percentile([.. searched], 0.5), "ms");
        run.Report("searchMaxMs", searched[^1], "ms");
        run.Report("memoryMb", host.WorkingSet / 1024.0 / 1024.0, "MB");
    }

    private static Uri Address(DateTimeOffset at, string view) =>
        new($"/api/board?at={at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}{view}", UriKind.Relative);

    private static async Task<double> TimeAsync(HttpClient client, Uri address)
    {
        var started = Stopwatch.GetTimestamp();
        await client.GetStringAsync(address);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>What the job does by and by, at once.</summary>
    private static async Task<(int Made, double Seconds)> CheckpointsAsync(BenchRun run, string folder)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);
        var builder = PlatformApp.CreateBuilder();
        builder.Services.AddCore(new PlatformSettings { DataFolder = folder }, postgres.ConnectionString);
        builder.Services.AddHistory();
        builder.Services.AddSingleton<Board>();
        builder.Services.AddSingleton<IJobs, NoJobs>();
        await using var app = builder.Build();
        var job = app.Services.GetRequiredService<CheckpointJob>();
        await using var connection = await app.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        var made = 0;
        while (await job.MakeOneAsync(connection, CancellationToken.None))
        {
            made++;
            if (made % 20 == 0)
            {
                run.Say($"{made} stretches");
            }
        }

        await using var size = new NpgsqlCommand("select pg_total_relation_size('board_checkpoint') / pg_total_relation_size('event')::double precision", connection);
        run.Report("sizeOfLog", (double)(await size.ExecuteScalarAsync())! * 100, "%");
        return (made, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private sealed class NoJobs : IJobs
    {
        public void Wake<TJob>()
            where TJob : IJob
        {
        }
    }
}
