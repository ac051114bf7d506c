using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Escalation.Dashboard.Inbound;

/// <summary>
/// A message or a part of one (RFC 5322, RFC 2045), read for what we need of it: headers and texts. Takes whatever comes: what
/// cannot be understood is left out or left as it is, and nothing in it makes reading fail or take long.
/// </summary>
internal sealed partial class MimePart
{
    private const int DeepestNesting = 12;
    private const int MostParts = 200;
    private const int MostHeaders = 500;

    private readonly Dictionary<string, List<string>> _headers;
    private readonly byte[] _body;

    private MimePart(Dictionary<string, List<string>> headers, byte[] body)
    {
        _headers = headers;
        _body = body;
        (Type, Parameters) = ParametersOf(Header("content-type") ?? "text/plain");
        (Disposition, _) = ParametersOf(Header("content-disposition") ?? "");
    }

    /// <summary>In lower case, for instance <c>text/plain</c>.</summary>
    public string Type { get; }

    /// <summary>The content type's parameters, names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    public string Disposition { get; }

    /// <summary>Parts of a multipart, or the message inside a message/rfc822.</summary>
    public IReadOnlyList<MimePart> Parts { get; private set; } = [];

    /// <summary>This part and all within it, in order.</summary>
    public IEnumerable<MimePart> All => Parts.SelectMany(part => part.All).Prepend(this);

    public static MimePart Read(ReadOnlySpan<byte> message)
    {
        var left = MostParts;
        return Read(message, 0, ref left);
    }

    /// <summary>The first header of that name (in lower case), unfolded, its encoded words decoded; null when there is none.</summary>
    public string? Header(string name) => _headers.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>The part's text, its transfer encoding and charset undone.</summary>
    public string Text() => Decode(Bytes(), Parameters.GetValueOrDefault("charset"));

    /// <summary>A block of headers on its own, as delivery reports hold.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Blocks(string text)
    {
        var blocks = new List<IReadOnlyDictionary<string, string>>();
        foreach (var block in EmptyLines().Split(text.ReplaceLineEndings("\n").Trim('\n')))
        {
            var (headers, _) = HeadersOf(Encoding.UTF8.GetBytes(block + "\n\n"));
            blocks.Add(headers.ToDictionary(header => header.Key, header => header.Value[0]));
        }

        return blocks;
    }

    private static MimePart Read(ReadOnlySpan<byte> message, int depth, ref int left)
    {
        left--;
        var (headers, at) = HeadersOf(message);
        var part = new MimePart(headers, message[at..].ToArray());
        if (depth >= DeepestNesting || left <= 0)
        {
            return part;
        }

        if (part.Type.StartsWith("multipart/", StringComparison.Ordinal) && part.Parameters.TryGetValue("boundary", out var boundary) && boundary.Length > 0)
        {
            var parts = new List<MimePart>();
            foreach (var (start, end) in Split(part._body, boundary))
            {
                if (left <= 0)
                {
                    break;
                }

                parts.Add(Read(part._body.AsSpan(start, end - start), depth + 1, ref left));
            }

            part.Parts = parts;
        }
        else if (part.Type is "message/rfc822" or "message/global" or "text/rfc822-headers")
        {
            part.Parts = [Read(part.Bytes(), depth + 1, ref left)];
        }

        return part;
    }

    /// <summary>The stretches between lines of <c>--boundary</c>; the last one may lack its end.</summary>
    private static List<(int Start, int End)> Split(byte[] body, string boundary)
    {
        var mark = Encoding.Latin1.GetBytes("--" + boundary);
        var spans = new List<(int, int)>();
        var start = -1;
        var at = 0;
        while (at <= body.Length)
        {
            var rest = body.AsSpan(at);
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd("\r \t"u8);
            if (line.StartsWith(mark) && line[mark.Length..] is var tail && (tail.IsEmpty || tail.SequenceEqual("--"u8)))
            {
                if (start >= 0)
                {
                    spans.Add((start, Math.Max(start, at)));
                }

                start = end < 0 ? body.Length : at + end + 1;
                if (!tail.IsEmpty)
                {
                    return spans;
                }
            }

            if (end < 0)
            {
                break;
            }

            at += end + 1;
        }

        if (start >= 0)
        {
            spans.Add((start, body.Length));
        }

        return spans;
    }

