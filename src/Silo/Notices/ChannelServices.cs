using System.Net.Mail;
using System.Runtime.CompilerServices;
using Escalation.Grains.Cases;
using Escalation.Grains.Hosting;
using Escalation.Grains.Policies;
using Escalation.Silo.Jobs;

namespace Escalation.Silo.Notices;

/// <summary>The ways to the customers, as the settings describe them.</summary>
internal static class ChannelServices
{
    /// <summary>Adds the channels and the job that sends over them.</summary>
    /// <exception cref="ChannelSettingsException">A channel's settings cannot be used.</exception>
    public static IServiceCollection AddNotices(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<NoticeOptions>().BindConfiguration(NoticeOptions.Section).ValidateDataAnnotations();
        services.AddOptionsWithValidateOnStart<SmtpOptions>().BindConfiguration(SmtpOptions.Section).ValidateDataAnnotations()
            .Validate(
                smtp => MailAddress.TryCreate(smtp.From, out _),
                $"{SmtpOptions.Section}:From is no sender. Write it as 'Name <address>', for instance 'Care <care@example.org>'.")
            .Validate(
                smtp => smtp.Port != SmtpOptions.ImplicitTls,
                $"{SmtpOptions.Section}:Port is {SmtpOptions.ImplicitTls}, where servers speak TLS from the first byte, which the mail client of .NET cannot. Use the server's port 587 with Tls: true (STARTTLS), which is as safe: nothing is sent before TLS holds.")
            .Validate(
                smtp => smtp.ReplyTo.Length == 0 || MailAddress.TryCreate(smtp.ReplyTo, out _),
                $"{SmtpOptions.Section}:ReplyTo is no address.");
        services.AddSingleton<PostgresNoticeQueue>();
        services.AddSingleton<INoticeQueue>(provider => provider.GetRequiredService<PostgresNoticeQueue>());
        services.AddSingleton<INoticeAttempts>(provider => provider.GetRequiredService<PostgresNoticeQueue>());
        services.AddSingleton<OutboxChannel>();
        services.AddSingleton<IOutbox>(provider => provider.GetRequiredService<OutboxChannel>());
        if (configuration.GetSection(SmtpOptions.Section)["Host"] is { Length: > 0 })
        {
            services.AddSingleton<INoticeChannel, SmtpChannel>();
        }
        else
        {
            services.AddSingleton<INoticeChannel>(provider => provider.GetRequiredService<OutboxChannel>());
        }

        foreach (var gateway in GatewaysOf(configuration))
        {
            services.AddSingleton<INoticeChannel>(provider =>
                new GatewayChannel(gateway.Key, gateway.Value, provider.GetRequiredService<TimeProvider>()));
        }

        if (WebhookOf(configuration) is { } webhook)
        {
            services.AddSingleton<INoticeChannel>(provider => new WebhookChannel(webhook, provider.GetRequiredService<TimeProvider>()));
        }

        return services.AddJob<NoticeJob>("notices", TimeSpan.FromSeconds(5));
    }

    /// <summary>The channels that have settings; e-mail always counts, if only for the developer's outbox.</summary>
    public static IReadOnlySet<Channel> AvailableIn(IConfiguration configuration)
    {
        var available = new HashSet<Channel> { Channel.Email };
        available.UnionWith(GatewaysOf(configuration).Values.Select(gateway => gateway.Channel));
        if (WebhookOf(configuration) is not null)
        {
            available.Add(Channel.Webhook);
        }

        return available;
    }

    private static Dictionary<string, GatewayOptions> GatewaysOf(IConfiguration configuration)
    {
        var gateways = configuration.GetSection(GatewayOptions.Section).GetChildren()
            .ToDictionary(section => section.Key, section => section.Get<GatewayOptions>() ?? new GatewayOptions());
        var twice = gateways.GroupBy(gateway => gateway.Value.Channel).Where(group => group.Count() > 1)
            .Select(group => $"{GatewayOptions.Section}: {string.Join(" and ", group.Select(gateway => gateway.Key))} both send {group.Key}; one gateway for each channel.")
            .ToList();
        return twice.Count == 0 ? gateways : throw new ChannelSettingsException(twice);
    }

    private static NoticeWebhookOptions? WebhookOf(IConfiguration configuration) =>
        configuration.GetSection(NoticeWebhookOptions.Section).Get<NoticeWebhookOptions>() is { Url.Length: > 0 } webhook ? webhook : null;
}

/// <summary>Policies with the channels that this host really has.</summary>
internal sealed class PolicyWithChannels(IPolicySource policies, IReadOnlySet<Channel> available) : IPolicySource
{
    private readonly ConditionalWeakTable<Grains.Policies.Policy, Grains.Policies.Policy> _known = [];

    public Grains.Policies.Policy Current => With(policies.Current);

    public Grains.Policies.Policy? Find(string version) => policies.Find(version) is { } found ? With(found) : null;

    private Grains.Policies.Policy With(Grains.Policies.Policy policy) => _known.GetValue(
        policy, given => given with { Notices = given.Notices with { Available = available } });
}
