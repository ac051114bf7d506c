using Escalation.Grains.Customers;
using Escalation.Grains.Hosting;
using Escalation.Silo.Customers;
using Escalation.Silo.Deadlines;
using Escalation.Silo.Jobs;

namespace Escalation.Silo.Ladder;

/// <summary>What carries the ladder on: customers' levels, and the word to those on duty.</summary>
internal static class LadderServices
{
    public static IServiceCollection AddLadder(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<DutyWebhookOptions>().BindConfiguration(DutyWebhookOptions.Section).ValidateDataAnnotations()
            .Validate(webhook => webhook.IsUsable, $"{DutyWebhookOptions.Section}:Secret must be whsec_ and at least 24 bytes in base64.");
        services.AddSingleton<TellingQueue>();
        services.AddSingleton<DutyWebhook>();
        services.AddSingleton<ICustomerErasure, CustomerErasureErrand>();
        services.AddSingleton<CustomerMerging>();
        services.AddSingleton<IDueErrand, CustomerDue>();
        services.AddSingleton<IDeclinedCustomers, PostgresDeclinedCustomers>();
        services.AddHostedService<LadderFollower>();
        services.AddJob<TellingJob>("tellings", TimeSpan.FromSeconds(5));
        return services;
    }
}
