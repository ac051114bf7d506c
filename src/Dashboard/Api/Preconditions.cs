using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>Versions in headers: <c>ETag: "7"</c>, <c>If-Match: "7"</c>, <c>If-None-Match: "7"</c>.</summary>
internal static class Preconditions
{
    public static string ETag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version that a write expects; null when it takes any.</summary>
    public static int? ExpectedVersion(HttpContext context, Faults faults)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return null;
        }

        var text = header.ToString().AsSpan().Trim();
        if (text is "*")
        {
            return null;
        }

        // A proxy that compresses makes our tags weak; the version in them is as good as before.
        text = text.StartsWith("W/") ? text[2..] : text;
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"' &&
            int.TryParse(text[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return version;
        }

        faults.Add("If-Match", "must be one version in quotes, for instance \"7\"");
        return null;
    }

    /// <summary>True when the caller has this version already.</summary>
    public static bool IsKnown(HttpContext context, string etag)
    {
        var header = context.Request.Headers.IfNoneMatch;
        return header.Count > 0 && header.ToString().Contains(etag, StringComparison.Ordinal);
    }

    /// <summary>True when the caller asks for the whole case as the answer to a write.</summary>
    public static bool WantsRepresentation(HttpContext context)
    {
        var header = context.Request.Headers["Prefer"];
        return header.Count > 0 && header.ToString().Contains("return=representation", StringComparison.OrdinalIgnoreCase);
    }
}
