using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Escalation.Grains;

/// <summary>
/// What the platform says of its own work: spans and figures by the base library's means, heard by whoever listens, and free
/// while nobody does. Names and units are listed in docs/OPERATIONS.md.
/// </summary>
public static class Telemetry
{
    /// <summary>Names the source of spans and the meter.</summary>
    public const string Name = "Escalation";

    /// <summary>Spans, from a command's turn to the other screens.</summary>
    public static ActivitySource Spans { get; } = new(Name);

    /// <summary>Figures that belong to the process. What belongs to a host is made by its own meter of the same name.</summary>
    public static Meter Figures { get; } = new(Name);

    /// <summary>The trace that goes on here, if it is recorded.</summary>
    public static ActivityContext Here => Activity.Current is { Recorded: true } span ? span.Context : default;
}
