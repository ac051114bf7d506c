namespace Escalation.Grains.Board;

/// <summary>One consistent reading of a view: the rows of its window and the figures, all of the same moment.</summary>
/// <param name="Sequence">Grows with every change of the board on this host; for <see cref="Board.ChangedSince"/>.</param>
/// <param name="Position">Position of the last event that these rows know.</param>
/// <param name="Rows">The window, in the view's order.</param>
/// <param name="Counts">Figures over the whole board.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
/// <param name="Lag">How long the last change took from its decision to this board.</param>
/// <param name="StaleSince">Since when the board cannot be trusted; null while it can.</param>
public sealed record BoardPage(
    long Sequence,
    long Position,
    IReadOnlyList<KeptRow> Rows,
    BoardCounts Counts,
    BoardRank? Next,
    TimeSpan Lag,
    DateTimeOffset? StaleSince)
{
    /// <summary>Where the rows were taken from; null when from a look at every row.</summary>
    internal BoardIndex? Index { get; init; }
}

/// <summary>Figures over all open cases; only <c>Matched</c> knows the view's filter.</summary>
/// <param name="Total">Open cases.</param>
/// <param name="Matched">Open cases that the view's filter lets through.</param>
/// <param name="ByLevel">Open cases on each rung.</param>
/// <param name="ByHeat">Open cases at each heat.</param>
/// <param name="Overdue">Cases whose nearest due instant has passed.</param>
/// <param name="Promises">Open promises.</param>
/// <param name="PromisesAtRisk">Open promises whose send-by has passed, or due within 30 minutes.</param>
/// <param name="NextPromiseDueAt">When the next open promise is due.</param>
/// <param name="Unacknowledged">Escalations that nobody has acknowledged.</param>
/// <param name="Approvals">Approvals that wait to be decided.</param>
public sealed record BoardCounts(
    int Total,
    int Matched,
    LevelCounts ByLevel,
    HeatCounts ByHeat,
    int Overdue,
    int Promises,
    int PromisesAtRisk,
    DateTimeOffset? NextPromiseDueAt,
    int Unacknowledged,
    int Approvals = 0)
{
    /// <summary>Open cases on each stage.</summary>
    public StageCounts ByStage { get; init; } = new(0, 0, 0, 0, 0);

    /// <summary>Open cases of each conflict type.</summary>
    public CountDictionary ByType { get; init; } = CountDictionary.None;

    /// <summary>Open cases of each team: the owner's, or that of whoever a case rings at. Null where nobody is in a team.</summary>
    public CountDictionary? ByTeam { get; init; }

    /// <summary>PRM-3: open promises whose owners were asked and stayed silent.</summary>
    public int Silent { get; init; }
}

/// <summary>BRD-1: open promises of a stretch of time that is to come.</summary>
/// <param name="Until">Its end; it begins where the one before ends, the first one now.</param>
/// <param name="Due">Promises that fall due in it.</param>
/// <param name="AtRisk">Promises that come to be at risk in it, if nothing is done.</param>
public sealed record PromisesAhead(DateTimeOffset Until, int Due, int AtRisk);

/// <summary>How many on each rung of the ladder.</summary>
public sealed record LevelCounts(int Buffer, int Specialist, int Head, int Management);

/// <summary>How many at each heat.</summary>
public sealed record HeatCounts(int Calm, int Tense, int Heated, int Aggressive, int Public);

/// <summary>How many on each stage.</summary>
public sealed record StageCounts(int Contact, int Clarify, int Options, int Agreement, int FollowThrough);
