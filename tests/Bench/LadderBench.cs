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
/// 20,000 escalations falling due within one minute: first contact is late on as many cases. How many are raised in a second,
/// against the 100 that GoAlert's engine steps at most (500 in each cycle of 5 s), and how late each is on disk, as the host
/// itself measures it over the last 10,000.
/// </summary>
internal static class LadderBench
{
    private const double GoAlertPerSecond = 100;
    private const double TargetP99Ms = 50;

    /// <summary>The shipped target of first contact.</summary>
    private static readonly TimeSpan Acknowledge = TimeSpan.FromHours(1);

    public static async Task RunAsync(BenchRun run)
    {
        var due = run.Small ? 2_000 : 20_000;
        var window = TimeSpan.FromSeconds(run.Small ? 6 : 60);
        using var folder = new TemporaryFolder();
        var firstAt = await FillAsync(run, folder.Path, due, window);
        await using var host = await HostProcess.StartAsync(folder.Path);
        if (TimeProvider.System.GetUtcNow() > firstAt)
        {
            throw new InvalidOperationException("The host was not up before the first due instant; the machine is too slow for this run.");
        }

        using var client = new HttpClient { BaseAddress = host.Url };
        var last = firstAt + window + TimeSpan.FromSeconds(60);
        JsonElement lateness;
        DateTimeOffset now;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            using var status = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/status", UriKind.Relative)));
            lateness = status.RootElement.GetProperty("lateness").Clone();
            now = TimeProvider.System.GetUtcNow();
        }
        while (lateness.GetProperty("fired").GetInt64() < due && now < last);

        run.Report("raised", lateness.GetProperty("fired").GetInt64(), "", "due", due);
        run.Report("perSecond", lateness.GetProperty("fired").GetInt64() / (now - firstAt).TotalSeconds, "/s", "GoAlert at most", GoAlertPerSecond);
        run.Report("p50Ms", lateness.GetProperty("p50Ms").GetDouble(), "ms");
        run.Report("p99Ms", lateness.GetProperty("p99Ms").GetDouble(), "ms", "target", TargetP99Ms);
        run.Report("maxMs", lateness.GetProperty("maxMs").GetDouble(), "ms");
    }

    /// <summary>Opens the cases through the grains, on the database that the host will be started on; their warnings are given already.</summary>
    private static async Task<DateTimeOffset> FillAsync(BenchRun run, string folder, int due, TimeSpan window)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = folder }, NullLogger.Instance, CancellationToken.None);
        var builder = PlatformApp.CreateBuilder();
        builder.Services.AddCore(new PlatformSettings { DataFolder = folder }, postgres.ConnectionString);
        builder.Services.AddEmbeddedGrains();
        await using var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().RunAsync(CancellationToken.None);
        var grains = app.Services.GetRequiredService<IGrains>();
        var firstAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(run.Small ? 25 : 90);
        run.Say($"opening {due} cases");
        await Parallel.ForAsync(0, due, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) =>
        {
            var grain = grains.Case(NewId());
            var dueAt = firstAt + (window * ((double)i / due));
            await TellAsync(grain, new CaseCommand.OpenCase(
                i + 1, NewId(), new CustomerContact($"Customer {i}", null, null, "en", "UTC"), "longWait", "Waiting.",
                Channel.Web, Heat.Calm, null, null, null, dueAt - Acknowledge));
            await TellAsync(grain, new CaseCommand.Tick());
        });
        return firstAt;
    }

    private static async Task TellAsync(ICaseGrain grain, CaseCommand command)
    {
        if (await grain.Tell(new Envelope<CaseCommand>(NewId(), new Actor("bench", Roles.Agent), command)) is not Answer.Done)
        {
            throw new InvalidOperationException($"{command} was refused.");
        }
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
