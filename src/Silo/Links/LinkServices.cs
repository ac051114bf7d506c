using Escalation.Grains.Links;
using Escalation.Silo.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Escalation.Silo.Links;

/// <summary>Composes customers' links.</summary>
internal static class LinkServices
{
    public static IServiceCollection AddCustomerLinks(this IServiceCollection services, PlatformSettings settings)
    {
        services.AddOptionsWithValidateOnStart<LinkOptions>().BindConfiguration(LinkOptions.Section).ValidateDataAnnotations();
        services.AddSingleton(provider => new PublicAddress(settings, provider.GetRequiredService<IServer>()));
        return services.AddSingleton<ICustomerLinks>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<LinkOptions>>().Value;
            return new SignedLinks(
                LinkKey.Of(options.Key, settings.DataFolder),
                TimeSpan.FromDays(options.Days),
                () => provider.GetRequiredService<PublicAddress>().Url);
        });
    }
}
