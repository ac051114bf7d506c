// The board with an invented feed, for working on the pages without a platform:
//   dotnet run --project tests/Harness -- [port] [changes per second] [cases]
// POST /harness/stale and /harness/live switch the feed's health, /harness/pause and /harness/go its changes.
using System.Globalization;
using System.Text.Json;
using Escalation.Grains;
using Escalation.Grains.Board;
using Escalation.Grains.Cases;
using Escalation.Grains.Clocks;
using Escalation.Grains.Log;
using Escalation.TestKit.Boards;
using Escalation.TestKit.Hubs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

var port = Argument(0, 5081);
var rate = Argument(1, 2);
var cases = Argument(2, 40);

var time = TimeProvider.System;
var feed = new RandomFeed(seed: 7, time.GetUtcNow());
for (var i = 0; i < cases * 8; i++)
{
    feed.Happen(cases);
}

Board board = null!;
var going = true;
var notes = new Dictionary<Guid, List<object>>();
await using var host = await BoardHost.StartAsync(time, _ => { }, $"http://127.0.0.1:{port}", everyone: "irina.stan", map: app =>
{
    app.MapGet("/api/session", (HttpRequest request) => request.Cookies.ContainsKey("harness") || request.Query.ContainsKey("in")
        ? Results.Ok(new { user = "irina.stan", roles = new[] { "supervisor" } }) : Results.Unauthorized());
    app.MapPost("/api/session", (HttpResponse response) => { response.Cookies.Append("harness", "1"); return Results.NoContent(); });
    app.MapDelete("/api/session", (HttpResponse response) => { response.Cookies.Delete("harness"); return Results.NoContent(); });
    app.MapPost("/api/cases", (JsonElement body) => Opened(body));
    app.MapPost("/api/cases/{id:guid}/{word}", (Guid id, string word, JsonElement body) => Worked(id, word, body));
    app.MapGet("/api/status", () => Results.Json(Status(), Wire.Json));
    app.MapGet("/api/dev/outbox", () => new { items = Array.Empty<object>() });
    app.MapGet("/api/cases/{id:guid}", (Guid id) => board.Find(id) is { } row ? Results.Json(CaseOf(row), Wire.Json) : Results.NotFound());
    app.MapGet("/api/cases/{id:guid}/history", (Guid id) => Results.Json(new { items = History(id) }, Wire.Json));
    app.MapPost("/harness/{what}", (string what) =>
    {
        switch (what)
        {
            case "stale": board.MarkStale(time.GetUtcNow()); break;
            case "live": board.MarkLive(); break;
            case "pause": going = false; break;
            case "go": going = true; break;
            default: break;
        }
    });
});
board = host.Board;
board.Load(feed.RowsAt(feed.Length), feed.Position);
Console.WriteLine($"The board is at {host.Address}");

while (!host.Stopping.IsCancellationRequested)
{
    await Task.Delay(TimeSpan.FromSeconds(1.0 / rate), time);
    if (going)
    {
        feed.Happen(cases);
        board.Apply(feed.Batch(feed.Length - 1, 1, feed.Length), TimeSpan.FromMilliseconds(40 + feed.Random.Next(60)));
    }
}

IResult Opened(JsonElement body)
{
    var now = time.GetUtcNow();
    var id = Guid.CreateVersion7(now);
    var row = new BoardRow(
        id, 1, 90_000 + notes.Count, id, body.GetProperty("customer").GetProperty("name").GetString(), body.GetProperty("type").GetString()!,
        body.GetProperty("summary").GetString(), Stage.Contact, 1, Enum.Parse<Heat>(body.GetProperty("heat").GetString()!, ignoreCase: true),
        Level.Buffer, null, null, now, new RowDue(ClockKind.Internal, Clock.Acknowledge, null, now, now.AddHours(1), null, now.AddHours(2), ClockState.Running), [], [], 0);
    notes[id] = [];
    Put(row);
    return Results.Json(new { id }, statusCode: 201);
}

IResult Worked(Guid id, string word, JsonElement body)
{
    if (board.Find(id) is not { } row)
    {
        return Results.NotFound();
    }

    row = row with { Version = row.Version + 1 };
    row = word == "heat" ? row with { Heat = Enum.Parse<Heat>(body.GetProperty("heat").GetString()!, ignoreCase: true) } : row;
    var kind = word switch { "note" => "noteAdded", "contacts" => "contactLogged", _ => "heatSet" };
    notes.TryAdd(id, []);
    notes[id].Add(new { version = 5 + row.Version, kind, at = time.GetUtcNow(), by = "agent", data = body });
    Put(row);
    return Results.Ok(new { row.Version });
}

void Put(BoardRow row)
{
    var entry = new Entry(row.Id, Case.Category, row.Version, board.Position + 1, time.GetUtcNow(), "harness", row.Id, new CaseEvent.NoteAdded(null));
    board.Apply(new TailBatch([entry], new Dictionary<Guid, BoardRow> { [row.Id] = row }, new TailCursor(1, entry.Position)), TimeSpan.FromMilliseconds(5));
}

int Argument(int at, int otherwise) =>
    args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

StatusView Status()
{
    var counts = board.Read(BoardView.Default with { Limit = 1 }, time.GetUtcNow()).Counts;
    return new StatusView(
        board.Position, board.OpenCases, new PromiseFigures(counts.Promises, counts.PromisesAtRisk, 5, 134, 0, 0),
        new LatenessFigures(12, 41, 60, 1234), new NoticeFigures(0, 5, 0), "harness", "0", time.GetUtcNow(), board.Lag.TotalMilliseconds, board.StaleSince);
}

object CaseOf(BoardRow row) => new
{
    row.Id,
    row.Version,
    row.Number,
    row.Stage,
    row.Round,
    row.Heat,
    row.Type,
    row.Level,
    row.Owner,
    row.Claim,
    customer = new { name = row.Customer, email = "customer@example.org", language = "ro", timeZone = "Europe/Chisinau" },
    clocks = row.Due is { Kind: not ClockKind.Promise } due
        ? new object[] { new { due.Name, due.Kind, due.StartedAt, due.WarnAt, due.DueAt, due.State, paused = false } } : [],
    promises = row.Promises.Select(promise => new { promise.Id, text = "call with two solutions", owner = row.Owner, promise.DueAt, promise.SendBy, promise.Revision, state = promise.Revision > 0 ? "explained" : "open" }),
    escalations = row.Escalations.Select(escalation => new { escalation.Id, escalation.Level, escalation.Cause, escalation.RaisedAt }),
};

object[] History(Guid id)
{
    var at = time.GetUtcNow();
    return
    [
        new { version = 1, kind = "caseOpened", at = at.AddDays(-1), by = "intake", data = new { channel = "phone", summary = board.Find(id)?.Summary } },
        new { version = 2, kind = "clockStarted", at = at.AddDays(-1), by = "platform", data = new { clock = "silence", dueAt = at.AddHours(2) } },
        new { version = 3, kind = "contactLogged", at = at.AddHours(-3), by = "ana.rusu", data = new { direction = "fromCustomer", channel = "phone", note = "I took two days off work for you. Tell me what you can do, not what you can't." } },
        new { version = 4, kind = "promiseMade", at = at.AddHours(-2), by = "ana.rusu", data = new { promise = 1, text = "call with two solutions", dueAt = at.AddHours(1) } },
        new { version = 5, kind = "heatSet", at = at.AddMinutes(-20), by = "ana.rusu", data = new { heat = "aggressive", was = "heated", reason = "raised voice" } },
        .. notes.GetValueOrDefault(id) ?? [],
    ];
}
