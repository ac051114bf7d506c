using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escalation.Grains;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>Answers that say yes.</summary>
internal static class JsonAnswer
{
    private const string ContentType = "application/json; charset=utf-8";

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json)? s_scratch;

    /// <summary>Writes <paramref name="view"/> as the outside contract has it.</summary>
    public static Task WriteAsync<TView>(HttpContext context, TView view, int status = StatusCodes.Status200OK)
        where TView : class
    {
        Write(context, status, view, static (json, view) => JsonSerializer.Serialize(json, view, Wire.Json));
        return Task.CompletedTask;
    }

    /// <summary>Writes by hand, for answers that are given thousands of times a second.</summary>
    public static void Write<TState>(HttpContext context, int status, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var (bytes, json) = s_scratch ??= NewScratch();
        bytes.ResetWrittenCount();
        json.Reset();
        write(json, state);
        json.Flush();

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = bytes.WrittenCount;
        response.BodyWriter.Write(bytes.WrittenSpan);
        if (bytes.Capacity > 64 * 1024)
        {
            // One large case must not keep its buffer on every thread for ever.
            s_scratch = null;
        }
    }

    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) NewScratch()
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        return (bytes, new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }));
    }
}
