using Escalation.Grains;
using Escalation.Grains.Hosting;
using Microsoft.AspNetCore.Http;

namespace Escalation.Dashboard.Api;

/// <summary>The problems that more than one route answers with.</summary>
internal static class Problems
{
    public static readonly TimeSpan DatabaseRetry = TimeSpan.FromSeconds(2);

    public static Problem NoSuchRoute { get; } =
        new(StatusCodes.Status404NotFound, "route.notFound", "There is nothing at this address. /openapi/v1.json lists what there is.");

    public static Problem Malformed(string detail) => new(StatusCodes.Status400BadRequest, "request.malformed", detail);

    public static Problem NotFound(string what, string id) =>
        new(StatusCodes.Status404NotFound, $"{what}.notFound", $"There is no {what} '{Shortened(id)}'.");

    public static Problem Invalid(Faults faults) => new(
        StatusCodes.Status422UnprocessableEntity,
        "request.invalid",
        faults.ByField.Count == 1
            ? $"{faults.ByField.First().Key}: {faults.ByField.First().Value[0]}"
            : $"{faults.ByField.Count} fields are not as they must be.")
    {
        Errors = faults.ByField,
    };

    public static Problem DatabaseAway(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "database.away", detail) { RetryAfter = DatabaseRetry };

    /// <summary>A rule's word: 404 for what does not exist, 422 with a field, else 409.</summary>
    public static Problem Of(Refused refusal) => new(
        refusal.Code.EndsWith(".notFound", StringComparison.Ordinal) ? StatusCodes.Status404NotFound
        : refusal.Field is null ? StatusCodes.Status409Conflict
        : StatusCodes.Status422UnprocessableEntity,
        refusal.Code,
        refusal.Detail)
    {
        Errors = ErrorsOf(refusal),
        Values = refusal.Values,
    };

    /// <summary>CASE-5.</summary>
    public static Problem Of(Answer.Stale stale) => new(
        StatusCodes.Status412PreconditionFailed,
        "case.stale",
        $"The case is at version {stale.Actual}, the request expected {stale.Expected}. Reload and try again.")
    {
        Versions = (stale.Expected, stale.Actual),
    };

    private static Dictionary<string, List<string>>? ErrorsOf(Refused refusal) =>
        refusal.Field is { } field ? new() { [field] = [refusal.Detail] } : null;

    private static string Shortened(string id) => id.Length <= 80 ? id : $"{id[..80]}...";
}
