using System.ComponentModel.DataAnnotations;

namespace Escalation.Dashboard.Api;

/// <summary>Settings of the HTTP API.</summary>
public sealed class ApiOptions
{
    public const string Section = "Escalation:Api";

    /// <summary>Requests that one key, person or (not signed in) address may send per second. Default: 20,000.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerSecond { get; set; } = 20_000;

    /// <summary>Attempts to sign in per name and minute. Default: 30.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 30;

    /// <summary>How long a person stays signed in. Default: 12 hours.</summary>
    public TimeSpan SessionLength { get; set; } = TimeSpan.FromHours(12);
}
