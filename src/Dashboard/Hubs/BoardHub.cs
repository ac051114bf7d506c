using Escalation.Grains.Board;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Escalation.Dashboard.Hubs;

/// <summary>BRD-2: the live board at <c>/hubs/board</c>.</summary>
[Authorize(Policy = Policy)]
public sealed class BoardHub(Board board, BoardTraces traces, IOptions<BoardStreamOptions> options, TimeProvider time) : Hub
{
    /// <summary>Who may watch: agents, supervisors and admins.</summary>
    public const string Policy = "board.watch";

    public const string Path = "/hubs/board";

    /// <summary>Follows a view until the viewer goes away.</summary>
    public IAsyncEnumerable<BoardMessage> Watch(BoardViewRequest view, CancellationToken cancellationToken) =>
        BoardView.TryParse((view ?? new()).Field, out var parsed, out var errors)
            ? new BoardStream(board, traces, options.Value, time).Follow(parsed, cancellationToken)
            : throw new HubException("view.invalid: " + string.Join(' ', errors.Select(error => $"{error.Key}: {error.Value}")));
}

/// <summary>A view as a viewer asks for it: the words of <c>GET /api/board</c>, several in a field parted by commas.</summary>
public sealed record BoardViewRequest(
    string? Q = null,
    string? Level = null,
    string? Stage = null,
    string? Heat = null,
    string? Type = null,
    string? Owner = null,
    string? Case = null,
    string? Sort = null,
    int? Limit = null,
    string? After = null)
{
    internal string? Field(string name) => name switch
    {
        "q" => Q,
        "level" => Level,
        "stage" => Stage,
        "heat" => Heat,
        "type" => Type,
        "owner" => Owner,
        "case" => Case,
        "sort" => Sort,
        "limit" => Limit?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "after" => After,
        _ => null,
    };
}
