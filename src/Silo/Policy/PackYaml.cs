using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using Escalation.Grains.Statutory;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>packs/ID.yaml</c>: what a law asks for. See <c>docs/PACKS.md</c>.</summary>
internal sealed partial class PackYaml(YamlPart file, SlaYaml targets, IReadOnlySet<string> conflictTypes)
{
    public const string Folder = "packs/";

    /// <summary>What every letter may name without asking anyone.</summary>
    private static readonly string[] Known = ["name", "number", "owner", "complainedAt", "status"];

    /// <summary>What a letter that tells of a delay may name.</summary>
    private static readonly string[] OfDelays = ["name", "number", "owner", "status", "promise", "reason", "was", "date", "answerBy", "answerFine", "answerCall", "answerCancel"];

    private ImmutableArray<string> _languages = [];
    private ImmutableArray<PackClock> _clocks = [];

    public StatutoryPack? Read()
    {
        var id = file.File[Folder.Length..^".yaml".Length];
        if (!Word().IsMatch(id))
        {
            file.Fault($"has the name '{id}'; a pack's file is named by small letters, digits and hyphens.");
        }

        _languages = [.. file.Words("languages").Distinct(StringComparer.OrdinalIgnoreCase)];
        if (!_languages.Contains(NoticeTexts.Fallback))
        {
            file.Fault("must name en, which every other language falls back to.", "languages");
        }

        var (name, source) = (file.Localized("name"), file.Text("source"));
        var covers = file.Get("covers") is { } cover ? ReadCover(cover) : PackCover.Everything;
        var rights = file.Localized("rights", _languages);
        _clocks = [.. (file.Find("clocks")?.Entries() ?? []).Select(entry => ReadClock(entry.Key, entry.Part))];
        var delayed = (file.Find("delays") is { } part ? DelayParts(part) : []).Select(rule => rule.Find("letter")?.Word()).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var letters = (file.Find("letters")?.Entries() ?? []).Select(entry => ReadLetter(entry.Key, entry.Part, delayed.Contains(entry.Key))).ToImmutableArray();
        var delays = file.Find("delays") is { } list ? ReadDelays(list, letters) : null;
        foreach (var clock in _clocks.Where(clock => !letters.Any(letter => letter.Meets.Contains(clock.Id))))
        {
            file.Find("clocks")?.Find(clock.Id)?.Fault("is met by no letter: it could only be breached.");
        }

        file.Close();
        return new StatutoryPack(id, name, source, _languages, covers, _clocks, letters, delays, rights);
    }

    /// <summary>A country of ISO 3166 in small letters.</summary>
    public static string Country(YamlPart part)
    {
        var country = part.Word();
        if (country.Length != 2 || !country.All(char.IsAsciiLetterLower))
        {
            part.Fault($"is '{country}'; a country such as gb is expected (ISO 3166, small letters).");
        }

        return country;
    }

    private PackCover ReadCover(YamlPart part)
    {
        var types = part.Words("type").ToImmutableArray();
        foreach (var type in types.Where(type => !conflictTypes.Contains(type)))
        {
            part.Fault($"is '{type}', which is no conflict type of policy.yaml.", "type");
        }

        var cover = new PackCover(
            new CaseConditions
            {
                Types = types,
                CustomerGroups = [.. part.Words("customerGroup")],
                Sites = [.. part.Words("site")],
                Products = [.. part.Words("product")],
            },
            [.. (part.Find("country")?.Items() ?? []).Select(Country)],
            [.. (part.Find("claimFrom")?.Entries() ?? []).Select(entry => new Money(part.Find("claimFrom")!.Amount(entry.Key), entry.Key))]);
        part.Close();
        if (cover is { When.AreNone: true, Countries.IsEmpty: true, ClaimFrom.IsEmpty: true })
        {
            part.Fault("names no condition: a law that covers every case of every country is no law.");
        }

        return cover;
    }

