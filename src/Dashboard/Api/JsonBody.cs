using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>The one place that reads request bodies, and turns everything that can be wrong with one into its problem.</summary>
internal static class JsonBody
{
    /// <summary>The largest body that is taken.</summary>
    public const int Limit = 1024 * 1024;

    private const int DeepestNesting = 32;

    public static Problem TooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, "request.tooLarge", $"The body is larger than {Limit} bytes.");

    public static Problem NotJson(string? contentType) => new(
        StatusCodes.Status415UnsupportedMediaType,
        "request.unsupportedMediaType",
        string.IsNullOrEmpty(contentType)
            ? "The body needs 'Content-Type: application/json'."
            : $"The body must be application/json in UTF-8, not {contentType}.");

    /// <summary>True for application/json, with or without <c>charset=utf-8</c>.</summary>
    public static bool IsJson(string? contentType)
    {
        const string Json = "application/json";
        if (contentType is null || !contentType.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = contentType.AsSpan(Json.Length).Trim();
        if (rest.Length == 0)
        {
            return true;
        }

        if (rest[0] != ';')
        {
            return false;
        }

        var charset = rest.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (charset < 0)
        {
            return true;
        }

        var name = rest[(charset + "charset=".Length)..].TrimStart('"');
        return name.StartsWith("utf-8", StringComparison.OrdinalIgnoreCase) || name.StartsWith("utf8", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Reads the body and hands its members to <paramref name="take"/>. Faults found there become one 422 with all of them.
    /// </summary>
    /// <param name="faults">What is wrong with the request already; answered together with what is found here.</param>
    /// <param name="mayBeEmpty">No body at all reads as an object without members.</param>
    /// <param name="part">Handed on to <paramref name="take"/>.</param>
    public static async ValueTask<(T? Taken, Problem? Problem)> ReadAsync<T>(
        HttpContext context, Faults faults, bool mayBeEmpty, int part, Func<Fields, int, T> take)
    {
        var request = context.Request;
        if (request.ContentLength > Limit)
        {
            return (default, TooLarge);
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None);
            var buffer = read.Buffer;
            if (buffer.Length > Limit)
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                return (default, TooLarge);
            }

            if (!read.IsCompleted)
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            try
            {
                return buffer.IsEmpty && mayBeEmpty
                    ? Take(default, faults, part, take)
                    : !IsJson(request.ContentType) ? (default, NotJson(request.ContentType)) : Parse(buffer, faults, part, take);
            }
            finally
            {
                reader.AdvanceTo(buffer.End);
            }
        }
    }

    private static (T? Taken, Problem? Problem) Parse<T>(
        ReadOnlySequence<byte> body, Faults faults, int part, Func<Fields, int, T> take)
    {
        if (body.IsEmpty)
        {
            return (default, Problems.Malformed("The body is empty; a JSON object is expected."));
        }

        try
        {
            // A byte order mark is not part of the text.
            using var document = JsonDocument.Parse(
                StartsWithMark(body) ? body.Slice(3) : body, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Take(document.RootElement, faults, part, take)
                : (default, Problems.Malformed($"A JSON object is expected, the body is {Name(document.RootElement.ValueKind)}."));
        }
        catch (JsonException e)
        {
            return (default, Problems.Malformed($"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. {Sentence(e)}"));
        }
    }

    private static (T? Taken, Problem? Problem) Take<T>(JsonElement json, Faults faults, int part, Func<Fields, int, T> take)
    {
        T taken;
        try
        {
            taken = take(new Fields(json, "", faults), part);
        }
        catch (InvalidOperationException e) when (e.Source?.StartsWith("System.Text.Json", StringComparison.Ordinal) == true)
        {
            // The reader meets a member whose name is not Unicode while it looks for one of ours.
            return (default, Problems.Malformed("The body holds a member whose name is not valid Unicode text."));
        }

        return faults.Any ? (default, Problems.Invalid(faults)) : (taken, null);
    }

    private static bool StartsWithMark(ReadOnlySequence<byte> body)
    {
        Span<byte> start = stackalloc byte[3];
        if (body.Length < start.Length)
        {
            return false;
        }

        body.Slice(0, start.Length).CopyTo(start);
        return start.SequenceEqual("\uFEFF"u8);
    }

    /// <summary>The reader's message without its own note of the place, which counts from zero.</summary>
    private static string Sentence(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined or JsonValueKind.Object => "something else",
    };
}
