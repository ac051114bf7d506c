using System.Net.Sockets;
using System.Text;
using Escalation.Dashboard.Api;
using Escalation.Grains;
using Escalation.TestKit;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>Every way to be refused has its status, its code, a sentence, and the fields.</summary>
public sealed class ProblemTests
{
    [Fact]
    public async Task Every_invalid_field_is_named_at_once()
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/cases", new
        {
            customer = new { name = " ", email = "not an address", phone = "call me", language = "?", timeZone = "Mars/Olympus", id = "7" },
            type = "weather",
            summary = new string('x', 4001),
            channel = "pigeon",
            heat = 3,
            claim = new { amount = -1.00001m, currency = "eur" },
            complainedAt = "yesterday",
        });

        Assert.Equal((422, "request.invalid", Problem.ContentType), (refused.Status, refused.Code, refused.ContentType));
        Assert.Equal(
            [
                "channel", "claim.amount", "claim.currency", "complainedAt", "customer.email", "customer.id",
                "customer.language", "customer.name", "customer.phone", "customer.timeZone", "heat", "summary", "type",
            ],
            refused.Fields.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Missing_fields_are_named_at_once()
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/cases", "{}");

        Assert.Equal(422, refused.Status);
        Assert.Equal(["channel", "customer", "customer.name", "summary", "type"], refused.Fields.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"note": "a" """, 400, "request.malformed")]
    [InlineData("", 400, "request.malformed")]
    [InlineData("[]", 400, "request.malformed")]
    [InlineData("null", 400, "request.malformed")]
    [InlineData("""{"note": 7}""", 422, "request.invalid")]
    [InlineData("""{"note": null}""", 422, "request.invalid")]
    [InlineData("""{"note": "a\u0000b"}""", 422, "request.invalid")]
    [InlineData("""{"note": "a\ud800b"}""", 422, "request.invalid")]
    [InlineData("""{"note": "ok", "\ud800": 1}""", 400, "request.malformed")]
    [InlineData("""{"note": "ok", "more": {"a": [1]}}""", 200, null)]
    public async Task Body_is_taken_or_refused_by_its_form(string body, int status, string? code)
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var reply = await api.PostAsync($"{at}/note", body);

        Assert.Equal(status, reply.Status);
        if (code is not null)
        {
            Assert.Equal(code, reply.Code);
        }
    }

    [Fact]
    public async Task Malformed_body_is_told_where()
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.PostAsync("/api/cases", "{\n  \"type\": oops }");

        Assert.Contains("line 2, byte 11", refused["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        var body = new ByteArrayContent([.. "{\"note\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        body.Headers.ContentType = new("application/json");

        Assert.InRange((await api.PostAsync($"{at}/note", body)).Status, 400, 422);
    }

    [Fact]
    public async Task Other_media_types_are_refused()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var text = await api.PostAsync($"{at}/note", new StringContent("""{"note":"a"}""", Encoding.UTF8, "text/plain"));
        var latin = await api.PostAsync($"{at}/note", new StringContent("""{"note":"a"}""", Encoding.Latin1, "application/json"));

        Assert.Equal((415, "request.unsupportedMediaType"), (text.Status, text.Code));
        Assert.Equal(415, latin.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_above_the_limit_is_refused_with_or_without_its_length(bool chunked)
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        var large = Encoding.UTF8.GetBytes($$"""{"note":"{{new string('x', JsonBody.Limit)}}"}""");
        HttpContent body = chunked ? new StreamContent(new Unsized(large)) : new ByteArrayContent(large);
        body.Headers.ContentType = new("application/json");

        var refused = await api.PostAsync($"{at}/note", body);

        Assert.Equal((413, "request.tooLarge"), (refused.Status, refused.Code));
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/api/cases/not-a-uuid")]
    [InlineData("/api/cases/0197f3c0-0000-7000-8000-000000000000")]
    [InlineData("/api/cases/0197f3c0-0000-7000-8000-000000000000/history")]
    [InlineData("/api/cases/0197f3c0-0000-7000-8000-000000000000/clocks/silence/why")]
    [InlineData("/api/escalations/0197f3c000007000800000000000000a-e1/why")]
    [InlineData("/api/customers/0197f3c0-0000-7000-8000-000000000000")]
    [InlineData("/api/notices?case=0197f3c0-0000-7000-8000-000000000000")]
    public async Task What_does_not_exist_is_not_found(string path)
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.GetAsync(path);

        Assert.Equal((404, Problem.ContentType), (refused.Status, refused.ContentType));
        Assert.EndsWith(".notFound", refused.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_of_a_case_that_do_not_exist_are_not_found()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        Assert.Equal("promise.notFound", (await api.PostAsync($"{at}/promises/p9/keep", new { evidence = "x" })).Code);
        Assert.Equal("promise.notFound", (await api.PostAsync($"{at}/promises/9/keep", new { evidence = "x" })).Code);
        Assert.Equal("escalation.notFound", (await api.PostAsync("/api/escalations/e1/acknowledge")).Code);
        Assert.Equal("case.notFound", (await api.PostAsync("/api/cases/0197f3c0-0000-7000-8000-000000000000/note", new { note = "x" })).Code);
    }

    [Fact]
    public async Task Id_of_one_kind_is_unknown_to_another()
    {
        await using var api = await ApiHost.StartAsync();
        var opened = await api.PostAsync("/api/cases", ApiHost.Complaint());
        var body = new { customer = new { id = opened["id"], name = "Oleg" }, type = "quality", summary = "Torn.", channel = "web" };

        Assert.Equal("customer.notFound", (await api.GetAsync($"/api/customers/{opened["id"]}")).Code);
        Assert.Equal("case.notFound", (await api.GetAsync($"/api/cases/{opened["customer.id"]}")).Code);
        Assert.Equal("case.notFound", (await api.PostAsync($"/api/cases/{opened["customer.id"]}/note", new { note = "a" })).Code);
        Assert.Equal(["customer.id"], (await api.PostAsync("/api/cases", body)).Fields);
    }

    [Fact]
    public async Task Wrong_method_is_told_the_right_ones()
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.SendAsync(HttpMethod.Put, "/api/session", Roles.Agent, "{}");

        Assert.Equal((405, "route.methodNotAllowed", "DELETE, GET, POST"), (refused.Status, refused.Code, refused.Header("Allow")));
    }

    [Fact]
    public async Task Rule_that_says_no_is_a_conflict_or_names_its_field()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var tooEarly = await api.PostAsync($"{at}/stage", new { to = "clarify" });
        var skipped = await api.PostAsync($"{at}/stage", new { to = "agreement" });
        var past = await api.PostAsync($"{at}/promises", new { text = "Call.", dueAt = "2026-11-19T11:00:00+00:00" });

        Assert.Equal((409, "case.stage.incomplete"), (tooEarly.Status, tooEarly.Code));
        Assert.Equal((422, "case.stage.oneStep"), (skipped.Status, skipped.Code));
        Assert.Equal((422, "promise.dueInPast"), (past.Status, past.Code));
        Assert.Equal(["dueAt"], past.Fields);
    }

    [Fact]
    [Rule("CASE-7")]
    public async Task Closing_without_a_remedy_takes_a_supervisor()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        var close = new { outcome = "noActionPossible", summary = "We looked into it." };

        Assert.Equal("case.close.needsSupervisor", (await api.PostAsync($"{at}/close", close)).Code);
        Assert.Equal(200, (await api.PostAsync($"{at}/close", close, Roles.Supervisor)).Status);
        Assert.Equal("case.closed", (await api.PostAsync($"{at}/heat", new { heat = "tense" })).Code);
    }

    [Fact]
    [Rule("CASE-5")]
    public async Task Stale_write_is_refused_with_both_versions()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        var version = (await api.GetAsync(at))["version"]!;

        var taken = await api.PostAsync($"{at}/note", new { note = "a" }, Roles.Agent, ("If-Match", $"\"{version}\""));
        var stale = await api.PostAsync($"{at}/note", new { note = "b" }, Roles.Agent, ("If-Match", $"\"{version}\""));
        var wrong = await api.PostAsync($"{at}/note", new { note = "c" }, Roles.Agent, ("If-Match", "seven"));

        Assert.Equal(200, taken.Status);
        Assert.Equal((412, "case.stale"), (stale.Status, stale.Code));
        Assert.Equal((version, taken["version"]), (stale["expectedVersion"], stale["actualVersion"]));
        Assert.Equal(422, wrong.Status);
        Assert.Equal(["If-Match"], wrong.Fields);
    }

    [Fact]
    public async Task Database_away_is_503_with_a_time_to_come_back()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();
        api.Log.IsAway = true;

        var refused = await api.PostAsync($"{at}/note", new { note = "a" });
        var ready = await api.GetAsync("/readyz", Roles.None);

        Assert.Equal((503, "database.away", "2"), (refused.Status, refused.Code, refused.Header("Retry-After")));
        Assert.Equal((503, "host.notReady"), (ready.Status, ready.Code));
        Assert.Equal(200, (await api.GetAsync("/healthz", Roles.None)).Status);
        api.Log.IsAway = false;
        Assert.Equal(200, (await api.PostAsync($"{at}/note", new { note = "a" })).Status);
    }

    [Fact]
    public async Task Too_many_requests_are_told_to_wait()
    {
        await using var api = await ApiHost.StartAsync(options: options => options.RequestsPerSecond = 5);

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.GetAsync("/api/session")));

        var refused = replies.First(reply => reply.Status == 429);
        Assert.Equal("request.tooMany", refused.Code);
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Equal(200, (await api.GetAsync("/api/session", Roles.Supervisor)).Status);
    }

    [Fact]
    public async Task Paging_out_of_range_is_refused()
    {
        await using var api = await ApiHost.StartAsync();
        var at = await api.ACaseAsync();

        var refused = await api.GetAsync($"{at}/history?limit=501&after=x");

        Assert.Equal(422, refused.Status);
        Assert.Equal(["limit", "after"], refused.Fields);
        Assert.Equal(["team"], (await api.GetAsync("/api/board?team=north&level=head")).Fields);
        Assert.Equal(200, (await api.GetAsync("/api/board?team=front&level=head&limit=5")).Status);
    }

    [Theory]
    [InlineData("yesterday", "request.malformed")]
    [InlineData("2026-11-19", "request.malformed")]
    [InlineData("2126-11-19T11:00:00Z", "board.future")]
    [Rule("BRD-6")]
    public async Task The_board_of_no_instant_or_of_the_future_is_a_bad_request(string at, string code)
    {
        await using var api = await ApiHost.StartAsync();

        var refused = await api.GetAsync($"/api/board?at={at}");

        Assert.Equal((400, code), (refused.Status, refused.Code));
        Assert.Equal(["at"], refused.Fields);
    }

    [Fact]
    public async Task Broken_framing_is_a_bad_request_and_not_a_fault()
    {
        await using var api = await ApiHost.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.KeyOf(Roles.Agent)}\r\n" +
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n\r\n"), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(api.Errors);
    }

    /// <summary>A stream that does not tell its length, so that it is sent in chunks.</summary>
    private sealed class Unsized(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
