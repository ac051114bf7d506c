using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Http.Headers;
using Escalation.Silo.Notices;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Ladder;

/// <summary>How those on duty are told by webhook.</summary>
internal sealed class DutyWebhookOptions
{
    public const string Section = "Escalation:Duty:Webhook";

    /// <summary>The secret that signs: <c>whsec_</c> and at least 24 bytes in base64. Without it nobody is told by webhook.</summary>
    public string Secret { get; set; } = "";

    /// <summary>How long a hand-over may take, at most a minute. Default: 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>True when there is no secret, or one that signs.</summary>
    public bool IsUsable => Secret.Length == 0 || WebhookChannel.SecretOf(Secret) is { Length: >= 24 };
}

/// <summary>Signed webhooks (Standard Webhooks) to the addresses of those on duty.</summary>
internal sealed class DutyWebhook(IOptions<DutyWebhookOptions> options, TimeProvider time) : IDisposable
{
    private readonly HttpHandOver _http = new(
        CodeSet.TryParse("200-299")!, CodeSet.TryParse("408,409,425,429,500-599")!, options.Value.Timeout, time);

    public async Task<Delivery> SendAsync(string url, string id, byte[] body, CancellationToken cancellationToken)
    {
        if (WebhookChannel.SecretOf(options.Value.Secret) is not { } secret)
        {
            return Delivery.Never($"Set {DutyWebhookOptions.Section}:Secret, so that the receiver can tell who called.");
        }

        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", id },
                { "webhook-timestamp", timestamp },
                { "webhook-signature", WebhookChannel.SignatureOf(secret, id, timestamp, body) },
            },
        };
        return await _http.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
