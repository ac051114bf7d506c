using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Escalation.Grains.Calendars.Holidays;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Escalation.Silo.Policy.Holidays;

/// <summary>Reads the YAML of one <see cref="HolidayFile"/>, and keeps everything that is wrong with it.</summary>
/// <param name="name">What to call the file.</param>
internal sealed partial class HolidayFileReader(string name)
{
    private static readonly string[] RuleKeys =
        ["name", "regions", "mday", "week", "wday", "function", "function_modifier", "observed", "year_ranges", "type"];

    private readonly List<string> _faults = [];
    private readonly List<string> _unread = [];

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Null when anything is wrong.</summary>
    public HolidayFile? Read(string text)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            _faults.Add($"{name}:{e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
            return null;
        }

        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            _faults.Add($"{name}:1: must be one document with months, and perhaps methods and tests.");
            return null;
        }

        ExpectKeys(root, "months", "methods", "tests");
        var rules = ReadMonths(root);
        var functions = ReadMethods(root);
        var expectations = Items(Child(root, "tests")).Select(ReadTest).OfType<HolidayExpectation>().ToList();
        return _faults.Count > 0 ? null : new HolidayFile(name, new HolidayRules(rules, functions), expectations, _unread);
    }

    private List<HolidayRule> ReadMonths(YamlMappingNode root)
    {
        var rules = new List<HolidayRule>();
        if (Child(root, "months") is not YamlMappingNode months)
        {
            Add(root, "needs months: a list of rules for each, by number; 0 for rules that belong to no month.");
            return rules;
        }

        foreach (var (key, list) in months)
        {
            if (Number(key, "a month", 0, 12) is { } month)
            {
                rules.AddRange(Items(list).Select(node => ReadRule(node, month)).OfType<HolidayRule>());
            }
        }

        return rules;
    }

    private HolidayRule? ReadRule(YamlNode node, int month)
    {
        if (node is not YamlMappingNode rule)
        {
            Add(node, "must be a rule: name, regions, and which day.");
            return null;
        }

        ExpectKeys(rule, RuleKeys);
        var called = Child(rule, "name") is YamlScalarNode { Value.Length: > 0 } text ? text.Value : null;
        if (called is null)
        {
            Add(rule, "needs a name.");
        }

        var regions = Texts(Child(rule, "regions")).ToImmutableArray();
        if (regions.Length == 0)
        {
            Add(rule, "needs regions, such as [us, us_ca].");
        }

        var day = ReadDay(rule, month);
        var years = ReadYears(Child(rule, "year_ranges"));
        var observed = Child(rule, "observed") is { } function ? FunctionOf(function) : "";
        var type = Child(rule, "type");
        if (type is not null && Word(type) is not ("informal" or "formal"))
        {
            Add(type, $"type is '{type}'; informal is expected, or nothing.");
        }

        return called is null || day is null || years is null || observed is null
            ? null
            : new HolidayRule(Place(rule), called, regions, month, day)
            {
                Years = years,
                Observed = observed,
                IsInformal = type is not null && Word(type) == "informal",
            };
    }

    private HolidayDay? ReadDay(YamlMappingNode rule, int month)
    {
        var (mday, week, wday, function) = (Child(rule, "mday"), Child(rule, "week"), Child(rule, "wday"), Child(rule, "function"));
        if (function is not null && week is null && wday is null)
        {
            var dayGiven = mday is null ? null : Number(mday, "mday", 1, 31);
            var later = Child(rule, "function_modifier") is { } modifier ? Number(modifier, "function_modifier", -366, 366) : 0;
            return FunctionOf(function) is { } called && later is not null
                ? new HolidayDay.Computed(called, dayGiven, later.Value)
                : null;
        }

        if (function is null && mday is not null && week is null && wday is null && month > 0)
        {
            return Number(mday, "mday", 1, DateTime.DaysInMonth(2000, month)) is { } day ? new HolidayDay.OfMonth(day) : null;
        }

        if (function is null && mday is null && week is not null && wday is not null && month > 0)
        {
            var number = Number(week, "week", -5, 5);
            var weekday = Number(wday, "wday, from Sunday,", 0, 6);
            if (number == 0)
            {
                Add(week, "week is 0; 1 to 5 is expected, or -1 to -5 from the month's end.");
            }

            return number is null or 0 || weekday is null ? null : new HolidayDay.NthWeekday(number.Value, (DayOfWeek)weekday.Value);
        }

        Add(rule, "must say which day in one way: mday, or week with wday, of a month; or function.");
        return null;
    }

    private HolidayYears? ReadYears(YamlNode? node)
    {
        if (node is null)
        {
            return new HolidayYears.All();
        }

        if (node is YamlMappingNode { Children.Count: 1 } ranges)
        {
            var (key, value) = ranges.Children.First();
            switch (Word(key))
            {
                case "from":
                    return Year(value) is { } from ? new HolidayYears.Between(from, int.MaxValue) : null;
                case "until":
                    return Year(value) is { } until ? new HolidayYears.Between(int.MinValue, until) : null;
                case "limited":
                    var years = (value is YamlSequenceNode list ? list.Children : [value]).Select(Year).ToList();
                    return years.Contains(null) ? null : new HolidayYears.Only([.. years.OfType<int>()]);
                case "between" when value is YamlMappingNode { Children.Count: 2 } between
                    && Child(between, "start") is { } start && Child(between, "end") is { } end:
                    return Year(start) is { } first && Year(end) is { } last ? new HolidayYears.Between(first, last) : null;
            }
        }

        Add(node, "year_ranges must be one of: from, until, limited: [2022, 2023], between: {start: 2013, end: 2018}.");
        return null;
    }

    private static Dictionary<string, string> ReadMethods(YamlMappingNode root)
    {
        var functions = new Dictionary<string, string>();
        foreach (var (key, value) in Child(root, "methods") as YamlMappingNode ?? [])
        {
            // A function in another language than Ruby is one that is not known.
            functions[Word(key)] = value is YamlMappingNode method && Child(method, "ruby") is YamlScalarNode { Value: { } ruby } ? ruby : "";
        }

        return functions;
    }

    private HolidayExpectation? ReadTest(YamlNode node)
    {
        if (node is not YamlMappingNode test || Child(test, "given") is not YamlMappingNode given || Child(test, "expect") is not YamlMappingNode expect)
        {
            _unread.Add($"{Place(node)}: a test must have given and expect.");
            return null;
        }

        var dates = new List<DateOnly>();
        foreach (var text in Texts(Child(given, "date")))
        {
            if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                dates.Add(DateOnly.FromDateTime(date));
            }
            else
            {
                _unread.Add($"{Place(given)}: date is '{text}'; one such as 2026-12-25 is expected.");
            }
        }

        var options = Texts(Child(given, "options")).ToList();
        return new HolidayExpectation(
            Place(given), dates, [.. Texts(Child(given, "regions"))], options.Contains("observed"), options.Contains("informal"),
            Child(expect, "holiday")?.ToString() != "false", (Child(expect, "name") as YamlScalarNode)?.Value);
    }

    /// <summary>The name in <c>easter(year)</c>.</summary>
    private string? FunctionOf(YamlNode node)
    {
        if (Call().Match(node.ToString()) is { Success: true } call)
        {
            return call.Groups[1].Value;
        }

        Add(node, $"'{node}' is no function such as easter(year).");
        return null;
    }

    private int? Year(YamlNode node) => Number(node, "a year", 1, 9999);

    private int? Number(YamlNode node, string what, int least, int most)
    {
        if (int.TryParse(node.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) &&
            number >= least && number <= most)
        {
            return number;
        }

        Add(node, string.Create(CultureInfo.InvariantCulture, $"{what} is '{node}'; a number from {least} to {most} is expected."));
        return null;
    }

    private void ExpectKeys(YamlMappingNode node, params ReadOnlySpan<string> known)
    {
        foreach (var key in node.Children.Keys)
        {
            if (!known.Contains(Word(key)))
            {
                Add(key, $"'{key}' is not known here.");
            }
        }
    }

    private void Add(YamlNode node, string sentence) => _faults.Add($"{Place(node)}: {sentence}");

    private string Place(YamlNode node) => string.Create(CultureInfo.InvariantCulture, $"{name}:{node.Start.Line}");

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) && child is not YamlScalarNode { Value: null or "" } ? child : null;

    private static IEnumerable<YamlNode> Items(YamlNode? node) => node as YamlSequenceNode ?? [];

    private static IEnumerable<string> Texts(YamlNode? node) =>
        node is YamlSequenceNode list ? list.Select(Word) : node is null ? [] : [Word(node)];

    /// <summary>Some files write words as Ruby's symbols.</summary>
    private static string Word(YamlNode node) => node.ToString().TrimStart(':');

    [GeneratedRegex(@"^(\w+)\([\w\s,]*\)$")]
    private static partial Regex Call();
}