    private PackClock ReadClock(string id, YamlPart part)
    {
        if (!Camel().IsMatch(id))
        {
            part.Fault($"has the name '{id}'; a clock is named by letters and digits.");
        }

        var calendar = targets.Calendar(part, part.Text("calendar"));
        var clock = new PackClock(
            id,
            part.Text("rule"),
            part.Localized("title", _languages),
            part.FindLocalized("name"),
            part.Find("only") is { } only ? ReadCover(only) : PackCover.Everything,
            part.Find("except") is { } except ? ReadCover(except) : null,
            part.Enums<PackStart>("starts").FirstOrDefault(),
            part.Get("target") is { } target ? targets.ReadTarget(target, calendar) : new SlaTarget(calendar, Grains.Calendars.Target.CalendarDays(1), []),
            part.Flag("window"));
        part.Close();
        return clock;
    }

    private PackLetter ReadLetter(string id, YamlPart part, bool isOfDelay)
    {
        var fields = (part.Find("fields")?.Entries() ?? []).Select(entry => ReadField(entry.Key, entry.Part)).ToImmutableArray();
        var (meets, during) = (Clocks(part, "meets"), Clocks(part, "while"));
        var names = (isOfDelay ? OfDelays : [.. Known, .. fields.Select(field => field.Id), .. _clocks.Select(clock => $"due.{clock.Id}")])
            .ToHashSet(StringComparer.Ordinal);
        var paragraphs = (part.Get("paragraphs")?.Entries() ?? []).Select(entry => ReadParagraph(entry.Key, entry.Part, names)).ToImmutableArray();
        var promises = part.Find("promises") is { } promise ? ReadPromise(promise, fields) : null;
        var letter = new PackLetter(
            id, part.Localized("name"), ReadText(part, "subject"), fields, paragraphs, meets, during,
            part.Flag("atOpening"), part.Flag("needsAgreement"), promises);
        part.Close();
        if (letter.AtOpening && (!fields.IsEmpty || letter.NeedsAgreement || letter.Promises is not null))
        {
            part.Fault("goes out by itself as the case opens, so it can ask nothing of anyone: no fields, promises or agreement.", "atOpening");
        }

        if (isOfDelay && (!fields.IsEmpty || letter.AtOpening || !meets.IsEmpty || letter.Promises is not null))
        {
            part.Fault("tells of a delay: it goes out with the new date and has no fields, promises or clocks of its own.");
        }

        if (paragraphs.All(paragraph => !paragraph.IsMandatory))
        {
            part.Fault("has no paragraph with a rule: then it is no letter of the law.", "paragraphs");
        }

        return letter;
    }

    private PackField ReadField(string id, YamlPart part)
    {
        var kind = part.Enums<PackFieldKind>("kind").FirstOrDefault();
        var notAfter = part.Find("notAfter")?.Word();
        if (notAfter is not null && (kind != PackFieldKind.Date || _clocks.All(clock => clock.Id != notAfter)))
        {
            part.Fault($"is '{notAfter}'; a date may name a clock of this pack: {string.Join(", ", _clocks.Select(clock => clock.Id))}.", "notAfter");
        }

        if (!Camel().IsMatch(id) || Known.Contains(id))
        {
            part.Fault($"has the name '{id}'; a field is named by letters and digits, and not as what every letter knows: {string.Join(", ", Known)}.");
        }

        var field = new PackField(id, kind, part.Localized("asks"), notAfter);
        part.Close();
        return field;
    }

