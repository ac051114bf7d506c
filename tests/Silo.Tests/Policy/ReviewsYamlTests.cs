using Escalation.Grains.Reviews;
using Escalation.Silo.Policy;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Policy;

/// <summary>REV-1, REV-4: the register and the public answers are checked before anything uses them.</summary>
public sealed class ReviewsYamlTests
{
    private static readonly PolicyFiles Shipped = PolicyFiles.In(Path.Combine(AppContext.BaseDirectory, "Policy"));

    [Fact, Rule("REV-1"), Rule("REV-4")]
    public void What_is_shipped_has_places_and_answers_in_every_language()
    {
        var policy = PolicyReader.Read(Shipped);

        Assert.Equal((3, 4.6m, 5.0m), (policy.Reviews.Threshold, policy.Reviews.HealthyFrom, policy.Reviews.MadeUpFrom));
        Assert.Equal(TimeSpan.FromHours(24), policy.Reviews.Find("googleMaps")!.LookEvery);
        Assert.All(policy.Questions.Questions, question => Assert.Equal(["en", "ro", "ru"], question.Texts.Keys.Order(StringComparer.Ordinal)));
        Assert.NotEmpty(policy.Questions.Questions);
        Assert.Equal(ReviewBook.Empty, PolicyReader.Read(Without("reviews.yaml")).Reviews);
    }

    [Fact, Rule("REV-1")]
    public void Every_fault_of_the_register_is_told_with_file_and_line()
    {
        var problems = Problems(Judging("reviews.yaml",
            """
            threshold: 5
            bands: {healthyFrom: 5.0, madeUpFrom: 4.6}
            complaintWords: [""]
            places:
              - {id: a, name: A, url: "somewhere", lookEvery: PT0S, type: weather, timeZone: Mars}
              - {id: a, name: A, url: "https://a.example", lookEvery: PT1H, type: quality, colour: red}
            """));

        Assert.Equal(
            [
                "reviews.yaml:1: threshold", "reviews.yaml:2: bands", "reviews.yaml:3: complaintWords", "reviews.yaml:5: places[0].lookEvery",
                "reviews.yaml:5: places[0].timeZone", "reviews.yaml:5: places[0].type", "reviews.yaml:5: places[0].url",
                "reviews.yaml:6: places[1].colour", "reviews.yaml:6: places[1].id",
            ],
            problems.Select(problem => string.Join(' ', problem.Split(' ')[..2])).Order(StringComparer.Ordinal));
    }

    [Fact, Rule("REV-2")]
    public void Every_fault_of_how_a_place_writes_is_told_with_file_and_line()
    {
        var problems = Problems(Judging("reviews.yaml",
            """
            places:
              - id: a
                name: A
                url: https://a.example
                lookEvery: PT1H
                type: quality
                mail:
                  from: [nobody]
                  patterns:
                    good: {subject: "{author}: {rating}", text: "{text}"}
                    empty: {ignore: true}
                    wrong: {subject: "{stars}", ignore: maybe}
            """));

        Assert.Equal(
            [
                "reviews.yaml:11: places[0].mail.patterns.empty", "reviews.yaml:12: places[0].mail.patterns.wrong",
                "reviews.yaml:12: places[0].mail.patterns.wrong.ignore", "reviews.yaml:8: places[0].mail.from",
            ],
            problems.Select(problem => string.Join(' ', problem.Split(' ')[..2])).Order(StringComparer.Ordinal));
    }

    [Fact, Rule("REV-4")]
    public void An_answer_without_its_day_or_a_language_is_told_with_file_and_line()
    {
        var problems = Problems(Shipped with
        {
            Texts = With(Shipped.Texts, ("questions/quality.yaml",
                """
                title: {en: Goods, ru: Товары, ro: Produse}
                questions:
                  - id: a
                    trueUntil: soon
                    question: {en: Who, ru: Кто}
                    answer: {en: We, ru: Мы, ro: Noi}
                """), ("questions/weather.yaml", "questions: []")),
        });

        Assert.Equal(
            ["questions/quality.yaml:4: questions[0].trueUntil", "questions/quality.yaml:5: questions[0].question.ro", "questions/weather.yaml:1: is"],
            problems.Select(problem => string.Join(' ', problem.Split(' ')[..2])).Order(StringComparer.Ordinal));
    }

    [Fact, Rule("REV-4")]
    public void A_better_answer_makes_no_new_version_of_the_policy() =>
        Assert.Equal(
            PolicyReader.Read(Shipped).Version,
            PolicyReader.Read(Shipped with { Texts = Shipped.Texts.Where(file => !file.Key.StartsWith("questions/", StringComparison.Ordinal)).ToDictionary() }).Version);

    private static PolicyFiles Judging(string name, string text) => Shipped with { Judging = With(Shipped.Judging, (name, text)) };

    private static PolicyFiles Without(string name) => Shipped with { Judging = Shipped.Judging.Where(file => file.Key != name).ToDictionary() };

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> files, params (string Name, string Text)[] changed)
    {
        var all = files.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, text) in changed)
        {
            all[name] = text;
        }

        return all;
    }

    private static IReadOnlyList<string> Problems(PolicyFiles files) => Assert.Throws<PolicyException>(() => PolicyReader.Read(files)).Problems;
}
