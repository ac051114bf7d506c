using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Escalation.Silo.Policy;

/// <summary>The policy folder cannot be used; the message lists every problem with its file.</summary>
internal sealed class PolicyException(IReadOnlyList<string> problems) : Exception(
    $"The policy has {problems.Count} problem(s):{Environment.NewLine}{string.Join(Environment.NewLine, problems.Select(p => "  " + p))}")
{
    public IReadOnlyList<string> Problems => problems;
}

/// <summary>Reads the company's policy and texts from YAML files and checks them all before anything starts.</summary>
internal sealed class PolicyFolder : IPolicySource
{
    private readonly List<string> _problems = [];
    private readonly string _folder;

    /// <summary>Reads <paramref name="folder"/>.</summary>
    /// <exception cref="PolicyException">With every problem, by file.</exception>
    public PolicyFolder(string folder)
    {
        _folder = folder;
        var policy = Read<PolicyFile>("policy.yaml");
        var languages = Directory.Exists(Path.Combine(folder, "texts"))
            ? Directory.GetFiles(Path.Combine(folder, "texts"), "*.yaml").Order(StringComparer.Ordinal)
                .Select(path => ReadLanguage(Path.Combine("texts", Path.GetFileName(path)), policy))
                .OfType<LanguageTexts>().ToList()
            : [];
        if (languages.All(language => language.Language != NoticeTexts.Fallback))
        {
            _problems.Add($"texts/{NoticeTexts.Fallback}.yaml: missing; English is what every other language falls back to.");
        }

        var current = policy is null ? null : ToPolicy(policy, languages);
        Current = _problems.Count == 0 && current is not null ? current : throw new PolicyException(_problems);
    }

    public Grains.Policies.Policy Current { get; }

