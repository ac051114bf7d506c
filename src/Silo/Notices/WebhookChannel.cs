using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;
using Escalation.Grains.Notices;

namespace Escalation.Silo.Notices;

/// <summary>
/// A system of the company that tells the customer itself, by signed webhook (Standard Webhooks): <c>webhook-id</c> is the
/// notice's, the same for every attempt.
/// </summary>
internal sealed class WebhookChannel : INoticeChannel, IDisposable
{
    private const string SecretPrefix = "whsec_";
    private const int LeastSecret = 24;

    private readonly NoticeWebhookOptions _settings;
    private readonly TimeProvider _time;
    private readonly byte[] _secret;
    private readonly HttpHandOver _http;

    /// <exception cref="ChannelSettingsException">With every problem of the settings.</exception>
    public WebhookChannel(NoticeWebhookOptions settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _secret = SecretOf(settings.Secret) ?? [];
        var problems = new List<string>();
        Expect(Uri.TryCreate(settings.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https", "Url", "must be an http or https address");
        Expect(_secret.Length >= LeastSecret, "Secret", $"must be {SecretPrefix} and at least {LeastSecret} bytes in base64");
        Expect(settings.Timeout > TimeSpan.Zero && settings.Timeout <= TimeSpan.FromMinutes(1), "Timeout", "must be a minute at most");
        Expect(settings.PerMinute >= 0, "PerMinute", "must not be negative");
        if (problems.Count > 0)
        {
            throw new ChannelSettingsException(problems);
        }

        _http = new HttpHandOver(CodeSet.TryParse("200-299")!, CodeSet.TryParse("408,409,425,429,500-599")!, settings.Timeout, time);

        void Expect(bool holds, string key, string problem)
        {
            if (!holds)
            {
                problems.Add($"{NoticeWebhookOptions.Section}:{key} {problem}.");
            }
        }
    }

    public Channel Channel => Channel.Webhook;

    public int PerMinute => _settings.PerMinute;

    public async Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Event($"notice.{JsonNamingPolicy.CamelCase.ConvertName($"{message.Notice?.Kind}")}", now, new Data(
                message.MessageId, message.CaseId, message.Notice?.Kind, message.Notice?.Promise is { } promise ? Grains.Promises.Promise.IdOf(promise) : null,
                message.Notice?.Revision, message.To, message.Language, message.Subject, message.Body, message.Short)),
            Wire.Json);
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, _settings.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            Headers =
            {
                { "webhook-id", message.MessageId },
                { "webhook-timestamp", timestamp },
                { "webhook-signature", SignatureOf(_secret, message.MessageId, timestamp, body) },
            },
        };
        return await _http.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Over id, timestamp and body, so that none of them can be exchanged or sent again later.</summary>
    internal static string SignatureOf(byte[] secret, string id, string timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}";
    }

    internal static byte[]? SecretOf(string text)
    {
        var bytes = new byte[text.Length];
        return text.StartsWith(SecretPrefix, StringComparison.Ordinal) &&
            Convert.TryFromBase64String(text[SecretPrefix.Length..], bytes, out var length)
                ? bytes[..length]
                : null;
    }

    private sealed record Event(string Type, DateTimeOffset Timestamp, Data Data);

    private sealed record Data(
        string Id,
        Guid CaseId,
        NoticeKind? Kind,
        string? Promise,
        int? Revision,
        string To,
        string Language,
        string Subject,
        string Text,
        string Short);
}
