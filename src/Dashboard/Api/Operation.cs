using Escalation.Dashboard.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>What a route does: enough to guard it, to read its body, and to describe it completely.</summary>
/// <param name="Name">Stable dotted name: <c>cases.note</c>.</param>
/// <param name="Right">Who may.</param>
/// <param name="Summary">In a sentence.</param>
internal sealed record Operation(string Name, Right Right, string Summary)
{
    /// <summary>The heading under which it stands in the OpenAPI document.</summary>
    public required string Tag { get; init; }

    /// <summary>Members of the body; null when none is read.</summary>
    public IReadOnlyList<Field>? Body { get; init; }

    /// <summary>Another type of body that is taken as it is; null when only JSON is.</summary>
    public string? RawBody { get; init; }

    /// <summary>Parameters of the query.</summary>
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>Status of the answer that says yes; a refusal's where there is none.</summary>
    public int Success { get; init; } = StatusCodes.Status200OK;

    /// <summary>Shape of the answer that says yes; null when it has no body.</summary>
    public Type? Answer { get; init; }

    /// <summary>Another answer that says yes: its status, its shape, and when it is given.</summary>
    public (int Status, Type Answer, string When)? Otherwise { get; init; }

    /// <summary>Shape of the answer to <c>Prefer: return=representation</c>, where that is understood.</summary>
    public Type? Representation { get; init; }

    /// <summary>Statuses that say no, besides those that follow from the rest.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];

    /// <summary>Answers carry the version as ETag.</summary>
    public bool HasETag { get; init; }

    /// <summary>Takes If-Match.</summary>
    public bool TakesIfMatch { get; init; }

    /// <summary>Takes no body at all as an object without members.</summary>
    public bool BodyMayBeEmpty => Body is not null && Body.All(member => !member.Required);
}

/// <summary>A parameter of a query string.</summary>
internal sealed record QueryParameter(string Name, string About, bool Required, OpenApiSchema Schema);
