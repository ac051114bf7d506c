namespace Escalation.Grains.Clocks;

/// <summary>CLK-1: three kinds of clock, never mixed. In order of harm.</summary>
public enum ClockKind
{
    /// <summary>Ours.</summary>
    Internal,

    /// <summary>Told to the customer.</summary>
    Promise,

    /// <summary>The law's.</summary>
    Statutory,
}

/// <summary>What has become of a clock.</summary>
public enum ClockState
{
    Running,
    Paused,
    Met,
    Warned,
    Breached,
}

/// <summary>A running due instant with a reason.</summary>
/// <param name="Name">Unique within the case: <c>acknowledge</c>, <c>silence</c>, <c>resolution</c>.</param>
/// <param name="Kind">Whose clock it is.</param>
/// <param name="StartedAt">Where it counts from.</param>
/// <param name="WarnAt">CLK-4: when to warn, once; null for no warning.</param>
/// <param name="DueAt">When it is breached unless its aim is met before.</param>
/// <param name="State">What has become of it.</param>
/// <param name="StoppedAt">When its aim was met or its case closed; null while it runs.</param>
public sealed record Clock(
    string Name,
    ClockKind Kind,
    DateTimeOffset StartedAt,
    DateTimeOffset? WarnAt,
    DateTimeOffset DueAt,
    ClockState State = ClockState.Running,
    DateTimeOffset? StoppedAt = null)
{
    public const string Acknowledge = "acknowledge";
    public const string Silence = "silence";
    public const string Resolution = "resolution";

    /// <summary>CLK-8: a stopped clock never fires again.</summary>
    public bool IsRunning => StoppedAt is null;

    /// <summary>The next instant at which this clock has something to say; null when it has said everything.</summary>
    public DateTimeOffset? NextAt => (IsRunning, State) switch
    {
        (true, ClockState.Running) => WarnAt ?? DueAt,
        (true, ClockState.Warned) => DueAt,
        _ => null,
    };

    /// <summary>CLK-4, CLK-7: what this clock has to say at <paramref name="now"/>; never early, each thing once.</summary>
    public Cases.CaseEvent? FireAt(DateTimeOffset now) => this switch
    {
        { IsRunning: false } or { State: ClockState.Breached or ClockState.Met or ClockState.Paused } => null,
        _ when now >= DueAt => new Cases.CaseEvent.ClockBreached(Name, Kind, DueAt),
        { State: ClockState.Running, WarnAt: { } warnAt } when now >= warnAt =>
            new Cases.CaseEvent.ClockWarned(Name, Kind, warnAt, DueAt),
        _ => null,
    };
}
