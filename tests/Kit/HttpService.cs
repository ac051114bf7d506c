using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Escalation.TestKit;

/// <summary>A request as a service saw it.</summary>
public sealed record ServiceRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Content)
{
    /// <summary>The content as text.</summary>
    public string Body => Encoding.UTF8.GetString(Content);
}

/// <summary>Somebody else's HTTP service on a loopback port: answers as it is told to, then with 200.</summary>
public sealed class HttpService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly WebApplication _app;
    private readonly Channel<ServiceRequest> _requests = Channel.CreateUnbounded<ServiceRequest>();
    private readonly Queue<(int Status, string? RetryAfter)> _answers;

    private HttpService(WebApplication app, IEnumerable<(int, string?)> answers) => (_app, _answers) = (app, new(answers));

    public string Url => _app.Urls.First();

    public bool HasMoreRequests => _requests.Reader.TryPeek(out _);

    public static async Task<HttpService> StartAsync(params (int Status, string? RetryAfter)[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var service = new HttpService(app, answers);
        app.Run(service.AnswerAsync);
        await app.StartAsync();
        return service;
    }

    public async Task<ServiceRequest> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _requests.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Every request as it comes in, until <paramref name="stop"/>.</summary>
    public IAsyncEnumerable<ServiceRequest> AllAsync(CancellationToken stop) => _requests.Reader.ReadAllAsync(stop);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content);
        var (status, retryAfter) = _answers.Count > 0 ? _answers.Dequeue() : (200, null);
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        _requests.Writer.TryWrite(new ServiceRequest(
            context.Request.Method, context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), content.ToArray()));
    }
}
