using System.Text.Json;
using Escalation.Grains;

namespace Escalation.Dashboard.Tests.Api;

/// <summary>The OpenAPI document says what really happens.</summary>
public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task Document_describes_bodies_answers_headers_refusals_and_sign_in()
    {
        await using var api = await ApiHost.StartAsync();

        var document = (await api.GetAsync("/openapi/v1.json", Roles.None)).Json;

        var note = document.GetProperty("paths").GetProperty("/api/cases/{id}/note").GetProperty("post");
        Assert.Equal(
            ["200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503"],
            note.GetProperty("responses").EnumerateObject().Select(response => response.Name));
        Assert.Equal(
            ["id", "Idempotency-Key", "If-Match", "Prefer"],
            note.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
        var body = note.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Equal(4000, body.GetProperty("properties").GetProperty("note").GetProperty("maxLength").GetInt32());
        Assert.Equal(2, note.GetProperty("security").GetArrayLength());
        Assert.Equal(
            "#/components/schemas/Problem",
            note.GetProperty("responses").GetProperty("409").GetProperty("content").GetProperty("application/problem+json")
                .GetProperty("schema").GetProperty("$ref").GetString());
        Assert.Equal(["key", "cookie"], document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name));
    }

    [Fact]
    public async Task Every_reference_of_the_document_leads_somewhere()
    {
        await using var api = await ApiHost.StartAsync();

        var document = (await api.GetAsync("/openapi/v1.json", Roles.None)).Json;

        Assert.All(References(document), reference =>
        {
            var target = reference.Split('/').Skip(1).Aggregate((JsonElement?)document, (json, name) =>
                json?.ValueKind == JsonValueKind.Object && json.Value.TryGetProperty(name, out var member) ? member : null);
            Assert.True(target is not null, $"{reference} leads nowhere.");
        });
    }

    [Fact]
    public async Task Case_has_every_member_that_the_document_gives_it()
    {
        await using var api = await ApiHost.StartAsync();
        var schema = (await api.GetAsync("/openapi/v1.json", Roles.None)).Json
            .GetProperty("components").GetProperty("schemas").GetProperty("CaseView").GetProperty("properties");

        var opened = await api.PostAsync("/api/cases", ApiHost.Complaint());

        Assert.All(opened.Json.EnumerateObject(), member => Assert.True(schema.TryGetProperty(member.Name, out _), member.Name));
        Assert.Equal("date-time", schema.GetProperty("openedAt").GetProperty("format").GetString());
    }

    private static IEnumerable<string> References(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member =>
            member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
