namespace Escalation.Silo.Monitoring;

/// <summary>Where traces, figures and log lines go: a collector that speaks OTLP.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Escalation:Telemetry";

    /// <summary>The collector, <c>http://collector:4318</c>; null for none. OpenTelemetry's own OTEL_EXPORTER_OTLP_ENDPOINT stands in for it.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How it is spoken to: <c>http</c> (protobuf over HTTP, port 4318) or <c>grpc</c> (port 4317). Default: http.</summary>
    public OtlpProtocol Protocol { get; init; }

    /// <summary>Sent with every request, for instance <c>Authorization</c>.</summary>
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>How many of the traces that begin here are recorded, 0 to 1; one that a caller records is always recorded on. Default: 1.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>How often figures are sent. Default: 15 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(15);

    /// <exception cref="InvalidOperationException">A setting cannot be right; the message names it.</exception>
    public static TelemetryOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        var endpoint = options.Endpoint ?? (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } standard ? new Uri(standard, UriKind.RelativeOrAbsolute) : null);
        return endpoint is { IsAbsoluteUri: false } or { IsAbsoluteUri: true, Scheme: not ("http" or "https") }
            ? throw new InvalidOperationException($"{Section}:Endpoint is '{endpoint}'; an address such as http://collector:4318 is expected.")
            : options.Sample is not (>= 0 and <= 1)
                ? throw new InvalidOperationException($"{Section}:Sample is {options.Sample}; a share from 0 to 1 is expected.")
                : options.Every <= TimeSpan.Zero
                    ? throw new InvalidOperationException($"{Section}:Every is {options.Every}; a time such as 00:00:15 is expected.")
                    : new TelemetryOptions { Endpoint = endpoint, Protocol = options.Protocol, Headers = options.Headers, Sample = options.Sample, Every = options.Every };
    }
}

/// <summary>The two ways of OTLP.</summary>
internal enum OtlpProtocol
{
    Http,
    Grpc,
}
