using System.Globalization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;
using Escalation.Grains.Desks;
using Escalation.Grains.Escalations;
using Escalation.Grains.Notices;
using Escalation.Grains.Playbooks;
using Escalation.Grains.Policies;
using Escalation.Grains.Reviews;
using Escalation.Grains.Statutory;

namespace Escalation.Silo.Policy;

/// <summary>Reads the company's policy from its files and checks all of them before anything uses it.</summary>
internal sealed class PolicyReader
{
    private const string PolicyFile = "policy.yaml";
    private const string SlaFile = "sla.yaml";
    private const string LadderFile = "ladder.yaml";
    private const string AuthorityFile = "authority.yaml";
    private const string GoodwillFile = "goodwill.yaml";
    private const string PeopleFile = "people.yaml";
    private const string DeskFile = "desk.yaml";
    private const string ReviewsFile = "reviews.yaml";
    private const string CalendarsFolder = "calendars/";
    private const string CountriesFolder = "countries/";

    private readonly PolicyFiles _files;
    private readonly List<string> _problems = [];

    private readonly bool _mayBeOld;

    private PolicyReader(PolicyFiles files, bool mayBeOld) => (_files, _mayBeOld) = (files, mayBeOld);

    /// <summary>The policy that the files say.</summary>
    /// <exception cref="PolicyException">With every problem, by file and line.</exception>
    public static Grains.Policies.Policy Read(PolicyFiles files) => new PolicyReader(files, mayBeOld: false).Read();

    /// <summary>The policy that files of an earlier version say, which may be from before some of today's files.</summary>
    /// <exception cref="PolicyException">With every problem, by file and line.</exception>
    public static Grains.Policies.Policy ReadOld(PolicyFiles files) => new PolicyReader(files, mayBeOld: true).Read();

    private Grains.Policies.Policy Read()
    {
        var main = Part(_files.Judging, PolicyFile);
        var types = ReadTypes(main);
        var (calendars, calendarNames) = ReadCalendars();
        var targets = new SlaYaml(calendars, types);
        var sla = Part(_files.Judging, SlaFile) is { } slaFile ? targets.Read(slaFile) with { CalendarNames = calendarNames } : null;
        var (people, duty) = Optional(PeopleFile) is { } peopleFile ? new PeopleYaml(types, calendars).Read(peopleFile) : (PeopleBook.Empty, null);
        var ladder = ReadLadder(calendars, sla, duty ?? (_mayBeOld ? null : new Dictionary<string, DutyPerson>()));
        var texts = ReadTexts(types);
        var (authority, remedies) = Optional(AuthorityFile) is { } authorityFile
            ? new AuthorityYaml(calendars.Keys.ToHashSet(StringComparer.Ordinal)).Read(authorityFile)
            : (new AuthorityBook(), new RemedyBook());
        var goodwill = Optional(GoodwillFile) is { } goodwillFile ? GoodwillYaml.Read(goodwillFile) : GoodwillBook.Empty;
        var promises = ReadPromises(main?.Get("promises"), calendars);
        var version = string.Create(CultureInfo.InvariantCulture, $"{main?.Text("version")}-{_files.Fingerprint()}");
        var policy = new Grains.Policies.Policy(version, sla!, promises, types, texts)
        {
            Ladder = ladder,
            ReopenWithin = main?.Duration("reopenWithin") ?? TimeSpan.FromDays(14),
            NoGreetingAfterCase = main?.Find("noGreetingAfterCase")?.Duration() ?? TimeSpan.FromDays(7),
            Notices = ReadNotices(main?.Find("notices")),
            Authority = authority,
            Remedies = remedies,
            Goodwill = goodwill,
            Playbooks = ReadPlaybooks(types),
            Packs = ReadPacks(main?.Find("sites"), targets, types),
            Reviews = Optional(ReviewsFile) is { } reviewsFile ? ReviewsYaml.Read(reviewsFile, types) : ReviewBook.Empty,
            Questions = ReadQuestions(types, texts),
            People = people,
            Desk = Optional(DeskFile) is { } deskFile ? DeskYaml.Read(deskFile, types) : new DeskPolicy(),
            Tells = main?.Enums<NoticeKind>("tell").ToHashSet() ?? [],
        };
        main?.Close();
        foreach (var name in _files.Judging.Keys.Where(name =>
            name is not (PolicyFile or SlaFile or LadderFile or AuthorityFile or GoodwillFile or PeopleFile or DeskFile or ReviewsFile) &&
            !IsCalendar(name) && !IsCountry(name) && !IsPlaybook(name) && !IsPack(name)))
        {
            _problems.Add($"{name}:1: nothing reads this file.");
        }

        return _problems.Count == 0 ? policy : throw new PolicyException(_problems);
    }

