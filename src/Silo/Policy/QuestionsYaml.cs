using System.Collections.Immutable;
using System.Globalization;
using Escalation.Grains.Reviews;

namespace Escalation.Silo.Policy;

/// <summary>Reads <c>questions/TYPE.yaml</c>: what we answer in public. See <c>docs/REVIEWS.md</c>.</summary>
/// <param name="languages">Every question stands in all of them.</param>
internal sealed class QuestionsYaml(IReadOnlyList<string> languages)
{
    public const string Folder = "questions/";

    public IEnumerable<PublicQuestion> Read(YamlPart file, string type)
    {
        var title = file.Get("title");
        var titles = languages.ToImmutableDictionary(language => language, language => title?.Text(language) ?? "", StringComparer.OrdinalIgnoreCase);
        title?.Close();
        var questions = new List<PublicQuestion>();
        foreach (var part in file.Get("questions")?.Items() ?? [])
        {
            var id = part.Text("id");
            if (questions.Exists(other => other.Id == id))
            {
                part.Fault($"is {id}, which is there already.", "id");
            }

            var (asked, answered) = (part.Get("question"), part.Get("answer"));
            questions.Add(new PublicQuestion(type, id, ReadDay(part, "trueUntil"), titles, languages.ToImmutableDictionary(
                language => language,
                language => new QuestionText(asked?.Text(language) ?? "", answered?.Text(language) ?? ""),
                StringComparer.OrdinalIgnoreCase)));
            asked?.Close();
            answered?.Close();
            part.Close();
        }

        file.Close();
        return questions;
    }

    private static DateOnly ReadDay(YamlPart part, string key)
    {
        var text = part.Text(key);
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && text.Length > 0)
        {
            part.Fault($"is '{text}'; a day such as 2027-06-30 is expected.", key);
        }

        return day;
    }
}
