using Escalation.Grains.Board;
using Escalation.Grains.Desks;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Escalation.Dashboard.Hubs;

/// <summary>BRD-2: the live board at <c>/hubs/board</c>.</summary>
[Authorize(Policy = Policy)]
public sealed class BoardHub(
    Board board, BoardTraces traces, IPastBoards pasts, Happenings happenings, CaseViewers viewers, IPolicySource policies,
    IOptions<BoardStreamOptions> options, TimeProvider time) : Hub
{
    /// <summary>Who may watch: agents, supervisors and admins.</summary>
    public const string Policy = "board.watch";

    public const string Path = "/hubs/board";

    /// <summary>Follows a view until the viewer goes away.</summary>
    public IAsyncEnumerable<BoardMessage> Watch(BoardViewRequest view, CancellationToken cancellationToken) =>
        BoardView.TryParse((view ?? new()).Field, policies.Current.People, out var parsed, out var errors)
            ? new BoardStream(board, traces, () => policies.Current.People, options.Value, time).Follow(parsed, cancellationToken)
            : throw Invalid(errors);

    /// <summary>BRD-6: plays what happened from an instant on until now, <paramref name="speed"/> times as fast.</summary>
    public IAsyncEnumerable<BoardMessage> Replay(BoardViewRequest view, DateTimeOffset from, double speed, CancellationToken cancellationToken) =>
        !BoardView.TryParse((view ?? new()).Field, policies.Current.People, out var parsed, out var errors) ? throw Invalid(errors)
            : speed is not (>= 1 and <= BoardReplay.MostSpeed) ? throw new HubException($"replay.invalid: speed: A number from 1 to {BoardReplay.MostSpeed} is expected.")
            : from > time.GetUtcNow() ? throw new HubException("replay.invalid: from: It must not be in the future.")
            : new BoardReplay(pasts, options.Value, time).Play(parsed, from, speed, cancellationToken);

    /// <summary>BRD-6: the instant at which one event more (<paramref name="by"/> 1) or less (-1) is shown than at another; null when there is none.</summary>
    public Task<DateTimeOffset?> Step(DateTimeOffset from, int by) =>
        by is not (1 or -1) ? throw new HubException("replay.invalid: by: 1 or -1 is expected.")
            : pasts.StepAsync(from, by < 0, Context.ConnectionAborted);

    /// <summary>What happens, across all cases: what happened last at once, then what is new.</summary>
    public IAsyncEnumerable<HappeningsMessage> Happenings(CancellationToken cancellationToken) =>
        new HappeningsStream(happenings, board, time).Follow(cancellationToken);

    /// <summary>BRD-5: who looks at which case and who writes there, over all hosts: everyone at once, then what changes.</summary>
    public IAsyncEnumerable<ViewersMessage> Viewers(CancellationToken cancellationToken) =>
        new ViewersStream(viewers, policies, time).Follow(cancellationToken);

    private static HubException Invalid(IReadOnlyDictionary<string, string> errors) =>
        new("view.invalid: " + string.Join(' ', errors.Select(error => $"{error.Key}: {error.Value}")));
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
    string? After = null,
    string? Team = null)
{
    internal string? Field(string name) => name switch
    {
        "q" => Q,
        "level" => Level,
        "stage" => Stage,
        "heat" => Heat,
        "type" => Type,
        "owner" => Owner,
        "team" => Team,
        "case" => Case,
        "sort" => Sort,
        "limit" => Limit?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "after" => After,
        _ => null,
    };
}
