using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Escalation.TestKit;

namespace Escalation.Silo.Tests.Intake;

/// <summary>CASE-1: files of complaints over HTTP.</summary>
public sealed class ImportStoryTests
{
    private const string File =
        "customer.name,customer.email,type,summary,complainedAt\nA,a@example.org,quality,one,2026-11-01T08:00:00Z\nB,b@example.org,rain,two,2026-11-01T08:00:00Z\nC,,longWait,three,2026-11-01T08:00:00Z\n";

    [Fact, Rule("CASE-1")]
    public async Task A_file_is_taken_line_by_line_and_the_same_file_again_opens_nothing()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var intake = platform.ClientFor("intake");

        var first = await RunAsync(platform, intake, File);
        var again = await RunAsync(platform, intake, File);

        Assert.Equal((3, 2, 0, 1, "done"), Figures(first));
        Assert.Equal((3, 0, 2, 1, "done"), Figures(again));
        Assert.Equal(2, await platform.QueryAsync<long>("select count(*) from grain where category = 'case'"));
        Assert.Equal(0, await platform.QueryAsync<long>("select count(*) from import_part"));
        var lines = (await intake.GetJsonAsync($"/api/imports/{Id(first)}/lines")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([(2, "taken"), (3, "refused"), (4, "taken")], lines.Select(line => (line.GetProperty("line").GetInt32(), line.GetProperty("outcome").GetString())));
        var refused = (await intake.GetJsonAsync($"/api/imports/{Id(first)}/lines?outcome=refused")).GetProperty("items").EnumerateArray().Single();
        Assert.Contains("rain", refused.GetProperty("errors")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        using var ana = platform.ClientFor("agent");
        var opened = await ana.GetJsonAsync($"/api/cases/{lines[0].GetProperty("caseId").GetString()}");
        Assert.Equal("A", opened.GetProperty("customer").GetProperty("name").GetString());
        Assert.Empty(await platform.ProveAsync());
    }

    [Fact, Rule("REV-2")]
    public async Task A_file_of_reviews_is_taken_like_one_of_cases()
    {
        var folder = TestPolicy.FolderWith((TestPolicy.ReviewsFile,
            "places: [{id: googleMaps, name: Maps, url: \"https://maps.example\", lookEvery: P9D, type: quality}]"));
        await using var platform = await TestPlatform.StartAsync(policyFolder: folder);
        using var intake = platform.ClientFor("intake");
        const string Reviews = "key,place,rating,text\nr1,googleMaps,1,It leaks.\nr2,googleMaps,5,Great.\nr3,nowhere,5,Great.\n";
        const string AsReviews = "/api/imports?mapping=%7B%22as%22%3A%22reviews%22%7D";

        var first = await RunAsync(platform, intake, Reviews, AsReviews);
        var again = await RunAsync(platform, intake, Reviews, AsReviews);

        Assert.Equal((3, 2, 0, 1, "done"), Figures(first));
        Assert.Equal((3, 0, 2, 1, "done"), Figures(again));
        var lines = (await intake.GetJsonAsync($"/api/imports/{Id(first)}/lines")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([(true, true), (true, false), (false, false)], lines.Select(line => (line.TryGetProperty("reviewId", out _), line.TryGetProperty("caseId", out _))));
        using var ana = platform.ClientFor("agent");
        Assert.Equal(1, (await ana.GetJsonAsync($"/api/reviews/{lines[0].GetProperty("reviewId").GetString()}")).GetProperty("rating").GetInt32());
        Assert.Equal("public", (await ana.GetJsonAsync($"/api/cases/{lines[0].GetProperty("caseId").GetString()}")).GetProperty("heat").GetString());
        Assert.Empty(await platform.ProveAsync());
        Directory.Delete(folder, recursive: true);
    }

    [Fact, Rule("CASE-1")]
    public async Task What_is_in_doubt_is_asked_before_anything_is_taken_and_shown_in_the_preview()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var intake = platform.ClientFor("intake");
        const string Doubtful = "customer.name,type,summary,complainedAt\nA,quality,one,03/04/2026\n";

        var (status, problem) = await PostAsync(intake, "/api/imports", Doubtful);
        var (_, preview) = await PostAsync(intake, "/api/imports?preview=true", Doubtful);

        Assert.Equal((HttpStatusCode.Conflict, "import.asks"), (status, problem.GetProperty("code").GetString()));
        Assert.Contains("2026-03-04", problem.GetProperty("errors").GetProperty("complainedAt")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(["complainedAt", "timeZone"], preview.GetProperty("questions").EnumerateArray().Select(asked => asked.GetProperty("about").GetString()).Order());
        Assert.Equal("A", preview.GetProperty("rows")[0].GetProperty("case").GetProperty("customer").GetProperty("name").GetString());
        Assert.Equal(0, await platform.QueryAsync<long>("select count(*) from import"));

        using var form = new MultipartFormDataContent
        {
            { new StringContent("""{"timeZone": "Europe/Chisinau", "fields": {"complainedAt": {"column": "complainedAt", "formats": ["dd/MM/yyyy"]}}}"""), "mapping" },
            { new StringContent(Doubtful), "file", "cases.csv" },
        };
        using var answer = await intake.PostAsync(new Uri("/api/imports", UriKind.Relative), form, TestContext.Current.CancellationToken);
        var started = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((1, 1, 0, 0, "done"), Figures(await DoneAsync(platform, intake, started)));
    }

    [Fact]
    public async Task Files_and_mappings_that_cannot_be_used_are_refused()
    {
        await using var platform = await TestPlatform.StartAsync();
        using var intake = platform.ClientFor("intake");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(intake, "/api/imports?mapping=%7B%22a%22%3A1%7D", File)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(intake, "/api/imports?preview=maybe", File)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(intake, "/api/imports", "type,type\na,b\n")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(intake, "/api/imports", "{}", "application/json")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(intake, "/api/imports", "--", "multipart/form-data; boundary=x")).Status);
    }

