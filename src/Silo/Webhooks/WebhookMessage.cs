using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Escalation.Silo.Webhooks;

/// <summary>An event as it goes out, read from the log for this attempt.</summary>
/// <param name="Facts">The event's facts, as the log keeps them.</param>
/// <param name="Personal">What names a person; null when it has none, was erased, or is not asked for.</param>
internal sealed record WebhookMessage(
    Guid Stream,
    string Category,
    int Version,
    long Position,
    DateTimeOffset At,
    string By,
    string Kind,
    byte[] Facts,
    byte[]? Personal,
    int Attempts,
    DateTimeOffset QueuedAt)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The header <c>webhook-id</c>: follows from the event, so that a receiver knows a repeat.</summary>
    public string Id => IdOf(Stream, Version);

    public static string IdOf(Guid stream, int version) => $"evt_{stream:N}_{version}";

    /// <summary>The body: <c>{"type", "timestamp", "data": {"stream", "category", "version", "position", "by", "event"}}</c>.</summary>
    public byte[] ToBody()
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Writing))
        {
            json.WriteStartObject();
            json.WriteString("type", Kind);
            json.WriteString("timestamp", At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteStartObject("data");
            json.WriteString("stream", Stream);
            json.WriteString("category", Category);
            json.WriteNumber("version", Version);
            json.WriteNumber("position", Position);
            json.WriteString("by", By);
            json.WriteStartObject("event");
            Copy(json, Facts);
            if (Personal is not null)
            {
                Copy(json, Personal);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    private static void Copy(Utf8JsonWriter json, byte[] members)
    {
        using var document = JsonDocument.Parse(members);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            member.WriteTo(json);
        }
    }
}
