using System.Reflection;
using Escalation.Grains;
using Escalation.Silo.Log;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Escalation.Silo.Monitoring;

/// <summary>Sends traces and figures to the collector while the host runs, and what is left when it stops.</summary>
internal sealed class TelemetryExport(TelemetryOptions options, Commits commits) : IHostedService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _figures;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var host = Host(commits.Host);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(host)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Sample)))
            .AddSource(Telemetry.Name, "Microsoft.AspNetCore")
            .AddOtlpExporter(exporter => Configure(exporter, options, "v1/traces"))
            .Build();
        _figures = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(host)
            .AddMeter(Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql")
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, options, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Every.TotalMilliseconds;
            })
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _figures?.Dispose();
        _traces = null;
        _figures = null;
    }

    /// <summary>Log lines, too, beside those on the console.</summary>
    public static void AddLogs(ILoggingBuilder logging, TelemetryOptions options) => logging.AddOpenTelemetry(lines =>
    {
        lines.IncludeFormattedMessage = true;
        lines.SetResourceBuilder(Host(null));
        lines.AddOtlpExporter(exporter => Configure(exporter, options, "v1/logs"));
    });

    private static ResourceBuilder Host(string? instance) => ResourceBuilder.CreateDefault().AddService(
        "escalation",
        serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        autoGenerateServiceInstanceId: instance is null,
        serviceInstanceId: instance);

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        var http = options.Protocol == OtlpProtocol.Http;
        exporter.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = http ? new Uri(options.Endpoint!.AbsoluteUri.TrimEnd('/') + "/" + path) : options.Endpoint!;
        exporter.Headers = string.Join(',', options.Headers.Select(header => $"{header.Key}={Uri.EscapeDataString(header.Value)}"));
    }
}
