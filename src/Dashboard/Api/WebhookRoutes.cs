using System.Globalization;
using System.Text.Json;
using Escalation.Dashboard.Access;
using Escalation.Grains.Log;
using Escalation.Grains.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>Other systems that are told what happens (Standard Webhooks), and what they took of it.</summary>
internal static class WebhookRoutes
{
    private const int MostDeliveries = 500;

    private static readonly TextField Url = new("url", 2000, true, "Where to: https, and a public address unless a setting allows others.", lines: false);
    private static readonly TextField Description = new("description", 200, false, "What it is for.", lines: false);
    private static readonly KindsField Kinds = new("kinds", false, "Kinds of events, as the history names them. Default: all.");
    private static readonly BooleanField Personal = new("personal", false, "Send what names a person, or may, as well; what was erased is not sent. Default: false.");
    private static readonly InstantField From = new("from", false, "Send again what happened from this instant on.");
    private static readonly PositionField Position = new("position", false, "Send again from this place in the log on.");
    private static readonly QueryParameter[] DeliveryParameters =
    [
        new("state", "Only these.", false, new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Enum.GetValues<WebhookDeliveryState>().Select(state => (System.Text.Json.Nodes.JsonNode)Words.Of(state))] }),
        new("limit", "How many at most. Default: 100.", false, new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "500" }),
        new("after", "The next of the page before.", false, new OpenApiSchema { Type = JsonSchemaType.String }),
    ];

    public static void Map(Routes routes, IWebhooks webhooks, TimeProvider time)
    {
        var list = new Operation("webhooks.list", Rights.WebhooksManage, "Which systems are told what happens, and how they fare.")
        {
            Tag = "Webhooks",
            Answer = typeof(Page<Webhook>),
        };
        routes.Get("/api/webhooks", list, async context =>
            await JsonAnswer.WriteAsync(context, new Page<Webhook>(await webhooks.ReadAsync(context.RequestAborted), null)));

        var add = new Operation("webhooks.add", Rights.WebhooksManage, "Tells another system what happens from now on; answers the secret that signs.")
        {
            Tag = "Webhooks",
            Body = [Url, Description, Kinds, Personal],
            Success = StatusCodes.Status201Created,
            Answer = typeof(Webhook),
        };
        routes.Post("/api/webhooks", add, context => AddAsync(context, add, webhooks, time));

        var one = list with { Name = "webhooks.get", Summary = "How one system fares.", Answer = typeof(Webhook), Refusals = [StatusCodes.Status404NotFound] };
        routes.Get("/api/webhooks/{id}", one, context => WithAsync(context, async id => await webhooks.FindAsync(id, context.RequestAborted)));

        var remove = one with { Name = "webhooks.remove", Summary = "Tells the system nothing any more, and forgets what it was told.", Answer = null, Success = StatusCodes.Status204NoContent };
        routes.Delete("/api/webhooks/{id}", remove, async context =>
        {
            if (TryId(context, out var id) && await webhooks.RemoveAsync(id, context.RequestAborted))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await NotFound(context).WriteAsync(context);
        });

        var rotate = one with { Name = "webhooks.rotate", Summary = "Another secret; the old one signs too for a day.", Body = [] };
        routes.Post("/api/webhooks/{id}/rotate", rotate, context => ChangeAsync<bool>(
            context, rotate, time, (_, _) => true, async (id, command, _) => await webhooks.RotateAsync(id, command, CancellationToken.None)));

        var enable = one with { Name = "webhooks.enable", Summary = "Sends again where it was given up, from where it stood.", Body = [] };
        routes.Post("/api/webhooks/{id}/enable", enable, context => ChangeAsync<bool>(
            context, enable, time, (_, _) => true, async (id, _, _) => await webhooks.EnableAsync(id, CancellationToken.None)));

        var replay = one with { Name = "webhooks.replay", Summary = "Sends again what happened from an instant or a place in the log on, under the same ids.", Body = [From, Position], Answer = typeof(WebhookReplay) };
        routes.Post("/api/webhooks/{id}/replay", replay, context => ChangeAsync(
            context, replay, time, ReadReplay,
            async (id, command, asked) => await webhooks.ReplayAsync(id, command, asked.From, asked.Position, CancellationToken.None)));

        var deliveries = one with { Name = "webhooks.deliveries", Summary = "What was sent, newest events first.", Answer = typeof(Page<WebhookDelivery>), Query = DeliveryParameters };
        routes.Get("/api/webhooks/{id}/deliveries", deliveries, context => DeliveriesAsync(context, webhooks));
    }

    private static async Task AddAsync(HttpContext context, Operation operation, IWebhooks webhooks, TimeProvider time)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var ids = CommandIds.Of(context, by, operation.Name, Guid.Empty, 0, time, faults);
        var (asked, problem) = await JsonBody.ReadAsync(context, faults, mayBeEmpty: false, 0, (fields, _) =>
        {
            var url = fields.Get(Url);
            if (url is not null && webhooks.FaultOf(url) is { } fault)
            {
                fields.Fault(Url, fault);
            }

            return new NewWebhook(url!, fields.Get(Description), fields.Get(Kinds), fields.Get(Personal));
        });
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var added = await webhooks.AddAsync(ids.Subject, asked!, by.Id, CancellationToken.None);
        context.Response.Headers.Location = $"/api/webhooks/{added.Id}";
        context.Response.Headers.CacheControl = "no-store";
        await JsonAnswer.WriteAsync(context, added, StatusCodes.Status201Created);
    }

    private static (DateTimeOffset? From, long? Position) ReadReplay(Fields fields, int part)
    {
        var asked = (From: fields.GetOptional(From), Position: fields.GetOptional(Position));
        if (!fields.Faults.Any && asked.From is null == asked.Position is null)
        {
            fields.Fault(From, "or position is needed, and only one of them");
        }

        return asked;
    }

    private static async Task DeliveriesAsync(HttpContext context, IWebhooks webhooks)
    {
        var query = context.Request.Query;
        var faults = new Faults();
        WebhookDeliveryState? state = null;
        if (query.TryGetValue("state", out var word))
        {
            state = Enum.GetValues<WebhookDeliveryState>().Where(one => Words.Of(one) == word).Select(one => (WebhookDeliveryState?)one).FirstOrDefault();
            if (state is null)
            {
                faults.Add("state", $"must be one of: {string.Join(", ", Enum.GetValues<WebhookDeliveryState>().Select(Words.Of))}");
            }
        }

        var limit = 100;
        if (query.TryGetValue("limit", out var asked) && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostDeliveries))
        {
            faults.Add("limit", $"must be a whole number from 1 to {MostDeliveries}");
        }

        long before = long.MaxValue;
        if (query.TryGetValue("after", out var after) && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            faults.Add("after", "must be the next of the page before");
        }

        if (faults.Any)
        {
            await Problems.Invalid(faults).WriteAsync(context);
            return;
        }

        await WithAsync(context, async id =>
        {
            if (await webhooks.FindAsync(id, context.RequestAborted) is null)
            {
                return null;
            }

            var items = await webhooks.DeliveriesAsync(id, state, before, limit, context.RequestAborted);
            return new Page<WebhookDelivery>(
                items, items.Count == limit ? items[^1].Position.ToString(CultureInfo.InvariantCulture) : null);
        });
    }

    private static async Task ChangeAsync<T>(
        HttpContext context, Operation operation, TimeProvider time, Func<Fields, int, T> read, Func<Guid, Guid, T, Task<object?>> change)
    {
        var by = ActorPrincipal.Of(context.User)!;
        var faults = new Faults();
        var isId = TryId(context, out var id);
        var ids = CommandIds.Of(context, by, operation.Name, id, 0, time, faults);
        var (asked, problem) = await JsonBody.ReadAsync(context, faults, operation.BodyMayBeEmpty && operation.Body!.Count == 0, 0, read);
        if (!isId)
        {
            await NotFound(context).WriteAsync(context);
            return;
        }

        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        await AnswerAsync(context, await change(id, ids.Command, asked!));
    }

    private static async Task WithAsync(HttpContext context, Func<Guid, Task<object?>> read) =>
        await AnswerAsync(context, TryId(context, out var id) ? await read(id) : null);

    private static Task AnswerAsync(HttpContext context, object? found) =>
        found is null ? NotFound(context).WriteAsync(context) : JsonAnswer.WriteAsync(context, found);

    private static bool TryId(HttpContext context, out Guid id) => Guid.TryParseExact(CaseDesk.RouteText(context, "id"), "D", out id);

    private static Problem NotFound(HttpContext context) => Problems.NotFound("webhook", CaseDesk.RouteText(context, "id"));

    /// <summary>Names of kinds of events.</summary>
    private sealed class KindsField(string name, bool required, string about) : Field<IReadOnlyList<string>>(name, required, about)
    {
        public override IReadOnlyList<string>? Read(JsonElement json, string path, Faults faults)
        {
            if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is 0 or > 200)
            {
                faults.Add(path, "must be a list of 1 to 200 kinds of events");
                return null;
            }

            var kinds = new List<string>();
            foreach (var item in json.EnumerateArray())
            {
                if (!TextField.TryText(item, $"{path}[{kinds.Count}]", faults, out var kind))
                {
                    return null;
                }

                if (!EventCodec.Kinds.ContainsKey(kind))
                {
                    faults.Add($"{path}[{kinds.Count}]", $"is no kind of event; known are {string.Join(", ", EventCodec.Kinds.Keys.Order(StringComparer.Ordinal))}");
                    return null;
                }

                kinds.Add(kind);
            }

            return [.. kinds.Distinct()];
        }

        public override OpenApiSchema Schema() => new()
        {
            Type = JsonSchemaType.Array,
            MinItems = 1,
            MaxItems = 200,
            Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. EventCodec.Kinds.Keys.Order(StringComparer.Ordinal).Select(kind => (System.Text.Json.Nodes.JsonNode)kind)] },
        };
    }

    /// <summary>A place in the log.</summary>
    private sealed class PositionField(string name, bool required, string about) : Field<long>(name, required, about)
    {
        public override long Read(JsonElement json, string path, Faults faults)
        {
            if (json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var position) && position >= 0)
            {
                return position;
            }

            faults.Add(path, "must be a whole number from 0");
            return 0;
        }

        public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };
    }
}
