using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Silo.Access;
using Escalation.Silo.Database;
using Escalation.Silo.Deadlines;
using Escalation.Silo.Hosting;
using Escalation.Silo.Jobs;
using Escalation.Silo.Log;
using Escalation.Silo.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Escalation.TestKit;

/// <summary>
/// The whole platform in this process, on a real database and a real port, with time as a verb:
/// <c>await platform.FastForward(TimeSpan.FromMinutes(30))</c>.
/// </summary>
public sealed class TestPlatform : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static byte[] _access = [];

    private readonly TestDatabase _database;
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _isBeside;

    private TestPlatform(TestDatabase database, WebApplication app, ManualTime time, string folder, bool isBeside)
    {
        _database = database;
        _app = app;
        _folder = folder;
        _isBeside = isBeside;
        Time = time;
    }

    public ManualTime Time { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.First());

    public string ConnectionString => _database.ConnectionString;

    /// <summary>Starts a platform on an empty database.</summary>
    /// <param name="policyFolder">The policy's folder; null for the policy as shipped, with a ladder that lets stories of other things be.</param>
    public static async Task<TestPlatform> StartAsync(
        Action<IServiceCollection>? configure = null, IReadOnlyDictionary<string, string?>? settings = null, string? policyFolder = null) =>
        await StartAsync(await TestDatabase.CreateAsync(PrepareAsync), new ManualTime(), isBeside: false, configure, settings, policyFolder);

    /// <summary>Starts another host on the same database and the same time as <paramref name="other"/>, which must outlive it.</summary>
    public static Task<TestPlatform> StartBesideAsync(
        TestPlatform other, Action<IServiceCollection>? configure = null, IReadOnlyDictionary<string, string?>? settings = null, string? policyFolder = null) =>
        StartAsync(other._database, other.Time, isBeside: true, configure, settings, policyFolder);

    private static async Task<TestPlatform> StartAsync(
        TestDatabase database,
        ManualTime time,
        bool isBeside,
        Action<IServiceCollection>? configure,
        IReadOnlyDictionary<string, string?>? settings,
        string? policyFolder)
    {
        var folder = Directory.CreateTempSubdirectory("escalation-test-").FullName;
        await File.WriteAllBytesAsync(AccessIn(folder), _access);
        var builder = PlatformApp.CreateBuilder("Development");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        var platform = new PlatformSettings { DataFolder = folder };
        var app = PlatformApp.Build(
            builder, platform with { PolicyFolder = policyFolder ?? TestPolicy.PatientFolder }, database.ConnectionString,
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                configure?.Invoke(services);
            });
        app.Urls.Add("http://127.0.0.1:0");
        await ServeVerb.PrepareAsync(app, folder, CancellationToken.None);
        await app.StartAsync();
        return new TestPlatform(database, app, time, folder, isBeside);
    }

    /// <summary>A client with the key of <paramref name="role"/>.</summary>
    public HttpClient ClientFor(string role)
    {
        using var access = JsonDocument.Parse(File.ReadAllText(AccessIn(_folder)));
        return new HttpClient
        {
            BaseAddress = Url,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", access.RootElement.GetProperty(role).GetString()) },
        };
    }

    /// <summary>Lets time pass from one due instant to the next; at each, waits until its effect is on disk.</summary>
    public async Task FastForward(TimeSpan time)
    {
        var until = Time.GetUtcNow() + time;
        while (await NextDueAsync() is { } next && next <= until)
        {
            Time.Advance(next > Time.GetUtcNow() ? next - Time.GetUtcNow() : TimeSpan.Zero);
            await Services.GetRequiredService<DeadlineClock>().SweepOnceAsync(CancellationToken.None);
            try
            {
                await UntilAsync(async () => await NextDueAsync() is not { } due || due > Time.GetUtcNow());
            }
            catch (TimeoutException)
            {
                var left = await QueryAsync<string>("select string_agg(category || ' ' || id || ' since ' || due_at || (select ': ' || string_agg(kind || ' ' || by || ' ' || data, '; ' order by version) from (select * from event where stream = late.id order by version desc limit 8) as last), ', ') from (select * from grain order by due_at limit 1) as late");
                throw new TimeoutException($"At {Time.GetUtcNow():O} these do not go on: {left}.");
            }
        }

        Time.Advance(until - Time.GetUtcNow());

        // Jobs run on the real clock's schedule: what they have to do by now is done now.
        Services.GetRequiredService<IJobs>().Wake<NoticeJob>();
    }

    /// <summary>Waits for something that a commit brings about.</summary>
    /// <exception cref="TimeoutException">It did not happen within a minute and a half.</exception>
    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        var commits = Services.GetRequiredService<Commits>();
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var next = commits.Next;
            if (await holds())
            {
                return;
            }

            // Not every change is a commit of the log (a notice that was put off): look again now and then.
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token));
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException("What the test waits for did not happen.");
            }
        }
    }

    /// <summary>A value of the database.</summary>
    public async Task<T?> QueryAsync<T>(string sql)
    {
        await using var command = Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>Proves the log; every fault found, in words.</summary>
    public async Task<IReadOnlyList<string>> ProveAsync()
    {
        var (_, _, faults) = await new Silo.Proof.Prover(Services.GetRequiredService<NpgsqlDataSource>()).ProveAsync(CancellationToken.None);
        return [.. faults.Select(fault => $"{fault.Rule} {fault.Stream}: {fault.Detail}")];
    }

    /// <summary>The host stops; its database stays until this is disposed.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync();

        // As when its process ends: the server sees none of its connections any more.
        Services.GetRequiredService<NpgsqlDataSource>().Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (!_isBeside)
        {
            await _database.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<DateTimeOffset?> NextDueAsync() =>
        await QueryAsync<DateTime>("select min(due_at) from grain") is { Year: > 1 } due ? new DateTimeOffset(due, TimeSpan.Zero) : null;

    private static string AccessIn(string folder) => Path.Combine(folder, DevAccess.FileName);

    /// <summary>
    /// Migrates, and lets people in: to hash their passwords takes a third of a second of processor, so all platforms of a test
    /// process have the same ones.
    /// </summary>
    private static async Task PrepareAsync(NpgsqlDataSource dataSource)
    {
        await new Migrator(dataSource, TimeProvider.System, NullLogger<Migrator>.Instance).RunAsync(CancellationToken.None);
        var folder = Directory.CreateTempSubdirectory("escalation-test-").FullName;
        _access = await File.ReadAllBytesAsync(await new DevAccess(new PostgresAccessStore(dataSource), new ManualTime()).WriteAsync(folder, CancellationToken.None));
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>JSON over HTTP, in the platform's own spelling.</summary>
public static class HttpStory
{
    /// <summary>Posts, expects success, and returns the answer.</summary>
    public static async Task<JsonElement> SendAsync(this HttpClient client, string path, object body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Wire.Json) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text)
            : throw new InvalidOperationException($"POST {path}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Opens a case and returns it.</summary>
    public static Task<JsonElement> OpenCaseAsync(this HttpClient client, string name = "Ioana Munteanu", string? email = "ioana@example.org") =>
        client.SendAsync("/api/cases", new
        {
            customer = new { name, email, language = "ro", timeZone = "Europe/Chisinau" },
            type = "brokenPromise",
            summary = "The dishwasher did not come, for the second time.",
            channel = "phone",
        });

    /// <summary>Reads an answer as JSON.</summary>
    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path) =>
        JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri(path, UriKind.Relative)));
}