    /// <summary>A policy without this file is older than it, and still judges the cases that know it.</summary>
    private LadderBook ReadLadder(
        IReadOnlyDictionary<string, WorkCalendar> calendars, SlaBook? sla, IReadOnlyDictionary<string, DutyPerson>? people) =>
        _files.Judging.ContainsKey(LadderFile) && Part(_files.Judging, LadderFile) is { } part
            ? new LadderYaml(calendars, sla, people).Read(part)
            : LadderBook.Default;

    private static HashSet<string> ReadTypes(YamlPart? main)
    {
        var types = main?.Words("conflictTypes").ToHashSet(StringComparer.Ordinal) ?? [];
        if (types.Count == 0)
        {
            main?.Fault("needs at least one type.", "conflictTypes");
        }

        return types;
    }

    private static PromisePolicy ReadPromises(YamlPart? part, Dictionary<string, WorkCalendar> calendars)
    {
        if (part is null)
        {
            return new PromisePolicy();
        }

        var calendar = part.Find("calendar")?.Word() ?? SlaBook.Always;
        if (!calendars.ContainsKey(calendar))
        {
            part.Fault($"is '{calendar}'; there are {string.Join(", ", calendars.Keys.Order(StringComparer.Ordinal))}.", "calendar");
        }

        var promises = new PromisePolicy
        {
            Calendar = calendars.GetValueOrDefault(calendar, WorkCalendar.Always),
            LeadShare = part.Share("leadShare"),
            LeadMinimum = part.Duration("leadMinimum"),
            LeadMaximum = part.Duration("leadMaximum"),
            QuietFrom = part.Time("quietFrom"),
            QuietUntil = part.Time("quietUntil"),
            AskLead = part.Duration("askLead"),
            AutomaticMoveDays = part.Number("automaticMoveDays"),
            MoveLimit = part.Number("moveLimit"),
        };
        part.Close();
        return promises;
    }

    /// <summary>PRM-5. A folder that says nothing of it has the defaults.</summary>
    private static NoticePolicy ReadNotices(YamlPart? part)
    {
        if (part is null)
        {
            return new NoticePolicy();
        }

        var order = part.Enums<Channel>("order").Distinct().ToList();
        var notices = new NoticePolicy { Order = order, KeptForCall = part.Duration("keptForCall") };
        foreach (var channel in order.Where(channel => !NoticeChannels.CanSend(channel)))
        {
            part.Fault($"names {YamlPart.CamelCase(channel)}, over which nothing can be sent.", "order");
        }

        part.Close();
        return notices;
    }

    private (Dictionary<string, WorkCalendar> Calendars, Dictionary<string, PolicyText> Names) ReadCalendars()
    {
        var names = new Dictionary<string, PolicyText>(StringComparer.Ordinal);
        var calendars = new Dictionary<string, WorkCalendar>(StringComparer.Ordinal) { [SlaBook.Always] = WorkCalendar.Always };
        var countries = _files.Judging.Where(file => IsCountry(file.Key))
            .ToDictionary(file => file.Key[CountriesFolder.Length..], file => file.Value, StringComparer.Ordinal);
        var reader = new CalendarYaml(countries);
        foreach (var name in _files.Judging.Keys.Where(IsCalendar).Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(name);
            if (id == SlaBook.Always)
            {
                _problems.Add($"{name}:1: '{SlaBook.Always}' is true 24/7 and cannot be another; choose another name.");
            }
            else if (Part(_files.Judging, name) is { } part)
            {
                if (part.FindLocalized("name") is { } called)
                {
                    names[id] = called;
                }

                // A calendar that cannot be read has its problems told already; those who name it need not repeat them.
                calendars[id] = reader.Read(part) ?? WorkCalendar.Always;
            }
        }

        return (calendars, names);
    }

