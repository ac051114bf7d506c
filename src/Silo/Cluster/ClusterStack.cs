using System.Net;
using System.Net.Sockets;
using Escalation.Dashboard.Access;
using Escalation.Grains.Hosting;
using Escalation.Silo.Hosting;
using Escalation.Silo.Jobs;
using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;
using Orleans.Configuration;

namespace Escalation.Silo.Cluster;

/// <summary>The cluster stack: grains on Orleans, jobs on Hangfire, both over the platform's own database.</summary>
internal static class ClusterStack
{
    private const int MissedProbes = 3;

    /// <summary>A job starts sends and does not wait for them: few workers do.</summary>
    private const int Workers = 4;

    private static readonly TimeSpan RememberRunsFor = TimeSpan.FromHours(1);

    /// <summary>Grains of which there is one in all hosts on the same database.</summary>
    public static IServiceCollection AddStackGrains(
        this IServiceCollection services, IConfiguration configuration, string connectionString)
    {
        var settings = ClusterSettings.Read(configuration);
        services.AddOrleans(silo =>
        {
            silo.UseAdoNetClustering(options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = MembersOf(connectionString);
            });
            silo.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = settings.Name);
            silo.Configure<EndpointOptions>(options => Listen(options, settings));
            silo.AddActivations(settings);
        });
        return services;
    }

    /// <summary>All but where the members are kept and how they are reached.</summary>
    internal static void AddActivations(this ISiloBuilder silo, ClusterSettings settings)
    {
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = settings.AnswerWithin);
        silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = settings.IdleAfter);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = settings.ProbeEvery;
            options.NumMissedProbesLimit = MissedProbes;
            options.TableRefreshTimeout = 5 * settings.ProbeEvery;
            options.IAmAliveTablePublishTimeout = 5 * settings.ProbeEvery;
        });
        silo.Services.AddSingleton<Seats>();
        silo.Services.AddSingleton<ClusterGrains>();
        silo.Services.AddSingleton<IGrains>(provider => provider.GetRequiredService<ClusterGrains>());
        silo.Services.AddSingleton<IGrainMemory>(provider => provider.GetRequiredService<ClusterGrains>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ClusterGrains>());
    }

    /// <summary>Jobs that all hosts share, kept in a schema of their own in the same database.</summary>
    public static IServiceCollection AddStackJobs(this IServiceCollection services, string connectionString)
    {
        services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UsePostgreSqlStorage(
                options => options.UseNpgsqlConnection(JobsOf(connectionString)),
                new PostgreSqlStorageOptions
                {
                    SchemaName = "hangfire",
                    EnableLongPolling = true,
                    QueuePollInterval = TimeSpan.FromSeconds(1),
                    DistributedLockTimeout = TimeSpan.FromMinutes(1),
                })
            .WithJobExpirationTimeout(RememberRunsFor));
        services.AddHangfireServer(server =>
        {
            server.WorkerCount = Workers;
            server.HeartbeatInterval = TimeSpan.FromSeconds(5);
            server.ServerTimeout = TimeSpan.FromSeconds(30);
        });
        services.AddSingleton<HangfireJobs>();
        services.AddSingleton<IJobs>(provider => provider.GetRequiredService<HangfireJobs>());
        services.AddHostedService(provider => provider.GetRequiredService<HangfireJobs>());
        services.AddSingleton<JobRun>();
        return services;
    }

    /// <summary>The jobs' pages. Who may see them is the platform's table of rights, not Hangfire's.</summary>
    public static void MapStack(this WebApplication app) => app
        .MapHangfireDashboard("/jobs", new DashboardOptions
        {
            Authorization = [],
            DashboardTitle = "Jobs",
            DisplayStorageConnectionString = false,
        })
        .Requires(Rights.JobsWatch);

    private static void Listen(EndpointOptions options, ClusterSettings settings)
    {
        options.GatewayPort = 0;
        options.SiloPort = settings.Port == 0 ? FreePort() : settings.Port;
        if (settings.Address is { } address)
        {
            options.AdvertisedIPAddress = IPAddress.Parse(address);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static string JobsOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxPoolSize = 20,
        ApplicationName = "escalation jobs",
    }.ConnectionString;

    /// <summary>Orleans looks for its statements without naming a schema.</summary>
    private static string MembersOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        SearchPath = "orleans",
        MaxPoolSize = 10,
        ApplicationName = "escalation members",
    }.ConnectionString;
}
