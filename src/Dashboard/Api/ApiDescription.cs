using Escalation.Dashboard.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>The OpenAPI document, made of the same operations that guard, read and answer requests.</summary>
internal sealed class ApiDescription(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    private const string Key = "key";
    private const string Cookie = "cookie";
    private const string ProblemSchema = "Problem";

    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Escalation Platform",
            Version = "v1",
            Description = "No promise to a customer ever lapses silently.",
        };
        document.AddComponent(ProblemSchema, ProblemShape());
        document.AddComponent(Key, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "For programs." });
        document.AddComponent(Cookie, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = Authentication.CookieName,
            Description = "For people, from POST /api/session.",
        });

        document.Paths = [];
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<Operation>() is not { } operation)
            {
                continue;
            }

            var path = endpoint.RoutePattern.RawText!;
            if (!document.Paths.TryGetValue(path, out var item))
            {
                document.Paths.Add(path, item = new OpenApiPathItem { Operations = [] });
            }

            foreach (var method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods)
            {
                item.Operations!.Add(
                    HttpMethod.Parse(method), await DescribeAsync(document, context, endpoint, method, operation, cancellationToken));
            }
        }
    }

    private static async Task<OpenApiOperation> DescribeAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        RouteEndpoint endpoint,
        string method,
        Operation operation,
        CancellationToken cancellationToken)
    {
        var answer = new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(operation.Success), Headers = Headers(operation) };
        if (operation.Answer is not null)
        {
            answer.Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = await SchemaAsync(document, context, operation, cancellationToken) },
            };
        }

        var responses = new OpenApiResponses();
        if (operation.Success < StatusCodes.Status400BadRequest)
        {
            responses[Text(operation.Success)] = answer;
        }

        if (operation.Otherwise is { } otherwise)
        {
            responses.Add(Text(otherwise.Status), new OpenApiResponse
            {
                Description = otherwise.When,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = await NamedAsync(document, context, otherwise.Answer, cancellationToken) },
                },
            });
        }

        foreach (var status in RefusalsOf(operation, method).Order())
        {
            responses.TryAdd(Text(status), Refusal(document, status));
        }

        if (operation.HasETag && method == HttpMethods.Get)
        {
            responses.Add("304", new OpenApiResponse { Description = "If-None-Match names the version that the case is at." });
        }

        return new OpenApiOperation
        {
            OperationId = operation.Name,
            Summary = operation.Summary,
            Description = operation.Right.IsPublic ? "For anyone." : $"Right: {operation.Right.Name} ({operation.Right.Roles}).",
            Tags = new HashSet<OpenApiTagReference> { Tag(document, operation.Tag) },
            Parameters = [.. Parameters(endpoint, method, operation)],
            RequestBody = BodyOf(operation),
            Responses = responses,
            Security = operation.Right.IsPublic
                ? []
                :
                [
                    new() { [new OpenApiSecuritySchemeReference(Key, document)] = [] },
                    new() { [new OpenApiSecuritySchemeReference(Cookie, document)] = [] },
                ],
        };
    }

    private static OpenApiTagReference Tag(OpenApiDocument document, string name)
    {
        document.Tags ??= new HashSet<OpenApiTag>();
        if (document.Tags.All(tag => tag.Name != name))
        {
            document.Tags.Add(new OpenApiTag { Name = name });
        }

        return new OpenApiTagReference(name, document);
    }

    private static async Task<IOpenApiSchema> SchemaAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, Operation operation, CancellationToken cancellationToken)
    {
        var schema = await NamedAsync(document, context, operation.Answer!, cancellationToken);
        return operation.Representation is null
            ? schema
            : new OpenApiSchema { AnyOf = [schema, await NamedAsync(document, context, operation.Representation, cancellationToken)] };
    }

    private static async Task<IOpenApiSchema> NamedAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, Type type, CancellationToken cancellationToken)
    {
        var name = type.IsGenericType ? $"{type.GetGenericArguments()[0].Name}Page" : type.Name;
        if (document.Components?.Schemas?.ContainsKey(name) != true)
        {
            document.AddComponent(name, await context.GetOrCreateSchemaAsync(type, null, cancellationToken));
        }

        return new OpenApiSchemaReference(name, document);
    }

    private static IEnumerable<IOpenApiParameter> Parameters(RouteEndpoint endpoint, string method, Operation operation)
    {
        foreach (var parameter in endpoint.RoutePattern.Parameters)
        {
            yield return Parameter(parameter.Name, ParameterLocation.Path, true, $"The {parameter.Name} in the address.", Plain());
        }

        foreach (var parameter in operation.Query)
        {
            yield return Parameter(parameter.Name, ParameterLocation.Query, parameter.Required, parameter.About, parameter.Schema);
        }

        if (method == HttpMethods.Post)
        {
            yield return Parameter(
                CommandIds.Header, ParameterLocation.Header, false, "CASE-5: the same key again gives the first answer.",
                new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = CommandIds.LongestKey });
        }

        if (operation.TakesIfMatch)
        {
            yield return Parameter(
                "If-Match", ParameterLocation.Header, false, "CASE-5: refuse unless the case is at this version, in quotes.",
                new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^\"[0-9]+\"$" });
        }

        if (operation.Representation is not null)
        {
            yield return Parameter(
                "Prefer", ParameterLocation.Header, false, "return=representation answers the whole case instead of a receipt.", Plain());
        }
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation where, bool required, string about, OpenApiSchema schema) =>
        new() { Name = name, In = where, Required = required, Description = about, Schema = schema };

    private static OpenApiRequestBody? BodyOf(Operation operation)
    {
        if (operation.Body is not { } fields)
        {
            return null;
        }

        var content = new Dictionary<string, OpenApiMediaType>();
        if (fields.Count > 0 || operation.RawBody is null)
        {
            content["application/json"] = new() { Schema = ObjectField.SchemaOf(fields) };
        }

        if (operation.RawBody is { } raw)
        {
            content[raw] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } };
        }

        return new OpenApiRequestBody { Required = !operation.BodyMayBeEmpty, Content = content };
    }

    private static HashSet<int> RefusalsOf(Operation operation, string method)
    {
        var refusals = new HashSet<int>(operation.Refusals)
        {
            StatusCodes.Status401Unauthorized,
            StatusCodes.Status503ServiceUnavailable,
        };
        if (!operation.Right.IsPublic)
        {
            refusals.Add(StatusCodes.Status403Forbidden);
        }

        if (!operation.Name.StartsWith("health", StringComparison.Ordinal))
        {
            refusals.Add(StatusCodes.Status429TooManyRequests);
        }

        if (operation.Body is not null)
        {
            refusals.UnionWith(
            [
                StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge,
                StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status422UnprocessableEntity,
            ]);
        }

        if (operation.Query.Count > 0)
        {
            refusals.Add(StatusCodes.Status422UnprocessableEntity);
        }

        if (operation.TakesIfMatch)
        {
            refusals.Add(StatusCodes.Status412PreconditionFailed);
        }

        return refusals;
    }

    private static OpenApiResponse Refusal(OpenApiDocument document, int status)
    {
        var refusal = new OpenApiResponse
        {
            Description = ReasonPhrases.GetReasonPhrase(status),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
            },
        };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            refusal.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } },
            };
        }

        return refusal;
    }

    private static Dictionary<string, IOpenApiHeader>? Headers(Operation operation)
    {
        var headers = new Dictionary<string, IOpenApiHeader>();
        if (operation.HasETag)
        {
            headers["ETag"] = new OpenApiHeader { Description = "The version, in quotes.", Schema = Plain() };
        }

        if (operation is { Success: StatusCodes.Status201Created, Answer: var answer } && answer == typeof(CaseView))
        {
            headers["Location"] = new OpenApiHeader { Description = "Where the case is.", Schema = Plain() };
        }

        return headers.Count == 0 ? null : headers;
    }

    private static OpenApiSchema ProblemShape() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457.",
        Required = new HashSet<string> { "type", "title", "status", "code", "detail" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Plain(),
            ["title"] = Plain(),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable, for instance case.closed." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What happened, which value, what to change." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Sentences by field.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Plain() },
            },
            ["expectedVersion"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["actualVersion"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
        },
    };

    private static OpenApiSchema Plain() => new() { Type = JsonSchemaType.String };

    private static string Text(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Composes the description.</summary>
internal static class ApiDescriptionSetup
{
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer<ApiDescription>();
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Our own converters write these, so the framework cannot know their form.
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type == typeof(DateTimeOffset) || type == typeof(TimeSpan))
            {
                schema.Type = JsonSchemaType.String;
                schema.Format = type == typeof(TimeSpan) ? "duration" : "date-time";
            }

            return Task.CompletedTask;
        });
    });
}