    private PackParagraph ReadParagraph(string id, YamlPart part, HashSet<string> names)
    {
        var name = part.FindLocalized("name");
        var rule = part.Find("rule")?.Word();
        var with = Clocks(part, "with");
        var says = part.Find("says");
        var text = ReadText(part, "text");
        var said = _languages.ToImmutableDictionary(
            language => language, language => says?.Words(language).ToImmutableArray() ?? [], StringComparer.Ordinal);
        says?.Close();
        part.Close();
        foreach (var language in _languages)
        {
            foreach (var place in Placeholder().Matches(text.In(language)).Select(match => match.Groups[1].Value).Where(place => !names.Contains(place)))
            {
                part.Fault($"names {{{place}}} in {language}, which nobody fills. Known: {string.Join(", ", names.Order(StringComparer.Ordinal))}.", "text");
            }

            foreach (var words in said[language].Where(words => !text.In(language).Contains(words, StringComparison.OrdinalIgnoreCase)))
            {
                part.Fault($"must say '{words}' in {language}, and does not say it itself.", "text");
            }

            if (rule is not null && said[language].IsEmpty && !Placeholder().IsMatch(text.In(language)))
            {
                part.Fault($"has a rule, and so needs what a letter in someone's own words must say in {language}.", "says");
            }
        }

        return new PackParagraph(id, name, rule, with, text, said);
    }

    private PackPromise ReadPromise(YamlPart part, ImmutableArray<PackField> fields)
    {
        var field = part.Text("field");
        if (!fields.Any(known => known.Id == field && known.Kind == PackFieldKind.Date))
        {
            part.Fault($"is '{field}', which is no date among the letter's fields.", "field");
        }

        var promise = new PackPromise(field, ReadText(part, "text"));
        part.Close();
        return promise;
    }

    private static IEnumerable<YamlPart> DelayParts(YamlPart part) =>
        [.. part.Find("first")?.Items() ?? [], .. part.Find("later")?.Items() ?? []];

    private static PackDelays ReadDelays(YamlPart part, ImmutableArray<PackLetter> letters)
    {
        var delays = new PackDelays(
            [.. (part.Get("first")?.Items() ?? []).Select(item => ReadDelay(item, letters))],
            [.. (part.Get("later")?.Items() ?? []).Select(item => ReadDelay(item, letters))],
            part.Flag("lapseCancels"));
        part.Close();
        return delays;
    }

    private static DelayRule ReadDelay(YamlPart part, ImmutableArray<PackLetter> letters)
    {
        var silence = part.Enums<Silence>("silence").Cast<Silence?>().FirstOrDefault();
        if (silence is null)
        {
            part.Fault("must be consents or cancels.", "silence");
        }

        var rule = new DelayRule(
            part.Text("rule"),
            part.Find("upToDays") is null ? null : part.Number("upToDays"),
            silence ?? Silence.Consents,
            part.Find("waitDays") is null ? 0 : part.Number("waitDays", least: 0),
            part.Text("letter"));
        part.Close();
        if (letters.FirstOrDefault(letter => letter.Id == rule.Letter) is not { } letter)
        {
            part.Fault($"is '{rule.Letter}', which is no letter of this pack.", "letter");
        }
        else if (letter.Paragraphs.Any(paragraph => !paragraph.With.IsEmpty))
        {
            part.Fault($"is '{rule.Letter}', which leaves out paragraphs (with); a delay is told in full.", "letter");
        }

        return rule;
    }

    private ImmutableArray<string> Clocks(YamlPart part, string key)
    {
        var clocks = part.Words(key).ToImmutableArray();
        foreach (var clock in clocks.Where(clock => _clocks.All(known => known.Id != clock)))
        {
            part.Fault($"names '{clock}', which is no clock of this pack: {string.Join(", ", _clocks.Select(known => known.Id))}.", key);
        }

        return clocks;
    }

    /// <summary>What a letter says, in every language of the pack and in no other.</summary>
    private LawText ReadText(YamlPart part, string key)
    {
        var list = part.Get(key);
        var texts = _languages.ToImmutableDictionary(language => language, language => list?.Text(language) ?? "", StringComparer.Ordinal);
        list?.Close();
        return new LawText(texts);
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("^[a-z][A-Za-z0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Camel();

    [GeneratedRegex(@"\{([A-Za-z0-9.]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
