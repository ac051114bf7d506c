using System.Text;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Cases;

namespace Escalation.Silo.Notices;

/// <summary>
/// SMS and messengers through a service that takes messages over HTTP, as settings describe it. The notice's id goes along
/// as <c>Idempotency-Key</c>, the same for every attempt.
/// </summary>
internal sealed class GatewayChannel : INoticeChannel, IDisposable
{
    private static readonly string[] Placeholders = ["{to}", "{text}", "{id}"];

    private readonly GatewayOptions _settings;
    private readonly HttpHandOver _http;
    private readonly bool _isJson;

    /// <exception cref="ChannelSettingsException">With every problem of the settings.</exception>
    public GatewayChannel(string name, GatewayOptions settings, TimeProvider time)
    {
        _settings = settings;
        _isJson = settings.Format == "json";
        var section = $"{GatewayOptions.Section}:{name}";
        var accepted = CodeSet.TryParse(settings.Accepted);
        var retry = CodeSet.TryParse(settings.Retry);
        var problems = new List<string>();
        Expect(settings.Channel is Channel.Sms or Channel.Chat, "Channel", "must be sms or chat");
        Expect(
            Uri.TryCreate(Fill(settings.Url, new string('0', 4), "x", "x", Uri.EscapeDataString), UriKind.Absolute, out var url) &&
                url.Scheme is "http" or "https",
            "Url", "must be an http or https address");
        Expect(settings.Method is "POST" or "PUT" or "GET", "Method", "must be POST, PUT or GET");
        Expect(settings.Format is "json" or "form", "Format", "must be json or form");
        Expect(accepted is not null, "Accepted", "must be status codes such as 200-299,409");
        Expect(retry is not null, "Retry", "must be status codes such as 429,500-599");
        Expect(settings.Timeout > TimeSpan.Zero && settings.Timeout <= TimeSpan.FromMinutes(1), "Timeout", "must be a minute at most");
        Expect(settings.PerMinute >= 0, "PerMinute", "must not be negative");
        Expect((settings.Url + settings.Body).Contains("{to}", StringComparison.Ordinal), "Body", "must say whom the message is for: {to}");
        Expect((settings.Url + settings.Body).Contains("{text}", StringComparison.Ordinal), "Body", "must hold the {text}");
        Expect(!_isJson || settings.Body.Length == 0 || IsJson(Fill(settings.Body, "1", "2", "3", EscapeJson)), "Body", "is not JSON");
        if (problems.Count > 0)
        {
            throw new ChannelSettingsException(problems);
        }

        _http = new HttpHandOver(accepted!, retry!, settings.Timeout, time);

        void Expect(bool holds, string key, string problem)
        {
            if (!holds)
            {
                problems.Add($"{section}:{key} {problem}.");
            }
        }
    }

    public Channel Channel => _settings.Channel;

    public int PerMinute => _settings.PerMinute;

    public async Task<Delivery> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(_settings.Method), Fill(_settings.Url, message.To, message.Short, message.MessageId, Uri.EscapeDataString));
        if (_settings.Body.Length > 0 && _settings.Method != "GET")
        {
            request.Content = new StringContent(
                Fill(_settings.Body, message.To, message.Short, message.MessageId, _isJson ? EscapeJson : Uri.EscapeDataString),
                Encoding.UTF8, _isJson ? "application/json" : "application/x-www-form-urlencoded");
        }

        request.Headers.TryAddWithoutValidation("Idempotency-Key", message.MessageId);
        foreach (var (header, value) in _settings.Headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return await _http.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One pass, so that a placeholder inside a value stays text.</summary>
    private static string Fill(string template, string to, string text, string id, Func<string, string> escape)
    {
        var filled = new StringBuilder(template.Length + text.Length);
        var at = 0;
        while (at < template.Length)
        {
            var here = at;
            if (template[at] == '{' && Array.Find(Placeholders, p => string.CompareOrdinal(template, here, p, 0, p.Length) == 0) is { } found)
            {
                filled.Append(escape(found switch { "{to}" => to, "{text}" => text, _ => id }));
                at += found.Length;
            }
            else
            {
                filled.Append(template[at++]);
            }
        }

        return filled.ToString();
    }

    private static string EscapeJson(string value) => JsonSerializer.Serialize(value, Wire.Json)[1..^1];

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
