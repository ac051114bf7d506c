using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Dashboard.Api;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Links;
using Escalation.Grains.Log;
using Escalation.Grains.Policies;
using Escalation.TestKit;
using Escalation.TestKit.Boards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>The API on a loopback port, over the real rules; only the ports of the host are in memory.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    /// <summary>Links as this host signs them.</summary>
    public static readonly SignedLinks Links = new([.. Enumerable.Range(1, 32).Select(n => (byte)n)], TimeSpan.FromDays(90), () => "https://care.example");

    private readonly WebApplication _app;
    private readonly Dictionary<Roles, string> _keys;
    private readonly RecordingLogs _logs;

    private ApiHost(WebApplication app, Dictionary<Roles, string> keys, PlainLog log, RecordingLogs logs)
    {
        _app = app;
        _keys = keys;
        _logs = logs;
        Log = log;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public PlainLog Log { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public MemoryAccess Access => (MemoryAccess)_app.Services.GetRequiredService<IAccessStore>();

    public ManualTime Time => (ManualTime)_app.Services.GetRequiredService<TimeProvider>();

    /// <summary>Errors that the host has logged: there must be none, whatever was sent.</summary>
    public IReadOnlyCollection<string> Errors => _logs.Errors;

    public static async Task<ApiHost> StartAsync(
        string environment = "Development", Action<ApiOptions>? options = null, Action<WebApplication>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        var log = new PlainLog();
        var logs = new RecordingLogs();
        var access = new MemoryAccess();
        var keys = await SeedAsync(access);
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<TimeProvider>(new ManualTime());
        builder.Services.AddSingleton<IAccessStore>(access);
        builder.Services.AddSingleton<IEventLog>(log);
        builder.Services.AddSingleton<IPolicySource>(TestPolicy.Shipped);
        builder.Services.AddSingleton<IPolicyRollout, NoRollout>();
        builder.Services.AddSingleton(services => GrainHost.Over(log, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<ICaseNumbers, CountedNumbers>();
        builder.Services.AddSingleton<ICustomerDirectory, PlainDirectory>();
        builder.Services.AddSingleton<ICustomerErasure, NoErasure>();
        builder.Services.AddSingleton<ICustomerLinks>(Links);
        builder.Services.AddSingleton<IPromiseFigures, NoFigures>();
        builder.Services.AddSingleton<IPastBoards, EmptyPast>();
        builder.Services.AddSingleton<IPlatformStatus>(new FixedStatus(log));
        builder.Services.AddSingleton<IOutbox, EmptyOutbox>();
        builder.Services.AddSingleton<Grains.Imports.IImports, NoImports>();
        builder.Services.AddSingleton<Grains.Webhooks.IWebhooks, NoWebhooks>();
        builder.Services.AddSingleton<Grains.Reviews.IReviewList, NoReviews>();
        builder.Services.AddSingleton<Grains.Customers.IDeclinedCustomers, NobodyDeclined>();
        builder.Services.AddApi();
        builder.Services.Configure(options ?? (_ => { }));
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");

        var app = builder.Build();
        app.UseApi();
        app.MapApi();
        more?.Invoke(app);
        await app.StartAsync();
        return new ApiHost(app, keys, log, logs);
    }

    /// <summary>The key of a program with these roles.</summary>
    public string KeyOf(Roles roles) => _keys[roles];

    /// <summary>Sends a request as a program with these roles; <see cref="Roles.None"/> sends no key.</summary>
    public async Task<Reply> SendAsync(
        HttpMethod method, string path, Roles by = Roles.Agent, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (by != Roles.None)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyOf(by));
        }

        if (body is not null)
        {
            request.Content = body as HttpContent ??
                new StringContent(body as string ?? JsonSerializer.Serialize(body, Wire.Json), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                (request.Content ??= new ByteArrayContent([])).Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request);
        return await Reply.OfAsync(response);
    }

    public Task<Reply> GetAsync(string path, Roles by = Roles.Agent, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, by, null, headers);

    public Task<Reply> PostAsync(string path, object? body = null, Roles by = Roles.Agent, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, by, body, headers);

    /// <summary>A body that opens a case.</summary>
    public static object Complaint(string email = "vera@example.org", string name = "Vera") => new
    {
        customer = new { name, email },
        type = "wrongPayment",
        summary = "Charged twice.",
        channel = "phone",
        claim = new { amount = 120.00m, currency = "EUR" },
    };

    /// <summary>Address of a case that has just been opened.</summary>
    public async Task<string> ACaseAsync()
    {
        var opened = await PostAsync("/api/cases", Complaint());
        Assert.Equal(201, opened.Status);
        return opened.Header("Location")!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static async Task<Dictionary<Roles, string>> SeedAsync(MemoryAccess access)
    {
        var keys = new Dictionary<Roles, string>();
        foreach (var role in new[] { Roles.Intake, Roles.Agent, Roles.Supervisor, Roles.Admin, Roles.Customer })
        {
            keys[role] = Secret.Create();
            await access.PutKeyAsync(Words.Of(role), role, Secret.Hash(keys[role]), default, default);
        }

        await access.PutPersonAsync("ana", Roles.Agent, Passwords.Hash(Password), default, default);
        return keys;
    }

    private sealed class CountedNumbers : ICaseNumbers
    {
        private long _last;

        public ValueTask<long> NextAsync(CancellationToken cancellationToken) => new(Interlocked.Increment(ref _last));
    }

    /// <summary>What is stored beside the grains is the host's affair.</summary>
    private sealed class NoErasure : ICustomerErasure
    {
        public Task<int> CarryOutAsync(Guid customer, CancellationToken cancellationToken) => Task.FromResult(0);
    }

    private sealed class PlainDirectory : ICustomerDirectory
    {
        private readonly ConcurrentDictionary<string, Guid> _known = new();

        public ValueTask<Guid> FindOrClaimAsync(IReadOnlyList<string> contactPoints, Guid candidate, CancellationToken cancellationToken)
        {
            lock (_known)
            {
                var found = contactPoints.Where(_known.ContainsKey).Select(point => _known[point]).FirstOrDefault(candidate);
                foreach (var point in contactPoints)
                {
                    _known[point] = found;
                }

                return new(found);
            }
        }

        public ValueTask<Guid?> FindAsync(string contactPoint, CancellationToken cancellationToken) =>
            new(_known.TryGetValue(contactPoint, out var found) ? found : null);

        public ValueTask<IReadOnlyList<Guid>> SharingAsync(string address, CancellationToken cancellationToken) =>
            new([.. _known.Where(known => known.Key.Split(';')[0] == address).Select(known => known.Value).Distinct()]);

        public ValueTask UniteAsync(Guid from, Guid into, CancellationToken cancellationToken)
        {
            foreach (var known in _known.Where(known => known.Value == from))
            {
                _known[known.Key] = into;
            }

            return default;
        }
    }

    private sealed class FixedStatus(PlainLog log) : IPlatformStatus
    {
        public StatusView Read() => new(
            7, 1, new PromiseFigures(0, 0, 0, 0, 0, 0), new LatenessFigures(0, 0, 0, 0), new NoticeFigures(0, 0, 0),
            "embedded", "test", DateTimeOffset.UnixEpoch, 0, null);

        public Task<string?> NotReadyBecauseAsync(CancellationToken cancellationToken) =>
            Task.FromResult(log.IsAway ? "The database is away." : null);
    }

    private sealed class NoRollout(IPolicySource policies) : IPolicyRollout
    {
        public Task<PolicyReload> ReloadAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new PolicyReload(policies.Current.Version, policies.Current.Version, []));

        public Task<PolicyPreview> PreviewAsync(Guid? after, int cases, CancellationToken cancellationToken) =>
            Task.FromResult(new PolicyPreview(0, [], null));

        public Task<PolicyApplication> ApplyAsync(Actor by, CancellationToken cancellationToken) =>
            Task.FromResult(new PolicyApplication(policies.Current.Version, 0, 0));
    }

    private sealed class NoFigures : IPromiseFigures
    {
        public Task<IReadOnlyList<KeptFigures>> ReadAsync(KeptBy by, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<KeptFigures>>([]);
    }

    private sealed class NoReviews : Grains.Reviews.IReviewList
    {
        public Task<IReadOnlyList<Grains.Reviews.ListedReview>> ReadAsync(
            string? place, bool awaitingReply, long before, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Grains.Reviews.ListedReview>>([]);
    }

    private sealed class NobodyDeclined : Grains.Customers.IDeclinedCustomers
    {
        public Task<IReadOnlyList<Guid>> ReviewDueAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Guid>>([]);
    }

    private sealed class EmptyOutbox : IOutbox
    {
        public Task<IReadOnlyList<OutboxMessage>> ReadAsync(int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<OutboxMessage>>([]);
    }
}

/// <summary>What the API answered.</summary>
internal sealed record Reply(int Status, string? ContentType, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("code").GetString();

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The member at a path, as text: <c>errors.customer.email</c> is not a path, but <c>customer.email</c> is.</summary>
    public string? this[string path] =>
        path.Split('.').Aggregate(Json, (json, name) => json.GetProperty(name)).ToString();

    /// <summary>Names of the fields that the problem complains of.</summary>
    public IReadOnlyList<string> Fields =>
        Json.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name)] : [];

    public static async Task<Reply> OfAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsStringAsync(),
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
}

/// <summary>Keeps what was logged as an error.</summary>
internal sealed class RecordingLogs : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _errors = new();

    public IReadOnlyCollection<string> Errors => _errors;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _errors.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}
