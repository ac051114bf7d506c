using System.ComponentModel.DataAnnotations;

namespace Escalation.Silo.Webhooks;

/// <summary>How events are sent to other systems.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "Escalation:Webhooks";

    /// <summary>
    /// Send to private addresses too, and without TLS: for receivers in one's own network. Loopback alone is allowed in
    /// Development. Default: false.
    /// </summary>
    public bool AllowPrivate { get; set; }

    /// <summary>How long one attempt may take. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Sent to one subscription at the same time, each for another case. Default: 16.</summary>
    [Range(1, 256)]
    public int Parallel { get; set; } = 16;

    /// <summary>Wait before the second attempt; doubles from there. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between attempts. Default: 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestRetryAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Attempts at one event before it is given up, if the receiver takes others. Default: 40, about a day and a half.</summary>
    [Range(1, 1000)]
    public int MostAttempts { get; set; } = 40;

    /// <summary>A receiver that has taken nothing for so long is disabled. Default: 5 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "60.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How long deliveries that are done can be looked at. Default: 14 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan KeepDeliveries { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long the old secret signs as well after a rotation. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan OldSecretFor { get; set; } = TimeSpan.FromDays(1);
}
