using System.Net;

namespace Escalation.Silo.Notices;

/// <summary>Hands one message over by HTTP and reads what the service says: taken, not now, never, or nobody there.</summary>
internal sealed class HttpHandOver(CodeSet accepted, CodeSet retry, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    /// <summary>Sends it. What it says of itself names the service's host, and nothing of the message.</summary>
    public async Task<Delivery> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var host = request.RequestUri!.Authority;
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var code = (int)answer.StatusCode;
            var detail = $"{host} answered {code}.";
            return accepted.Contains(code) ? Delivery.Taken
                : code is (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden ? Delivery.Nobody(Delivery.SignIn, detail)
                : code == (int)HttpStatusCode.ServiceUnavailable ? Delivery.Nobody(Delivery.Closed, detail, RetryAfter(answer))
                : retry.Contains(code) ? Delivery.NotNow(detail, RetryAfter(answer))
                : Delivery.Never(detail);
        }
        catch (HttpRequestException e)
        {
            var reason = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                ? Delivery.NoServer
                : e.HttpRequestError == HttpRequestError.SecureConnectionError ? Delivery.SignIn : Delivery.NoAnswer;
            return Delivery.Nobody(reason, $"{host}: {e.HttpRequestError}.");
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Delivery.Nobody(Delivery.NoAnswer, $"{host} did not answer within {timeout.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _http.Dispose();

    private TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        var wait = answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
        return wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestPause ? LongestPause : wait;
    }
}
