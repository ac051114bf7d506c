using System.Collections.Immutable;

namespace Escalation.Grains.Reviews;

/// <summary>REV-4: what we answer in public, by conflict type.</summary>
/// <param name="Languages">Every question stands in all of them.</param>
/// <param name="Questions">By type, in the files' order.</param>
public sealed record QuestionBook(ImmutableArray<string> Languages, ImmutableArray<PublicQuestion> Questions)
{
    public static QuestionBook Empty { get; } = new([], []);

    /// <summary>Those whose answer was true until a day that is over, the longest first.</summary>
    public IEnumerable<PublicQuestion> StaleAt(DateTimeOffset now) =>
        Questions.Where(question => question.IsStaleAt(now)).OrderBy(question => question.TrueUntil);
}

/// <summary>REV-4: a question that many ask, and our answer.</summary>
/// <param name="Type">The conflict type that it belongs to.</param>
/// <param name="Id">Unique within the type.</param>
/// <param name="TrueUntil">The last day (UTC) on which the answer is known to be true.</param>
/// <param name="Titles">What all questions of the type are about, by language.</param>
/// <param name="Texts">By language.</param>
public sealed record PublicQuestion(
    string Type, string Id, DateOnly TrueUntil, ImmutableDictionary<string, string> Titles, ImmutableDictionary<string, QuestionText> Texts)
{
    public bool IsStaleAt(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime) > TrueUntil;
}

/// <summary>A question and its answer in one language.</summary>
public sealed record QuestionText(string Question, string Answer);
