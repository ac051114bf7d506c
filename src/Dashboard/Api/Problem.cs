using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Escalation.Dashboard.Api;

/// <summary>An answer that says no: RFC 9457, with a stable code, a sentence, and what is wrong with which field.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable dotted code.</param>
/// <param name="Detail">What happened, which value, what to change.</param>
internal sealed record Problem(int Status, string Code, string Detail)
{
    public const string ContentType = "application/problem+json";

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sentences by field path.</summary>
    public IReadOnlyDictionary<string, List<string>>? Errors { get; init; }

    /// <summary>What the sentence names, for pages in other languages.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    /// <summary>CASE-5: the version that the request expected, and the one that the case is at.</summary>
    public (int Expected, int Actual)? Versions { get; init; }

    /// <summary>How long to wait before trying again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Writes the problem, unless an answer is on its way already.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }

        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Writing))
        {
            Write(json);
        }

        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).AsTask();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(Status));
        json.WriteNumber("status", Status);
        json.WriteString("code", Code);
        json.WriteString("detail", Detail);
        if (Versions is { } versions)
        {
            json.WriteNumber("expectedVersion", versions.Expected);
            json.WriteNumber("actualVersion", versions.Actual);
        }

        if (Values is { Count: > 0 })
        {
            json.WriteStartObject("values");
            foreach (var (name, value) in Values)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        if (Errors is { Count: > 0 })
        {
            json.WriteStartObject("errors");
            foreach (var (field, sentences) in Errors)
            {
                json.WriteStartArray(field);
                foreach (var sentence in sentences)
                {
                    json.WriteStringValue(sentence);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
