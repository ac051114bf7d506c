using System.Text;
using Escalation.Grains.Cases;
using Escalation.Grains.Reviews;
using Escalation.Silo.Intake;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Intake;

/// <summary>REV-2: reviews from files, by the code that takes cases from files.</summary>
public sealed class ReviewImportTests : IDisposable
{
    private static readonly ImportMapping Reviews = new() { As = "reviews" };

    private readonly ManualTime _time = new();
    private readonly KitGrains _kit;
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public ReviewImportTests() => _kit = new KitGrains(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _output.Dispose();

    [Fact, Rule("REV-2")]
    public async Task Each_line_is_a_review_one_that_complains_opens_its_case_and_the_same_file_again_makes_nothing()
    {
        const string File =
            """
            key,place,rating,author,text,at
            r1,googleMaps,★★☆☆☆,Vera,"Leaks,
            and loudly.",2026-11-18T10:00:00Z
            r2,facebook,5/5,Ion,Great.,2026-11-18T11:00:00Z
            ,trustpilot,4,,Fine.,2026-11-18T12:00:00Z
            """;
        var answers = await ImportAsync(File);
        var before = _kit.Log.Count;
        var again = await ImportAsync(File);

        Assert.Equal(Review.IdOf("googleMaps", "r1", null, null, null, null), answers[0].ReviewId);
        Assert.Equal($"line 2: review {answers[0].ReviewId:D}, case 1001", answers[0].ToString());
        Assert.All(answers, answer => Assert.Equal((false, null), (answer.Known, answer.Refusal)));
        Assert.Equal([false, true, true], answers.Select(answer => answer.CaseId is null));
        var (opened, _) = await _kit.Grains.Case(answers[0].CaseId!.Value).Get(Token);
        Assert.Equal(
            (Channel.Review, Heat.Public, "Leaks,\nand loudly.", "Vera", new DateTimeOffset(2026, 11, 18, 10, 0, 0, TimeSpan.Zero)),
            (opened.Opening!.Channel, opened.Heat, opened.Opening.Summary, opened.Opening.Customer!.Name, opened.Opening.ComplainedAt));
        Assert.Equal(before, _kit.Log.Count);
        Assert.Equal(answers.Select(answer => answer with { Known = true }), again.Select(answer => answer with { Faults = answers[0].Faults }));
    }

    [Fact, Rule("REV-2")]
    public async Task Another_line_under_the_same_key_is_the_review_as_it_was_edited_once()
    {
        const string File =
            """
            {"key": "r1", "place": "googleMaps", "rating": 5, "text": "Great."}
            {"key": "r1", "place": "googleMaps", "rating": 1, "text": "It broke."}
            """;
        await ImportAsync(File, inFlight: 1);
        var (review, version) = await ReviewAsync();
        var again = await ImportAsync(File, inFlight: 1);

        Assert.Equal((1, "It broke.", true), (review.Rating, review.Text, review.CaseId is not null));
        Assert.Equal([true, true], again.Select(answer => answer.Known));
        Assert.Equal(version, (await ReviewAsync()).Version);

        Task<(Review State, int Version)> ReviewAsync() => _kit.Grains.Review(Review.IdOf("googleMaps", "r1", null, null, null, null)).Get(Token);
    }

    [Fact, Rule("REV-2")]
    public async Task Bad_lines_are_answered_with_a_reason_and_good_ones_are_taken()
    {
        var answers = await ImportAsync(
            """
            {"place": "googleMaps", "rating": "4.5"}
            {"place": "nowhere", "rating": 4}
            {"place": "googleMaps", "rating": 4, "colour": "red"}
            {"place": "googleMaps"}
            {"rating": 4}
            {"place": "googleMaps", "rating": 4, "at": "2026-11-20T00:00:00Z"}
            {"place": "googleMaps", "rating": 4, "customer": "0197f3c0-0000-7000-8000-000000000009"}
            {"place": "googleMaps", "rating": 1, "complains": "false", "text": "Not you."}
            """);

        Assert.Equal(
            ["rating", "place", "colour", "text", "place", "at", "customer", null],
            answers.Select(answer => answer.Faults is [var first, ..] ? first.Field : null));
        Assert.Null(answers[^1].CaseId);
    }

    [Fact, Rule("REV-2")]
    public async Task Headings_of_other_languages_are_suggested_and_what_is_in_doubt_is_asked()
    {
        var plan = await PlanAsync("Площадка;Оценка;Отзыв;Автор;Дата\ngoogleMaps;FIVE;Хорошо;Ион;03/04/2026\n", Reviews);

        Assert.Equal(["at", "author", "place", "rating", "text", "timeZone"], plan.Questions.Select(asked => asked.About).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("'FIVE'", Assert.Single(plan.Notes), StringComparison.Ordinal);
        var row = Assert.Single(plan.Preview().Rows);
        Assert.Equal(("googleMaps", null), (row.Review!.Value.GetProperty("place").GetString(), row.Case));

        var told = plan.Mapping with
        {
            TimeZone = "Europe/Chisinau",
            Fields = plan.Mapping.Fields!.ToDictionary(field => field.Key, field => field.Key switch
            {
                "at" => field.Value! with { Formats = ["dd/MM/yyyy"] },
                "rating" => field.Value! with { Words = new Dictionary<string, string> { ["FIVE"] = "5" } },
                _ => field.Value,
            }),
        };
        var answer = Assert.Single(await ImportAsync("Площадка;Оценка;Отзыв;Автор;Дата\ngoogleMaps;FIVE;Хорошо;Ион;03/04/2026\n", told));
        var (review, _) = await _kit.Grains.Review(answer.ReviewId!.Value).Get(Token);
        Assert.Equal((5, new DateTimeOffset(2026, 4, 2, 21, 0, 0, TimeSpan.Zero)), (review.Rating, review.Recorded!.WrittenAt));
    }

    [Theory]
    [InlineData("""{"as": "rain"}""", "as 'rain'")]
    [InlineData("""{"as": "reviews", "source": "crm"}""", "source is for cases")]
    [InlineData("""{"as": "reviews", "fields": {"summary": {"column": "a"}}}""", "'summary' is no field")]
    [InlineData("""{"as": "cases"}""", "said to hold reviews")]
    public void A_mapping_that_does_not_fit_reviews_is_refused(string mapping, string problem) =>
        Assert.Contains(problem, Assert.Throws<SourceFileException>(() => ImportMapping.Parse(mapping, ImportSubject.Reviews)).Message, StringComparison.Ordinal);

    private Task<ImportPlan> PlanAsync(string text, ImportMapping mapping) => FileAnalysis.RunAsync(
        () => new MemoryStream(Encoding.UTF8.GetBytes(text)), mapping, DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime), Token);

    private async Task<List<LineAnswer>> ImportAsync(string text, ImportMapping? mapping = null, int inFlight = 4)
    {
        var plan = await PlanAsync(text, mapping ?? Reviews);
        Assert.Empty(plan.Asks());
        var import = new LineImport(_kit.Grains, _kit, _kit, _kit, new ReviewErrands(_kit.Grains, _kit, TestPolicy.Shipped), _time);
        var answers = new List<LineAnswer>();
        await foreach (var answer in import.RunAsync(plan.ReadAsync(Token), "", inFlight, new ImportTally(_time, _output), Token))
        {
            answers.Add(answer);
        }

        return answers;
    }
}