    private static (Dictionary<string, List<string>> Headers, int Body) HeadersOf(ReadOnlySpan<byte> message)
    {
        var headers = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var lines = new List<string>();
        var at = 0;
        while (at < message.Length)
        {
            var rest = message[at..];
            var end = rest.IndexOf((byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            at += end < 0 ? rest.Length : end + 1;
            if (line.IsEmpty)
            {
                break;
            }

            var text = Decode(line, null);
            if (text[0] is ' ' or '\t' && lines.Count > 0)
            {
                lines[^1] += " " + text.Trim();
            }
            else if (lines.Count < MostHeaders)
            {
                lines.Add(text);
            }
        }

        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                continue;
            }

            var name = line[..colon].Trim().ToLowerInvariant();
            if (!headers.TryGetValue(name, out var values))
            {
                headers.Add(name, values = []);
            }

            values.Add(Words(line[(colon + 1)..].Trim()));
        }

        return (headers, at);
    }

    /// <summary>RFC 2047; the space between two encoded words belongs to neither.</summary>
    private static string Words(string text) => EncodedWord().Replace(
        BetweenWords().Replace(text, "$1"),
        word =>
        {
            var value = word.Groups[3].Value;
            var bytes = word.Groups[2].Value is "B" or "b" ? Base64Of(Encoding.ASCII.GetBytes(value)) : Unquote(Encoding.ASCII.GetBytes(value.Replace('_', ' ')));
            return Decode(bytes, word.Groups[1].Value.Split('*')[0]);
        });

    private byte[] Bytes() => (Header("content-transfer-encoding") ?? "").Trim().ToLowerInvariant() switch
    {
        "base64" => Base64Of(_body),
        "quoted-printable" => Unquote(_body),
        _ => _body,
    };

    /// <summary>Whatever is no base64 is passed over, and what is left of the last four characters too.</summary>
    private static byte[] Base64Of(ReadOnlySpan<byte> text)
    {
        var kept = new byte[text.Length + 4];
        var length = 0;
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'+' or (byte)'/')
            {
                kept[length++] = letter;
            }
        }

        length -= length % 4 == 1 ? 1 : 0;
        while (length % 4 != 0)
        {
            kept[length++] = (byte)'=';
        }

        var bytes = new byte[length];
        return Base64.DecodeFromUtf8(kept.AsSpan(0, length), bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? bytes[..written]
            : [];
    }

    /// <summary>Quoted-printable; an equals sign that begins nothing stays one.</summary>
    private static byte[] Unquote(ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
            {
                bytes.Add(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '\n')
            {
                i++;
            }
            else if (i + 2 < text.Length && text[i + 1] == '\r' && text[i + 2] == '\n')
            {
                i += 2;
            }
            else if (i + 2 < text.Length && Hex(text[i + 1]) is var high and >= 0 && Hex(text[i + 2]) is var low and >= 0)
            {
                bytes.Add((byte)((high << 4) | low));
                i += 2;
            }
            else
            {
                bytes.Add(text[i]);
            }
        }

        return [.. bytes];
    }

    private static int Hex(byte digit) => char.IsAsciiHexDigit((char)digit)
        ? int.Parse([(char)digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : -1;

    /// <summary>In the charset that is named; UTF-8 where none or an unknown one is, Latin-1 where it is not that either.</summary>
    private static string Decode(ReadOnlySpan<byte> bytes, string? charset)
    {
        if (charset is { Length: > 0 } && Known(charset.Trim('"', ' ')) is { } named)
        {
            return named.GetString(bytes);
        }

        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
    }

    private static Encoding? Known(string charset)
    {
        try
        {
            // UTF-7 reads text that filters have not seen.
            return charset.StartsWith("utf-7", StringComparison.OrdinalIgnoreCase)
                ? null
                : CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static (string Value, IReadOnlyDictionary<string, string> Parameters) ParametersOf(string header)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match parameter in Parameter().Matches(header))
        {
            var value = parameter.Groups[2].Success ? parameter.Groups[2].Value.Replace("\\", "", StringComparison.Ordinal) : parameter.Groups[3].Value;
            parameters.TryAdd(parameter.Groups[1].Value.ToLowerInvariant(), value);
        }

        return (header.Split(';')[0].Trim().ToLowerInvariant(), parameters);
    }

    [GeneratedRegex(@"\n(?:[ \t]*\n)+", RegexOptions.CultureInvariant)]
    private static partial Regex EmptyLines();

    [GeneratedRegex(@"=\?([^?\s]{1,60})\?([BbQq])\?([^?\s]*)\?=", RegexOptions.CultureInvariant)]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"(=\?[^?\s]{1,60}\?[BbQq]\?[^?\s]*\?=)\s+(?==\?[^?\s]{1,60}\?[BbQq]\?)", RegexOptions.CultureInvariant)]
    private static partial Regex BetweenWords();

    [GeneratedRegex(@";\s*([A-Za-z0-9*_-]+)\s*=\s*(?:""((?:[^""\\]|\\.)*)""|([^;\s]+))", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