    private T? Read<T>(string file)
        where T : class
    {
        var path = Path.Combine(_folder, file);
        if (!File.Exists(path))
        {
            _problems.Add($"{file}: missing in {_folder}.");
            return null;
        }

        try
        {
            var reader = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
            return reader.Deserialize<T>(File.ReadAllText(path));
        }
        catch (YamlException e)
        {
            _problems.Add($"{file}:{e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
            return null;
        }
    }

    private Grains.Policies.Policy ToPolicy(PolicyFile file, List<LanguageTexts> languages)
    {
        const string Name = "policy.yaml";
        if (file.ConflictTypes.Count == 0)
        {
            _problems.Add($"{Name}: conflictTypes is empty.");
        }

        return new Grains.Policies.Policy(
            file.Version,
            new Targets
            {
                Acknowledge = Duration(Name, "targets.acknowledge", file.Targets.Acknowledge),
                Silence = Duration(Name, "targets.silence", file.Targets.Silence),
                Resolution = Duration(Name, "targets.resolution", file.Targets.Resolution),
                WarnShare = Share(Name, "targets.warnShare", file.Targets.WarnShare),
            },
            new PromisePolicy
            {
                LeadShare = Share(Name, "promises.leadShare", file.Promises.LeadShare),
                LeadMinimum = Duration(Name, "promises.leadMinimum", file.Promises.LeadMinimum),
                LeadMaximum = Duration(Name, "promises.leadMaximum", file.Promises.LeadMaximum),
                QuietFrom = Time(Name, "promises.quietFrom", file.Promises.QuietFrom),
                QuietUntil = Time(Name, "promises.quietUntil", file.Promises.QuietUntil),
                AskLead = Duration(Name, "promises.askLead", file.Promises.AskLead),
                AutomaticMoveDays = AtLeastOne(Name, "promises.automaticMoveDays", file.Promises.AutomaticMoveDays),
                MoveLimit = AtLeastOne(Name, "promises.moveLimit", file.Promises.MoveLimit),
            },
            file.ConflictTypes.ToHashSet(StringComparer.Ordinal),
            new NoticeTexts(languages.ToDictionary(language => language.Language, StringComparer.OrdinalIgnoreCase)))
        {
            ReopenWithin = Duration(Name, "reopenWithin", file.ReopenWithin),
            Tells = file.Tell.Select(word => Kind(Name, word)).OfType<NoticeKind>().ToHashSet(),
        };
    }

    private LanguageTexts? ReadLanguage(string name, PolicyFile? policy)
    {
        if (Read<LanguageFile>(name) is not { } file)
        {
            return null;
        }

        var messages = new Dictionary<NoticeKind, MessageTemplate>();
        foreach (var kind in Enum.GetValues<NoticeKind>())
        {
            var key = CamelCaseNamingConvention.Instance.Apply(kind.ToString());
            if (file.Messages.TryGetValue(key, out var message) && message.Subject.Length > 0 && message.Body.Length > 0)
            {
                messages[kind] = new MessageTemplate(message.Subject, message.Body);
            }
            else
            {
                _problems.Add($"{name}: messages.{key} needs a subject and a body.");
            }
        }

        Expect(name, file.Weekdays.Count == 7, "weekdays needs seven names, Monday first.");
        Expect(name, file.Months.Count == 12, "months needs twelve names.");
        Expect(name, file.Date.Contains("{zone}", StringComparison.Ordinal), "date must show the {zone}: a time without its zone is no promise.");
        foreach (var type in (policy?.ConflictTypes ?? []).Append("default").Where(type => !file.Reasons.ContainsKey(type)))
        {
            _problems.Add($"{name}: reasons.{type} is missing.");
        }

        Expect(name, file.Signature.Length > 0, "signature is missing: who signs while nobody in particular answers.");
        foreach (var placeholder in new[] { "reason", "date", "promise", "owner", "answerFine", "answerCall", "answerCancel" })
        {
            Expect(
                name,
                !messages.TryGetValue(NoticeKind.Explanation, out var explanation) ||
                    explanation.Body.Contains($"{{{placeholder}}}", StringComparison.Ordinal),
                $"messages.explanation.body must state the {{{placeholder}}}.");
        }

        return new LanguageTexts(
            file.Language, [.. file.Weekdays], [.. file.Months], file.Date,
            file.Reasons.ToImmutableDictionary(), messages.ToImmutableDictionary(), file.Signature);
    }

    private void Expect(string file, bool holds, string problem)
    {
        if (!holds)
        {
            _problems.Add($"{file}: {problem}");
        }
    }

    private NoticeKind? Kind(string file, string word)
    {
        var good = Enum.TryParse<NoticeKind>(word, ignoreCase: true, out var kind) && Enum.IsDefined(kind) && !int.TryParse(word, out _);
        Expect(file, good, $"tell names '{word}'; there are {string.Join(", ", Enum.GetNames<NoticeKind>().Select(CamelCaseNamingConvention.Instance.Apply))}.");
        return good ? kind : null;
    }

    private TimeSpan Duration(string file, string key, string value)
    {
        try
        {
            var duration = XmlConvert.ToTimeSpan(value);
            Expect(file, duration > TimeSpan.Zero, $"{key} must be longer than nothing.");
            return duration;
        }
        catch (FormatException)
        {
            _problems.Add($"{file}: {key} is '{value}'; an ISO 8601 duration such as PT1H or P3D is expected.");
            return TimeSpan.FromHours(1);
        }
    }

    private TimeOnly Time(string file, string key, string value)
    {
        var good = TimeOnly.TryParseExact(value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        Expect(file, good, $"{key} is '{value}'; a time such as 21:00 is expected.");
        return time;
    }

    private double Share(string file, string key, double value)
    {
        Expect(file, value is > 0 and < 1, $"{key} is {value.ToString(CultureInfo.InvariantCulture)}; a share between 0 and 1 is expected.");
        return value;
    }

    private int AtLeastOne(string file, string key, int value)
    {
        Expect(file, value >= 1, $"{key} is {value}; at least 1 is expected.");
        return value;
    }

    private sealed class PolicyFile
    {
        public string Version { get; set; } = "";

        public List<string> ConflictTypes { get; set; } = [];

        public TargetsFile Targets { get; set; } = new();

        public PromisesFile Promises { get; set; } = new();

        public string ReopenWithin { get; set; } = "";

        public List<string> Tell { get; set; } = [];
    }

    private sealed class TargetsFile
    {
        public string Acknowledge { get; set; } = "";

        public string Silence { get; set; } = "";

        public string Resolution { get; set; } = "";

        public double WarnShare { get; set; }
    }

    private sealed class PromisesFile
    {
        public double LeadShare { get; set; }

        public string LeadMinimum { get; set; } = "";

        public string LeadMaximum { get; set; } = "";

        public string QuietFrom { get; set; } = "";

        public string QuietUntil { get; set; } = "";

        public string AskLead { get; set; } = "";

        public int AutomaticMoveDays { get; set; }

        public int MoveLimit { get; set; }
    }

    private sealed class LanguageFile
    {
        public string Language { get; set; } = "";

        public List<string> Weekdays { get; set; } = [];

        public List<string> Months { get; set; } = [];

        public string Date { get; set; } = "";

        public string Signature { get; set; } = "";

        public Dictionary<string, string> Reasons { get; set; } = [];

        public Dictionary<string, MessageFile> Messages { get; set; } = [];
    }

    private sealed class MessageFile
    {
        public string Subject { get; set; } = "";

        public string Body { get; set; } = "";
    }
}
