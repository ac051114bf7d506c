using System.Text;
using Escalation.Grains;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>Never a 500 for anything a caller can send.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e400", "1.00001", "79228162514264337593543950336", "\"\"", "\" \"", "\"p1\"", "\"\\u0000\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "[]", "[1]", "[1,\"a\"]", "{}", "{\"amount\":1}", "{\"amount\":\"1\",\"currency\":7}",
        "{\"amount\":0.12,\"currency\":\"EUR\"}", "\"2026-11-21T16:30:00Z\"", "\"2026-11-21\"", "\"9999-12-31T23:59:59-14:00\"",
        "\"0001-01-01T00:00:00+14:00\"", "\"2199-12-31T23:59:59Z\"", "\"contact\"", "\"Closed\"", "\"5\"", "\"closed\"", "\"toCustomer\"",
        "\"phone\"", "\"public\"", "\"head\"", "\"agreed\"", "\"listen\"", "\"wrongPayment\"", "\"vera@example.org\"",
        "{\"name\":\"V\",\"email\":\"a@b\"}", "{\"name\":\"V\\nW\",\"timeZone\":\"utc\",\"language\":\"en-\"}",
        "{\"name\":\"V\",\"id\":\"00000000-0000-0000-0000-000000000000\"}", "\"\\ufffe\\uffff\"", "\"😀\"",
        "\"always\"", "{\"working\":\"PT8H\"}", "{\"working\":\"P99999999D\"}", "{\"working\":\"-PT1S\"}", "{\"workingDays\":99999}",
        "{\"calendarDays\":-1}", "{\"workingDays\":1,\"calendarDays\":1}",
        "{\"timeZone\":\"Europe/Paris\",\"hours\":{\"mon\":[[\"09:00\",\"24:00\"]]},\"recurringHolidays\":[\"02-29\"]}",
        "{\"timeZone\":\"UTC\",\"hours\":{},\"specialDays\":{\"9999-12-31\":[[\"00:00\",\"24:00\"]],\"0001-01-01\":[[\"09:00\",\"17:00\"]]}}",
        "{\"timeZone\":7,\"hours\":{\"mon\":[[\"25:00\",null],7],\"\":{}},\"holidays\":[7,\"\"],\"versions\":[null,{\"from\":\"0001-01-01\"}]}",
    ];

    private static readonly string[] Names =
    [
        "customer", "type", "summary", "channel", "heat", "claim", "product", "site", "complainedAt", "direction", "note", "step", "facts",
        "expectation", "text", "cost", "options", "remedyGiven", "to", "reason", "level", "agent", "owner", "dueAt", "newDueAt",
        "evidence", "outcome", "calendar", "start", "target", "from", "user", "password", "\\ud800", "\\u006eote", "",
    ];

    private static readonly string[] Raw =
    [
        "", " ", "{", "}", "[", "nul", "\"", "{\"a\":}", "{\"a\":1,}", "// comment\n{}", "\uFEFF{}", "{}{}", "{\"note\":\"\u0001\"}",
        new('[', 5000), "{\"a\":" + new string('9', 10_000) + "}",
    ];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Idempotency-Key", ["k", "", " ", "\t", "ключ", "a,b", new string('k', 300)]),
        ("If-Match", ["\"1\"", "*", "\"\"", "W/\"2\"", "\"99999999999999\"", "\"-1\"", "1", "\"1\", \"2\""]),
        ("Prefer", ["return=representation", "=", "return=minimal"]),
        ("Content-Type", ["application/json", "application/json; charset=utf-8", "application/json;charset=\"latin1\"", "text/xml", "/", ";"]),
        ("Origin", ["null", "http://", "https://evil.example"]),
        ("Cookie", ["escalation-session=", "escalation-session=x", "=;;;", "a"]),
        ("Accept", ["text/html", "*/*", "="]),
        ("If-None-Match", ["\"1\"", "*", ","]),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    public async Task Nothing_a_caller_sends_is_answered_with_a_fault(int seed)
    {
        await using var api = await ApiHost.StartAsync(options: options => options.SignInsPerMinute = 5);
        var at = await api.ACaseAsync();
        await api.PostAsync($"{at}/promises", new { text = "Call.", dueAt = "2026-11-25T10:00:00Z" });
        await api.PostAsync($"{at}/escalate", new { reason = "Word." });
        var operations = await RightsWalkTests.OperationsAsync(api);
        var chance = new Random(seed);

        for (var round = 0; round < 1500; round++)
        {
            var operation = Pick(chance, operations).Split(' ');
            var path = Address(chance, operation[1], at.Split('/')[^1]);
            var headers = Headers.Where(_ => chance.Next(4) == 0).Select(header => (header.Name, Pick(chance, header.Values))).ToArray();
            var body = operation[0] == "POST" || chance.Next(10) == 0 ? Body(chance) : null;

            Reply reply;
            try
            {
                reply = await api.SendAsync(new HttpMethod(operation[0]), path, Pick(chance, [Roles.Agent, Roles.Supervisor, Roles.Intake]), body, headers);
            }
            catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.Unknown or HttpRequestError.InvalidResponse)
            {
                // Our own client refuses to send such a header.
                continue;
            }

            var sent = $"seed {seed}, round {round}: {operation[0]} {path} {string.Join(' ', headers)} {body} -> {reply.Status} {reply.Text}";
            Assert.True(reply.Status < 500, sent);
            // A path with a NUL in it is refused by the server before it reaches us.
            Assert.True(
                reply.Status < 400 || reply.ContentType == Dashboard.Api.Problem.ContentType || path.Split('?')[0].Contains("%00", StringComparison.Ordinal),
                sent);
        }

        Assert.Empty(api.Errors);
    }

    private static string Address(Random chance, string pattern, string caseId)
    {
        var path = pattern
            .Replace("{id}", Id(chance, pattern, caseId), StringComparison.Ordinal)
            .Replace("{pid}", Pick(chance, ["p1", "p2", "p0", "p", "1", "p99999999999", "%00", "p%2F1"]), StringComparison.Ordinal)
            .Replace("{name}", Pick(chance, ["silence", "x", "%F0%9F%98%80", "%00"]), StringComparison.Ordinal);
        return chance.Next(6) == 0
            ? $"{path}?{Pick(chance, ["limit=0", "limit=5", "limit=x&after=-1", "after=2", $"case={caseId}", "case=%00", "q=%00%ff", "sort=5", "after=1.2.3", "&&=", "limit=1&limit=2"])}"
            : path;
    }

    private static string Id(Random chance, string pattern, string caseId) =>
        pattern.Contains("escalations", StringComparison.Ordinal)
            ? Pick(chance, [$"{Guid.Parse(caseId):N}-e1", $"{Guid.Parse(caseId):N}-e99", $"{Guid.Empty:N}-e1", "e1", "%00"])
            : Pick(chance, [caseId, caseId, caseId, caseId, caseId.ToUpperInvariant(), Guid.Empty.ToString(), "7", "%20", "%00", $"{{{caseId}}}"]);

    private static string Body(Random chance)
    {
        if (chance.Next(8) == 0)
        {
            return Pick(chance, Raw);
        }

        var body = new StringBuilder("{");
        foreach (var name in Names.Where(_ => chance.Next(3) > 0))
        {
            body.Append(body.Length > 1 ? "," : "").Append('"').Append(name).Append("\":").Append(Pick(chance, Values));
        }

        return body.Append('}').ToString();
    }

    private static T Pick<T>(Random chance, IReadOnlyList<T> from) => from[chance.Next(from.Count)];
}
