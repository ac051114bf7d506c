using System.ComponentModel.DataAnnotations;
using Escalation.Grains.Cases;

namespace Escalation.Silo.Notices;

/// <summary>How notices are sent.</summary>
internal sealed class NoticeOptions
{
    public const string Section = "Escalation:Notices";

    /// <summary>Sent at the same time. Default: 16.</summary>
    [Range(1, 256)]
    public int Parallel { get; set; } = 16;

    /// <summary>
    /// Attempts before a notice that nobody waits for by an instant is given up; others are tried until theirs. Default: 8.
    /// </summary>
    [Range(1, 100)]
    public int MostAttempts { get; set; } = 8;

    /// <summary>While the server cannot be reached, how long a notice without an instant is kept. Default: 1 hour.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Messages in a row that find nobody until a channel counts as down. Default: 5.</summary>
    [Range(1, 1000)]
    public int FailuresUntilDown { get; set; } = 5;

    /// <summary>Wait before the second attempt; doubles from there, up to ten minutes. Default: 15 seconds.</summary>
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

    /// <summary>The port on which servers expect TLS from the first byte; it cannot be used.</summary>
    public const int ImplicitTls = 465;

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

    /// <summary>Where answers go, as an address; empty for <see cref="From"/>. Default: empty.</summary>
    public string ReplyTo { get; set; } = "";

    /// <summary>Messages a minute that the server wants at most; 0 for no limit. Default: 0.</summary>
    [Range(0, 1_000_000)]
    public int PerMinute { get; set; }

    /// <summary>Messages over one connection before it is closed. Default: 100.</summary>
    [Range(1, 10_000)]
    public int PerConnection { get; set; } = 100;

    /// <summary>How long a hand-over may take, at most a minute. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// A service that takes messages over HTTP: an SMS provider, a messenger's gateway. By name under <c>Escalation:Gateways</c>.
/// </summary>
internal sealed class GatewayOptions
{
    public const string Section = "Escalation:Gateways";

    /// <summary>What it sends: <c>sms</c> or <c>chat</c>.</summary>
    public Channel Channel { get; set; } = Channel.Sms;

    /// <summary>Where to; may hold the placeholders of <see cref="Body"/>.</summary>
    public string Url { get; set; } = "";

    /// <summary>Default: POST.</summary>
    public string Method { get; set; } = "POST";

    /// <summary>Sent along; secrets belong into the environment: <c>Escalation__Gateways__sms__Headers__Authorization</c>.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary><c>json</c> or <c>form</c>: how values are escaped, and the content's type. Default: json.</summary>
    public string Format { get; set; } = "json";

    /// <summary>
    /// The body, with <c>{to}</c>, <c>{text}</c> and <c>{id}</c> in it. In JSON they stand inside quotes. Empty for none.
    /// </summary>
    public string Body { get; set; } = """{"to": "{to}", "text": "{text}", "id": "{id}"}""";

    /// <summary>Status codes that mean taken. Default: 200-299.</summary>
    public string Accepted { get; set; } = "200-299";

    /// <summary>Status codes that mean try again; any other is a no for good. Default: 408,409,425,429,500-599.</summary>
    public string Retry { get; set; } = "408,409,425,429,500-599";

    /// <summary>Messages a minute that the service wants at most; 0 for no limit. Default: 0.</summary>
    public int PerMinute { get; set; }

    /// <summary>How long a hand-over may take, at most a minute. Default: 20 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>Another system of the company that takes notices as signed webhooks (Standard Webhooks), and tells the customer.</summary>
internal sealed class NoticeWebhookOptions
{
    public const string Section = "Escalation:Notices:Webhook";

    /// <summary>Where to; empty for none. Default: empty.</summary>
    public string Url { get; set; } = "";

    /// <summary>The shared secret: <c>whsec_</c> and at least 24 bytes in base64.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Messages a minute at most; 0 for no limit. Default: 0.</summary>
    public int PerMinute { get; set; }

    /// <summary>How long a hand-over may take, at most a minute. Default: 20 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}
