using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodaTime;

namespace Escalation.Grains.Notices;

/// <summary>What notices say, by language. A language that is missing falls back to English.</summary>
public sealed class NoticeTexts(IReadOnlyDictionary<string, LanguageTexts> languages)
{
    public const string Fallback = "en";

    /// <summary>The languages there are texts for.</summary>
    public IEnumerable<string> Languages => languages.Keys;

    /// <summary>The English letter of that kind; null where there is none.</summary>
    internal MessageTemplate? FallbackLetter(CustomerLetterText text) =>
        languages.TryGetValue(Fallback, out var english) ? english.Letters.GetValueOrDefault(text) : null;

    /// <summary>The texts for <paramref name="language"/> (BCP 47; <c>ro-MD</c> finds <c>ro</c>), else English.</summary>
    public LanguageTexts For(string? language)
    {
        var tag = language ?? Fallback;
        return languages.TryGetValue(tag, out var exact) ? exact
            : languages.TryGetValue(tag.Split('-')[0].ToLowerInvariant(), out var primary) ? primary
            : languages[Fallback];
    }
}

/// <summary>Subject and body with <c>{placeholders}</c>, and a short form for channels that carry little text.</summary>
public sealed record MessageTemplate(string Subject, string Body, string? Short = null)
{
    /// <summary>The short form filled like the others; without one, the subject.</summary>
    public string FillShort(IReadOnlyDictionary<string, string> values) => Fill(Short ?? Subject, values).Trim();

    /// <summary>Replaces each <c>{name}</c> with its value; braces without a value stay as they are.</summary>
    public (string Subject, string Body) Fill(IReadOnlyDictionary<string, string> values) =>
        (Fill(Subject, values), Fill(Body, values));

    private static string Fill(string template, IReadOnlyDictionary<string, string> values)
    {
        var filled = new StringBuilder(template.Length * 2);
        var at = 0;
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            filled.Append(template, at, open - at);
            filled.Append(values.TryGetValue(template[(open + 1)..close], out var value) ? value : template[open..(close + 1)]);
            at = close + 1;
        }

        return filled.Append(template, at, template.Length - at).ToString();
    }
}

/// <summary>CUS-5, CUS-6: letters to customers that belong to no case.</summary>
public enum CustomerLetterText
{
    Declining,
    Birthday,
    NewYear,
    Occasion,
}

/// <summary>One language's texts.</summary>
/// <param name="Language">BCP 47.</param>
/// <param name="Weekdays">Seven names, Monday first, as they stand in a date.</param>
/// <param name="Months">Twelve names, as they stand in a date.</param>
/// <param name="DateFormat">Placeholders <c>{weekday} {day} {month} {year} {time} {zone}</c>.</param>
/// <param name="Reasons">Why it takes longer, by conflict type; <c>default</c> for any other.</param>
/// <param name="Messages">One template for each kind of notice.</param>
/// <param name="Signature">Who signs while nobody in particular answers: "Customer care".</param>
public sealed record LanguageTexts(
    string Language,
    ImmutableArray<string> Weekdays,
    ImmutableArray<string> Months,
    string DateFormat,
    IReadOnlyDictionary<string, string> Reasons,
    IReadOnlyDictionary<NoticeKind, MessageTemplate> Messages,
    string Signature)
{
    /// <summary>The end of a day, with the placeholders of a date but <c>{time}</c>; null where midnight is written as a time.</summary>
    public string? EndOfDayFormat { get; init; }

    /// <summary>Stands for every conflict type that has no text of its own.</summary>
    public const string AnyType = "default";

    /// <summary>PRM-3: the playbook's reason for the conflict type.</summary>
    public string ReasonFor(string conflictType) =>
        Reasons.TryGetValue(conflictType, out var reason) ? reason : Reasons[AnyType];

    /// <summary>CUS-8: what a customer may do whatever we say, by conflict type; empty where the company says nothing of it.</summary>
    public IReadOnlyDictionary<string, string> Rights { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>CUS-8: who pays and who carries, by conflict type; empty where the company says nothing of it.</summary>
    public IReadOnlyDictionary<string, string> Costs { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>CUS-5, CUS-6: letters that belong to no case; empty where the company writes none.</summary>
    public IReadOnlyDictionary<CustomerLetterText, MessageTemplate> Letters { get; init; } = ImmutableDictionary<CustomerLetterText, MessageTemplate>.Empty;

    /// <summary>CUS-5, CUS-6: the letter in this language, else in English; null where there is none.</summary>
    public MessageTemplate? LetterFor(CustomerLetterText text, NoticeTexts all) => Letters.GetValueOrDefault(text) ?? all.FallbackLetter(text);

    /// <summary>
    /// By when something is due, in the customer's zone: as <see cref="Date"/>, but midnight is the end of the day before it: "the end of
    /// Friday 20 November 2026 (Europe/Chisinau)".
    /// </summary>
    public string Due(DateTimeOffset instant, string timeZone)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        return EndOfDayFormat is { } format && Instant.FromDateTimeOffset(instant).InZone(zone).TimeOfDay == LocalTime.Midnight
            ? Written(format, instant.AddMicroseconds(-1), zone)
            : Written(DateFormat, instant, zone);
    }

    /// <summary>CUS-8: the text for a conflict type, else that for any other; null for none.</summary>
    public static string? Of(IReadOnlyDictionary<string, string> texts, string conflictType) =>
        texts.GetValueOrDefault(conflictType) ?? texts.GetValueOrDefault(AnyType);

    /// <summary>A day in the customer's zone: "21 November 2026".</summary>
    public string Day(DateTimeOffset instant, string timeZone)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        var local = Instant.FromDateTimeOffset(instant).InZone(zone).Date;
        return string.Create(CultureInfo.InvariantCulture, $"{local.Day} {Months[local.Month - 1]} {local.Year}");
    }

    /// <summary>An instant in the customer's zone, always with the zone: "Saturday 21 November 2026, 18:30 (Europe/Chisinau)".</summary>
    public string Date(DateTimeOffset instant, string timeZone)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        return Written(DateFormat, instant, zone);
    }

    private string Written(string format, DateTimeOffset instant, DateTimeZone zone)
    {
        var local = Instant.FromDateTimeOffset(instant).InZone(zone).LocalDateTime;
        var values = new Dictionary<string, string>
        {
            ["weekday"] = Weekdays[(int)local.DayOfWeek - 1],
            ["day"] = local.Day.ToString(CultureInfo.InvariantCulture),
            ["month"] = Months[local.Month - 1],
            ["year"] = local.Year.ToString(CultureInfo.InvariantCulture),
            ["time"] = local.ToString("HH:mm", CultureInfo.InvariantCulture),
            ["zone"] = zone.Id,
        };
        return new MessageTemplate("", format).Fill(values).Body;
    }
}
