using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Escalation.Silo.Notices;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Webhooks;

/// <summary>What a receiver said to one attempt.</summary>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Detail">What was wrong; null when it was taken.</param>
/// <param name="IsAway">True when nothing else would be taken now either.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
internal sealed record WebhookAnswer(int? Status, string? Detail, bool IsAway, TimeSpan? RetryAfter)
{
    public bool IsTaken => Detail is null;

    /// <summary>The receiver says that nobody will ever take anything there (Standard Webhooks).</summary>
    public bool IsGone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>Signs and posts (Standard Webhooks). Never follows a redirect, keeps no cookies, uses no proxy.</summary>
internal sealed class WebhookSender(AddressGuard guard, IOptions<WebhookOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = guard.ConnectAsync,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <param name="secrets">Those that sign now, the newest first.</param>
    public async Task<WebhookAnswer> SendAsync(string url, IReadOnlyList<string> secrets, WebhookMessage message, CancellationToken cancellationToken)
    {
        var body = message.ToBody();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", message.Id },
                { "webhook-timestamp", timestamp },
                {
                    "webhook-signature",
                    string.Join(' ', secrets.Select(secret => WebhookChannel.SignatureOf(WebhookChannel.SecretOf(secret)!, message.Id, timestamp, body)))
                },
            },
        };

        // Answers are waited for on the machine's clock: that of a test stands still.
        using var late = new CancellationTokenSource(options.Value.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var host = request.RequestUri!.Authority;
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)answer.StatusCode;
            return answer.IsSuccessStatusCode
                ? new WebhookAnswer(status, null, false, null)
                : new WebhookAnswer(
                    status,
                    status is >= 300 and < 400 ? $"{host} answered {status}; redirects are not followed." : $"{host} answered {status}.",
                    answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout,
                    RetryAfter(answer));
        }
        catch (HttpRequestException e)
        {
            return new WebhookAnswer(
                null, e.InnerException is PrivateAddressException refused ? refused.Message : $"{host}: {e.HttpRequestError}.", true, null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new WebhookAnswer(null, $"{host} did not answer within {options.Value.Timeout.TotalSeconds:0} s.", true, null);
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        var wait = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        return wait is null || wait < TimeSpan.Zero ? null : wait > LongestPause ? LongestPause : wait;
    }
}
