using System.Diagnostics;
using System.Globalization;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Proofs;
using Escalation.Silo.Database;
using Escalation.Silo.Embedded;
using Escalation.Silo.Hosting;
using Escalation.Silo.Proof;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Answer = Escalation.Grains.Hosting.Answer;

namespace Escalation.TestKit;

/// <summary>How hard it blows.</summary>
/// <param name="Promises">How many promises fall due.</param>
/// <param name="Within">In how much time.</param>
/// <param name="Ahead">How long after they are made the first is due.</param>
/// <param name="Lead">How long before due each is explained.</param>
/// <param name="Kills">How often the host is killed with -9.</param>
/// <param name="Away">How long the mail server is away, once.</param>
public sealed record StormSize(int Promises, TimeSpan Within, TimeSpan Ahead, TimeSpan Lead, int Kills, TimeSpan Away);

/// <summary>What was left after it.</summary>
/// <param name="Counts">What the proof counted.</param>
/// <param name="Faults">What the proof found.</param>
/// <param name="Letters">Letters that the mail server took.</param>
/// <param name="Duplicates">Of those, taken before under the same Message-ID.</param>
/// <param name="DuplicatesOutside">
/// Of those, though the server had said that it took the first, and neither host nor database was killed between the two.
/// </param>
/// <param name="Kills">How often the host was killed.</param>
public sealed record StormResult(
    ProofCounts Counts, IReadOnlyList<Fault> Faults, int Letters, int Duplicates, int DuplicatesOutside, int Kills);

/// <summary>
/// Promises fall due by the thousand while the mail server fails in every way it knows, the host is killed again and again,
/// and its database too; in real time, with real processes. Nothing may lapse silently.
/// </summary>
public sealed class Storm(StormSize size, Action<string> say)
{
    private const string Weather =
        "0.10:rcpt:451,0.04:data:451,0.02:mail:421,0.03:rcpt:550,0.02:data:554,0.03:drop,0.01:mute,0.05:slow";

    private readonly List<DateTimeOffset> _crashes = [];

