using Escalation.Grains.Board;
using Escalation.Grains.Policies;
using Escalation.Silo.Deadlines;
using Escalation.Silo.Desks;
using Escalation.Silo.Feed;
using Escalation.Silo.History;
using Escalation.Silo.Intake;
using Escalation.Silo.Jobs;
using Escalation.Silo.Ladder;
using Escalation.Silo.Log;
using Escalation.Silo.Notices;
using Escalation.Silo.Policy;
using Escalation.Silo.Reviews;
using Escalation.Silo.Webhooks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
#if CLUSTER
using Escalation.Silo.Cluster;
#else
using Escalation.Silo.Embedded;
#endif

namespace Escalation.Silo.Hosting;

/// <summary>What a host is made of.</summary>
internal static class PlatformServices
{
    /// <summary>The log and the policy: with grains, enough to send commands, as a verb does.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services, PlatformSettings settings, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => DataSourceOf(connectionString, provider.GetRequiredService<Commits>()));
        services.AddPostgresLog();
        services.AddSingleton<IOpenedCases, PostgresOpenedCases>();
        services.AddSingleton(provider => new PolicyBook(settings.PolicyFolder, provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IPolicySource>(provider => new PolicyWithChannels(
            provider.GetRequiredService<PolicyBook>(), ChannelServices.AvailableIn(provider.GetRequiredService<IConfiguration>())));
        services.AddSingleton<IPolicyRollout, PolicyRollout>();
        return services;
    }

    /// <summary>The grains, and what runs by itself: the board's feed, the deadline clock, the jobs.</summary>
    public static IServiceCollection AddEngine(this IServiceCollection services, IConfiguration configuration, string connectionString)
    {
        services.AddStackGrains(configuration, connectionString);
        services.AddSingleton<Tally>();
        services.AddSingleton<IPlatformStatus, PlatformStatus>();
        services.AddHostedService<BoardFeed>();

        services.AddSingleton<Lateness>();
        services.AddSingleton<IDueInstants, PostgresDueInstants>();
        services.AddSingleton<DeadlineClock>();
        services.AddHostedService<Rehearsal>();
        services.AddHostedService<CommitReactions>();
        services.AddHostedService(provider => provider.GetRequiredService<DeadlineClock>());

        services.AddNotices(configuration);
        services.AddLadder();
        services.AddWebhooks();
        services.AddImports();
        services.AddReviews();
        services.AddDeskRouting();
        services.AddHistory();
        services.AddStackJobs(connectionString);
        return services;
    }

    private static NpgsqlDataSource DataSourceOf(string connectionString, Commits commits) => new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = 60,
            // Whoever changes a session puts it in order again.
            NoResetOnClose = true,
            ApplicationName = commits.SessionName,
        }.ConnectionString).Build();

    /// <summary>What this host does about its own commits, the moment they are on disk.</summary>
    private sealed class CommitReactions(Commits commits, DeadlineClock clock, IJobs jobs) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            commits.Committed += React;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            commits.Committed -= React;
            return Task.CompletedTask;
        }

        private void React(Grains.Log.Append append)
        {
            if (append.Category == Grains.Cases.Case.Category && !append.Effects.AreStored)
            {
                clock.OnCommitted(append.Stream, append.Effects.Due);
            }

            if (append.Effects.Notices is { Count: > 0 })
            {
                jobs.Wake<NoticeJob>();
            }
        }
    }
}
