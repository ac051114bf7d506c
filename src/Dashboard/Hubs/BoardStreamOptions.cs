using System.ComponentModel.DataAnnotations;

namespace Escalation.Dashboard.Hubs;

/// <summary>How the board's streams are paced.</summary>
public sealed class BoardStreamOptions
{
    public const string Section = "Escalation:Board";

    /// <summary>The first change goes out at once, those that follow within this time together. Default: 33 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Frame { get; set; } = TimeSpan.FromMilliseconds(33);

    /// <summary>Figures that changed without a row of the view go out at once, then together after this time. Default: 250 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Figures { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A sign of life is sent when nothing else was for this time. Default: 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Beat { get; set; } = TimeSpan.FromSeconds(2);
}
