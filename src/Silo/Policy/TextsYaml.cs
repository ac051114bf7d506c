using System.Collections.Immutable;
using Escalation.Grains.Notices;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>texts/LANGUAGE.yaml</c>: what customers read.</summary>
internal static class TextsYaml
{
    /// <summary>An explanation that lacks any of these explains nothing.</summary>
    private static readonly string[] OfAnExplanation = ["reason", "date", "promise", "owner", "answerFine", "answerCall", "answerCancel"];

    /// <summary>CUS-5: nobody is turned away without them.</summary>
    private static readonly string[] OfADeclining = ["reason", "until", "review"];

    public static LanguageTexts Read(YamlPart file, IReadOnlySet<string> conflictTypes)
    {
        var messages = ReadMessages(file.Get("messages"));
        var weekdays = file.Words("weekdays");
        var months = file.Words("months");
        var date = file.Text("date");
        Expect(weekdays.Count == 7, "weekdays", "needs seven names, Monday first.");
        Expect(months.Count == 12, "months", "needs twelve names.");
        Expect(date.Contains("{zone}", StringComparison.Ordinal), "date", "must show the {zone}: a time without its zone is no promise.");
        var endOfDay = file.Find("endOfDay")?.Word();
        Expect(endOfDay?.Contains("{zone}", StringComparison.Ordinal) != false, "endOfDay", "must show the {zone}: a day without its zone is no promise.");
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file.Get("reasons") is { } list)
        {
            foreach (var type in conflictTypes.Append("default"))
            {
                reasons[type] = list.Text(type);
            }

            list.Close();
        }

        var (rights, costs) = (ReadByType(file, "rights", conflictTypes), ReadByType(file, "costs", conflictTypes));
        var letters = ReadLetters(file.Find("letters"));
        var language = file.Text("language");
        var signature = file.Text("signature");
        file.Close();
        return new LanguageTexts(
            language, [.. weekdays], [.. months], date, reasons.ToImmutableDictionary(), messages.ToImmutableDictionary(), signature)
        {
            Rights = rights,
            Costs = costs,
            Letters = letters,
            EndOfDayFormat = endOfDay,
        };

        void Expect(bool holds, string key, string problem)
        {
            if (!holds)
            {
                file.Fault(problem, key);
            }
        }
    }

    /// <summary>CUS-8: a text for any type, and others for some; none at all where the company says nothing of it.</summary>
    private static ImmutableDictionary<string, string> ReadByType(YamlPart file, string key, IReadOnlySet<string> conflictTypes)
    {
        if (file.Find(key) is not { } list)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        var texts = new Dictionary<string, string>(StringComparer.Ordinal) { [LanguageTexts.AnyType] = list.Text(LanguageTexts.AnyType) };
        foreach (var type in conflictTypes)
        {
            if (list.Find(type)?.Word() is { } text)
            {
                texts[type] = text;
            }
        }

        list.Close();
        return texts.ToImmutableDictionary();
    }

    /// <summary>CUS-5, CUS-6: all of them, or none where the company writes none.</summary>
    private static Dictionary<CustomerLetterText, MessageTemplate> ReadLetters(YamlPart? list)
    {
        var letters = new Dictionary<CustomerLetterText, MessageTemplate>();
        foreach (var kind in list is null ? [] : Enum.GetValues<CustomerLetterText>())
        {
            if (list!.Get(YamlPart.CamelCase(kind)) is not { } part)
            {
                continue;
            }

            letters[kind] = new MessageTemplate(part.Text("subject"), part.Text("body"));
            part.Close();
            foreach (var placeholder in kind == CustomerLetterText.Declining ? OfADeclining : [])
            {
                if (!letters[kind].Body.Contains($"{{{placeholder}}}", StringComparison.Ordinal))
                {
                    part.Fault($"must state the {{{placeholder}}}.", "body");
                }
            }
        }

        list?.Close();
        return letters;
    }

    private static Dictionary<NoticeKind, MessageTemplate> ReadMessages(YamlPart? list)
    {
        var messages = new Dictionary<NoticeKind, MessageTemplate>();
        // A letter of the law has its words in its pack.
        foreach (var kind in list is null ? [] : Enum.GetValues<NoticeKind>().Where(kind => kind != NoticeKind.Letter))
        {
            if (list!.Get(YamlPart.CamelCase(kind)) is not { } part)
            {
                continue;
            }

            var message = new MessageTemplate(part.Text("subject"), part.Text("body"), part.Find("short")?.Word());
            part.Close();
            messages[kind] = message;
            foreach (var placeholder in kind == NoticeKind.Explanation ? OfAnExplanation : [])
            {
                if (!message.Body.Contains($"{{{placeholder}}}", StringComparison.Ordinal))
                {
                    part.Fault($"must state the {{{placeholder}}}.", "body");
                }
            }
        }

        list?.Close();
        return messages;
    }
}