    private NoticeTexts ReadTexts(IReadOnlySet<string> types)
    {
        var languages = new Dictionary<string, LanguageTexts>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in _files.Texts.Keys.Where(name => name.StartsWith(PolicyFiles.TextsFolder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (Part(_files.Texts, name) is { } part)
            {
                var texts = TextsYaml.Read(part, types);
                languages[texts.Language] = texts;
            }
        }

        if (!languages.ContainsKey(NoticeTexts.Fallback))
        {
            _problems.Add($"texts/{NoticeTexts.Fallback}.yaml: missing; English is what every other language falls back to.");
        }

        return new NoticeTexts(languages);
    }

    /// <summary>PLY-1: one for each conflict type. A policy without any is older than playbooks, or its company works without.</summary>
    private PlaybookBook ReadPlaybooks(HashSet<string> types)
    {
        var names = _files.Judging.Keys.Where(IsPlaybook).Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0 || Part(_files.Judging, PlaybookYaml.CommonFile) is not { } common)
        {
            return PlaybookBook.Empty;
        }

        var reader = new PlaybookYaml(common);
        var playbooks = new Dictionary<string, Playbook>(StringComparer.Ordinal);
        foreach (var type in types.Order(StringComparer.Ordinal))
        {
            if (Part(_files.Judging, $"{PlaybookYaml.Folder}{type}.yaml") is { } part)
            {
                playbooks[type] = reader.Read(part, type);
            }
        }

        foreach (var name in names.Where(name => name != PlaybookYaml.CommonFile && !types.Contains(name[PlaybookYaml.Folder.Length..^".yaml".Length])))
        {
            _problems.Add($"{name}:1: is no conflict type of {PolicyFile}; there are {string.Join(", ", types.Order(StringComparer.Ordinal))}.");
        }

        return new PlaybookBook(reader.Languages, playbooks);
    }

    /// <summary>REG-1: one law in each file of <c>packs</c>; in which country the company's sites are.</summary>
    private PackBook ReadPacks(YamlPart? sites, SlaYaml targets, IReadOnlySet<string> types)
    {
        var countries = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (site, country) in sites?.Entries() ?? [])
        {
            countries[site] = PackYaml.Country(country);
        }

        var packs = new Dictionary<string, StatutoryPack>(StringComparer.Ordinal);
        foreach (var name in _files.Judging.Keys.Where(IsPack).Order(StringComparer.Ordinal))
        {
            if (Part(_files.Judging, name) is { } part && new PackYaml(part, targets, types).Read() is { } pack)
            {
                packs[pack.Id] = pack;
            }
        }

        return new PackBook(packs, countries);
    }

    /// <summary>REV-4: in the languages of all texts. A better answer makes no new version.</summary>
    private QuestionBook ReadQuestions(HashSet<string> types, NoticeTexts texts)
    {
        string[] languages = [.. texts.Languages.Order(StringComparer.Ordinal)];
        var reader = new QuestionsYaml(languages);
        var questions = new List<PublicQuestion>();
        foreach (var name in _files.Texts.Keys.Where(name => name.StartsWith(QuestionsYaml.Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var type = Path.GetFileNameWithoutExtension(name);
            if (!types.Contains(type) && !_mayBeOld)
            {
                _problems.Add($"{name}:1: is no conflict type of {PolicyFile}; there are {string.Join(", ", types.Order(StringComparer.Ordinal))}.");
            }
            else if (Part(_files.Texts, name) is { } part)
            {
                questions.AddRange(reader.Read(part, type));
            }
        }

        return new QuestionBook([.. languages], [.. questions]);
    }

    /// <summary>What older policies do not have.</summary>
    private YamlPart? Optional(string name) => _files.Judging.ContainsKey(name) ? Part(_files.Judging, name) : null;

    private YamlPart? Part(IReadOnlyDictionary<string, string> files, string name)
    {
        if (files.TryGetValue(name, out var text))
        {
            return YamlPart.Parse(name, text, _problems);
        }

        _problems.Add($"{name}: missing.");
        return null;
    }

    private static bool IsCountry(string name) => name.StartsWith(CountriesFolder, StringComparison.Ordinal);

    private static bool IsPlaybook(string name) => name.StartsWith(PlaybookYaml.Folder, StringComparison.Ordinal);

    private static bool IsPack(string name) => name.StartsWith(PackYaml.Folder, StringComparison.Ordinal);

    private static bool IsCalendar(string name) => name.StartsWith(CalendarsFolder, StringComparison.Ordinal);
}