    [Fact, Rule("CASE-5")]
    public async Task A_host_that_is_killed_in_the_middle_goes_on_and_takes_no_line_twice()
    {
        const int Lines = 600;
        var folder = Directory.CreateTempSubdirectory("escalation-import-").FullName;
        var host = await HostProcess.StartAsync(folder);
        try
        {
            var text = new StringBuilder("key,customer.name,type,summary\n");
            for (var n = 0; n < Lines; n++)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"K{n},Customer {n},quality,Complaint {n}\n");
            }

            JsonElement started;
            using (var intake = host.ClientFor("intake"))
            {
                started = (await PostAsync(intake, "/api/imports", text.ToString())).Json;
            }

            await host.KillAsync();
            await host.DisposeAsync();
            host = await HostProcess.StartAsync(folder);
            using var next = host.ClientFor("intake");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            JsonElement now;
            while ((now = await next.GetJsonAsync($"/api/imports/{Id(started)}")).GetProperty("state").GetString() != "done")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
            }

            Assert.Equal((Lines, 0), (now.GetProperty("taken").GetInt32() + now.GetProperty("known").GetInt32(), now.GetProperty("refused").GetInt32()));
            using var ana = host.ClientFor("supervisor");
            Assert.Equal(Lines, (await ana.GetJsonAsync("/api/status")).GetProperty("openCases").GetInt32());
        }
        finally
        {
            await host.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> RunAsync(TestPlatform platform, HttpClient intake, string text, string path = "/api/imports")
    {
        var (status, started) = await PostAsync(intake, path, text);
        Assert.Equal(HttpStatusCode.Accepted, status);
        return await DoneAsync(platform, intake, started);
    }

    private static async Task<JsonElement> DoneAsync(TestPlatform platform, HttpClient intake, JsonElement started)
    {
        await platform.UntilAsync(async () => (await intake.GetJsonAsync($"/api/imports/{Id(started)}")).GetProperty("state").GetString() != "running");
        return await intake.GetJsonAsync($"/api/imports/{Id(started)}");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(HttpClient client, string path, string text, string type = "text/csv")
    {
        using var content = new StringContent(text);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement);
    }

    private static string Id(JsonElement import) => import.GetProperty("id").GetString()!;

    private static (int Total, int Taken, int Known, int Refused, string? State) Figures(JsonElement import) => (
        import.GetProperty("total").GetInt32(), import.GetProperty("taken").GetInt32(), import.GetProperty("known").GetInt32(),
        import.GetProperty("refused").GetInt32(), import.GetProperty("state").GetString());
}
