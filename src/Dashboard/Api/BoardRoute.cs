using Escalation.Dashboard.Access;
using Escalation.Grains.Board;
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
public sealed record BoardReply<TRow>(
    IReadOnlyList<TRow> Items,
    string? Next,
    BoardCounts Counts,
    long Position,
    DateTimeOffset ServerTime,
    double LagMs,
    DateTimeOffset? StaleSince);

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
        Text("case", "Only this case."),
        Text("sort", "urgency (default), heat, waiting or newest."),
        .. Paging.Parameters,
    ];

    /// <summary>Asked for by the contract, and not to be had yet: refused rather than answered with something else.</summary>
    private static readonly string[] NotYet = ["at", "team"];

    public static void Map(Routes routes, Board board, TimeProvider time) =>
        routes.Get("/api/board", new Operation("board.get", Rights.BoardWatch, "BRD-4: open cases, most urgent first, with the figures.")
        {
            Tag = "Board",
            Answer = typeof(BoardReply<BoardRow>),
            Query = Parameters,
        }, context =>
        {
            var query = context.Request.Query;
            var faults = new Faults();
            if (!BoardView.TryParse(name => query[name], out var view, out var errors))
            {
                foreach (var (field, sentence) in errors)
                {
                    faults.Add(field, sentence);
                }
            }

            foreach (var name in NotYet.Where(query.ContainsKey))
            {
                faults.Add(name, "is not supported yet");
            }

            if (faults.Any)
            {
                return Problems.Invalid(faults).WriteAsync(context);
            }

            var now = time.GetUtcNow();
            var page = board.Read(view, now);
            return JsonAnswer.WriteAsync(context, new BoardReply<KeptRow>(
                page.Rows, page.Next?.ToString(), page.Counts, page.Position, now, page.Lag.TotalMilliseconds, page.StaleSince));
        });

    private static QueryParameter Text(string name, string about) =>
        new(name, about, false, new OpenApiSchema { Type = JsonSchemaType.String });
}
