using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains.Hosting;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>PRM-9: how promises ended, by whom they were given and where.</summary>
internal static class KeptRoutes
{
    private static readonly TimeSpan Span = TimeSpan.FromDays(30);

    private static readonly QueryParameter[] Parameters =
    [
        new("by", "What to count by: owner (default), type, site or customer.", false, new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. Enum.GetValues<KeptBy>().Select(by => (System.Text.Json.Nodes.JsonNode)Words.Of(by))],
        }),
        new("from", "Promises that ended at this instant or later. Default: 30 days before to.", false, Instant()),
        new("to", "Promises that ended before this instant. Default: now.", false, Instant()),
    ];

    public static void Map(Routes routes, IPromiseFigures figures, TimeProvider time) =>
        routes.Get("/api/promises/kept", new Operation("promises.kept", Rights.FiguresRead, "PRM-9: kept-rate and moves of the promises that ended in a span of time.")
        {
            Tag = "Promises",
            Answer = typeof(Page<KeptFigures>),
            Query = Parameters,
        }, async context =>
        {
            var faults = new Faults();
            var query = context.Request.Query;
            var by = KeptBy.Owner;
            if (query["by"].ToString() is { Length: > 0 } word && !(char.IsAsciiLetter(word[0]) && Enum.TryParse(word, ignoreCase: true, out by)))
            {
                faults.Add("by", $"must be one of: {string.Join(", ", Enum.GetValues<KeptBy>().Select(Words.Of))}");
            }

            var to = At("to") ?? time.GetUtcNow();
            var from = At("from") ?? to - Span;
            if (!faults.Any && from >= to)
            {
                faults.Add("from", "must be before to");
            }

            await (faults.Any
                ? Problems.Invalid(faults).WriteAsync(context)
                : JsonAnswer.WriteAsync(context, new Page<KeptFigures>(await figures.ReadAsync(by, from, to, context.RequestAborted), null)));

            DateTimeOffset? At(string name)
            {
                if (query[name].ToString() is not { Length: > 0 } text)
                {
                    return null;
                }

                return new InstantField(name, false, "").Read(JsonSerializer.SerializeToElement(text), name, faults);
            }
        });

    private static OpenApiSchema Instant() => new() { Type = JsonSchemaType.String, Format = "date-time" };
}
