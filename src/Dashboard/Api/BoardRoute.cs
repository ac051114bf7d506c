using System.Globalization;
using Escalation.Dashboard.Access;
using Escalation.Grains.Board;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Escalation.Dashboard.Api;

/// <summary>One page of the board, with the figures of the same moment.</summary>
/// <typeparam name="TRow">A <see cref="BoardRow"/>, or one that is kept packed and looks the same from outside.</typeparam>
/// <param name="Items">The rows, in the view's order.</param>
/// <param name="Next">Goes into <c>after</c> for the next page; absent on the last.</param>
/// <param name="Counts">Figures over the whole board.</param>
/// <param name="Position">Position of the last event that the rows know.</param>
/// <param name="ServerTime">The host's clock.</param>
/// <param name="LagMs">How long the last change took from its decision to the board.</param>
/// <param name="StaleSince">Since when the board cannot be trusted; absent while it can.</param>
/// <param name="At">BRD-6: the instant in the past that this is the board of; absent for now.</param>
public sealed record BoardReply<TRow>(
    IReadOnlyList<TRow> Items,
    string? Next,
    BoardCounts Counts,
    long Position,
    DateTimeOffset ServerTime,
    double LagMs,
    DateTimeOffset? StaleSince,
    DateTimeOffset? At = null);

/// <summary>BRD-4: the board, read once.</summary>
internal static class BoardRoute
{
    private static readonly QueryParameter[] Parameters =
    [
        Text("q", "Found in customer, number, summary, type or owner."),
        Text("level", "One or more rungs, with commas."),
        Text("stage", "One or more stages, with commas."),
        Text("heat", "One or more heats, with commas."),
        Text("type", "One or more conflict types, with commas."),
        Text("owner", "Only this owner's cases."),
        Text("team", "One or more teams, with commas: their people's cases, and those that ring at their desks."),
        Text("case", "Only this case."),
        Text("sort", "urgency (default), heat, waiting or newest."),
        new("at", "BRD-6: the board as it stood at that instant; rows say what has not been erased since.", false, new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" }),
        .. Paging.Parameters,
    ];

    public static void Map(Routes routes, Board board, IPastBoards pasts, IPolicySource policies, TimeProvider time) =>
        routes.Get("/api/board", new Operation("board.get", Rights.BoardWatch, "BRD-4: open cases, most urgent first, with the figures.")
        {
            Tag = "Board",
            Answer = typeof(BoardReply<BoardRow>),
            Query = Parameters,
            Refusals = [StatusCodes.Status400BadRequest],
        }, async context =>
        {
            var query = context.Request.Query;
            var faults = new Faults();
            if (!BoardView.TryParse(name => query[name], policies.Current.People, out var view, out var errors))
            {
                foreach (var (field, sentence) in errors)
                {
                    faults.Add(field, sentence);
                }
            }

            var now = time.GetUtcNow();
            if (!TryInstant(query["at"].ToString(), now, out var at, out var refusal))
            {
                await refusal!.WriteAsync(context);
                return;
            }

            if (faults.Any)
            {
                await Problems.Invalid(faults).WriteAsync(context);
                return;
            }

            var page = at is { } past
                ? await pasts.ReadAsync(await pasts.GetAsync(past, context.RequestAborted), view, null, context.RequestAborted)
                : board.Read(view, now);
            await JsonAnswer.WriteAsync(context, new BoardReply<KeptRow>(
                page.Rows, page.Next?.ToString(), page.Counts, page.Position, now, page.Lag.TotalMilliseconds, page.StaleSince, at));
        });

    private static bool TryInstant(string text, DateTimeOffset now, out DateTimeOffset? at, out Problem? refusal)
    {
        (at, refusal) = (null, null);
        if (text.Length == 0)
        {
            return true;
        }

        if (!text.Contains('T', StringComparison.Ordinal) ||
            !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
        {
            refusal = Refused("request.malformed", "must be an instant such as 2026-11-21T16:30:00Z");
            return false;
        }

        if (instant > now)
        {
            refusal = Refused("board.future", $"must not be in the future: here it is {now:yyyy-MM-dd'T'HH:mm:ss'Z'}");
            return false;
        }

        at = instant;
        return true;

        static Problem Refused(string code, string sentence) =>
            new(StatusCodes.Status400BadRequest, code, $"at: {sentence}.") { Errors = new Dictionary<string, List<string>> { ["at"] = [sentence] } };
    }

    private static QueryParameter Text(string name, string about) =>
        new(name, about, false, new OpenApiSchema { Type = JsonSchemaType.String });
}
