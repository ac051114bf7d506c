using System.Security.Claims;
using System.Text.Encodings.Web;
using Escalation.Dashboard;
using Escalation.Dashboard.Hubs;
using Escalation.Grains.Board;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Escalation.TestKit.Hubs;

/// <summary>The board with its hub and pages on a port of its own, filled by the test; anyone signed in may watch.</summary>
public sealed class BoardHost : IAsyncDisposable
{
    /// <summary>A header that signs a test in as whoever it names.</summary>
    public const string UserHeader = "X-Test-User";

    private readonly WebApplication _app;

    private BoardHost(WebApplication app)
    {
        _app = app;
    }

    public Board Board => _app.Services.GetRequiredService<Board>();

    public Escalation.Grains.Desks.CaseViewers Viewers => _app.Services.GetRequiredService<Escalation.Grains.Desks.CaseViewers>();

    /// <summary>Cancelled when the process is asked to end.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public Uri Address => new(_app.Urls.First());

    public Uri Hub => new(Address, BoardHub.Path);

    public static async Task<BoardHost> StartAsync(
        TimeProvider time, Action<BoardStreamOptions> configure, string url = "http://127.0.0.1:0", Action<WebApplication>? map = null, string? everyone = null,
        Escalation.Grains.Policies.IPolicySource? policies = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time);
        builder.Services.AddBoard();
        builder.Services.AddSingleton<Escalation.Grains.Hosting.IPastBoards, Boards.EmptyPast>();
        builder.Services.AddSingleton(policies ?? TestPolicy.Shipped);
        builder.Services.Configure(configure);
        builder.Services.AddSingleton(new TestUser(everyone));
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, TestSignIn>("test", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy(BoardHub.Policy, policy => policy.RequireAuthenticatedUser());
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapBoard();
        map?.Invoke(app);
        await app.StartAsync();
        return new BoardHost(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    internal sealed record TestUser(string? Name);

    private sealed class TestSignIn(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, TestUser everyone)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if ((Request.Headers[UserHeader].FirstOrDefault() ?? everyone.Name) is not { } user)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
