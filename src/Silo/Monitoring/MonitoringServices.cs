namespace Escalation.Silo.Monitoring;

/// <summary>What a host says of its own work to those who watch over it.</summary>
internal static class MonitoringServices
{
    /// <summary>Adds the figures, and where a collector is set the export to it.</summary>
    public static void AddMonitoring(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<HostFigures>();
        var options = TelemetryOptions.Read(builder.Configuration);
        if (options.Endpoint is not null)
        {
            builder.Services.AddSingleton(options);
            builder.Services.AddHostedService<TelemetryExport>();
            TelemetryExport.AddLogs(builder.Logging, options);
        }
    }
}
