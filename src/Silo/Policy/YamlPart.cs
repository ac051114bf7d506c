using System.Globalization;
using System.Xml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Escalation.Silo.Policy;

/// <summary>
/// A part of a YAML file that is read with care: what is missing, misspelt or of the wrong kind becomes a problem with its
/// file and line, and reading goes on, so that all problems are told at once. Keys that nobody asked for are problems too.
/// </summary>
internal sealed class YamlPart
{
    private readonly YamlNode _node;
    private readonly List<string> _problems;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private YamlPart(string file, string path, YamlNode node, List<string> problems) =>
        (File, Path, _node, _problems) = (file, path, node, problems);

    /// <summary>The file's name within the policy folder.</summary>
    public string File { get; }

    /// <summary>Where in the file: <c>targets.silence</c>; empty for the whole.</summary>
    public string Path { get; }

    /// <summary>True for a single word or number.</summary>
    public bool IsWord => _node is YamlScalarNode;

    /// <summary>True for keys with values.</summary>
    public bool IsMapping => _node is YamlMappingNode;

    /// <summary>Reads a file; null, with the problem noted, when it is no YAML mapping.</summary>
    public static YamlPart? Parse(string file, string text, List<string> problems)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            var yaml = new YamlStream();
            yaml.Load(parser);
            if (yaml.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return new YamlPart(file, "", root, problems);
            }

            problems.Add($"{file}:1: one mapping of keys to values is expected.");
        }
        catch (YamlException e)
        {
            problems.Add($"{file}:{e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
        }
        catch (InvalidOperationException)
        {
            // The parser's own slip at some places where a bracket is left open.
            problems.Add($"{file}:{parser.Current?.End.Line ?? 1}: cannot be read from here on; is a bracket or quote left open?");
        }

        return null;
    }

    /// <summary>Notes what is wrong with this part, or with the <paramref name="key"/> of it.</summary>
    public void Fault(string problem, string key = "")
    {
        var at = key.Length > 0 && Child(key) is { } child ? child : _node;
        var name = Join(key);
        _problems.Add($"{File}:{at.Start.Line}: {(name.Length > 0 ? $"{name} " : "")}{problem}");
    }

    /// <summary>The part under <paramref name="key"/>, or null.</summary>
    public YamlPart? Find(string key)
    {
        _asked.Add(key);
        return Child(key) is { } child ? new YamlPart(File, Join(key), child, _problems) : null;
    }

    /// <summary>The part under <paramref name="key"/>; its absence is a problem.</summary>
    public YamlPart? Get(string key)
    {
        var part = Find(key);
        if (part is null)
        {
            Fault("is missing.", key);
        }

        return part;
    }

    /// <summary>What is under every key, in order.</summary>
    public IEnumerable<(string Key, YamlPart Part)> Entries()
    {
        if (_node is not YamlMappingNode mapping)
        {
            Fault("must be a mapping of keys to values.");
            yield break;
        }

        foreach (var (key, _) in mapping)
        {
            var name = key.ToString();
            yield return (name, Find(name)!);
        }
    }

    /// <summary>The items of a list; a single value counts as a list of one.</summary>
    public IEnumerable<YamlPart> Items()
    {
        switch (_node)
        {
            case YamlSequenceNode list:
                return list.Select((item, i) => new YamlPart(File, $"{Path}[{i}]", item, _problems));
            case YamlScalarNode:
                return [this];
            default:
                Fault("must be a list.");
                return [];
        }
    }

    /// <summary>The words of a list under <paramref name="key"/>; none when it is absent.</summary>
    public IReadOnlyList<string> Words(string key) => Find(key) is { } list ? [.. list.Items().Select(item => item.Word())] : [];

    /// <summary>This part as text; a problem, and empty, when it is not.</summary>
    public string Word()
    {
        if (_node is YamlScalarNode { Value: { } value })
        {
            return value;
        }

        Fault("must be a single value.");
        return "";
    }

    public string Text(string key)
    {
        var text = Get(key)?.Word() ?? "";
        if (text.Length == 0 && Child(key) is YamlScalarNode)
        {
            Fault("is empty.", key);
        }

        return text;
    }

    /// <summary>An ISO 8601 duration longer than nothing.</summary>
    public TimeSpan Duration(string key) => Get(key)?.Duration() ?? TimeSpan.FromHours(1);

    public TimeSpan Duration()
    {
        try
        {
            var duration = XmlConvert.ToTimeSpan(Word());
            if (duration > TimeSpan.Zero)
            {
                return duration;
            }

            Fault("must be longer than nothing.");
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            Fault($"is '{_node}'; an ISO 8601 duration such as PT1H or P3D is expected.");
        }

        return TimeSpan.FromHours(1);
    }

    /// <summary>A time of day such as 21:00.</summary>
    public TimeOnly Time(string key)
    {
        var text = Get(key)?.Word();
        if (text is not null && TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        if (text is not null)
        {
            Fault($"is '{text}'; a time such as 21:00 is expected.", key);
        }

        return TimeOnly.MinValue;
    }

    /// <summary>True or false; false when it is absent.</summary>
    public bool Flag(string key)
    {
        var word = Find(key)?.Word();
        if (word is not (null or "true" or "false"))
        {
            Fault($"is '{word}'; true or false is expected.", key);
        }

        return word == "true";
    }

    /// <summary>A number between 0 and 1, neither included.</summary>
    public double Share(string key)
    {
        var text = Get(key)?.Word();
        if (text is not null && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is > 0 and < 1)
        {
            return share;
        }

        if (text is not null)
        {
            Fault($"is {text}; a share between 0 and 1 is expected.", key);
        }

        return 0.5;
    }

    /// <summary>A whole number, at least <paramref name="least"/>.</summary>
    public int Number(string key, int least = 1)
    {
        var text = Get(key)?.Word();
        if (text is not null && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            return number;
        }

        if (text is not null)
        {
            Fault($"is {text}; a whole number of at least {least} is expected.", key);
        }

        return least;
    }

    /// <summary>An amount of money, or nothing: a number of at least 0 with at most four decimals.</summary>
    public decimal Amount(string key)
    {
        var text = Get(key)?.Word();
        if (text is not null && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) &&
            amount <= 1_000_000_000_000m && decimal.Round(amount, 4) == amount)
        {
            return amount;
        }

        if (text is not null)
        {
            Fault($"is {text}; an amount such as 50 or 12.50 is expected.", key);
        }

        return 0;
    }

    /// <summary>Words of an enum's names in camelCase; unknown ones are problems.</summary>
    public IEnumerable<T> Enums<T>(string key)
        where T : struct, Enum
    {
        foreach (var item in Find(key)?.Items() ?? [])
        {
            var word = item.Word();
            var found = Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => CamelCase(value!.Value) == word);
            if (found is { } value)
            {
                yield return value;
            }
            else
            {
                item.Fault($"is '{word}'; known are {string.Join(", ", Enum.GetValues<T>().Select(CamelCase))}.");
            }
        }
    }

    /// <summary>To be said when everything of this part was asked for: what is left is a problem, for it would do nothing.</summary>
    public void Close()
    {
        if (_node is not YamlMappingNode mapping)
        {
            return;
        }

        foreach (var (key, _) in mapping)
        {
            var name = key.ToString();
            if (!_asked.Contains(name))
            {
                _problems.Add($"{File}:{key.Start.Line}: {Join(name)} is unknown here. Known: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    public static string CamelCase<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private YamlNode? Child(string key) =>
        _node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private string Join(string key) => key.Length == 0 ? Path : Path.Length == 0 ? key : $"{Path}.{key}";
}
