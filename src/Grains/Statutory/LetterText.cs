using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Cases;
using Escalation.Grains.Notices;
using Escalation.Grains.Policies;
using NodaTime;

namespace Escalation.Grains.Statutory;

/// <summary>Something that the law wants in a letter and that is not there.</summary>
/// <param name="Part">The field, as <c>fields.decision</c>, or the paragraph, as <c>paragraphs.ombudsman</c>.</param>
/// <param name="Says">What is wrong, for the writer.</param>
/// <param name="Rule">Where the law asks for it; null where it follows from the letter itself.</param>
/// <param name="Name">What staff call the paragraph, or what the field asks for; null for a paragraph without a name.</param>
/// <param name="Because">What <paramref name="Says"/> says, as codes.</param>
public sealed record MissingPart(string Part, string Says, string? Rule, PolicyText? Name, ImmutableArray<CodedSentence> Because);

/// <summary>A letter as it would go out, and what it still lacks.</summary>
/// <param name="Language">BCP 47.</param>
/// <param name="Subject">Filled.</param>
/// <param name="Body">Filled; links are put in when it is handed over.</param>
/// <param name="Missing">REG-2: with anything here it is not sent.</param>
/// <param name="Dates">The fields that are dates, as the customer's days end.</param>
public sealed record LetterText(
    string Language, string Subject, string Body, ImmutableArray<MissingPart> Missing, ImmutableDictionary<string, DateTimeOffset> Dates)
{
    /// <summary>Puts a letter together from the pack's paragraphs, or checks one in someone's own words.</summary>
    /// <param name="state">The case, covered by the pack.</param>
    /// <param name="policy">Whose names and dates.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="letter">One of its letters.</param>
    /// <param name="fields">What the writer says, by field.</param>
    /// <param name="body">The writer's own words, with the same placeholders; null for the pack's.</param>
    /// <param name="by">Who signs where nobody answers for the case.</param>
    /// <param name="now">The instant of writing.</param>
    public static LetterText Of(
        Case state, Policy policy, StatutoryPack pack, PackLetter letter, IReadOnlyDictionary<string, string> fields, string? body, string by,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(letter);
        ArgumentNullException.ThrowIfNull(fields);
        var language = pack.For(state.Language);
        var texts = policy.Texts.For(language);
        var missing = new List<MissingPart>();
        var dates = ImmutableDictionary.CreateBuilder<string, DateTimeOffset>();
        var values = ValuesOf(state, policy, pack, texts, by);
        foreach (var field in letter.Fields)
        {
            var rule = letter.Paragraphs.FirstOrDefault(paragraph => paragraph.IsMandatory && Names(paragraph, language, field.Id))?.Rule;
            if (FaultOf(field, fields.GetValueOrDefault(field.Id), state, policy, pack, now, out var value, out var endsAt) is { } fault)
            {
                missing.Add(new MissingPart($"fields.{field.Id}", $"{fault.Text}: {field.Asks.Text}", rule, field.Asks, [fault]));
            }

            if (endsAt is { } end)
            {
                dates[field.Id] = end;
            }

            values[field.Id] = endsAt is { } day ? texts.Day(day, state.TimeZone) : value;
        }

        var paragraphs = letter.Paragraphs.Where(paragraph => Belongs(paragraph, state, pack)).ToList();
        var template = new MessageTemplate(
            letter.Subject.In(language), body ?? string.Join("\n\n", paragraphs.Select(paragraph => paragraph.Text.In(language).Trim())) + "\n");
        var (subject, filled) = template.Fill(values);
        if (body is not null)
        {
            missing.AddRange(paragraphs.Where(paragraph => paragraph.IsMandatory)
                .Select(paragraph => MissingIn(paragraph, letter, language, values, filled)).OfType<MissingPart>());
        }

        return new LetterText(language, subject, filled, [.. missing], dates.ToImmutable());
    }

    /// <summary>The pack's text of a delay (PRM-3), with the placeholders of every explanation and <c>{answerBy}</c>.</summary>
    public static MessageTemplate Template(PackLetter letter, string language)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return new MessageTemplate(
            letter.Subject.In(language), string.Join("\n\n", letter.Paragraphs.Select(paragraph => paragraph.Text.In(language).Trim())) + "\n");
    }

    private static bool Belongs(PackParagraph paragraph, Case state, StatutoryPack pack) =>
        paragraph.With.IsEmpty || paragraph.With.Any(clock => state.Clocks.Any(running => running.Name == pack.NameOf(clock)));

    private static bool Names(PackParagraph paragraph, string language, string field) =>
        paragraph.Text.In(language).Contains($"{{{field}}}", StringComparison.Ordinal);

    private static Dictionary<string, string> ValuesOf(Case state, Policy policy, StatutoryPack pack, LanguageTexts texts, string by)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = state.Opening!.Customer?.Name ?? "",
            ["number"] = state.Opening.Number.ToString(CultureInfo.InvariantCulture),
            ["owner"] = (state.Owner ?? by) is { Length: > 0 } owner ? policy.NameOf(owner) : texts.Signature,
            ["complainedAt"] = texts.Day(state.Opening.ComplainedAt, state.TimeZone),
        };
        foreach (var clock in pack.Clocks)
        {
            if (state.Clocks.FirstOrDefault(running => running.Name == pack.NameOf(clock.Id)) is { } running)
            {
                values[$"due.{clock.Id}"] = texts.Day(LawDays.LastMomentOf(running, policy), LawDays.ZoneOf(running, policy, state));
            }
        }

        return values;
    }

    private static CodedSentence? FaultOf(
        PackField field, string? given, Case state, Policy policy, StatutoryPack pack, DateTimeOffset now, out string value, out DateTimeOffset? endsAt)
    {
        (value, endsAt) = (given?.Trim() ?? "", null);
        if (value.Length == 0)
        {
            return CodedSentence.Of("field.missing", "is missing");
        }

        if (field.Kind == PackFieldKind.Text)
        {
            return null;
        }

        if (!DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year is < 2000 or > 2199)
        {
            return CodedSentence.Of("field.noDay", $"is '{value}', but must be a day such as 2027-01-31", ("value", value));
        }

        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(state.TimeZone) ?? DateTimeZone.Utc;
        var end = zone.AtStartOfDay(LocalDate.FromDateOnly(date).PlusDays(1)).ToInstant().ToDateTimeOffset().ToUniversalTime().AddMinutes(-1);
        if (end <= now)
        {
            return CodedSentence.Of("field.passed", $"is {value}, which has passed", ("value", value));
        }

        endsAt = end;
        var latest = field.NotAfter is { } clock ? state.Clocks.FirstOrDefault(running => running.Name == pack.NameOf(clock)) : null;
        return latest is not null && LawDays.LastDayOf(latest, policy, state) is var last && date > last
            ? CodedSentence.Of(
                "field.tooLate",
                string.Create(CultureInfo.InvariantCulture, $"is {value}, later than {last:yyyy-MM-dd}, which is the last day that {latest.Name} allows"),
                ("value", value), ("last", last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("clock", latest.Name))
            : null;
    }

    /// <summary>REG-2: what a letter in someone's own words does not say.</summary>
    private static MissingPart? MissingIn(
        PackParagraph paragraph, PackLetter letter, string language, Dictionary<string, string> values, string body)
    {
        var text = Plain(body);
        var unsaid = paragraph.Says[language].Where(words => !text.Contains(Plain(new MessageTemplate("", words).Fill(values).Body), StringComparison.OrdinalIgnoreCase))
            .Select(words => CodedSentence.Of("paragraph.unsaid", $"does not say '{words}'", ("words", words)));
        var unfilled = letter.Fields.Where(field => Names(paragraph, language, field.Id) && values[field.Id].Length > 0)
            .Where(field => !text.Contains(Plain(values[field.Id]), StringComparison.OrdinalIgnoreCase))
            .Select(field => CodedSentence.Of("paragraph.notGiven", $"does not give {{{field.Id}}}", ("field", field.Id)));
        ImmutableArray<CodedSentence> faults = [.. unsaid, .. unfilled];
        return faults.IsEmpty ? null : new MissingPart(
            $"paragraphs.{paragraph.Id}", string.Join(" and ", faults.Select(fault => fault.Text)), paragraph.Rule, paragraph.Name, faults);
    }

    /// <summary>Words as they are compared: line breaks and typographic marks make no difference.</summary>
    private static string Plain(string text) => string.Join(
        ' ', text.Replace('’', '\'').Replace('–', '-').Replace('—', '-').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
