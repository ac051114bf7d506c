using System.ComponentModel.DataAnnotations;

namespace Escalation.Silo.Notices;

/// <summary>How notices are sent.</summary>
internal sealed class NoticeOptions
{
    public const string Section = "Escalation:Notices";

    /// <summary>Sent at the same time. Default: 16.</summary>
    [Range(1, 256)]
    public int Parallel { get; set; } = 16;

    /// <summary>Attempts before a notice is given up. Default: 8.</summary>
    [Range(1, 100)]
    public int MostAttempts { get; set; } = 8;

    /// <summary>Wait before the second attempt; doubles from there. Default: 15 seconds.</summary>
    public TimeSpan FirstRetryAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Right-hand side of every Message-ID. Default: escalation.localhost.</summary>
    [Required]
    public string MessageIdDomain { get; set; } = "escalation.localhost";
}

/// <summary>The mail server that takes notices. Without a host, notices go to the developer's outbox.</summary>
internal sealed class SmtpOptions
{
    public const string Section = "Escalation:Smtp";

    /// <summary>Name or address of the server; empty for none. Default: empty.</summary>
    public string Host { get; set; } = "";

    /// <summary>Default: 587.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>STARTTLS. Default: true.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>User name; empty for no authentication.</summary>
    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Sender, as <c>Name &lt;address&gt;</c>.</summary>
    [Required]
    public string From { get; set; } = "Customer care <care@escalation.localhost>";

    /// <summary>How long a hand-over may take, at most a minute. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
