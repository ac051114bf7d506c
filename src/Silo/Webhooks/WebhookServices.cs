using Escalation.Grains.Webhooks;

namespace Escalation.Silo.Webhooks;

/// <summary>What tells other systems.</summary>
internal static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateDataAnnotations();
        services.AddSingleton<AddressGuard>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookSignal>();
        services.AddSingleton<WebhookQueue>();
        services.AddSingleton<IWebhooks, PostgresWebhooks>();
        services.AddHostedService<WebhookFollower>();
        return services;
    }
}
