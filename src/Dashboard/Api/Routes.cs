using Escalation.Dashboard.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Escalation.Dashboard.Api;

/// <summary>Maps operations onto addresses, each with its right.</summary>
internal sealed class Routes(IEndpointRouteBuilder endpoints)
{
    public void Get(string pattern, Operation operation, RequestDelegate handle) => Map("GET", pattern, operation, handle);

    public void Post(string pattern, Operation operation, RequestDelegate handle) => Map("POST", pattern, operation, handle);

    public void Put(string pattern, Operation operation, RequestDelegate handle) => Map("PUT", pattern, operation, handle);

    public void Delete(string pattern, Operation operation, RequestDelegate handle) => Map("DELETE", pattern, operation, handle);

    private void Map(string method, string pattern, Operation operation, RequestDelegate handle) =>
        endpoints.MapMethods(pattern, [method], handle).Requires(operation.Right).WithMetadata(operation).WithDisplayName($"{method} {pattern}");
}
