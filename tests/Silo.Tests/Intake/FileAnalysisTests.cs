using System.Text;
using Escalation.Silo.Intake;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Intake;

/// <summary>CASE-1: how a file is understood: beyond doubt, or not without asking.</summary>
public sealed class FileAnalysisTests
{
    private const string Complete =
        """
        {"timeZone": "America/New_York", "source": "comcast", "ignore": ["*"], "fields": {
            "key": {"column": "Ticket #"}, "customer.name": {"value": "A customer"}, "type": {"value": "quality"},
            "summary": {"column": "Customer Complaint"}, "complainedAt": {"column": "Date", "time": "Time"},
            "channel": {"column": "Received Via", "words": {"Customer Care Call": "phone", "Internet": "web"}}}}
        """;

    private static readonly DateOnly Today = new(2026, 11, 22);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, Rule("CASE-1")]
    [InlineData("30-04-15 2015-05-12", "dd-MM-yy yyyy-MM-dd")]
    [InlineData("04/11/15 30-04-15", "? dd-MM-yy")]
    [InlineData("04/11/15 04/23/15", "MM/dd/yy")]
    [InlineData("04/11/2015 23/04/2015", "dd/MM/yyyy")]
    [InlineData("04/23/2015 23/04/2015", "?")]
    [InlineData("03.04.2015", "?")]
    [InlineData("05.05.2015", "dd.MM.yyyy")]
    [InlineData("2015-04-11", "yyyy-MM-dd")]
    [InlineData("2015-23-04", "yyyy-dd-MM")]
    [InlineData("04-Aug-15", "dd-MMM-yy")]
    [InlineData("13-04-15", "?")]
    [InlineData("13-04-15 31-05-15", "dd-MM-yy")]
    [InlineData("2015-04-11T10:00:00Z", "yyyy-MM-dd")]
    public void A_columns_dates_are_read_as_all_of_them_allow_or_not_at_all(string values, string formats)
    {
        var column = new DateColumn(Today);
        Assert.All(values.Split(' '), value => Assert.True(column.Add(value)));

        Assert.Equal(
            formats.Split(' ').Order(),
            column.Read().Select(finding => finding.Decided is { } order ? finding.Shape.FormatOf(order) : "?").Order());
    }

    [Fact, Rule("CASE-1")]
    public async Task The_complaints_with_mixed_dates_are_asked_about_and_then_all_fall_into_april_to_june()
    {
        var plan = await ComcastAsync(ImportMapping.None);
        Assert.Equal(2224, plan.Lines);
        Assert.Equal(
            ["complainedAt", "customer.name", "ignore", "timeZone", "type"],
            plan.Questions.Select(asked => asked.About).Where(about => about is not ("key" or "summary" or "channel")).Distinct().Order());
        var which = Assert.Single(plan.Questions, asked => asked.Question.Contains("'Date' or 'Date_month_year'", StringComparison.Ordinal));
        Assert.Contains(which.Answers, answer => answer.Means == "dd-MM-yy: 2015-04-13 to 2015-06-30; yyyy-MM-dd: 2015-04-01 to 2015-06-12");
        Assert.Contains(which.Answers, answer => answer.Means.StartsWith("dd-MMM-yy: 2015-01-04 to 2015-12-06", StringComparison.Ordinal));

        var told = await ComcastAsync(ImportMapping.Parse(Complete));
        Assert.Empty(told.Questions);
        Assert.Empty(told.Notes);
        var lines = await LinesAsync(told);

        Assert.Equal(2224, lines.Count);
        Assert.All(lines, line => Assert.Empty(line.Faults));
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        Assert.Equal(
            [(2015, 4), (2015, 5), (2015, 6)],
            lines.Select(line => TimeZoneInfo.ConvertTime(CaseOf(line).ComplainedAt!.Value, zone)).Select(at => (at.Year, at.Month)).Distinct().Order());
        Assert.Equal(new DateTimeOffset(2015, 4, 22, 19, 53, 50, TimeSpan.Zero), CaseOf(lines[0]).ComplainedAt);
        Assert.Equal(2224, lines.Select(line => CaseOf(line).Key).Distinct().Count());
    }

    [Theory]
    [InlineData("utf-8", "Жалоба на долгое ожидание; ș ț ă")]
    [InlineData("utf-16", "Жалоба на долгое ожидание")]
    [InlineData("utf-16be", "A complaint about a long wait")]
    [InlineData("windows-1251", "Жалоба на долгое ожидание в магазине")]
    [InlineData("windows-1250", "Reclamaţie: aşteptare îndelungată în magazin, maşină")]
    [InlineData("windows-1252", "Réclamation à propos d'une très longue attente, piñata, señor")]
    public async Task Encodings_are_found_out(string encoding, string summary)
    {
        var bytes = EncodingGuess.Of(encoding)!.GetBytes($"customer.name,type,summary\nA,longWait,\"{summary}\"\n");

        var plan = await FileAnalysis.RunAsync(() => new MemoryStream(bytes), ImportMapping.None, Today, Token);

        Assert.Empty(plan.Questions);
        Assert.Equal(encoding, plan.Mapping.Encoding);
        Assert.Equal(summary, CaseOf((await LinesAsync(plan))[0]).Summary);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_heading()
    {
        var plan = await PlanAsync("\uFEFFcustomer.name,type,summary\nA,quality,one\n");

        Assert.Empty(plan.Questions);
        Assert.Equal("A", CaseOf((await LinesAsync(plan))[0]).Customer.Name);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    [InlineData("|")]
    public async Task Separators_are_found_out(string separator)
    {
        var plan = await PlanAsync($"customer.name{separator}type{separator}summary\nA{separator}quality{separator}\"one, two; three | four\"\n");

        Assert.Empty(plan.Questions);
        Assert.Equal((separator, "one, two; three | four"), (plan.Mapping.Delimiter, CaseOf((await LinesAsync(plan))[0]).Summary));
    }

    [Fact]
    public async Task A_heading_that_only_sounds_like_a_field_is_asked_about_and_the_suggestion_can_be_sent_back()
    {
        const string Text = "Nume,E-mail,Tip,Descriere,Data,Suma,claim.currency,Culoare\nIon,ion@example.org,quality,Una,03/04/2026,\"1.250,50\",MDL,red\nAna,ana@example.org,quality,Doua,21/04/2026,\"12,50\",MDL,blue\n";
        var asked = await PlanAsync(Text);
        Assert.Equal(
            ["claim.amount", "complainedAt", "customer.email", "customer.name", "ignore", "summary", "timeZone", "type"],
            asked.Questions.Select(question => question.About).Order());

        var plan = await PlanAsync(Text, ImportMapping.Parse(asked.Mapping.ToJson()) with { TimeZone = "Europe/Chisinau" });

        Assert.Empty(plan.Questions);
        var first = CaseOf((await LinesAsync(plan))[0]);
        Assert.Equal(("Ion", "ion@example.org", 1250.50m), (first.Customer.Name, first.Customer.Email, first.Claim!.Amount));
        Assert.Equal(new DateTimeOffset(2026, 4, 2, 21, 0, 0, TimeSpan.Zero), first.ComplainedAt);
    }

    [Fact]
    public async Task Dates_and_amounts_that_can_be_read_in_two_ways_are_asked_and_taken_as_answered()
    {
        const string Text = "customer.name,type,summary,complainedAt,claim.amount,claim.currency\nA,quality,one,03/04/2026,\"1,250\",EUR\n";
        var open = await PlanAsync(Text, new ImportMapping { TimeZone = "UTC" });
        Assert.Equal(["claim.amount", "complainedAt"], open.Questions.Select(question => question.About).Order());

        var answered = await PlanAsync(Text, ImportMapping.Parse(
            """{"timeZone": "UTC", "fields": {"complainedAt": {"column": "complainedAt", "formats": ["MM/dd/yyyy"]}, "claim.amount": {"column": "claim.amount", "decimal": ","}}}"""));

        Assert.Empty(answered.Questions);
        var line = CaseOf((await LinesAsync(answered))[0]);
        Assert.Equal((new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero), 1.25m), (line.ComplainedAt!.Value, line.Claim!.Amount));
    }

    [Fact]
    public async Task A_line_says_which_field_is_wrong_and_why()
    {
        var plan = await PlanAsync(
            "customer.name,type,summary,channel,complainedAt\nA,quality,one,pigeon,2026-04-01T00:00:00Z\nB,quality,two,phone,yesterday\nC,quality\n",
            new ImportMapping { TimeZone = "UTC" });

        var faults = (await LinesAsync(plan)).SelectMany(line => line.Faults.Select(fault => (line.Line, fault.Field))).ToList();

        Assert.Equal([(2, "channel"), (3, "complainedAt"), (4, "")], faults);
        Assert.Contains("'pigeon'", Assert.Single(plan.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"fields": {"colour": {"column": "A"}}}""", "colour")]
    [InlineData("""{"fields": {"type": {}}}""", "fields.type")]
    [InlineData("""{"timeZone": "Moon"}""", "Moon")]
    [InlineData("""{"encoding": "ebcdic"}""", "ebcdic")]
    [InlineData("""{"mappings": 1}""", "mappings")]
    [InlineData("""{"fields": {"complainedAt": {"column": "A", "formats": ["dmy"]}}}""", "dmy")]
    [InlineData("no", "mapping")]
    public void A_mapping_that_cannot_be_used_says_where(string json, string what) =>
        Assert.Contains(what, Assert.Throws<SourceFileException>(() => ImportMapping.Parse(json)).Message, StringComparison.Ordinal);

    private static Task<ImportPlan> PlanAsync(string text, ImportMapping? mapping = null) => FileAnalysis.RunAsync(
        () => new MemoryStream(Encoding.UTF8.GetBytes(text)), mapping ?? ImportMapping.None, Today, Token);

    private static async Task<List<ReadLine>> LinesAsync(ImportPlan plan)
    {
        var lines = new List<ReadLine>();
        await foreach (var line in plan.ReadAsync(Token))
        {
            lines.Add(line);
        }

        return lines;
    }

    private static CaseFields CaseOf(ReadLine line) => Assert.IsType<CaseFields>(line.Fields);

    private static Task<ImportPlan> ComcastAsync(ImportMapping mapping)
    {
        const string File = "Comcast_telecom_complaints_data.csv";
        var path = SharedData.Find(File);
        Assert.SkipWhen(path is null, SharedData.Missing(File));
        return FileAnalysis.RunAsync(() => SourceFile.Open(path!), mapping, Today, Token);
    }
}
