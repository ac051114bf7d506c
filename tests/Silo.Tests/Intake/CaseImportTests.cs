using Escalation.Grains.Cases;
using Escalation.Grains.Customers;
using Escalation.Grains.Reviews;
using Escalation.Silo.Intake;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Intake;

public sealed class CaseImportTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly KitGrains _kit;
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public CaseImportTests() => _kit = new KitGrains(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ReviewErrands Reviews => new(_kit.Grains, _kit, TestPolicy.Shipped);

    public void Dispose() => _output.Dispose();

    [Fact]
    [Rule("CASE-1")]
    public async Task A_csv_line_opens_the_case_that_the_api_would()
    {
        var answers = await ImportAsync(
            """
            customer.name,customer.email,customer.language,customer.timeZone,type,summary,channel,heat,claim.amount,claim.currency,complainedAt
            Doina B.,doina@example.org,ro,Europe/Chisinau,quality,"Blat crăpat, de-a lungul
            muchiei",phone,tense,120.50,EUR,2026-11-19T11:30:00Z
            """);

        Assert.Equal("line 2: case 1001", Assert.Single(answers).ToString());
        var (state, _) = await _kit.Grains.Case(answers[0].CaseId!.Value).Get(Token);
        var opening = state.Opening!;
        Assert.Equal(new CustomerContact("Doina B.", "doina@example.org", null, "ro", "Europe/Chisinau"), opening.Customer);
        Assert.Equal(
            ("quality", "Blat crăpat, de-a lungul\nmuchiei", Channel.Phone, Heat.Tense, new Money(120.50m, "EUR")),
            (opening.Type, opening.Summary, opening.Channel, opening.Heat, opening.Claim));
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromMinutes(30), opening.ComplainedAt);
        Assert.Equal(_time.GetUtcNow(), state.OpenedAt);
    }

    [Fact]
    public async Task Bad_lines_are_answered_with_a_reason_and_good_ones_are_taken()
    {
        var answers = await ImportAsync(
            """
            {"customer": {"name": "A", "email": "a@example.org"}, "type": "quality", "summary": "one", "channel": "email"}
            {"customer": {"name": "A"}, "type": "quality", "summary": "two", "colour": "red"}

            not json
            {"customer": {}, "summary": "three"}
            {"customer": {"name": "A"}, "type": "rain", "summary": "four"}
            {"customer": {"name": "A"}, "type": "quality", "summary": "five", "claim": {"amount": -1, "currency": "eur"}}
            {"customer": {"name": "A"}, "type": "quality", "summary": "six", "complainedAt": "2026-11-20T00:00:00Z"}
            {"customer": {"name": "B", "email": "a@example.org"}, "type": "quality", "summary": "seven"}
            """);

        Assert.Equal([1, 2, 4, 5, 6, 7, 8, 9], answers.Select(answer => answer.Line));
        Assert.Equal([true, false, false, false, false, false, false, true], answers.Select(answer => answer.Refusal is null));
        Assert.Contains("colour", answers[1].Refusal, StringComparison.Ordinal);
        Assert.Equal("customer.name is missing. type is missing.", answers[3].Refusal);
        Assert.Contains("'rain'", answers[4].Refusal, StringComparison.Ordinal);
        var customers = new List<Guid>();
        foreach (var answer in answers.Where(answer => answer.CaseId is not null))
        {
            customers.Add((await _kit.Grains.Case(answer.CaseId!.Value).Get(Token)).State.Opening!.CustomerId);
        }

        Assert.Single(customers.Distinct());
        Assert.Equal(2, (await _kit.Grains.Customer(customers[0]).Get(Token)).State.Cases.Length);
    }

    [Fact]
    [Rule("CASE-5")]
    public async Task The_same_file_again_opens_nothing()
    {
        const string File = "key,customer.name,type,summary\nK1,A,quality,one\n,B,longWait,two\n";
        var first = await ImportAsync(File);
        var before = _kit.Log.Count;

        var again = await ImportAsync(File);

        Assert.Equal(before, _kit.Log.Count);
        Assert.Equal(first.Select(answer => (answer.Line, answer.CaseId, answer.Number, Known: true)), again.Select(answer => (answer.Line, answer.CaseId, answer.Number, answer.Known)));
    }

    [Fact]
    [Rule("CASE-5")]
    public async Task The_same_key_twice_in_one_file_is_one_case()
    {
        var answers = await ImportAsync("key,customer.name,customer.email,type,summary\nK1,A,a@example.org,quality,one\nK1,A,a@example.org,quality,one\nK1,B,b@example.org,longWait,two\n");

        Assert.Equal([false, true, true], answers.Select(answer => answer.Known));
        Assert.Single(answers.Select(answer => (answer.CaseId, answer.Number)).Distinct());
        Assert.Single(_kit.Log.All, entry => entry.Event is CaseEvent.CaseOpened);
        Assert.Single(_kit.Log.All, entry => entry.Event is CustomerEvent.CustomerCaseAdded);
    }

    [Fact]
    [Rule("CUS-1")]
    public async Task The_lines_of_one_customer_are_taken_in_their_order()
    {
        var lines = Enumerable.Range(0, 700).Select(line => (Key: $"K{line}", Customer: line % 3 == 0 ? 0 : line));

        var answers = await ImportAsync($"key,customer.name,customer.email,type,summary\n{string.Concat(lines.Select(line => $"{line.Key},A,c{line.Customer}@example.org,quality,{line.Key}\n"))}");

        var regular = (await _kit.Grains.Case(answers[0].CaseId!.Value).Get(Token)).State.Opening!.CustomerId;
        Assert.Equal(answers.Where((_, line) => line % 3 == 0).Select(answer => answer.CaseId!.Value), (await _kit.Grains.Customer(regular).Get(Token)).State.Cases);
        Assert.Equal(answers.Select(answer => answer.Line), Enumerable.Range(2, 700));
    }

    [Fact]
    [Rule("CASE-5")]
    public async Task A_case_whose_customer_was_not_told_before_the_crash_is_told_by_the_next_run()
    {
        const string File = "key,customer.name,customer.email,type,summary\nK1,A,a@example.org,quality,one\n";
        _kit.Log.BeforeAppend = append => _ = append.Category == Customer.Category ? throw new InvalidOperationException("Killed here.") : 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => ImportAsync(File));
        _kit.Log.BeforeAppend = null;

        var answer = Assert.Single(await ImportAsync(File));

        Assert.True(answer.Known);
        var customer = (await _kit.Grains.Case(answer.CaseId!.Value).Get(Token)).State.Opening!.CustomerId;
        Assert.Equal(answer.CaseId!.Value, Assert.Single((await _kit.Grains.Customer(customer).Get(Token)).State.Cases));
    }

    [Fact]
    public async Task A_csv_with_a_name_that_is_not_known_is_refused_whole()
    {
        var e = await Assert.ThrowsAsync<SourceFileException>(() => ImportAsync("customer.name,colour\nA,red\n"));

        Assert.Contains("colour", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customer.name,type,summary\nA,quality,one\n", "Cases", 0)]
    [InlineData("customer.name,type,summary\nA,quality\n", "Cases", 1)]
    [InlineData("place,rating\ngoogleMaps,4\n", "Reviews", 0)]
    [InlineData("customer.name,colour\nA,red\n", "IncidentLog", 2)]
    [InlineData(null, "IncidentLog", 2)]
    public async Task The_verb_answers_with_an_exit_code(string? text, string kind, int exitCode)
    {
        var path = Path.GetTempFileName();
        try
        {
            if (text is null)
            {
                File.Delete(path);
            }
            else
            {
                await File.WriteAllTextAsync(path, text, Token);
            }

            var verb = new ImportVerb(_kit.Grains, _kit, _kit, _kit, Reviews, _kit.Log, _time, _output);

            Assert.Equal(exitCode, await verb.RunAsync(new ImportOptions(path, Enum.Parse<ImportKind>(kind)), Token));
            Assert.NotEmpty(_output.ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Import_and_replay_of_a_compressed_log_end_with_a_check()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.csv.gz");
        try
        {
            await using (var packed = new System.IO.Compression.GZipStream(File.Create(path), System.IO.Compression.CompressionLevel.Fastest))
            {
                await packed.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Incidents.Small), Token);
            }

            Assert.Equal(0, await new ImportVerb(_kit.Grains, _kit, _kit, _kit, Reviews, _kit.Log, _time, _output)
                .RunAsync(new ImportOptions(path, ImportKind.IncidentLog), Token));
            Assert.Equal(0, await new ReplayVerb(_kit.Grains, _kit, _kit.Log, _time, _output).RunAsync(new ReplayOptions(path, null), Token));
            Assert.Contains("All agree.", _output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<List<LineAnswer>> ImportAsync(string text)
    {
        var answers = new List<LineAnswer>();
        var plan = await FileAnalysis.RunAsync(
            () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), ImportMapping.None, DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime), Token);
        if (plan.Questions.Count > 0)
        {
            throw new SourceFileException(plan.Asks());
        }

        await foreach (var answer in new LineImport(_kit.Grains, _kit, _kit, _kit, Reviews, _time).RunAsync(plan.ReadAsync(Token), "", 4, new ImportTally(_time, _output), Token))
        {
            answers.Add(answer);
        }

        return answers;
    }
}
