using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Silo.Database;
using Escalation.Silo.Embedded;
using Escalation.Silo.Hosting;
using Escalation.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Answer = Escalation.Grains.Hosting.Answer;

namespace Escalation.Bench;

/// <summary>
/// 100,000 open due instants, 10,000 of them (send-by instants of promises) within one minute: how late the deadline
/// clock has each effect on disk, as the host itself measures it. The limit is the target of 50 ms for p99.
/// </summary>
internal static class DeadlineBench
{
    private const double TargetP99Ms = 50;

    public static async Task RunAsync(BenchRun run)
    {
        var open = run.Small ? 5_000 : 100_000;
        var due = run.Small ? 1_000 : 10_000;
        var window = TimeSpan.FromSeconds(run.Small ? 10 : 60);
        using var folder = new TemporaryFolder();
        var firstAt = await FillAsync(run, folder.Path, open, due, window);
        await using var host = await HostProcess.StartAsync(folder.Path);
        if (TimeProvider.System.GetUtcNow() > firstAt)
        {
            throw new InvalidOperationException("The host was not up before the first due instant; the machine is too slow for this run.");
        }

        using var client = new HttpClient { BaseAddress = host.Url };
        var last = firstAt + window + TimeSpan.FromSeconds(10);
        JsonElement lateness;
        do
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            using var status = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/status", UriKind.Relative)));
            lateness = status.RootElement.GetProperty("lateness").Clone();
        }
        while (lateness.GetProperty("fired").GetInt64() < due && TimeProvider.System.GetUtcNow() < last);

        run.Report("fired", lateness.GetProperty("fired").GetInt64(), "", "due", due);
        run.Report("p50Ms", lateness.GetProperty("p50Ms").GetDouble(), "ms");
        run.Report("p99Ms", lateness.GetProperty("p99Ms").GetDouble(), "ms", "target", TargetP99Ms);
        run.Report("maxMs", lateness.GetProperty("maxMs").GetDouble(), "ms");
    }

    /// <summary>Opens the cases through the grains, on the database that the host will be started on.</summary>
    private static async Task<DateTimeOffset> FillAsync(BenchRun run, string folder, int open, int due, TimeSpan window)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);
        var builder = PlatformApp.CreateBuilder();
        builder.Services.AddCore(new PlatformSettings { DataFolder = folder }, postgres.ConnectionString);
        builder.Services.AddEmbeddedGrains();
        await using var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().RunAsync(CancellationToken.None);
        var grains = app.Services.GetRequiredService<IGrains>();
        var ids = Enumerable.Range(0, open).Select(_ => NewId()).ToArray();
        run.Say($"opening {open} cases");
        await ForAllAsync(ids, (id, i) => TellAsync(grains, id, new CaseCommand.OpenCase(
            i + 1, NewId(), new CustomerContact($"Customer {i}", null, null, "en", "UTC"), "longWait", "Waiting.",
            Channel.Web, Heat.Calm, null, null, null, null)));

        // A promise shorter than an hour is explained at half its length.
        run.Say($"making {due} promises");
        var firstAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(run.Small ? 10 : 25);
        var random = new Random(1);
        await ForAllAsync(ids[..due], (id, _) =>
        {
            DateTimeOffset sendBy;
            lock (random)
            {
                sendBy = firstAt + (window * random.NextDouble());
            }

            var now = TimeProvider.System.GetUtcNow();
            return TellAsync(grains, id, new CaseCommand.MakePromise("Call back", now + ((sendBy - now) * 2), "ana"));
        });
        return firstAt;
    }

    private static Task ForAllAsync(Guid[] ids, Func<Guid, int, Task> tell) =>
        Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) => await tell(ids[i], i));

    private static async Task TellAsync(IGrains grains, Guid id, CaseCommand command)
    {
        var by = new Actor("bench", Roles.Agent);
        if (await grains.Case(id).Tell(new Envelope<CaseCommand>(NewId(), by, command)) is not Answer.Done)
        {
            throw new InvalidOperationException($"{command} was refused.");
        }
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