    public async Task<StormResult> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("escalation-storm-").FullName;
        try
        {
            await using var mail = await MailServer.StartAsync(weather: Weather, brief: true);
            var (data, environment, firstDue) = await PrepareAsync(folder, mail.Port);
            await BlowAsync(data, environment, mail, firstDue);
            await mail.StopAsync();
            return await JudgeAsync(data, environment["Escalation__PolicyFolder"], mail);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes the promises in a new data folder, for a host with that environment.</summary>
    public async Task<(string Data, Dictionary<string, string> Environment, DateTimeOffset FirstDue)> PrepareAsync(string folder, int mailPort)
    {
        var policy = WritePolicy(folder);
        var data = Path.Combine(folder, "data");
        var environment = new Dictionary<string, string>
        {
            ["Escalation__PolicyFolder"] = policy,
            ["Escalation__Smtp__Host"] = "127.0.0.1",
            ["Escalation__Smtp__Port"] = mailPort.ToString(CultureInfo.InvariantCulture),
            ["Escalation__Smtp__Tls"] = "false",
            ["Escalation__Smtp__Timeout"] = "00:00:05",
            ["Escalation__Notices__FirstRetryAfter"] = "00:00:02",
            ["Escalation__Notices__Parallel"] = "32",
        };
        return (data, environment, await FillAsync(data, policy));
    }

    private async Task BlowAsync(string data, Dictionary<string, string> environment, MailServer mail, DateTimeOffset firstDue)
    {
        var host = await HostProcess.StartAsync(data, environment);
        try
        {
            var start = firstDue - size.Lead;
            var step = size.Within / (size.Kills + 3);
            var at = start;
            for (var happening = 1; happening <= size.Kills + 2; happening++)
            {
                await UntilAsync(at += step);
                if (happening == 2)
                {
                    say($"mail server away for {size.Away.TotalSeconds:0} s");
                    await mail.GoAwayAsync();
                    await UntilAsync(Now + size.Away);
                    await mail.ComeBackAsync();
                }
                else if (happening == 4)
                {
                    say("PostgreSQL killed");
                    _crashes.Add(Now);
                    KillPostgres(data);
                }
                else
                {
                    say($"host killed; {mail.Taken.Count} letters so far");
                    _crashes.Add(Now);
                    await host.KillAsync();
                    await host.DisposeAsync();
                    host = await HostProcess.StartAsync(data, environment);
                }
            }

            await UntilAsync(firstDue + size.Within + TimeSpan.FromSeconds(2));
            say($"all due; {mail.Taken.Count} letters");
            await host.StopAsync();
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>Kills the private database of a running host; the host starts it again.</summary>
    public static void KillPostgres(string data)
    {
        var pid = File.ReadLines(Path.Combine(data, "postgres", "postmaster.pid")).First();
        using var postmaster = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
        postmaster.Kill();
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static Task UntilAsync(DateTimeOffset instant) =>
        instant > Now ? Task.Delay(instant - Now, TimeProvider.System) : Task.CompletedTask;

    /// <summary>The policy as shipped, with a lead of some seconds, by day and night, and no other notices.</summary>
    private string WritePolicy(string folder)
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "Policy");
        var policy = Path.Combine(folder, "policy");
        foreach (var file in Directory.EnumerateFiles(shipped, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(policy, Path.GetRelativePath(shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var main = Path.Combine(policy, "policy.yaml");
        var lead = $"PT{size.Lead.TotalSeconds:0}S";
        var lines = File.ReadAllLines(main).Select(line => line.Trim().Split(':')[0] switch
        {
            "leadMinimum" or "leadMaximum" => $"{line.Split(':')[0]}: {lead}",
            "quietFrom" => "  quietFrom: \"00:00\"",
            "quietUntil" => "  quietUntil: \"00:01\"",
            "tell" => "tell: [explanation]",
            _ => line,
        });
        File.WriteAllLines(main, lines);
        return policy;
    }

    /// <summary>Opens the cases and makes the promises through the grains, on the database that the host will be started on.</summary>
    private async Task<DateTimeOffset> FillAsync(string data, string policy)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = data }, NullLogger.Instance, CancellationToken.None);
        await using var app = await CoreAsync(data, policy, postgres.ConnectionString);
        var grains = app.Services.GetRequiredService<IGrains>();
        var ids = Enumerable.Range(0, size.Promises).Select(_ => NewId()).ToArray();
        say($"opening {ids.Length} cases");
        await ForAllAsync(ids, (id, i) => TellAsync(grains, id, new CaseCommand.OpenCase(
            i + 1, NewId(), new CustomerContact($"Customer {i}", $"customer{i}@example.org", null, "en", "UTC"), "longWait", "Waiting.",
            Channel.Web, Heat.Calm, null, null, null, null)));
        say($"making {ids.Length} promises");
        var firstDue = Now + size.Ahead;
        await ForAllAsync(ids, (id, i) =>
            TellAsync(grains, id, new CaseCommand.MakePromise("Call back", firstDue + (size.Within * i / ids.Length), "ana")));
        return firstDue;
    }

    private static async Task<Microsoft.AspNetCore.Builder.WebApplication> CoreAsync(string data, string policy, string connectionString)
    {
        var builder = PlatformApp.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddCore(new PlatformSettings { DataFolder = data, PolicyFolder = policy }, connectionString);
        builder.Services.AddEmbeddedGrains();
        var app = builder.Build();
        await app.Services.GetRequiredService<Migrator>().RunAsync(CancellationToken.None);
        if (app.Services.GetService<Silo.Policy.PolicyBook>() is { } book)
        {
            await book.StoreAsync(CancellationToken.None);
        }

        return app;
    }

    private async Task<StormResult> JudgeAsync(string data, string policy, MailServer mail)
    {
        await using var postgres = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataFolder = data }, NullLogger.Instance, CancellationToken.None);
        await using var app = await CoreAsync(data, policy, postgres.ConnectionString);
        var (counts, _, faults) = await new Prover(app.Services.GetRequiredService<NpgsqlDataSource>()).ProveAsync(CancellationToken.None);
        var repeats = mail.Taken.GroupBy(letter => letter.MessageId).Where(group => group.Count() > 1).Select(group => group.ToList()).ToList();
        var outside = repeats.Sum(letters => Enumerable.Range(1, letters.Count - 1).Count(i =>
            letters[i - 1].Said && !_crashes.Exists(crash =>
                letters[i - 1].At <= crash.AddSeconds(1).ToUnixTimeMilliseconds() && crash.AddSeconds(-1).ToUnixTimeMilliseconds() <= letters[i].At)));
        return new StormResult(counts, faults, mail.Taken.Count, repeats.Sum(letters => letters.Count - 1), outside, _crashes.Count - 1);
    }

    private static Task ForAllAsync(Guid[] ids, Func<Guid, int, Task> tell) =>
        Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, _) => await tell(ids[i], i));

    private static async Task TellAsync(IGrains grains, Guid id, CaseCommand command)
    {
        var answer = await grains.Case(id).Tell(new Envelope<CaseCommand>(NewId(), new Actor("storm", Roles.Agent), command));
        if (answer is not Answer.Done)
        {
            throw new InvalidOperationException($"{command} was answered with {answer}.");
        }
    }

    private static Guid NewId() => Guid.CreateVersion7(Now);
}
