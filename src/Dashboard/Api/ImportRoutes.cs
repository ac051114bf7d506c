using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Imports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>CASE-1, REV-2: cases and reviews from CSV and NDJSON files, understood first, and answered line by line.</summary>
internal static class ImportRoutes
{
    /// <summary>The largest file that is taken, in bytes.</summary>
    public const long Limit = 2L * 1024 * 1024 * 1024;

    private const int LongestMapping = 64 * 1024;
    private const int MostItems = 500;
    /// <summary>What a form that ends too early is said with; failures of files carry the system's own number.</summary>
    private const int OfFramework = unchecked((int)0x80131620);

    private const string Multipart = "multipart/form-data";

    private static readonly string[] RawTypes = ["text/csv", "text/tab-separated-values", "text/plain", "application/x-ndjson", "application/octet-stream"];

    private static readonly QueryParameter[] StartParameters =
    [
        new("preview", "true says how the file is understood, and takes nothing. Default: false.", false, new OpenApiSchema { Type = JsonSchemaType.Boolean }),
        new("mapping", "The mapping as JSON, where the body is the file alone.", false, new OpenApiSchema { Type = JsonSchemaType.String }),
    ];

    private static readonly QueryParameter Amount = new("limit", "How many at most. Default: 100.", false, new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "500" });

    private static readonly QueryParameter[] LineParameters =
    [
        new("outcome", "Only lines that were taken, known or refused.", false, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Enum.GetValues<ImportOutcome>().Select(outcome => (System.Text.Json.Nodes.JsonNode)Words.Of(outcome))] }),
        Amount,
        new("after", "The next of the page before.", false, new OpenApiSchema { Type = JsonSchemaType.String }),
    ];

    public static void Map(Routes routes, IImports imports, TimeProvider time)
    {
        var start = new Operation("imports.start", Rights.ImportsRun, "CASE-1, REV-2: takes cases, or with a mapping as reviews those, from a CSV or NDJSON file; the same file twice makes nothing twice.")
        {
            Tag = "Imports",
            Body = [],
            RawBody = Multipart,
            Query = StartParameters,
            Success = StatusCodes.Status202Accepted,
            Answer = typeof(ImportView),
            Otherwise = (StatusCodes.Status200OK, typeof(ImportPreview), "preview=true: how the file is understood."),
            Refusals = [StatusCodes.Status409Conflict],
        };
        routes.Post("/api/imports", start, context => StartAsync(context, start, imports, time));

        var list = new Operation("imports.list", Rights.ImportsRun, "Files that were taken, newest first.") { Tag = "Imports", Answer = typeof(Page<ImportView>), Query = [Amount] };
        routes.Get("/api/imports", list, async context =>
        {
            var faults = new Faults();
            var limit = LimitOf(context, faults);
            await (faults.Any
                ? Problems.Invalid(faults).WriteAsync(context)
                : JsonAnswer.WriteAsync(context, new Page<ImportView>(await imports.ReadAsync(limit, context.RequestAborted), null)));
        });

        var one = new Operation("imports.get", Rights.ImportsRun, "How far an import is.") { Tag = "Imports", Answer = typeof(ImportView), Refusals = [StatusCodes.Status404NotFound] };
        routes.Get("/api/imports/{id}", one, async context =>
            await (TryId(context, out var id) && await imports.FindAsync(id, context.RequestAborted) is { } found
                ? JsonAnswer.WriteAsync(context, found)
                : NotFound(context).WriteAsync(context)));

        var lines = one with { Name = "imports.lines", Summary = "What became of each line, and why.", Answer = typeof(Page<ImportLine>), Query = LineParameters };
        routes.Get("/api/imports/{id}/lines", lines, context => LinesAsync(context, imports));
    }

    private static async Task StartAsync(HttpContext context, Operation operation, IImports imports, TimeProvider time)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, Guid.Empty, 0, time, faults);
        var preview = false;
        if (context.Request.Query.TryGetValue("preview", out var word) && !bool.TryParse(word, out preview))
        {
            faults.Add("preview", "must be true or false");
        }

        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = Limit;
        }

        try
        {
            var (content, mapping, problem) = await FileOfAsync(context);
            if (problem is not null)
            {
                await problem.WriteAsync(context);
            }
            else if (preview)
            {
                await JsonAnswer.WriteAsync(context, await imports.PreviewAsync(content!, mapping, context.RequestAborted));
            }
            else
            {
                await AnswerAsync(context, await imports.StartAsync(ids.Subject, content!, mapping, by.Id, context.RequestAborted));
            }
        }
        catch (ImportFileException e)
        {
            await new Problem(StatusCodes.Status422UnprocessableEntity, "import.unusable", e.Message).WriteAsync(context);
        }
        catch (Exception e) when (e is InvalidDataException || (e.GetType() == typeof(IOException) && e.HResult == OfFramework))
        {
            await Problems.Malformed($"The body is not multipart/form-data: {e.Message}").WriteAsync(context);
        }
    }

    private static Task AnswerAsync(HttpContext context, ImportStart started)
    {
        if (started.Asks is { } asks)
        {
            return new Problem(
                StatusCodes.Status409Conflict, "import.asks",
                $"The file leaves {asks.Questions.Count} question(s) open, and nothing was taken. Answer them in the mapping; preview=true shows them whole. First: {asks.Questions[0].Question}")
            {
                Errors = asks.Questions.GroupBy(asked => asked.About).ToDictionary(
                    about => about.Key,
                    about => about.Select(asked => $"{asked.Question} {string.Join("; ", asked.Answers.Select(answer => $"{answer.Say}: {answer.Means}"))}").ToList()),
            }.WriteAsync(context);
        }

        context.Response.Headers.Location = $"/api/imports/{started.Import!.Id}";
        return JsonAnswer.WriteAsync(context, started.Import, StatusCodes.Status202Accepted);
    }

    /// <summary>The body as the file, or the parts <c>mapping</c> and, after it, <c>file</c> of a form.</summary>
    private static async Task<(Stream? Content, string? Mapping, Problem? Problem)> FileOfAsync(HttpContext context)
    {
        var request = context.Request;
        string? mapping = request.Query["mapping"];
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return (null, null, Unsupported(request.ContentType));
        }

        if (!type.MediaType.Equals(Multipart, StringComparison.OrdinalIgnoreCase))
        {
            return RawTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase) ? (request.Body, mapping, null) : (null, null, Unsupported(request.ContentType));
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
        {
            return (null, null, Problems.Malformed("The form has no boundary."));
        }

        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                continue;
            }

            switch (HeaderUtilities.RemoveQuotes(disposition.Name).Value)
            {
                case "mapping":
                    using (var text = new StreamReader(section.Body))
                    {
                        var letters = new char[LongestMapping + 1];
                        var read = await text.ReadBlockAsync(letters, context.RequestAborted);
                        if (read > LongestMapping)
                        {
                            return (null, null, Problems.Malformed($"The mapping is longer than {LongestMapping} characters."));
                        }

                        mapping = new string(letters, 0, read);
                    }

                    break;
                case "file":
                    return (section.Body, mapping, null);
            }
        }

        return (null, null, Problems.Malformed("The form has no part named file. A part named mapping stands before it."));
    }

    private static async Task LinesAsync(HttpContext context, IImports imports)
    {
        var query = context.Request.Query;
        var faults = new Faults();
        ImportOutcome? outcome = null;
        if (query.TryGetValue("outcome", out var word))
        {
            outcome = Enum.GetValues<ImportOutcome>().Where(one => Words.Of(one) == word).Select(one => (ImportOutcome?)one).FirstOrDefault();
            if (outcome is null)
            {
                faults.Add("outcome", $"must be one of: {string.Join(", ", Enum.GetValues<ImportOutcome>().Select(Words.Of))}");
            }
        }

        var limit = LimitOf(context, faults);
        var after = 0;
        if (query.TryGetValue("after", out var place) && !int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            faults.Add("after", "must be the next of the page before");
        }

        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        if (!TryId(context, out var id) || await imports.FindAsync(id, context.RequestAborted) is null)
        {
            await NotFound(context).WriteAsync(context);
            return;
        }

        var items = await imports.LinesAsync(id, outcome, after, limit, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, new Page<ImportLine>(items, items.Count == limit ? items[^1].Line.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static int LimitOf(HttpContext context, Faults faults)
    {
        var limit = 100;
        if (context.Request.Query.TryGetValue("limit", out var asked) &&
            (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostItems))
        {
            faults.Add("limit", $"must be a whole number from 1 to {MostItems}");
        }

        return limit;
    }

    private static bool TryId(HttpContext context, out Guid id) => Guid.TryParseExact(CaseDesk.RouteText(context, "id"), "D", out id);

    private static Problem NotFound(HttpContext context) => Problems.NotFound("import", CaseDesk.RouteText(context, "id"));

    private static Problem Unsupported(string? type) => new(
        StatusCodes.Status415UnsupportedMediaType, "request.unsupportedMediaType",
        $"The body must be {Multipart} with a part named file, or the file itself as {string.Join(", ", RawTypes)}; it is {(string.IsNullOrEmpty(type) ? "of no type" : type)}.");
}
