using System.Net;

namespace Escalation.Silo.Cluster;

/// <summary>How this host takes part in the cluster.</summary>
internal sealed class ClusterSettings
{
    public const string Section = "Escalation:Cluster";

    /// <summary>Hosts of the same name are one cluster. Default: escalation.</summary>
    public string Name { get; set; } = "escalation";

    /// <summary>The IP address at which other hosts reach this one; null for the machine's first that is not its own loop.</summary>
    public string? Address { get; set; }

    /// <summary>The port at which other hosts reach this one; 0 for any free one. Default: 11111.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>A grain elsewhere that has not answered by then is decided here, from the log. Default: 5 seconds.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often hosts ask each other whether they live; three misses in a row are held against one. Default: 2 seconds.</summary>
    public TimeSpan ProbeEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A grain unused for this long leaves memory. Default: 10 minutes.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <exception cref="InvalidOperationException">A setting cannot be used; the message says which and why.</exception>
    public static ClusterSettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(Section).Get<ClusterSettings>() ?? new ClusterSettings();
        return settings.Address is { } address && !IPAddress.TryParse(address, out _)
            ? throw new InvalidOperationException($"{Section}:Address is '{address}'; an IP address is expected.")
            : settings.Port is < 0 or > IPEndPoint.MaxPort
            ? throw new InvalidOperationException($"{Section}:Port is {settings.Port}; 0 to {IPEndPoint.MaxPort} is expected.")
            : settings.Name is not { Length: > 0 and <= 100 }
            ? throw new InvalidOperationException($"{Section}:Name is '{settings.Name}'; a name of 1 to 100 characters is expected.")
            : settings.AnswerWithin <= TimeSpan.Zero || settings.ProbeEvery <= TimeSpan.Zero || settings.IdleAfter <= TimeSpan.FromMinutes(1)
            ? throw new InvalidOperationException($"{Section}: AnswerWithin and ProbeEvery must be above zero, IdleAfter above a minute.")
            : settings;
    }
}
