using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Escalation.Grains.Calendars;
using Escalation.Grains.Cases;

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
/// <param name="Name">Unique within the case: <c>acknowledge</c>, <c>silence</c>, <c>stage</c>, <c>resolution</c>, <c>reply</c>, or a clock of the law.</param>
/// <param name="Kind">Whose clock it is.</param>
/// <param name="Plan">What it runs by.</param>
/// <param name="Progress">CLK-2: how far it had come by <paramref name="Since"/>.</param>
/// <param name="Since">Where what <paramref name="Progress"/> does not hold yet begins.</param>
/// <param name="Warnings">CLK-4: every instant at which it warns on its way to this due instant, in order.</param>
/// <param name="DueAt">When it is breached unless its aim is met before; of a paused clock, as if it went on when it was paused.</param>
/// <param name="State">What has become of it.</param>
/// <param name="WarningsGiven">How many of <paramref name="Warnings"/> it has given.</param>
/// <param name="PausedFor">CLK-3: why it stands still; null when it runs.</param>
/// <param name="StoppedAt">When its aim was met or its case closed; null while it runs.</param>
public sealed record Clock(
    string Name,
    ClockKind Kind,
    ClockPlan Plan,
    ClockProgress Progress,
    DateTimeOffset Since,
    ImmutableArray<DateTimeOffset> Warnings,
    DateTimeOffset DueAt,
    ClockState State = ClockState.Running,
    int WarningsGiven = 0,
    string? PausedFor = null,
    DateTimeOffset? StoppedAt = null)
{
    public const string Acknowledge = "acknowledge";
    public const string Silence = "silence";
    public const string Resolution = "resolution";
    public const string Stage = "stage";

    /// <summary>REV-2: until our answer stands beside a public review.</summary>
    public const string Reply = "reply";

    /// <summary>CLK-4: due instants that it had before, with how many warnings it gave of each; those of which it gave any.</summary>
    public ImmutableArray<WarnedDue> Earlier { get; init; } = [];

    /// <summary>REG-1: what is allowed until it is due is not owed: letting it pass breaches nothing.</summary>
    public bool Lapses { get; init; }

    /// <summary>Where it counts from.</summary>
    [JsonIgnore]
    public DateTimeOffset StartedAt => Progress.StartedAt;

    /// <summary>CLK-8: a stopped clock never fires again.</summary>
    [JsonIgnore]
    public bool IsRunning => StoppedAt is null;

    /// <summary>True while it stands still and will go on.</summary>
    [JsonIgnore]
    public bool IsPaused => IsRunning && PausedFor is not null;

    /// <summary>True while it can still be met in time.</summary>
    [JsonIgnore]
    public bool IsOpen => IsRunning && State != ClockState.Breached;

    /// <summary>CLK-4: the next warning; the last when all are given, null when it has none.</summary>
    [JsonIgnore]
    public DateTimeOffset? WarnAt => Warnings.IsEmpty ? null : Warnings[Math.Min(WarningsGiven, Warnings.Length - 1)];

    /// <summary>The next instant at which this clock has something to say; null when it has said everything, or stands still.</summary>
    [JsonIgnore]
    public DateTimeOffset? NextAt => !IsOpen || IsPaused ? null : WarningsGiven < Warnings.Length ? Warnings[WarningsGiven] : DueAt;

    /// <summary>CLK-4, CLK-7: what this clock has to say at <paramref name="now"/>; never early, each thing once.</summary>
    public CaseEvent? FireAt(DateTimeOffset now) =>
        NextAt is not { } next || now < next ? null
            : now >= DueAt ? Lapses ? new CaseEvent.ClockStopped(Name) : new CaseEvent.ClockBreached(Name, Kind, DueAt)
            : new CaseEvent.ClockWarned(Name, Kind, Warnings.Last(warning => warning <= now), DueAt);

    /// <summary>CLK-2, CLK-3: how far it has come by <paramref name="now"/>, counted on the calendar that it ran by.</summary>
    public ClockProgress ProgressAt(DateTimeOffset now, WorkCalendar calendar) =>
        IsPaused ? Progress.Rested(calendar, Since, now) : Progress.Ran(calendar, Since, now);

    /// <summary>The name under which a policy keeps a stage's target: <c>stage.clarify</c>.</summary>
    public static string StageTarget(Cases.Stage stage) =>
        $"{Stage}.{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(stage.ToString())}";

    internal Clock Warned(DateTimeOffset at) =>
        this with { State = ClockState.Warned, WarningsGiven = Warnings.Count(warning => warning <= at) };

    /// <summary>As it was before its aim was met; a breach stays one.</summary>
    internal Clock Reopened() => this with
    {
        StoppedAt = null,
        State = State == ClockState.Breached ? ClockState.Breached : WarningsGiven > 0 ? ClockState.Warned : ClockState.Running,
    };

    internal Clock Paused(string reason, ClockProgress progress, DateTimeOffset at) =>
        this with { State = ClockState.Paused, PausedFor = reason, Progress = progress, Since = at };

    /// <summary>
    /// Goes on, or is counted anew. CLK-4: a due instant that moved is warned of again; one that stays where it was, or comes
    /// back to where it was, is not.
    /// </summary>
    internal Clock Rescheduled(
        ClockPlan plan, ClockProgress progress, ImmutableArray<DateTimeOffset> warnings, DateTimeOffset dueAt, DateTimeOffset at, string? pausedFor)
    {
        var earlier = WarningsGiven == 0 ? Earlier : Earlier.RemoveAll(due => due.DueAt == DueAt).Add(new WarnedDue(DueAt, WarningsGiven));
        var given = Math.Min(earlier.FirstOrDefault(due => due.DueAt == dueAt).Given, warnings.Length);
        return this with
        {
            Earlier = earlier,
            Plan = plan,
            Progress = progress,
            Since = at,
            Warnings = warnings,
            DueAt = dueAt,
            WarningsGiven = given,
            PausedFor = pausedFor,
            State = pausedFor is not null ? ClockState.Paused : given > 0 ? ClockState.Warned : ClockState.Running,
        };
    }
}

/// <summary>A due instant of which a clock has warned.</summary>
/// <param name="DueAt">The due instant.</param>
/// <param name="Given">How many warnings were given of it.</param>
public readonly record struct WarnedDue(DateTimeOffset DueAt, int Given);
