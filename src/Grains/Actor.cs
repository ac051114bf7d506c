namespace Escalation.Grains;

/// <summary>What someone may do. Several can be held at once.</summary>
[Flags]
public enum Roles
{
    None = 0,

    /// <summary>Opens cases: a shop's form, a mail gateway.</summary>
    Intake = 1,

    /// <summary>Works on cases.</summary>
    Agent = 2,

    /// <summary>Watches the board, approves, takes over.</summary>
    Supervisor = 4,

    /// <summary>Keys, settings, erasure.</summary>
    Admin = 8,

    /// <summary>The customer of one case, through a signed link.</summary>
    Customer = 16,

    /// <summary>The platform itself: its deadline clock and its jobs.</summary>
    System = 32,
}

/// <summary>Who sends a command.</summary>
/// <param name="Id">Stable name written into the log, for instance <c>ana</c> or <c>deadline-clock</c>.</param>
/// <param name="Roles">What they may do.</param>
public sealed record Actor(string Id, Roles Roles)
{
    /// <summary>The platform's own deadline clock.</summary>
    public static Actor Clock { get; } = new("deadline-clock", Roles.System);

    /// <summary>What is done between a case and another grain, in the platform's own name.</summary>
    public static Actor Errands { get; } = new("errands", Roles.System);

    /// <summary>The job that hands notices to their channels.</summary>
    public static Actor Notifier { get; } = new("notifier", Roles.System);

    /// <summary>True when a supervisor's rights, or higher, stand behind the command.</summary>
    public bool IsSupervisor => (Roles & (Roles.Supervisor | Roles.Admin)) != 0;
}
