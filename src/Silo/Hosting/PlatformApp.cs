using Escalation.Dashboard;
using Escalation.Dashboard.Api;
using Escalation.Silo.Access;
using Escalation.Silo.Links;
using Escalation.Silo.Monitoring;
using Microsoft.Extensions.Logging.Console;
#if CLUSTER
using Escalation.Silo.Cluster;
#else
using Escalation.Silo.Embedded;
#endif

namespace Escalation.Silo.Hosting;

/// <summary>Composes the web host: the one place where everything meets.</summary>
internal static class PlatformApp
{
    /// <summary>A builder that finds its settings and pages beside the host, wherever it is started.</summary>
    /// <param name="environment">Development, Production; null for what the process's environment says.</param>
    public static WebApplicationBuilder CreateBuilder(string? environment = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = environment });
        if (builder.Configuration["Logging:Console:FormatterName"] is null)
        {
            builder.Logging.AddSimpleConsole(OneLine);
        }

        return builder;
    }

    /// <summary>The whole platform on <paramref name="connectionString"/>; not started, not migrated.</summary>
    /// <param name="configure">Last word on the services, for tests.</param>
    public static WebApplication Build(
        WebApplicationBuilder builder, PlatformSettings settings, string connectionString, Action<IServiceCollection>? configure = null)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(settings);
        builder.Services.AddCore(settings, connectionString);
        builder.Services.AddCustomerLinks(settings);
        builder.Services.AddEngine(builder.Configuration, connectionString);
        builder.Services.AddApi();
        builder.Services.AddPostgresAccess();
        builder.Services.AddBoard();
        builder.Services.AddDesk();
        builder.AddMonitoring();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseApi();
        app.MapApi();
        app.MapBoard();
        app.MapDesk();
        app.MapStack();
        return app;
    }

    public static void OneLine(SimpleConsoleFormatterOptions console)
    {
        console.SingleLine = true;
        console.TimestampFormat = "HH:mm:ss ";
        console.UseUtcTimestamp = true;
    }
}
