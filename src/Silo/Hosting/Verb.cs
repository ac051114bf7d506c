using System.Diagnostics;
using Escalation.Dashboard.Access;
using Escalation.Grains.Hosting;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.Grains.Proofs;
using Escalation.Grains.Reviews;
using Escalation.Silo.Access;
using Escalation.Silo.Database;
using Escalation.Silo.Embedded;
using Escalation.Silo.Intake;
using Escalation.Silo.Links;
using Escalation.Silo.Policy;
using Escalation.Silo.Proof;
using Npgsql;

namespace Escalation.Silo.Hosting;

/// <summary>Runs a verb beside, or without, a serving host: the log and the grains, but no engine and no pages.</summary>
internal sealed class Verb(IServiceProvider services)
{
    /// <summary>Opens the database (starting the private one if no host runs on it), migrates, and runs the verb.</summary>
    public static async Task<int> RunAsync(
        string? data, Func<Verb, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        var builder = PlatformApp.CreateBuilder();
        // A verb's output is its answer; only what somebody should act on is said besides.
        builder.Logging.AddFilter(null, LogLevel.Warning);
        var settings = PlatformSettings.Read(builder.Configuration, builder.Environment.IsDevelopment(), data, null, noDemo: true);
        using var boot = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(PlatformApp.OneLine));
        await using var postgres = settings.ConnectionString is null
            ? await PrivateDatabase.OpenAsync(
                new PrivatePostgresOptions { DataFolder = settings.DataFolder }, boot.CreateLogger<PrivatePostgres>(), cancellationToken)
            : null;
        builder.Services.AddSingleton(settings);
        builder.Services.AddCore(settings, settings.ConnectionString ?? postgres!.ConnectionString);
        builder.Services.AddEmbeddedGrains();
        builder.Services.AddPostgresAccess();
        await using var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().RunAsync(cancellationToken);
        await app.Services.GetRequiredService<PolicyBook>().StoreAsync(cancellationToken);
        return await run(new Verb(app.Services), cancellationToken);
    }

    /// <summary>Proves the log and prints what was counted and found.</summary>
    /// <param name="promises">Also each promise with its fate, and each explanation with its instants.</param>
    public async Task<int> ProveAsync(bool promises, CancellationToken cancellationToken)
    {
        var (counts, faults, first) = await new Prover(services.GetRequiredService<NpgsqlDataSource>())
            .ProveAsync(cancellationToken, promises ? Print : null);
        Console.WriteLine(
            $"""
            events             {counts.Events}
            cases              {counts.Cases} ({counts.OpenCases} open)
            promises           {counts.Promises}: {counts.Kept} kept, {counts.Withdrawn} withdrawn, {counts.StillOpen} open, {counts.LapsedLoudly} lapsed with the customer or a person told
            promises moved     {counts.Moved}
            explanations       {counts.Explained} accepted, {counts.ExplainedAfterDue} of them after the old date
            silently lapsed    {counts.SilentlyLapsed}
            call tasks         {counts.CallTasks}
            notices            {counts.NoticesAccepted} accepted, {counts.NoticesFailed} failed, {counts.Bounced} came back
            faults             {faults}
            """);
        foreach (var fault in first)
        {
            Console.WriteLine($"  {fault.Rule,-7} {fault.Stream}  {fault.Detail}");
        }

        return faults == 0 && counts.SilentlyLapsed == 0 ? 0 : 1;
    }

    /// <summary>One line for the promise, one for each explanation: everything in order of time, absent instants as a dash.</summary>
    private static void Print(PromiseFate fate)
    {
        var promise = fate.Promise;
        Console.WriteLine(
            $"{fate.CaseNumber} {promise.Id}  {Camel(promise.State)}, revision {promise.Revision}, first due {promise.FirstDueAt:u}, due {promise.DueAt:u}, " +
            $"ended {At(promise.EndedAt)}, calls asked for {fate.CallTasks.Count}");
        foreach (var (notice, wasDueAt) in fate.Explanations)
        {
            Console.WriteLine(
                $"    {Camel(notice.Channel),-8} {Camel(notice.State),-8} planned {notice.PlannedAt:u}, sent {At(notice.SentAt)}, " +
                $"accepted {At(notice.AcceptedAt)}, against {At(wasDueAt)}{(notice.Reason is null ? "" : $" ({notice.Reason})")}");
        }

        static string At(DateTimeOffset? instant) => instant is { } at ? $"{at:u}" : "-";

        static string Camel<T>(T word)
            where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(word.ToString());
    }

    public Task<int> ImportAsync(ImportOptions options, CancellationToken cancellationToken) =>
        new ImportVerb(
            Get<IGrains>(), Get<ICaseNumbers>(), Get<ICustomerDirectory>(), Get<IOpenedCases>(),
            new ReviewErrands(Get<IGrains>(), Get<ICaseNumbers>(), Get<IPolicySource>()), Get<IEventLog>(), Get<TimeProvider>(), Console.Out)
            .RunAsync(options, cancellationToken);

    /// <param name="speed">How many times faster than it happened; null for as fast as possible.</param>
    public async Task<int> ReplayAsync(string file, double? speed, string salt, string zone, CancellationToken cancellationToken)
    {
        var exitCode = await new ReplayVerb(Get<IGrains>(), Get<ICaseNumbers>(), Get<IEventLog>(), Get<TimeProvider>(), Console.Out)
            .RunAsync(new ReplayOptions(file, speed) { Salt = salt, TimeZone = zone }, cancellationToken);
        using var self = Process.GetCurrentProcess();
        Console.WriteLine($"peak memory {self.PeakWorkingSet64 / 1024 / 1024} MB");
        return exitCode;
    }

    public async Task<int> BackUpAsync(string file, CancellationToken cancellationToken)
    {
        var manifest = await new Backup(Get<NpgsqlDataSource>(), Get<TimeProvider>()).WriteAsync(file, LinkKeyPath, cancellationToken);
        Say(manifest);
        Console.WriteLine($"written to {Path.GetFullPath(file)}, {new FileInfo(file).Length / 1024.0 / 1024:0.0} MB");
        return 0;
    }

    /// <summary>What was restored is proved before it is called restored.</summary>
    public async Task<int> RestoreAsync(string file, CancellationToken cancellationToken)
    {
        var manifest = await new Backup(Get<NpgsqlDataSource>(), Get<TimeProvider>()).RestoreAsync(file, LinkKeyPath, cancellationToken);

        // Transactions are numbered anew in another cluster.
        await Get<Migrator>().RunAsync(cancellationToken);
        Say(manifest);
        return await ProveAsync(promises: false, cancellationToken);
    }

    private static void Say(BackupManifest manifest)
    {
        Console.WriteLine($"as of {manifest.MadeAt:u}");
        foreach (var table in manifest.Tables)
        {
            Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{table.Name,-18} {table.Rows,12:N0} rows"));
        }
    }

    private string LinkKeyPath => Path.Combine(Get<PlatformSettings>().DataFolder, LinkKey.FileName);

    public Task<int> KeysAsync(Func<AccessVerbs, CancellationToken, Task<int>> verb, CancellationToken cancellationToken) =>
        verb(new AccessVerbs(Get<IAccessStore>(), Get<TimeProvider>(), Console.Out, Console.Error), cancellationToken);

    private T Get<T>()
        where T : notnull => services.GetRequiredService<T>();
}
